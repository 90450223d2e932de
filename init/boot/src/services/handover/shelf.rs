//! A socket in which descriptors wait for the successor of this program: it is handed one number, and takes out the rest.
//!
//! What waits there is open, whatever becomes of who has put it there, and no other program gets it. Numbers that stay open over
//! execve(2) would have to be marked so one by one, and by then one of them may mean another file.

use alloc::vec::Vec;

use linux::fd::{BorrowedFd, OwnedFd};
use linux::fs::{IoSlice, IoSliceMut};
use linux::net::{
    Control, Family, MessageFlags, SendControl, SocketFlags, SocketKind, UnixAddress, control_room, recvmsg,
    sendmsg, socketpair,
};
use linux::{Errno, Result, retry};

/// How many go in one message; the kernel takes 253 (SCM_MAX_FD).
const AT_ONCE: usize = 200;

/// Makes one with copies of these.
///
/// # Errors
/// Those of `socketpair(2)` and `sendmsg(2)`; `AGAIN`: the socket's buffer is full.
pub(super) fn fill(files: &[BorrowedFd<'_>]) -> Result<OwnedFd> {
    let (shelf, door) = socketpair(Family::UNIX, SocketKind::DATAGRAM, SocketFlags::CLOSE_ON_EXEC)?;
    for part in files.chunks(AT_ONCE) {
        let mut room = [0; control_room(AT_ONCE * 4)];
        let mut control = SendControl::new(&mut room);
        control.add_descriptors(part)?;
        let flags = MessageFlags::NO_SIGNAL | MessageFlags::DONT_WAIT;
        retry(|| sendmsg(&door, None::<&UnixAddress>, &[IoSlice::new(b"-")], Some(&control), flags))?;
    }
    Ok(shelf)
}

/// Takes all out.
///
/// # Errors
/// Those of `recvmsg(2)`; `NOTSOCK`: this is no shelf. `MFILE`: this process can have no more.
pub(super) fn empty(shelf: &OwnedFd) -> Result<Vec<OwnedFd>> {
    let mut files = Vec::new();
    loop {
        let (mut byte, mut room) = ([0], [0; control_room(AT_ONCE * 4)]);
        let flags = MessageFlags::DONT_WAIT | MessageFlags::CLOSE_ON_EXEC;
        // It does not wait, so no signal interrupts it.
        let received = match recvmsg(shelf, &mut [IoSliceMut::new(&mut byte)], &mut room, flags) {
            Ok(received) if received.count > 0 => received,
            Ok(_) | Err(Errno::AGAIN) => return Ok(files),
            Err(cause) => return Err(cause),
        };
        if received.flags.contains(MessageFlags::CONTROL_TRUNCATED) {
            return Err(Errno::MFILE);
        }
        for control in received.control {
            if let Control::Descriptors(more) = control {
                files.extend(more);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linux::fd::{AsFd, STDIN};
    use linux::fs::{self, MemoryFileFlags};

    #[test]
    fn what_is_put_there_comes_out_in_its_order() {
        let make = |number: u16| {
            let file = fs::memfd_create(c"test", MemoryFileFlags::CLOSE_ON_EXEC).unwrap();
            fs::write_all(&file, &number.to_ne_bytes()).unwrap();
            file
        };
        let files: Vec<OwnedFd> = (0..AT_ONCE as u16 + 7).map(make).collect();
        let shelf = fill(&files.iter().map(AsFd::as_fd).collect::<Vec<_>>()).unwrap();
        drop(files);
        for (number, file) in empty(&shelf).unwrap().iter().enumerate() {
            let mut bytes = [0; 2];
            assert_eq!(fs::pread(file, &mut bytes, 0), Ok(2));
            assert_eq!(usize::from(u16::from_ne_bytes(bytes)), number);
        }
        assert_eq!(empty(&shelf).unwrap().len(), 0);
    }

    #[test]
    fn anything_else_is_no_shelf() {
        let file = fs::memfd_create(c"test", MemoryFileFlags::CLOSE_ON_EXEC).unwrap();
        assert_eq!(empty(&file).unwrap_err(), Errno::NOTSOCK);
        assert!(fill(&[STDIN]).is_ok());
    }
}
