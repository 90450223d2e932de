//! Rings: entries of each kind, what is registered beforehand, and completions of each kind; skipped where there are none.

use crate::scratch;
use crate::skip::skipped;
use linux::fd::{AsFd, OwnedFd};
use linux::fs::{self, IoSliceMut, Mode, OpenFlags, PipeFlags, pipe};
use linux::net::{Address, Family, MessageFlags, Protocol, SocketFlags, SocketKind, getsockname, socketpair};
use linux::poll::Interest;
use linux::time::Timespec;
use linux::uring::{
    BufferRing, CancelFlags, Completion, CompletionFlags, Entry, EntryFlags, Features, Opcode, ReceiveFlags,
    Ring, Setup, SetupFlags, SpliceFlags, probe, register_buffers, register_files, unregister_buffers,
    update_file,
};
use linux::{Errno, Result};
use std::time::Duration;

/// Makes a ring, unless this kernel has none or forbids it.
fn ring(setup: &Setup) -> Option<Ring> {
    match Ring::new(8, setup) {
        Ok(ring) => Some(ring),
        Err(Errno::NOSYS | Errno::PERM | Errno::OPNOTSUPP | Errno::INVAL) => {
            skipped("this kernel has no such ring");
            None
        }
        Err(errno) => panic!("{errno}"),
    }
}

/// Adds entries and gives as many completions, in the order of their keys.
///
/// What the entries point to must live until then.
fn all(ring: &Ring, entries: &[Entry]) -> Vec<Completion> {
    for (key, entry) in entries.iter().enumerate() {
        // SAFETY: the callers keep everything until the completions are here.
        assert!(unsafe { ring.push(&entry.key(key as u64)) });
    }
    let mut came = Vec::new();
    while came.len() < entries.len() {
        linux::retry(|| ring.submit_and_wait(None)).unwrap();
        came.extend(std::iter::from_fn(|| ring.complete()));
    }
    came.sort_by_key(|completion| completion.key);
    came
}

fn results(ring: &Ring, entries: &[Entry]) -> Vec<Result<u32>> {
    all(ring, entries).iter().map(Completion::result).collect()
}

fn pair() -> (OwnedFd, OwnedFd) {
    socketpair(Family::UNIX, SocketKind::STREAM, SocketFlags::CLOSE_ON_EXEC).unwrap()
}

#[test]
fn entries_go_in_until_there_is_no_room_and_completions_come_out() {
    let Some(ring) = ring(&Setup::PLAIN) else { return };
    assert!(ring.features().contains(Features::ONE_MAPPING | Features::NO_DROP));
    for round in 0..100_u64 {
        assert_eq!(ring.room(), 8);
        for key in 0..8 {
            // SAFETY: it points to nothing.
            assert!(unsafe { ring.push(&Entry::nop().key(round << 8 | key)) });
        }
        // SAFETY: it points to nothing.
        assert!(!unsafe { ring.push(&Entry::nop()) } && ring.is_pending() && !ring.has_completion());
        ring.submit().unwrap();
        ring.submit_and_look().unwrap();
        let keys: Vec<_> = std::iter::from_fn(|| ring.complete()).map(|one| one.key).collect();
        assert_eq!(keys, (0..8).map(|key| round << 8 | key).collect::<Vec<_>>());
    }
    linux::retry(|| ring.submit_and_wait(Some(Duration::from_millis(1)))).unwrap();
    assert!(ring.complete().is_none(), "the limit is no error");
}

#[test]
fn the_kernel_says_what_it_has() {
    let Some(ring) = ring(&Setup::PLAIN) else { return };
    let probe = probe(&ring).unwrap();
    assert!(probe.has(Opcode::NOP) && probe.has(Opcode::READ) && !probe.has(Opcode(200)));
    assert!(!probe.has(Opcode(127)), "nobody has this yet");
}

