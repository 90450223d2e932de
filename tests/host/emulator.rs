//! What an emulator of user programs (qemu-user) does not pass on to the kernel: tests of that say so and end.

use crate::skip::skipped;
use linux_raw_sys::general::__NR_prctl;
use linux_raw_sys::prctl::PR_GET_SECCOMP;

/// Says that a test is skipped for want of this call, if an emulator runs it; a kernel has no excuse.
pub(crate) fn lacks(call: &str) -> bool {
    let emulated = is_emulated();
    if emulated {
        skipped(&format!("the emulator lacks {call}"));
    }
    emulated
}

/// Says whether filters of system calls are kept from this program, though its kernel has them.
///
/// An emulator must do that: a filter would be for the program's calls and meet its own.
pub(crate) fn is_emulated() -> bool {
    // SAFETY: the call takes no further argument.
    let word = unsafe { arch::syscall::syscall5(__NR_prctl, PR_GET_SECCOMP as usize, 0, 0, 0, 0) };
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    word < 0 && status.contains("\nSeccomp:")
}

/// Says that a test is skipped where the kernel, or an emulator before it, does not have a call.
pub(crate) fn is_missing<T>(answer: &linux::Result<T>, call: &str) -> bool {
    let is_missing = matches!(answer, Err(linux::Errno::NOSYS));
    if is_missing {
        skipped(&format!("this kernel has no {call}"));
    }
    is_missing
}
