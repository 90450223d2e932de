//! The way back from a signal handler: the kernel has one in its shared object, and takes the program's where it is
//! given (`arch/arm64/kernel/signal.c`); emulators may have none.

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
        "mov x8, {number}", // rt_sigreturn takes everything from the frame at sp
        "svc 0",            // restores all registers; does not come back here
        "udf #0",           // not reached: trap
        number = const __NR_rt_sigreturn,
    )
}

/// The registers of `struct sigcontext` (`arch/arm64/include/uapi/asm/sigcontext.h`), up to the vector unit's.
#[repr(C, align(16))]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the processor's own names")]
pub struct Registers {
    pub fault_address: usize,
    /// x0 to x30.
    pub x: [usize; 31],
    pub sp: usize,
    pub pc: usize,
    pub pstate: usize,
}

// Between: the signals held back, in room for 1024 of them.
define_context! {
    [u64; 16];
    program_counter: pc, stack_pointer: sp,
    frame_pointer: [x[29]],
    link: [x[30]], return_address: 0, result: [x[0]]
}

/// Where a frame's record (the caller's frame pointer, then the address to return to) lies from its frame pointer.
pub const FRAME_RECORD: isize = 0;

/// How long the instruction of [`undefined`] is.
pub const UNDEFINED_BYTES: usize = 4;

/// Executes an instruction that no processor has: SIGILL. Returns if a handler skips it.
#[unsafe(naked)]
pub extern "C" fn undefined() {
    core::arch::naked_asm!(
        "udf #0", // undefined for ever
        "ret",
    )
}
