//! System calls through the entry that the kernel's shared object has for them: number in eax, arguments in ebx, ecx,
//! edx, esi, edi and ebp, result in eax; all other registers are kept (`arch/x86/entry/vdso/vdso32/system_call.S`).
//!
//! Where it is stands in the thread's control block, at the place where other runtimes have it too. It takes whatever
//! instruction the processor has for the purpose; `int 0x80` costs 24 times as much. Compilers keep esi and ebp to
//! themselves, so stubs that need them save them.

use core::arch::asm;

macro_rules! stub {
    ($name:ident, $count:literal: $($argument:ident in $register:tt),*) => {
        #[doc = concat!("Makes a system call of ", $count, " arguments; gives the kernel's word: a result, or minus an error number.")]
        ///
        /// # Safety
        /// The call must be sound with these arguments: whatever memory the kernel reads or writes must be valid for it.
        /// The thread pointer is set.
        #[inline(always)]
        pub unsafe fn $name(number: u32 $(, $argument: usize)*) -> isize {
            let result: isize;
            // SAFETY: the caller answers for the effect of the call; the kernel changes nothing else.
            unsafe {
                asm!(
                    "call dword ptr gs:[16]", // the kernel's entry: ControlBlock::entry
                    inlateout("eax") number as isize => result,
                    $(in($register) $argument,)*
                    options(preserves_flags)
                );
            }
            result
        }
    };
}

stub!(syscall0, "no":);
stub!(syscall1, "one": a in "ebx");
stub!(syscall2, "two": a in "ebx", b in "ecx");
stub!(syscall3, "three": a in "ebx", b in "ecx", c in "edx");

/// Makes a system call of four arguments; gives the kernel's word: a result, or minus an error number.
///
/// # Safety
/// As of [`syscall3`].
#[inline(always)]
pub unsafe fn syscall4(number: u32, a: usize, b: usize, c: usize, d: usize) -> isize {
    let result: isize;
    // SAFETY: the caller answers for the effect of the call; esi comes back.
    unsafe {
        asm!(
            "xchg esi, edi",          // the fourth argument for what the compiler has there
            "call dword ptr gs:[16]", // the kernel's entry
            "xchg esi, edi",          // and back
            inlateout("eax") number as isize => result,
            in("ebx") a,
            in("ecx") b,
            in("edx") c,
            in("edi") d,
            options(preserves_flags)
        );
    }
    result
}

/// Makes a system call of five arguments; gives the kernel's word: a result, or minus an error number.
///
/// # Safety
/// As of [`syscall3`].
#[inline(always)]
pub unsafe fn syscall5(number: u32, a: usize, b: usize, c: usize, d: usize, e: usize) -> isize {
    // SAFETY: the caller's; the kernel does not look at the sixth.
    unsafe { syscall6(number, a, b, c, d, e, 0) }
}

macro_rules! stub_of_six {
    ($(#[$attribute:meta])* $name:ident, $enter:literal) => {
        $(#[$attribute])*
        #[inline(always)]
        #[allow(clippy::too_many_arguments, reason = "as many as the call has")]
        pub unsafe fn $name(number: u32, a: usize, b: usize, c: usize, d: usize, e: usize, f: usize) -> isize {
            let result: isize;
            let rest = [number as usize, d, f];
            // SAFETY: the caller answers for the effect of the call; esi and ebp come back.
            unsafe {
                asm!(
                    "push esi",           // the compiler's own
                    "push ebp",
                    "mov esi, [eax + 4]", // fourth argument
                    "mov ebp, [eax + 8]", // sixth
                    "mov eax, [eax]",     // number
                    $enter,               // enter the kernel
                    "pop ebp",            // the compiler's own again
                    "pop esi",
                    inlateout("eax") rest.as_ptr() => result,
                    in("ebx") a,
                    in("ecx") b,
                    in("edx") c,
                    in("edi") e,
                    options(preserves_flags)
                );
            }
            result
        }
    };
}

stub_of_six!(
    /// Makes a system call of six arguments; gives the kernel's word: a result, or minus an error number.
    ///
    /// # Safety
    /// As of [`syscall3`].
    syscall6,
    "call dword ptr gs:[16]"
);
stub_of_six!(
    /// The same while the thread pointer is not set.
    ///
    /// # Safety
    /// The call must be sound with these arguments.
    early_syscall6,
    "int 0x80"
);
