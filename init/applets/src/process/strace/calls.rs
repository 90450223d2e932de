//! What is particular to single calls: arguments that mean something by others, locks, and those that are shown in an order of their
//! own.

use alloc::vec::Vec;

use linux::fs::OpenFlags;
use linux::ioctl::{Argument, Request};
use linux::named::Named;
use linux::trace::names::{CloneBits, FileCommand, FutexOperation};
use linux::trace::{MACHINE, blocked};

use super::memory::{Process, WORD};
use super::show::Made;
use super::signals;
use super::words::{address, place, set};

/// What fcntl(2) has besides where words are narrow: locks with offsets of 64 bits, the one that asks first.
pub(super) const WIDE_LOCKS: &[(u32, &str)] = match WORD {
    4 => &[(12, "F_GETLK64"), (13, "F_SETLK64"), (14, "F_SETLKW64")],
    _ => &[],
};

/// Gives the bytes of an offset in the structure of a lock; none if a command of fcntl(2) is about none.
pub(super) fn lock_bytes(command: u64) -> Option<usize> {
    match FileCommand(command as u32) {
        FileCommand::LOCK | FileCommand::SET_LOCK | FileCommand::WAIT_LOCK => Some(WORD),
        FileCommand::FILE_LOCK | FileCommand::SET_FILE_LOCK | FileCommand::WAIT_FILE_LOCK => Some(8),
        FileCommand(number) => WIDE_LOCKS.iter().any(|row| row.0 == number).then_some(8),
    }
}

/// Says whether a command of fcntl(2) has the kernel fill in a lock.
pub(super) fn asks_for_lock(command: u64) -> bool {
    let asks = WIDE_LOCKS.first().map(|(number, _)| *number);
    matches!(FileCommand(command as u32), FileCommand::LOCK | FileCommand::FILE_LOCK)
        || asks == Some(command as u32)
}

/// Says whether an argument of a call means anything, by those before it.
pub(super) fn is_said(call: &str, at: usize, arguments: &[u64; 6]) -> bool {
    let [_, second, third, ..] = *arguments;
    match (call, at) {
        // Without CREATE or TEMPORARY a mode means nothing.
        ("open", 2) => makes(second),
        ("openat", 3) => makes(third),
        ("ioctl", 2) => Request(second as u32).argument() != Some(Argument::Nothing),
        ("fcntl" | "fcntl64", 2) => !matches!(
            FileCommand(second as u32),
            FileCommand::FLAGS
                | FileCommand::STATUS
                | FileCommand::OWNER
                | FileCommand::SIGNAL
                | FileCommand::LEASE
                | FileCommand::PIPE_SIZE
                | FileCommand::SEALS
        ),
        ("futex" | "futex_time64", 3..) => match FutexOperation(second as u32 & !0x180) {
            FutexOperation::WAKE | FutexOperation::UNLOCK | FutexOperation::TRY_LOCK => false,
            FutexOperation::WAIT | FutexOperation::LOCK => at == 3,
            FutexOperation::WAIT_BITS => at != 4,
            FutexOperation::WAKE_BITS => at == 5,
            _ => true,
        },
        _ => true,
    }
}

fn makes(flags: u64) -> bool {
    let makes = OpenFlags::CREATE.union(OpenFlags::TEMPORARY.difference(OpenFlags::DIRECTORY));
    flags as u32 & makes.bits() != 0
}

/// Shows calls whose arguments strace names: clone, and rt_sigreturn, whose argument is on the stack. False for all others.
pub(super) fn whole(made: &mut Made, process: &Process, result: Option<i64>, out: &mut Vec<u8>) -> bool {
    match made.known.map_or("", |known| known.name) {
        "clone" if !made.is_begun => clone(made, out),
        "clone" => return true,
        "rt_sigreturn" => {
            // What is blocked behind it is what it read.
            if result.is_some()
                && let Ok(set) = blocked(process.pid)
            {
                out.extend_from_slice(b"{mask=");
                signals::all(set, out);
                out.push(b'}');
            }
        }
        _ => return false,
    }
    made.is_begun = true;
    true
}

/// Shows clone(2), whose arguments stand in another order on x86_64 than elsewhere.
fn clone(made: &Made, out: &mut Vec<u8>) {
    /// EM_X86_64.
    const X86_64: u16 = 62;
    let [flags, stack, parent, fourth, fifth, _] = made.arguments;
    let (child, pointer) = if MACHINE == X86_64 { (fourth, fifth) } else { (fifth, fourth) };
    let has = |bit: CloneBits| flags & bit.bits() != 0;
    out.extend_from_slice(b"child_stack=");
    address(stack, out);
    out.extend_from_slice(b", flags=");
    // The lowest byte is the signal that tells of its end.
    let (bits, signal) = (flags & !0xff, flags & 0xff);
    if bits != 0 || signal == 0 {
        set(&CloneBits::NAMES, bits & u64::from(u32::MAX), 0, out);
    }
    if signal != 0 {
        out.extend_from_slice(if bits != 0 { b"|" } else { b"" });
        signals::name(signal.cast_signed(), out);
    }
    if has(CloneBits::TELL_PARENT) {
        place(", parent_tid=", parent, out);
    }
    if has(CloneBits::SET_THREAD_POINTER) {
        place(", tls=", pointer, out);
    }
    if has(CloneBits::TELL_CHILD | CloneBits::CLEAR_AT_END) {
        place(", child_tidptr=", child, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_nothing_is_left_out() {
        let tcgets = 0x5401;
        assert!(is_said("ioctl", 2, &[0, tcgets, 1, 0, 0, 0]));
        assert!(!is_said("ioctl", 2, &[0, 0x5451, 1, 0, 0, 0]), "FIOCLEX");
        assert!(!is_said("fcntl", 2, &[0, 3, 1, 0, 0, 0]) && is_said("fcntl", 2, &[0, 4, 1, 0, 0, 0]));
        let said =
            |operation: u64| (3..6).filter(|at| is_said("futex", *at, &[0, operation, 0, 0, 0, 0])).count();
        assert_eq!([said(0x81), said(0x80), said(0x189)], [0, 1, 2]);
        assert!(!is_said("openat", 3, &[0; 6]) && is_said("openat", 3, &[0, 0, 0o100, 0, 0, 0]));
    }
}