#[test]
fn files_are_opened_read_written_and_closed() {
    let Some(ring) = ring(&Setup::PLAIN) else { return };
    let folder = scratch::Scratch::new();
    let path = std::ffi::CString::new(format!("{}/file", folder.path().display())).unwrap();
    let flags = OpenFlags::READ_WRITE | OpenFlags::CREATE | OpenFlags::CLOSE_ON_EXEC;
    let cwd = linux::fd::CWD.as_raw();
    let file = results(&ring, &[Entry::openat(cwd, path.as_ptr(), flags, Mode::octal(0o600))])[0].unwrap();
    let file = file.cast_signed();
    let mut answer = fs::stat(c"/").unwrap();
    let (mut first, mut second) = ([0_u8; 3], [0_u8; 3]);
    let wrote = results(&ring, &[Entry::write(file, b"abcdef".as_ptr(), 6, None)]);
    assert_eq!(wrote, [Ok(6)]);
    let mask = fs::StatxMask::BASIC;
    let came = results(
        &ring,
        &[
            Entry::read(file, first.as_mut_ptr(), 3, Some(0)),
            Entry::read(file, second.as_mut_ptr(), 3, Some(3)),
            Entry::fsync(file),
            Entry::statx(cwd, path.as_ptr(), fs::StatxFlags::empty(), mask, &raw mut answer),
        ],
    );
    assert_eq!(came, [Ok(3), Ok(3), Ok(0), Ok(0)]);
    assert_eq!((&first, &second, answer.size()), (b"abc", b"def", 6));
    let (out, into) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
    // From the position, which the write has moved to the end.
    let moved = results(&ring, &[Entry::splice(file, into.as_raw(), 10, SpliceFlags::MOVE)]);
    assert_eq!(moved, [Ok(0)]);
    assert_eq!(results(&ring, &[Entry::close(file), Entry::close(file)]), [Ok(0), Err(Errno::BADF)]);
    drop(out);
}

#[test]
fn sockets_are_made() {
    let Some(ring) = ring(&Setup::PLAIN) else { return };
    if !probe(&ring).is_ok_and(|probe| probe.has(Opcode::SOCKET)) {
        return skipped("this kernel's rings make no sockets");
    }
    let entry =
        Entry::socket(Family::UNIX, SocketKind::DATAGRAM, Protocol::DEFAULT, SocketFlags::CLOSE_ON_EXEC);
    let made = results(&ring, &[entry])[0].unwrap();
    // SAFETY: the kernel has just made it.
    let socket = unsafe { OwnedFd::from_raw(made.cast_signed()) };
    assert_eq!(getsockname(&socket).unwrap().map(|address| matches!(address, Address::Unix(_))), Some(true));
}

#[test]
fn what_waits_is_limited_or_cancelled() {
    let Some(ring) = ring(&Setup::PLAIN) else { return };
    let (one, other) = pair();
    let limit = Timespec::from(Duration::from_millis(2));
    let mut buffer = [0_u8; 8];
    let receive = |buffer: &mut [u8; 8]| {
        let (nothing, how) = (MessageFlags::empty(), ReceiveFlags::empty());
        Entry::recv(other.as_raw(), buffer.as_mut_ptr(), 8, nothing, how)
    };
    let limited = [receive(&mut buffer).with(EntryFlags::LINK), Entry::link_timeout(&raw const limit)];
    assert_eq!(results(&ring, &limited), [Err(Errno::CANCELED), Err(Errno::TIME)]);
    assert_eq!(results(&ring, &[Entry::timeout(&raw const limit)]), [Err(Errno::TIME)]);
    let cancelled = [receive(&mut buffer), Entry::async_cancel(0, CancelFlags::empty())];
    assert_eq!(results(&ring, &cancelled), [Err(Errno::CANCELED), Ok(0)]);
    let poll = Entry::poll_add(other.as_raw(), Interest::IN);
    let sent = Entry::send(one.as_raw(), b"now".as_ptr(), 3, MessageFlags::NO_SIGNAL);
    assert_eq!(results(&ring, &[poll, sent, receive(&mut buffer)]), [Ok(1), Ok(3), Ok(3)]);
    assert_eq!(&buffer[..3], b"now");
}

