//! Measures other heaps, in a program of Rust's std: the first argument says which. Prints a line for each case.
//!
//! `system` is that of the C library, or whichever other one is loaded in its place.

#![allow(unsafe_code, reason = "heaps are made of raw memory")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::fmt;
use std::ptr::{self, NonNull};
use std::sync::Mutex;

use bench::heap::{Runtime, measure};
use dlmalloc::GlobalDlmalloc;
use rlsf::GlobalTlsf;
use talc::DefaultBinning;
use talc::source::GlobalAllocSource;

static TLSF: GlobalTlsf = GlobalTlsf::new();

bench::std_machine!(Std);

impl Runtime for Std {
    fn resident() -> u64 {
        let text = std::fs::read_to_string("/proc/self/statm").expect("it is read");
        let pages = text.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok());
        4096 * pages.expect("its second number is the pages in memory")
    }
}

/// talc behind a lock of std's, on regions of a megabyte.
struct Talc(Mutex<talc::base::Talc<GlobalAllocSource<System>, DefaultBinning>>);

// SAFETY: talc's, one call at a time.
unsafe impl GlobalAlloc for Talc {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let mut talc = self.0.lock().expect("nobody panics");
        // SAFETY: the caller's layout.
        unsafe { talc.allocate(layout) }.map_or(ptr::null_mut(), NonNull::as_ptr)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let mut talc = self.0.lock().expect("nobody panics");
        // SAFETY: the caller's block.
        unsafe { talc.deallocate(block, layout) };
    }
}

fn main() -> fmt::Result {
    let mut text = String::with_capacity(1 << 12);
    match std::env::args().nth(1).as_deref() {
        Some("system") => measure::<Std, _>(&System, &mut text)?,
        Some("dlmalloc") => measure::<Std, _>(&GlobalDlmalloc, &mut text)?,
        Some("rlsf") => measure::<Std, _>(&TLSF, &mut text)?,
        Some("talc") => {
            let talc = talc::base::Talc::new(GlobalAllocSource::new(System));
            measure::<Std, _>(&Talc(Mutex::new(talc)), &mut text)?;
        }
        _ => return Err(fmt::Error),
    }
    print!("{text}");
    Ok(())
}
