//! sendmsg(2), recvmsg(2): a descriptor goes to another process over a socket. It gets another number there, and the same file: the
//! position is one. Whether there was room for what came is looked at.
//!
//! ```text
//! $ calls descriptors
//! another number, the same position: 5
//! without room for it: the message says so
//! ```

use spelunk::io::{Result, Write};
use spelunk::linux::Errno;
use spelunk::linux::fd::AsFd;
use spelunk::linux::fs::{From, IoSlice, IoSliceMut, MemoryFileFlags, lseek, memfd_create, write};
use spelunk::linux::net::{
    Address, Control, Family, MessageFlags, SendControl, SocketFlags, SocketKind, control_room, recvmsg,
    sendmsg, socketpair,
};

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let file = memfd_create("passed", MemoryFileFlags::CLOSE_ON_EXEC)?;
    let (one, other) = socketpair(Family::UNIX, SocketKind::DATAGRAM, SocketFlags::CLOSE_ON_EXEC)?;
    for _ in 0..2 {
        let mut room = [0; control_room(4)];
        let mut control = SendControl::new(&mut room);
        control.add_descriptors(&[file.as_fd()])?;
        // At least one byte goes with it.
        sendmsg(&one, None::<&Address>, &[IoSlice::new(b"x")], Some(&control), MessageFlags::empty())?;
    }
    write(&file, b"hello")?;
    let (mut bytes, mut room) = ([0; 1], [0; control_room(4)]);
    let came = recvmsg(&other, &mut [IoSliceMut::new(&mut bytes)], &mut room, MessageFlags::CLOSE_ON_EXEC)?;
    let mut passed = None;
    for control in came.control {
        if let Control::Descriptors(mut descriptors) = control {
            passed = descriptors.next();
        }
    }
    let passed = passed.ok_or(Errno::IO)?;
    let is_other = passed.as_fd().as_raw() != file.as_fd().as_raw();
    let position = lseek(&passed, From::Current(0))?;
    writeln!(out, "{} number, the same position: {position}", if is_other { "another" } else { "the same" })?;
    let came = recvmsg(&other, &mut [IoSliceMut::new(&mut bytes)], &mut [], MessageFlags::CLOSE_ON_EXEC)?;
    let is_cut = came.flags.contains(MessageFlags::CONTROL_TRUNCATED);
    writeln!(out, "without room for it: {}", if is_cut { "the message says so" } else { "nobody says so" })
}