#[test]
fn buffers_and_files_are_registered() {
    let Some(ring) = ring(&Setup::PLAIN) else { return };
    let (one, other) = pair();
    let mut memory = vec![0_u8; 4096];
    let start = memory.as_mut_ptr();
    // SAFETY: the memory lives until the buffers are unregistered.
    unsafe { register_buffers(&ring, &[IoSliceMut::new(&mut memory)]) }.unwrap();
    register_files(&ring, &[one.as_raw(), -1]).unwrap();
    update_file(&ring, 1, other.as_raw()).unwrap();
    let sent = Entry::send(0, b"kept".as_ptr(), 4, MessageFlags::NO_SIGNAL);
    let read = Entry::read_registered(1, start, 100, None, 0).with(EntryFlags::REGISTERED_FILE);
    assert_eq!(results(&ring, &[sent.with(EntryFlags::REGISTERED_FILE), read]), [Ok(4), Ok(4)]);
    let back = Entry::write_registered(1, start, 4, None, 0).with(EntryFlags::REGISTERED_FILE);
    assert_eq!(results(&ring, &[back]), [Ok(4)]);
    unregister_buffers(&ring).unwrap();
    assert_eq!(&memory[..4], b"kept");
    assert_eq!(unregister_buffers(&ring), Err(Errno::NXIO));
}

#[test]
fn the_kernel_takes_buffers_out_of_a_group_and_receives_again_and_again() {
    let Some(ring) = ring(&Setup::PLAIN) else { return };
    if !probe(&ring).unwrap().has(Opcode::SEND_ZC) {
        return skipped("this kernel receives once");
    }
    let (one, other) = pair();
    // SAFETY: it is dropped after the last completion.
    let group = unsafe { BufferRing::new(&ring, 7, 4, 16) }.unwrap();
    // SAFETY: as above.
    assert_eq!(unsafe { BufferRing::new(&ring, 8, 3, 16) }.err(), Some(Errno::INVAL));
    let (nothing, how) = (MessageFlags::empty(), ReceiveFlags::MULTISHOT);
    let entry = Entry::recv(other.as_raw(), std::ptr::null_mut(), 0, nothing, how).select_buffer(7);
    // SAFETY: the group lives until the last completion.
    assert!(unsafe { ring.push(&entry.key(1)) });
    for round in 0..10_u8 {
        fs::write(&one, &[round; 5]).unwrap();
        linux::retry(|| ring.submit_and_wait(None)).unwrap();
        let came = ring.complete().unwrap();
        assert_eq!((came.result(), came.flags.contains(CompletionFlags::MORE)), (Ok(5), true));
        let number = came.flags.buffer().unwrap();
        // SAFETY: the kernel has written so many bytes there, and given it away.
        assert_eq!(unsafe { std::slice::from_raw_parts(group.buffer(number), 5) }, [round; 5]);
        group.give(number);
    }
    drop(one);
    linux::retry(|| ring.submit_and_wait(None)).unwrap();
    let last = ring.complete().unwrap();
    assert_eq!((last.result(), last.flags.contains(CompletionFlags::MORE)), (Ok(0), false));
}

#[test]
fn one_ring_tells_another() {
    let (Some(one), Some(other)) = (ring(&Setup::PLAIN), ring(&Setup::PLAIN)) else { return };
    if !probe(&one).unwrap().has(Opcode::MSG_RING) {
        return skipped("rings of this kernel do not tell each other");
    }
    assert_eq!(results(&one, &[Entry::msg_ring(other.as_fd().as_raw(), 42, 5)]), [Ok(0)]);
    linux::retry(|| other.submit_and_wait(None)).unwrap();
    let told = other.complete().unwrap();
    assert_eq!((told.key, told.result()), (42, Ok(5)));
}

#[test]
fn a_thread_of_the_kernel_submits() {
    let setup = Setup { flags: SetupFlags::SUBMIT_THREAD, idle_ms: 1, ..Setup::PLAIN };
    let Some(ring) = ring(&setup) else { return };
    for _ in 0..50 {
        ring.make_room().unwrap();
        assert_eq!(results(&ring, &[Entry::nop(), Entry::nop()]), [Ok(0), Ok(0)]);
    }
}
