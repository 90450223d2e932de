//! Measures the memory functions of [`arch::memory`] beside those of this host's C library.
//!
//! Prints a line a case: function, size, placement, nanoseconds a call of ours, of the library's. Both are called
//! through pointers, in turn, and the least of many batches counts.

#![allow(unsafe_code, reason = "the functions take raw pointers")]

use std::ffi::c_int;
use std::hint::black_box;
use std::time::Instant;

type Copy = unsafe extern "C" fn(*mut u8, *const u8, usize) -> *mut u8;
type Set = unsafe extern "C" fn(*mut u8, c_int, usize) -> *mut u8;
type Compare = unsafe extern "C" fn(*const u8, *const u8, usize) -> c_int;
type Length = unsafe extern "C" fn(*const u8) -> usize;

unsafe extern "C" {
    fn memcpy(to: *mut u8, from: *const u8, count: usize) -> *mut u8;
    fn memset(to: *mut u8, value: c_int, count: usize) -> *mut u8;
    fn memcmp(left: *const u8, right: *const u8, count: usize) -> c_int;
    fn strlen(string: *const u8) -> usize;
}

const SIZES: [usize; 16] = [1, 3, 8, 15, 16, 31, 32, 64, 100, 128, 200, 256, 1024, 4096, 16384, 65536];

/// How many bytes the operands begin behind a page: aligned, not aligned, and apart by a little modulo 4096, which
/// some processors take for an overlap.
const PLACES: [(&str, usize, usize); 3] = [("aligned", 0, 0), ("odd", 3, 1), ("alias", 35, 32)];

/// What the kernel puts on the stack for a signal, by which it tells how wide registers are (`linux/auxvec.h`).
const AT_MINSIGSTKSZ: usize = 51;

/// Batches of each case; the least counts.
const BATCHES: usize = 40;

fn main() {
    // Start-up of our own programs has this value; here another runtime has started.
    arch::memory::adapt(auxiliary(AT_MINSIGSTKSZ).unwrap_or(0));
    let mut to = vec![0_u8; 3 << 17];
    let from = vec![b'x'; 3 << 17];
    let page = |start: usize| start.next_multiple_of(4096) - start;
    let (left, right) = (page(to.as_ptr().addr()), page(from.as_ptr().addr()));
    for (place, to_at, from_at) in PLACES {
        for size in SIZES {
            let target = to[left + to_at..].as_mut_ptr();
            let source = from[right + from_at..].as_ptr();
            let copy = |function: Copy| {
                measure(size, || {
                    // SAFETY: both buffers hold the size from there.
                    black_box(unsafe { black_box(function)(target, source, size) });
                })
            };
            report("memcpy", size, place, copy, arch::memory::memmove, memcpy);
            let set = |function: Set| {
                measure(size, || {
                    // SAFETY: as above.
                    black_box(unsafe { black_box(function)(target, 0x78, size) });
                })
            };
            report("memset", size, place, set, arch::memory::memset, memset);
            // Both hold the same byte now.
            let compare = |function: Compare| {
                measure(size, || {
                    // SAFETY: as above.
                    black_box(unsafe { black_box(function)(target, source, size) });
                })
            };
            report("memcmp", size, place, compare, arch::memory::memcmp, memcmp);
            // SAFETY: within the buffer.
            unsafe { target.wrapping_add(size).write(0) };
            let length = |function: Length| {
                measure(size, || {
                    // SAFETY: a zero byte ends the string.
                    black_box(unsafe { black_box(function)(target) });
                })
            };
            report("strlen", size, place, length, arch::memory::strlen, strlen);
            // SAFETY: within the buffer.
            unsafe { target.wrapping_add(size).write(b'x') };
        }
    }
}

/// Gives a value of the auxiliary vector.
fn auxiliary(kind: usize) -> Option<usize> {
    let bytes = std::fs::read("/proc/self/auxv").ok()?;
    let (words, _) = bytes.as_chunks::<{ size_of::<usize>() }>();
    let (entries, _) = words.as_chunks::<2>();
    let found = entries.iter().find(|[this, _]| usize::from_ne_bytes(*this) == kind)?;
    Some(usize::from_ne_bytes(found[1]))
}

/// Measures both in turn and prints the line.
fn report<F: Clone>(name: &str, size: usize, place: &str, time: impl Fn(F) -> f64, ours: F, theirs: F) {
    let mut least = (f64::MAX, f64::MAX);
    for _ in 0..BATCHES {
        least.0 = least.0.min(time(ours.clone()));
        least.1 = least.1.min(time(theirs.clone()));
    }
    println!("{name} {size} {place} {:.3} {:.3}", least.0, least.1);
}

/// Gives the nanoseconds of one call, of a batch that takes some tens of microseconds.
fn measure(size: usize, call: impl Fn()) -> f64 {
    let turns = (20_000_000 / (size + 500)).clamp(20, 4000);
    let start = Instant::now();
    (0..turns).for_each(|_| call());
    start.elapsed().as_nanos() as f64 / turns as f64
}
