//! The way back from a signal handler. The kernel has one in a page of its own, and takes the program's where it is
//! given (`arch/arm/kernel/signal.c`). A handler without SA_SIGINFO has the older frame, and returns by the older call.

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

macro_rules! restorer {
    ($name:ident, $number:ident) => {
        /// Returns from a signal handler, never to be called.
        ///
        /// # Safety
        /// Only the return of a signal handler may arrive here, with the kernel's frame on top of the stack.
        #[unsafe(naked)]
        unsafe extern "C" fn $name() -> ! {
            core::arch::naked_asm!(
                "mov r7, #{number}", // takes everything from the frame at sp
                "svc 0",            // restores all registers; does not come back here
                "udf #0",           // not reached: trap
                number = const $number,
            )
        }
    };
}

restorer!(rt_sigreturn, __NR_rt_sigreturn);
restorer!(sigreturn, __NR_sigreturn);

/// The registers of `struct sigcontext` (`arch/arm/include/uapi/asm/sigcontext.h`), up to those of faults.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the processor's own names")]
pub struct Registers {
    pub trap: usize,
    pub error: usize,
    pub mask: usize,
    /// r0 to r10.
    pub r: [usize; 11],
    /// r11.
    pub fp: usize,
    /// r12.
    pub ip: usize,
    pub sp: usize,
    pub lr: usize,
    pub pc: usize,
    pub cpsr: usize,
}

define_context! {
    ();
    program_counter: pc, stack_pointer: sp,
    frame_pointer: [fp],
    link: [lr], return_address: 0, result: [r[0]]
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
        "bx lr",
    )
}
