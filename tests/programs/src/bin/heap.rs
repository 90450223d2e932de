//! Uses the heap as programs do, then under a limit of address space, where it must say no and go on.
//!
//! An emulator takes the limit and does not keep it: status 77 says so, as in other test suites.

#![no_std]
#![no_main]

extern crate alloc;

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use linux::process::{Limit, Resource, prlimit};
use rt::{Arguments, Environment};

rt::program!(main);

fn main(_arguments: Arguments, _environment: Environment) -> i32 {
    if !maps() {
        return 1;
    }
    if !growth() {
        return 2;
    }
    let limit = Limit { soft: Some(16 << 20), hard: Some(16 << 20) };
    if prlimit(None, Resource::ADDRESS_SPACE, Some(limit)).is_err() {
        return 3;
    }
    if prlimit(None, Resource::ADDRESS_SPACE, None) != Ok(limit) {
        return 77;
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
