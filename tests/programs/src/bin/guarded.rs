//! Makes a mistake with the heap, which the argument names, on the heap that finds mistakes; without one, uses it rightly.

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "mistakes with memory are what is shown")]

extern crate alloc;

use alloc::alloc::{Layout, alloc_zeroed, dealloc};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::hint::black_box;

use rt::heap::Guarded;
use rt::{Arguments, Environment, thread};

rt::program!(main, Guarded);

/// What mistakes are made with: 4 bytes less than its alignment makes it take.
const LAYOUT: Layout = layout(20);

const fn layout(size: usize) -> Layout {
    match Layout::from_size_align(size, 8) {
        Ok(layout) => layout,
        Err(_) => Layout::new::<u64>(),
    }
}

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    let way = arguments.nth(1).and_then(|word| word.to_str().ok()).unwrap_or_default();
    if way.is_empty() {
        return i32::from(!is_right());
    }
    if way == "many" {
        // More than there are mappings for.
        return i32::from(boxes(200).len() != 40_000);
    }
    let first = vec![1_u8; 5];
    // Whoever handles faults from now on passes on those that the heap explains.
    if way == "crash" && rt::backtrace::on_crash().is_err() {
        return 2;
    }
    // SAFETY: the layout is not empty.
    let block = unsafe { alloc_zeroed(LAYOUT) };
    mistake(way, black_box(block));
    drop(black_box(first));
    0
}

fn mistake(way: &str, block: *mut u8) {
    let at = |offset: isize| block.wrapping_offset(offset);
    let layout = if way == "layout" { layout(24) } else { LAYOUT };
    match way {
        // SAFETY: none; this is a mistake.
        "behind" => unsafe { at(24).write_volatile(1) },
        // SAFETY: none; this is a mistake.
        "near" => unsafe { at(20).write_volatile(1) },
        // SAFETY: none; this is a mistake.
        "before" => unsafe { at(-1).write_volatile(1) },
        // SAFETY: none; this is a mistake.
        "elsewhere" => unsafe { dealloc(at(8), layout) },
        _ => {}
    }
    // SAFETY: the block, with its layout unless that is the mistake.
    unsafe { dealloc(block, layout) };
    match way {
        // SAFETY: none; this is a mistake.
        "twice" => unsafe { dealloc(block, layout) },
        // SAFETY: none; this is a mistake.
        "after" | "crash" => drop(black_box(unsafe { at(8).read_volatile() })),
        _ => {}
    }
}

fn boxes(count: u8) -> Vec<Vec<u8>> {
    (0..count).flat_map(|_| (0..200).map(|at| vec![at])).collect()
}

/// Uses blocks of many sizes and alignments, in several threads, more of them than are remembered.
fn is_right() -> bool {
    let aligned = [1_usize, 2, 64, 4096, 1 << 16].into_iter().all(|align| {
        [1_usize, 63, 4000, 4090, 9000].into_iter().all(|size| {
            let Ok(layout) = Layout::from_size_align(size, align) else { return false };
            // SAFETY: no size is 0.
            let block = unsafe { alloc_zeroed(layout) };
            // SAFETY: it has that many bytes.
            unsafe { block.write_bytes(7, size) };
            // SAFETY: a block of this layout.
            unsafe { dealloc(block, layout) };
            block.addr().is_multiple_of(align)
        })
    });
    let work = || {
        let map: BTreeMap<usize, String> = (0..800).map(|key| (key, key.to_string())).collect();
        map.iter().all(|(key, text)| text.parse() == Ok(*key))
    };
    let threads: Vec<_> = (0..3).map(|_| thread::spawn(work)).collect();
    aligned && work() && threads.into_iter().all(|thread| thread.is_ok_and(|thread| thread.join()))
}
