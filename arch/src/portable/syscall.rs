//! The stubs of processors that give a call's result in the register of its first argument.

/// Defines `syscall0` to `syscall6` and `early_syscall6`.
///
/// What it takes is the name of a macro of the architecture, which makes a call, and the registers of the second to the
/// sixth argument. That macro is told `number, first => result,` and the other operands.
macro_rules! define_system_calls {
    ($enter:ident: $b:tt, $c:tt, $d:tt, $e:tt, $f:tt) => {
        $crate::portable::syscall::define_system_calls!(@stub $enter, syscall1, "one": a);
        $crate::portable::syscall::define_system_calls!(@stub $enter, syscall2, "two": a, b in $b);
        $crate::portable::syscall::define_system_calls!(@stub $enter, syscall3, "three": a, b in $b, c in $c);
        $crate::portable::syscall::define_system_calls!(@stub $enter, syscall4, "four": a, b in $b, c in $c, d in $d);
        $crate::portable::syscall::define_system_calls!(
            @stub $enter, syscall5, "five": a, b in $b, c in $c, d in $d, e in $e
        );
        $crate::portable::syscall::define_system_calls!(
            @stub $enter, syscall6, "six": a, b in $b, c in $c, d in $d, e in $e, f in $f
        );

        /// Makes a system call of no arguments; gives the kernel's word: a result, or minus an error number.
        ///
        /// # Safety
        /// The call must be sound.
        #[inline(always)]
        pub unsafe fn syscall0(number: u32) -> isize {
            // SAFETY: the caller's; the kernel does not look at the argument.
            unsafe { syscall1(number, 0) }
        }

        pub use self::syscall6 as early_syscall6;
    };
    (@stub $enter:ident, $name:ident, $count:literal: $first:ident $(, $argument:ident in $register:tt)*) => {
        #[doc = concat!("Makes a system call of ", $count, " arguments; gives the kernel's word: a result, or minus an error number.")]
        ///
        /// # Safety
        /// The call must be sound with these arguments: whatever memory the kernel reads or writes must be valid for it.
        #[inline(always)]
        pub unsafe fn $name(number: u32, $first: usize $(, $argument: usize)*) -> isize {
            let result: isize;
            // SAFETY: the caller answers for the effect of the call; the clobbers are all that the kernel changes.
            unsafe { $enter!(number, $first => result, $(in($register) $argument,)*) };
            result
        }
    };
}

pub(crate) use define_system_calls;
