//! Asking whether memory is there, without a fault.

use crate::Errno;
use crate::fd::BorrowedFd;
use linux_raw_sys::general as kernel;

/// Says whether the word at an address, and the one behind it, can be read; nothing where a sandbox refuses the question. Safe in
/// a handler of signals.
///
/// It asks the kernel to add nothing to no list of descriptors: that looks at what is to be added first (`fs/eventpoll.c`).
/// Whoever else can map and unmap memory may make the answer old.
pub fn readable(address: usize) -> Option<bool> {
    let nobody: Option<BorrowedFd<'_>> = None;
    let add = kernel::EPOLL_CTL_ADD;
    // SAFETY: the kernel reads one structure of any bytes, or finds that it cannot.
    match unsafe { syscall!(__NR_epoll_ctl, nobody, add, nobody, address) } {
        Err(Errno::BADF) => Some(true),
        Err(Errno::FAULT) => Some(false),
        _ => None,
    }
}

/// Says whether they surely can: not where nobody answers.
pub fn is_readable(address: usize) -> bool {
    readable(address) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_there_or_not() {
        let word = [0_usize; 2];
        assert!(is_readable((&raw const word).addr()));
        assert_eq!(readable(0), Some(false));
        assert!(!is_readable(8));
        assert!(!is_readable(usize::MAX - 15));
    }
}
