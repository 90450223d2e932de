//! Asking whether memory is there, without a fault.

use crate::Errno;
use crate::fd::BorrowedFd;
use linux_raw_sys::general as kernel;

/// Says whether the word at an address, and the one behind it, can be read. Safe in a handler of signals.
///
/// It asks the kernel to add nothing to no list of descriptors: that looks at what is to be added first (`fs/eventpoll.c`).
/// Whoever else can map and unmap memory may make the answer old.
pub fn is_readable(address: usize) -> bool {
    let nobody: Option<BorrowedFd<'_>> = None;
    let add = kernel::EPOLL_CTL_ADD;
    // SAFETY: the kernel reads one structure of any bytes, or finds that it cannot.
    let answer = unsafe { syscall!(__NR_epoll_ctl, nobody, add, nobody, address) };
    answer == Err(Errno::BADF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_there_or_not() {
        let word = [0_usize; 2];
        assert!(is_readable((&raw const word).addr()));
        assert!(!is_readable(0));
        assert!(!is_readable(8));
        assert!(!is_readable(usize::MAX - 15));
    }
}
