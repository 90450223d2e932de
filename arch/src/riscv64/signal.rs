//! The way back from a signal handler: the kernel takes its own, from its shared object, and has no field for another
//! (`arch/riscv/kernel/signal.c`).

use crate::record_call;

/// Flag of `struct kernel_sigaction` that says the restorer is present: there is none.
pub const RESTORER_FLAG: u64 = 0;

/// Gives the value of `sa_restorer`, which no structure here has room for.
pub fn restorer(_info: bool) -> usize {
    // SAFETY: no instruction.
    unsafe { record_call!(__NR_rt_sigreturn) };
    0
}
