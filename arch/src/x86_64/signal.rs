//! The way back from a signal handler: this processor's kernel insists on a restorer given by the program
//! (`arch/x86/kernel/signal_64.c`: without SA_RESTORER the signal becomes SIGSEGV).

use linux_raw_sys::general::__NR_rt_sigreturn;

use crate::portable::signal::define_context;
use crate::record_call;

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

/// The registers of `struct sigcontext` (`arch/x86/include/uapi/asm/sigcontext.h`), up to those of faults.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the processor's own names")]
pub struct Registers {
    pub r8: usize,
    pub r9: usize,
    pub r10: usize,
    pub r11: usize,
    pub r12: usize,
    pub r13: usize,
    pub r14: usize,
    pub r15: usize,
    pub rdi: usize,
    pub rsi: usize,
    pub rbp: usize,
    pub rbx: usize,
    pub rdx: usize,
    pub rax: usize,
    pub rcx: usize,
    pub rsp: usize,
    pub rip: usize,
    pub eflags: usize,
}

define_context! {
    ();
    program_counter: rip, stack_pointer: rsp,
    frame_pointer: [rbp],
    link: [], return_address: 8, result: [rax]
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
