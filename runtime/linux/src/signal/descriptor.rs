//! Signals as something to read: signalfd(2).

use super::set::SET_BYTES;
use super::{Signal, SignalSet};
use crate::fd::{AsFd, BorrowedFd, OwnedFd};
use crate::fs::read;
use crate::{Errno, Result};
use linux_raw_sys::general as kernel;

flags! {
    /// What a descriptor of signals is to be.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct SignalfdFlags: u32 {
        /// SFD_CLOEXEC: closed by execve.
        const CLOSE_ON_EXEC = kernel::O_CLOEXEC;
        /// SFD_NONBLOCK: reading gives `AGAIN` when there is no signal.
        const NONBLOCK = kernel::O_NONBLOCK;
        const _ = !0;
    }
}

/// Makes a descriptor to read these signals from; they must be held back, or they go their usual way.
///
/// # Errors
/// `MFILE`, `NFILE`, `NOMEM`, `INVAL`. See `signalfd(2)`.
#[doc(alias = "signalfd4")]
pub fn signalfd(set: SignalSet, flags: SignalfdFlags) -> Result<OwnedFd> {
    let none: Option<BorrowedFd<'_>> = None;
    // SAFETY: the kernel reads one set.
    unsafe { syscall!(__NR_signalfd4, none, &raw const set, SET_BYTES, flags.bits()) }.map(OwnedFd::made)
}

/// Changes which signals a descriptor is for.
///
/// # Errors
/// `INVAL` (no such descriptor), `BADF`. See `signalfd(2)`.
pub fn set_signalfd(descriptor: impl AsFd, set: SignalSet) -> Result<()> {
    // SAFETY: the kernel reads one set.
    unsafe { syscall!(__NR_signalfd4, descriptor.as_fd(), &raw const set, SET_BYTES, 0_u32) }.map(drop)
}

/// A signal that came, as `struct signalfd_siginfo` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// Which.
    pub signal: Signal,
    /// Why (SI_USER, SI_KERNEL, CLD_EXITED and so on).
    pub code: i32,
    /// Who sent it, or which child changed; 0 from the kernel or from outside this namespace.
    pub pid: u32,
    /// The real user of that process.
    pub user: u32,
    /// Of SIGCHLD: the exit status or the signal.
    pub status: i32,
}

/// The bytes of a `struct signalfd_siginfo`.
const RECORD: usize = 128;

/// Reads the signals that have come into the list, up to its end; gives how many.
///
/// # Errors
/// `AGAIN`, `INTR`. See `signalfd(2)`.
pub fn read_signals(descriptor: impl AsFd, into: &mut [Option<Received>]) -> Result<usize> {
    let mut buffer = [0; RECORD * 16];
    let room = into.len().min(16) * RECORD;
    let count = read(descriptor, buffer.get_mut(..room).ok_or(Errno::INVAL)?)?;
    let records = buffer.get(..count).unwrap_or_default().chunks_exact(RECORD);
    let mut filled = 0;
    for (to, record) in into.iter_mut().zip(records) {
        *to = parse(record);
        filled += 1;
    }
    Ok(filled)
}

/// Reads one record of `signalfd(2)`.
fn parse(record: &[u8]) -> Option<Received> {
    let field = |at: usize| record.get(at..)?.first_chunk().copied();
    Some(Received {
        signal: Signal::new(i32::from_ne_bytes(field(0)?))?,
        code: i32::from_ne_bytes(field(8)?),
        pid: u32::from_ne_bytes(field(12)?),
        user: u32::from_ne_bytes(field(16)?),
        status: i32::from_ne_bytes(field(40)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record() {
        let mut record = [0; RECORD];
        record[0..4].copy_from_slice(&17_u32.to_ne_bytes()); // ssi_signo: SIGCHLD
        record[8..12].copy_from_slice(&2_i32.to_ne_bytes()); // ssi_code: CLD_KILLED
        record[12..16].copy_from_slice(&4321_u32.to_ne_bytes()); // ssi_pid
        record[16..20].copy_from_slice(&1000_u32.to_ne_bytes()); // ssi_uid
        record[40..44].copy_from_slice(&9_i32.to_ne_bytes()); // ssi_status
        let expected = Received { signal: Signal::CHLD, code: 2, pid: 4321, user: 1000, status: 9 };
        assert_eq!(parse(&record), Some(expected));
        for length in 0..44 {
            assert_eq!(parse(&record[..length]), None);
        }
        record[0] = 0;
        assert_eq!(parse(&record), None);
    }
}
