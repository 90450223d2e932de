//! Programs of eBPF, and the tables that they share with us.

use crate::child::{check, in_child, ok};
use crate::emulator::is_missing;
use crate::packets::loopback_up;
use crate::skip::skipped;
use arch::abi::PAGE_SIZE;
use formats::file::ebpf::{Helper, Operation, Program, Register, Width};
use linux::Errno;
use linux::bpf::{
    AttachPoint, Map, MapKind, Program as Loaded, ProgramKind, RingBuffer, attach_to_card, attach_to_group,
    attach_to_socket, load, load_for, pin,
};
use linux::fs::{Mode, OpenFlags, PipeFlags, open, pipe, read, unlink, write};
use linux::mount::{MountFlags, mount, set_propagation};
use linux::net::{
    Family, MessageFlags, Protocol, SocketFlags, SocketKind, bind, connect, sendto, socket, socketpair,
};
use linux::poll::{PollFd, PollFlags, poll};
use linux::process::{Fork, Namespaces, WaitFlags, WaitFor, exit_group, fork, unshare, waitid};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;
use system::cgroup::Group;

/// The number of a program's exit, and of its beginning: r0 = COUNT.
const EXIT: u64 = 0x95;
const fn give(count: i32) -> u64 {
    0xb7 | (count.cast_unsigned() as u64) << 32
}

/// Says that bpf is not for us here, if so.
fn is_refused<T, E: Copy>(answer: &Result<T, E>, errno: impl Fn(E) -> Errno) -> bool {
    let errno = answer.as_ref().err().map(|error| errno(*error));
    if errno == Some(Errno::PERM) {
        skipped("bpf needs CAP_BPF here");
    }
    errno == Some(Errno::PERM) || is_missing(&errno.map_or(Ok(()), Err), "bpf")
}

#[test]
fn a_table_is_filled_and_walked() {
    let map = Map::<u32, u64>::new(MapKind::HASH, 4);
    if is_refused(&map, |errno| errno) {
        return;
    }
    let map = map.unwrap();
    assert_eq!(map.get(1), Ok(None));
    for key in 1..=4 {
        map.set(key, u64::from(key) << 40).unwrap();
    }
    assert_eq!(map.get(3), Ok(Some(3 << 40)));
    assert_eq!(map.set(5, 5), Err(Errno::TOOBIG));
    let (mut seen, mut key) = (Vec::new(), None);
    while let Some(next) = map.next_key(key).unwrap() {
        seen.push(next);
        key = Some(next);
    }
    seen.sort_unstable();
    assert_eq!(seen, [1, 2, 3, 4]);
    assert_eq!((map.remove(2), map.remove(2), map.get(2)), (Ok(true), Ok(false), Ok(None)));
    // The keys of an array are numbers of 32 bits.
    assert_eq!(Map::<u64, u64>::new(MapKind::ARRAY, 1).map(drop), Err(Errno::INVAL));
    let array = Map::<u32, [u8; 3]>::new(MapKind::ARRAY, 2).unwrap();
    assert_eq!((array.get(1), array.get(2)), (Ok(Some([0; 3])), Ok(None)));
    // What has a value for each processor would be read into the room of one.
    assert_eq!(Map::<u32, u64>::new(MapKind(6), 1).map(drop), Err(Errno::INVAL));
}

#[test]
fn what_has_a_name_stays_and_is_found_by_it() {
    if is_refused(&Map::<u32, u64>::new(MapKind::HASH, 1), |errno| errno) {
        return;
    }
    in_child(|| {
        ok!(unshare(Namespaces::MOUNT));
        ok!(set_propagation("/", MountFlags::PRIVATE | MountFlags::RECURSIVE));
        ok!(mount("none", "/tmp", "bpf", MountFlags::empty(), ""));
        let map = ok!(Map::<u32, u64>::new(MapKind::HASH, 4));
        ok!(map.set(7, 70));
        ok!(pin(&map, "/tmp/table"));
        check!(pin(&map, "/tmp/table") == Err(Errno::EXIST));
        drop(map);
        check!(ok!(Map::<u32, u64>::open("/tmp/table")).get(7) == Ok(Some(70)));
        check!(Map::<u32, u32>::open("/tmp/table").err() == Some(Errno::INVAL));
        check!(Map::<u64, u64>::open("/tmp/table").err() == Some(Errno::INVAL));
        check!(Map::<u32, u64>::open("/tmp/chair").err() == Some(Errno::NOENT));
        let filter = load(ProgramKind::SOCKET_FILTER, &[give(2), EXIT], c"GPL", &mut []);
        ok!(filter.map_err(|refused| refused.errno).and_then(|filter| pin(&filter, "/tmp/filter")));
        let (one, other) = ok!(socketpair(Family::UNIX, SocketKind::DATAGRAM, SocketFlags::CLOSE_ON_EXEC));
        ok!(attach_to_socket(&other, &ok!(Loaded::open("/tmp/filter"))));
        ok!(write(&one, b"hello"));
        check!(read(&other, &mut [0; 8]) == Ok(2));
        // Neither is the other.
        check!(Map::<u32, u64>::open("/tmp/filter").err() == Some(Errno::INVAL));
        check!(attach_to_socket(&other, &ok!(Loaded::open("/tmp/table"))) == Err(Errno::INVAL));
        ok!(unlink("/tmp/table"));
        check!(Map::<u32, u64>::open("/tmp/table").err() == Some(Errno::NOENT));
        Ok(())
    });
}

