//! Programs of eBPF, and the tables that they share with us.

use crate::emulator::is_missing;
use crate::skip::skipped;
use linux::Errno;
use linux::bpf::{Map, MapKind, ProgramKind, attach_to_socket, load};
use linux::fs::{read, write};
use linux::net::{Family, SocketFlags, SocketKind, socketpair};

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
