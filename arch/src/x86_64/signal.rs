//! The way back from a signal handler: this processor's kernel insists on a restorer given by the program
//! (`arch/x86/kernel/signal_64.c`: without SA_RESTORER the signal becomes SIGSEGV).

use crate::record_call;
use linux_raw_sys::general::__NR_rt_sigreturn;

/// Flag of `struct kernel_sigaction` that says the restorer is present (SA_RESTORER).
pub const RESTORER_FLAG: u64 = linux_raw_sys::general::SA_RESTORER as u64;

/// Gives the value of `sa_restorer`; `_info` says whether the handler is called with SA_SIGINFO.
pub fn restorer(_info: bool) -> usize {
    // SAFETY: no instruction.
    unsafe { record_call!(__NR_rt_sigreturn) };
    sigreturn as *const () as usize
}

/// Returns from a signal handler, never to be called.
///
/// # Safety
/// Only the return of a signal handler may arrive here, with the kernel's frame on top of the stack.
#[unsafe(naked)]
unsafe extern "C" fn sigreturn() -> ! {
    core::arch::naked_asm!(
        "mov eax, {number}", // rt_sigreturn takes everything from the frame at rsp
        "syscall",           // restores all registers; does not come back here
        "ud2",               // not reached: trap
        number = const __NR_rt_sigreturn,
    )
}
