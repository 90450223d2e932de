//! The way back from a signal handler: the kernel takes its own, from its shared object, and has no field for another
//! (`arch/riscv/kernel/signal.c`).

use crate::portable::signal::define_context;
use crate::record_call;

/// Flag of `struct kernel_sigaction` that says the restorer is present: there is none.
pub const RESTORER_FLAG: u64 = 0;

/// Gives the value of `sa_restorer`, which no structure here has room for.
pub fn restorer(_info: bool) -> usize {
    // SAFETY: no instruction.
    unsafe { record_call!(__NR_rt_sigreturn) };
    0
}

/// The registers of `struct user_regs_struct` (`arch/riscv/include/uapi/asm/ptrace.h`).
#[repr(C, align(16))]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the processor's own names")]
pub struct Registers {
    pub pc: usize,
    pub ra: usize,
    pub sp: usize,
    pub gp: usize,
    pub tp: usize,
    /// t0 to t2.
    pub t: [usize; 3],
    /// s0, which is also the frame pointer, and s1.
    pub s: [usize; 2],
    /// a0 to a7.
    pub a: [usize; 8],
    /// s2 to s11.
    pub s_more: [usize; 10],
    /// t3 to t6.
    pub t_more: [usize; 4],
}

// Between: the signals held back, in room for 1024 of them.
define_context! {
    [u64; 16];
    program_counter: pc, stack_pointer: sp,
    frame_pointer: [s[0]],
    link: [ra], return_address: 0, result: [a[0]]
}

/// Where a frame's record (the caller's frame pointer, then the address to return to) lies from its frame pointer: the
/// pointer is the caller's stack pointer here.
pub const FRAME_RECORD: isize = -16;

/// How long the instruction of [`undefined`] is.
pub const UNDEFINED_BYTES: usize = 2;

/// Executes an instruction that no processor has: SIGILL. Returns if a handler skips it.
#[unsafe(naked)]
pub extern "C" fn undefined() {
    core::arch::naked_asm!(
        ".2byte 0", // undefined for ever, of the short kind
        "ret",
    )
}
