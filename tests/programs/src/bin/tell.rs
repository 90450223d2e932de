//! Sends an entry as programs send them to journald: with `large`, as a file in memory, for it is longer than a datagram may be;
//! with `torn`, one whose last value is shorter than it says.
//!
//! Arguments: the message, and how.

#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;

use linux::fd::{AsFd, STDERR};
use linux::fs::{self, MemoryFileFlags, Seals};
use linux::net::{
    Family, MessageFlags, Protocol, SendControl, SocketFlags, SocketKind, UnixAddress, control_room, sendmsg,
    sendto, socket,
};
use rt::{Arguments, Environment};

rt::program!(main);

const PLACE: &[u8] = b"/run/systemd/journal/socket";

fn main(arguments: Arguments, _environment: Environment) -> i32 {
    let mut words = arguments.skip(1).map(|word| word.to_bytes());
    let (message, how) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    match tell(message, how) {
        Ok(()) => 0,
        Err(cause) => {
            let _ = fs::write_all(STDERR, alloc::format!("tell: {cause}\n").as_bytes());
            1
        }
    }
}

fn tell(message: &[u8], how: &[u8]) -> linux::Result<()> {
    let mut entry = b"PRIORITY=3\nSYSLOG_IDENTIFIER=teller\nSYSLOG_FACILITY=10\n".to_vec();
    let is_large = how == b"large";
    if is_large {
        // Before the message, as a core is.
        field(b"COREDUMP", &alloc::vec![b'\n'; 1 << 20], 0, &mut entry);
    }
    field(b"MESSAGE", message, if how == b"torn" { 1000 } else { 0 }, &mut entry);
    let socket = socket(Family::UNIX, SocketKind::DATAGRAM, SocketFlags::CLOSE_ON_EXEC, Protocol::DEFAULT)?;
    let place = UnixAddress::path(PLACE)?;
    if !is_large {
        return sendto(&socket, &entry, MessageFlags::NO_SIGNAL, &place).map(drop);
    }
    let file = fs::memfd_create(c"entry", MemoryFileFlags::CLOSE_ON_EXEC | MemoryFileFlags::ALLOW_SEALING)?;
    fs::write_all(&file, &entry)?;
    fs::add_seals(&file, Seals::SHRINK | Seals::GROW | Seals::WRITE | Seals::SEAL)?;
    let mut room = [0; control_room(size_of::<i32>())];
    let mut control = SendControl::new(&mut room);
    control.add_descriptors(&[file.as_fd()])?;
    sendmsg(&socket, Some(&place), &[], Some(&control), MessageFlags::NO_SIGNAL).map(drop)
}

/// Adds a field whose value may have line feeds, said to be so much longer than it is.
fn field(name: &[u8], value: &[u8], more: u64, entry: &mut Vec<u8>) {
    entry.extend_from_slice(name);
    entry.push(b'\n');
    entry.extend_from_slice(&(value.len() as u64 + more).to_le_bytes());
    entry.extend_from_slice(value);
    entry.push(b'\n');
}
