//! Swap.

use linux::Errno;
use linux::fs::{Mode, OpenFlags, open, write_all};
use linux::mem::{SwapFlags, swapoff, swapon};

use crate::scratch::Scratch;
use crate::support::{have, root};

fn swap_constants() {
    assert_eq!(system::swap::priority(b"23"), Some(23));
    assert_eq!(system::swap::priority(b"many"), None);
}

fn swap_fail() {
    let refused = |result| matches!(result, Err(Errno::INVAL | Errno::PERM | Errno::NOSYS));
    assert!(refused(swapon("/dev/null", Some(23), SwapFlags::empty())));
    assert!(refused(swapoff("/dev/null")));
}

fn swapon_root() {
    root();
    let scratch = Scratch::new();
    let path = scratch.at("swap");
    // Sixteen pages, the first with what mkswap(8) writes: version, last page, and the mark at its end.
    let page = 4096;
    let mut bytes = vec![0; page * 16];
    bytes[1024..1028].copy_from_slice(&1_u32.to_ne_bytes());
    bytes[1028..1032].copy_from_slice(&15_u32.to_ne_bytes());
    bytes[page - 10..page].copy_from_slice(b"SWAPSPACE2");
    let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::CLOSE_ON_EXEC;
    write_all(open(path.as_str(), flags, Mode::octal(0o600)).unwrap(), &bytes).unwrap();
    linux::fs::sync();
    let missing = [Errno::NOSYS, Errno::PERM, Errno::INVAL];
    have(swapon(path.as_str(), Some(1), SwapFlags::empty()), &missing, "swap in a file here");
    let listed = std::fs::read_to_string("/proc/swaps").unwrap();
    swapoff(path.as_str()).unwrap();
    assert!(listed.contains(&path), "{listed}");
}

tests![swap_constants, swap_fail, swapon_root];