#[test]
fn a_card_drops_what_a_program_says() {
    let drops = load(ProgramKind::NETWORK_CARD, &[give(1), EXIT], c"GPL", &mut []);
    if is_refused(&drops, |refused| refused.errno) {
        return;
    }
    if drops.is_err() {
        return skipped("this kernel has no programs for network cards (NET, BPF_SYSCALL)");
    }
    in_child(|| {
        ok!(unshare(Namespaces::NETWORK));
        ok!(loopback_up());
        let socket =
            ok!(socket(Family::IPV4, SocketKind::DATAGRAM, SocketFlags::NONBLOCK, Protocol::DEFAULT));
        let own = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9);
        ok!(bind(&socket, &own));
        let comes = || -> linux::Result<bool> {
            sendto(&socket, b"x", MessageFlags::empty(), &own)?;
            let count = poll(&mut [PollFd::new(&socket, PollFlags::IN)], Some(Duration::from_millis(200)))?;
            Ok(count == 1 && read(&socket, &mut [0; 8]) == Ok(1))
        };
        check!(ok!(comes()));
        let drops = load(ProgramKind::NETWORK_CARD, &[give(1), EXIT], c"GPL", &mut []);
        let drops = ok!(drops.map_err(|refused| refused.errno));
        // The loopback has the number 1 wherever it is alone.
        let attached = ok!(attach_to_card(&drops, 1));
        check!(attach_to_card(&drops, 1).err() == Some(Errno::BUSY));
        check!(!ok!(comes()));
        drop(attached);
        check!(ok!(comes()));
        check!(attach_to_card(&drops, 99).err() == Some(Errno::INVAL));
        Ok(())
    });
}

#[test]
fn a_filter_cuts_and_a_wrong_one_is_explained() {
    let mut log = [0; 4096];
    let filter = load(ProgramKind::SOCKET_FILTER, &[give(2), EXIT], c"GPL", &mut log);
    if is_refused(&filter, |refused| refused.errno) {
        return;
    }
    let (one, other) = socketpair(Family::UNIX, SocketKind::DATAGRAM, SocketFlags::empty()).unwrap();
    attach_to_socket(&other, &filter.unwrap()).unwrap();
    write(&one, b"hello").unwrap();
    let mut buffer = [0; 8];
    assert_eq!(read(&other, &mut buffer), Ok(2));
    // Register 0 is not set.
    let refused = load(ProgramKind::SOCKET_FILTER, &[EXIT], c"GPL", &mut log).unwrap_err();
    assert_eq!(refused.errno, Errno::ACCES);
    assert!(refused.log.contains("R0 !read_ok"), "{refused}");
    assert_eq!(load(ProgramKind::SOCKET_FILTER, &[EXIT], c"GPL", &mut []).unwrap_err().log, "");
}

#[test]
fn records_come_over_a_ring() {
    let ring = RingBuffer::new(PAGE_SIZE, 2 * PAGE_SIZE);
    if is_refused(&ring, |errno| errno) {
        return;
    }
    let mut ring = match ring {
        Err(errno @ Errno::INVAL) => {
            return skipped(&format!("this kernel has no rings of records (Linux 5.8): {errno}"));
        }
        ring => ring.unwrap(),
    };
    // Each packet that comes is told of by its length.
    let mut program = Program::<16>::new();
    program
        .load(Width::Four, Register::R6, Register::R1, 0)
        .store(Width::Four, Register::R10, -8, 0)
        .store(Width::Four, Register::R10, -4, 0x1234)
        .add_atomically(Width::Four, Register::R10, -8, Register::R6)
        .load_map(Register::R1, ring.number())
        .act(Operation::Set, Register::R2, Register::R10)
        .act(Operation::Add, Register::R2, -8)
        .act(Operation::Set, Register::R3, 8)
        .act(Operation::Set, Register::R4, 0)
        .call(Helper::RING_OUTPUT)
        .act(Operation::Set, Register::R0, -1)
        .exit();
    let mut log = [0; 4096];
    let program = load(ProgramKind::SOCKET_FILTER, program.finish().unwrap(), c"GPL", &mut log).unwrap();
    let (one, other) = socketpair(Family::UNIX, SocketKind::DATAGRAM, SocketFlags::empty()).unwrap();
    attach_to_socket(&other, &program).unwrap();
    let mut buffer = [0; 16];
    assert_eq!(ring.take(&mut buffer), None);
    // More than the ring has room for at once: it is read in between, past its end.
    for round in 0..10_u32 {
        for length in 1..100_u32 {
            write(&one, &vec![0; length as usize]).unwrap();
            read(&other, &mut [0; 128]).unwrap();
            if length % 7 == 0 {
                assert_eq!(poll(&mut [PollFd::new(&ring, PollFlags::IN)], Some(Duration::ZERO)), Ok(1));
            }
        }
        for length in 1..100_u32 {
            let record = ring.take(&mut buffer).unwrap();
            let expected = [length.to_ne_bytes(), 0x1234_u32.to_ne_bytes()].concat();
            assert_eq!(record, expected, "{round}");
        }
        assert_eq!(ring.take(&mut buffer), None);
    }
}

