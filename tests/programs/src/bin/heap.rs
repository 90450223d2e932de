//! Uses the heap as programs do, then under a limit of address space, where it must say no and go on.
//!
//! An emulator takes the limit and does not keep it: status 77 says so, as in other test suites.

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "blocks of any layout are had by raw calls alone")]

extern crate alloc;

use alloc::alloc::{Layout, alloc_zeroed, dealloc};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::{slice, str};

use linux::fs::{self, Mode, OpenFlags};
use linux::process::{Limit, Resource, prlimit};
use rt::thread::{self, JoinHandle};
use rt::{Arguments, Environment};

rt::program!(main);

fn main(_arguments: Arguments, _environment: Environment) -> i32 {
    programs::verdict("heap", Ok(check()))
}

fn check() -> i32 {
    if !maps() {
        return 1;
    }
    if !growth() {
        return 2;
    }
    if !alignment() {
        return 5;
    }
    if !memory_comes_back() {
        return 6;
    }
    let limit = Limit { soft: Some(16 << 20), hard: Some(16 << 20) };
    if prlimit(None, Resource::ADDRESS_SPACE, Some(limit)).is_err() {
        return 3;
    }
    if prlimit(None, Resource::ADDRESS_SPACE, None) != Ok(limit) {
        return programs::SKIPPED;
    }
    if !refusal() {
        return 4;
    }
    0
}

fn maps() -> bool {
    let mut map: BTreeMap<usize, String> = (0..5000).map(|key| (key, key.to_string())).collect();
    map.retain(|key, _| key % 7 == 3);
    map.iter().all(|(key, text)| text.parse() == Ok(*key)) && map.len() == 714
}

/// From inside the program to the first mapped region to mappings of its own.
fn growth() -> bool {
    let mut bytes = Vec::new();
    for at in 0..3_000_000_usize {
        bytes.push(at as u8);
    }
    bytes.shrink_to_fit();
    bytes.iter().enumerate().all(|(at, &byte)| byte == at as u8)
}

/// Blocks of each size lie where their alignment wants them.
fn alignment() -> bool {
    [1_usize, 2, 8, 16, 32, 64, 4096, 1 << 17].into_iter().all(|align| {
        [1_usize, 24, 100, 5000, 40_000, 3 << 20].into_iter().all(|size| {
            let Ok(layout) = Layout::from_size_align(size, align) else { return false };
            // SAFETY: no size is 0.
            let block = unsafe { alloc_zeroed(layout) };
            // SAFETY: it has that many bytes.
            let is_zero = !block.is_null()
                && unsafe { slice::from_raw_parts(block, size) }.iter().all(|&byte| byte == 0);
            // SAFETY: a block of this layout.
            unsafe { block.write_bytes(0xa5, size) };
            // SAFETY: as above.
            unsafe { dealloc(block, layout) };
            is_zero && block.addr().is_multiple_of(align)
        })
    })
}

/// What threads take, and others give back, is there for all again when they have ended, and seldom more than once.
fn memory_comes_back() -> bool {
    let all = || -> Vec<Vec<u8>> { (0..20_000).map(|at| vec![1; at % 2000 + 1]).collect() };
    let turn = || {
        thread::spawn(all)
            .is_ok_and(|taker| thread::spawn(move || drop(taker.join())).map(JoinHandle::join).is_ok())
    };
    if !turn() {
        return false;
    }
    let before = mapped();
    // Without /proc nobody counts.
    (0..4).all(|_| turn()) && before.zip(mapped()).is_none_or(|(before, after)| after <= before + (12 << 20))
}

/// Gives how many bytes this process has mapped; under an emulator, its too.
fn mapped() -> Option<u64> {
    let file = fs::open(c"/proc/self/statm", OpenFlags::READ, Mode::empty()).ok()?;
    let mut bytes = [0; 64];
    let count = fs::read(&file, &mut bytes).ok()?;
    let text = str::from_utf8(bytes.get(..count)?).ok()?;
    text.split(' ').next()?.parse::<u64>().ok().map(|pages| 4096 * pages)
}

fn refusal() -> bool {
    let mut large: Vec<u8> = Vec::new();
    let mut small: Vec<Vec<u8>> = Vec::new();
    let refused = large.try_reserve_exact(64 << 20).is_err();
    // Many small ones: until the kernel gives no further region.
    while small.len() < 1_000_000 {
        let mut next = Vec::new();
        if next.try_reserve_exact(1000).is_err() || small.try_reserve(1).is_err() {
            break;
        }
        small.push(next);
    }
    let filled = small.len();
    drop(small);
    refused && (1000..100_000).contains(&filled) && large.try_reserve_exact(100_000).is_ok()
}
