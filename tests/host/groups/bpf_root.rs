//! bpf(2): tables and programs in the kernel.

use formats::file::ebpf::{Operation, Program, Register};
use linux::Errno;
use linux::bpf::{Map, MapKind, ProgramKind, attach_to_socket, load};
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

tests![bpf_map_create, bpf_prog_load];