#[test]
fn a_group_sends_nothing_while_a_program_says_so() {
    let refuse = load(ProgramKind::CGROUP_PACKETS, &[give(0), EXIT], c"GPL", &mut []);
    if is_refused(&refuse, |refused| refused.errno) {
        return;
    }
    let Ok(refuse) = refuse else {
        return skipped("this kernel has no programs for control groups (CGROUP_BPF)");
    };
    let group = Group::root().map(|root| root.child(&format!("spelunk-bpf-{}", std::process::id())));
    let group = match group.and_then(|group| group.create().map(|()| group)) {
        Ok(group) => group,
        Err(error) => return skipped(&error.to_string()),
    };
    // Sockets belong to the group of who makes them: a child's, on a loopback of its own.
    let (told, tells) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
    let (hears, say) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
    let path = [group.path(), b"/cgroup.procs"].concat();
    // SAFETY: the child makes system calls only.
    let Fork::Parent(pid) = (unsafe { fork() }).unwrap() else {
        drop((told, say));
        let procs = open(path.as_slice(), OpenFlags::WRITE, Mode::empty());
        let is_in = procs.and_then(|file| write(&file, b"0")).is_ok() && unshare(Namespaces::NETWORK).is_ok();
        let made = socket(Family::IPV4, SocketKind::DATAGRAM, SocketFlags::CLOSE_ON_EXEC, Protocol::DEFAULT);
        let Ok(made) = made else { exit_group(1) };
        let connects = || {
            let to = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9);
            connect(&made, &to).err().map_or(0, Errno::number)
        };
        let send = || {
            // Without a route it does not get as far; with the program refusing, not even the loopback does.
            let to = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9);
            sendto(&made, b"x", MessageFlags::empty(), &to).err().map_or(0, Errno::number)
        };
        // It hears itself: else there would be an answer that nobody does.
        let own = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9);
        let is_up = is_in && loopback_up().is_ok() && bind(&made, &own).is_ok();
        for _ in 0..4 {
            let _ = read(&hears, &mut [0]);
            let answers = if is_up { [send(), connects()] } else { [u16::MAX; 2] };
            let _ = write(&tells, answers.map(u16::to_ne_bytes).as_flattened());
        }
        exit_group(0);
    };
    drop((tells, hears));
    let sent = || {
        write(&say, b"!").unwrap();
        let mut answers = [[0; 2]; 2];
        assert_eq!(read(&told, answers.as_flattened_mut()), Ok(4));
        answers.map(u16::from_ne_bytes)
    };
    let before = sent();
    let attached = attach_to_group(&refuse, group.open().unwrap(), AttachPoint::GROUP_SENDS);
    let during = sent();
    let attached = attached.map(drop);
    let point = AttachPoint::GROUP_CONNECTS;
    let stay = load_for(ProgramKind::CGROUP_ADDRESSES, point, &[give(0), EXIT], c"GPL", &mut []);
    let stay = stay.map_err(|refused| refused.errno);
    let other = stay.and_then(|stay| attach_to_group(&stay, group.open().unwrap(), point));
    let between = sent();
    let other = other.map(drop);
    let after = sent();
    linux::retry(|| waitid(WaitFor::Process(pid), WaitFlags::EXITED)).unwrap();
    group.remove().unwrap();
    if let Err(errno) = attached {
        return skipped(&format!("no programs for control groups (Linux 5.7, CGROUP_BPF): {errno}"));
    }
    let refused = Errno::PERM.number();
    assert_eq!((before, during, after), ([0, 0], [refused, 0], [0, 0]));
    assert_eq!((other, between), (Ok(()), [0, refused]));
}
