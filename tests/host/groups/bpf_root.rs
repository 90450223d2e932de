//! bpf(2): tables and programs in the kernel.

use formats::file::ebpf::{Operation, Program, Register};
use linux::Errno;
use linux::bpf::{Map, MapKind, Prefix, ProgramKind, attach_to_socket, load};
use linux::net::SocketKind;

use crate::support::{have, only_root, pair, skip};

const MISSING: [Errno; 2] = [Errno::NOSYS, Errno::PERM];

fn bpf_map_create() {
    only_root();
    let map = have(Map::<u32, u64>::new(MapKind::HASH, 8), &MISSING, "tables of bpf");
    assert_eq!(map.get(5), Ok(None));
    map.set(5, 42).unwrap();
    assert_eq!(map.get(5), Ok(Some(42)));
    assert_eq!(map.next_key(None), Ok(Some(5)));
    assert_eq!((map.remove(5), map.remove(5)), (Ok(true), Ok(false)));
}

fn bpf_prog_load() {
    only_root();
    let mut program = Program::<2>::new();
    program.act(Operation::Set, Register::R0, 1).exit();
    let mut log = [0; 4096];
    let program = match load(ProgramKind::SOCKET_FILTER, program.finish().unwrap(), c"GPL", &mut log) {
        Ok(program) => program,
        Err(refused) if MISSING.contains(&refused.errno) => skip("programs of bpf"),
        Err(refused) => panic!("{}: {}", refused.errno, refused.log),
    };
    let (one, other) = pair(SocketKind::DATAGRAM);
    attach_to_socket(&other, &program).unwrap();
    linux::fs::write(&one, b"cut").unwrap();
    assert_eq!(linux::fs::read(&other, &mut [0; 8]), Ok(1), "the program keeps one byte of each");
}

/// A table that is full forgets what was not used for long.
fn bpf_map_recent() {
    only_root();
    let map = have(
        Map::<u32, u64>::new(MapKind::RECENT, 64),
        &[Errno::NOSYS, Errno::PERM, Errno::INVAL],
        "tables of bpf",
    );
    for key in 0..1000 {
        map.set(key, u64::from(key) * 2).unwrap();
    }
    let kept: Vec<u32> = (0..1000).filter(|key| map.get(*key).unwrap().is_some()).collect();
    assert!((1..=64).contains(&kept.len()) && kept.contains(&999) && !kept.contains(&0), "{kept:?}");
    assert_eq!(map.get(999), Ok(Some(1998)));
}

/// The longest prefix counts, and a key that none fits has no value.
fn bpf_map_prefixes() {
    only_root();
    let map = Map::<Prefix<4>, u32>::new(MapKind::PREFIXES, 3);
    let map = have(map, &[Errno::NOSYS, Errno::PERM, Errno::INVAL], "tables of prefixes");
    let of = |bytes| Prefix::new(bytes, 32);
    map.set(Prefix::new([10, 0, 0, 0], 8), 1).unwrap();
    map.set(Prefix::new([10, 7, 0, 0], 16), 2).unwrap();
    map.set(of([10, 7, 7, 7]), 3).unwrap();
    assert_eq!(map.set(Prefix::new([11, 0, 0, 0], 8), 4), Err(Errno::NOSPC));
    for (address, expected) in
        [([10, 1, 2, 3], Some(1)), ([10, 7, 7, 8], Some(2)), ([10, 7, 7, 7], Some(3)), ([11, 7, 7, 7], None)]
    {
        assert_eq!(map.get(of(address)), Ok(expected), "{address:?}");
    }
    assert_eq!(map.set(Prefix::new([0; 4], 33), 0), Err(Errno::INVAL));
    assert_eq!(map.remove(Prefix::new([10, 7, 0, 0], 16)), Ok(true));
    assert_eq!(map.get(of([10, 7, 7, 8])), Ok(Some(1)));
}

tests![bpf_map_create, bpf_map_recent, bpf_map_prefixes, bpf_prog_load];
