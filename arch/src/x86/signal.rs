//! The way back from a signal handler. The kernel has one in its shared object, but where there is none it would run
//! code on the stack (`arch/x86/kernel/signal_32.c`). A handler without SA_SIGINFO has the older frame, and returns by
//! the older call.

use linux_raw_sys::general::{__NR_rt_sigreturn, __NR_sigreturn};

use crate::portable::signal::define_context;
use crate::record_call;

/// Flag of `struct kernel_sigaction` that says the restorer is present (SA_RESTORER).
pub const RESTORER_FLAG: u64 = linux_raw_sys::general::SA_RESTORER as u64;

/// Gives the value of `sa_restorer`; `info` says whether the handler is called with SA_SIGINFO.
pub fn restorer(info: bool) -> usize {
    // SAFETY: no instruction.
    unsafe { record_call!(__NR_rt_sigreturn) };
    // SAFETY: no instruction.
    unsafe { record_call!(__NR_sigreturn) };
    if info { rt_sigreturn as *const () as usize } else { sigreturn as *const () as usize }
}

/// Returns from a signal handler with SA_SIGINFO, never to be called.
///
/// # Safety
/// Only the return of a signal handler may arrive here, with the kernel's frame on top of the stack.
#[unsafe(naked)]
unsafe extern "C" fn rt_sigreturn() -> ! {
    core::arch::naked_asm!(
        "mov eax, {number}", // takes everything from the frame at esp
        "int 0x80",          // restores all registers; does not come back here
        "ud2",               // not reached: trap
        number = const __NR_rt_sigreturn,
    )
}

/// Returns from a signal handler without SA_SIGINFO, never to be called.
///
/// # Safety
/// As of [`rt_sigreturn`].
#[unsafe(naked)]
unsafe extern "C" fn sigreturn() -> ! {
    core::arch::naked_asm!(
        "pop eax",           // the signal's number, which the handler had as its argument
        "mov eax, {number}", // takes everything else from the frame at esp
        "int 0x80",          // restores all registers; does not come back here
        "ud2",               // not reached: trap
        number = const __NR_sigreturn,
    )
}

/// The registers of `struct sigcontext_32` (`arch/x86/include/uapi/asm/sigcontext.h`), up to those of faults.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the processor's own names")]
pub struct Registers {
    pub gs: usize,
    pub fs: usize,
    pub es: usize,
    pub ds: usize,
    pub edi: usize,
    pub esi: usize,
    pub ebp: usize,
    pub esp: usize,
    pub ebx: usize,
    pub edx: usize,
    pub ecx: usize,
    pub eax: usize,
    pub trap: usize,
    pub error: usize,
    pub eip: usize,
    pub cs: usize,
    pub eflags: usize,
}

define_context! {
    ();
    program_counter: eip, stack_pointer: esp,
    frame_pointer: [ebp],
    link: [], return_address: 4, result: [eax]
}

/// Where a frame's record (the caller's frame pointer, then the address to return to) lies from its frame pointer.
pub const FRAME_RECORD: isize = 0;

/// How long the instruction of [`undefined`] is.
pub const UNDEFINED_BYTES: usize = 2;

/// Executes an instruction that no processor has: SIGILL. Returns if a handler skips it.
#[unsafe(naked)]
pub extern "C" fn undefined() {
    core::arch::naked_asm!(
        "ud2", // undefined for ever
        "ret",
    )
}
