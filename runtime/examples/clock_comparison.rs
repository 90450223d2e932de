//! Compares ways to read the time: the least nanoseconds of many batches of reads.
//!
//! The first two go through the kernel's function in the process, if there is one; the third is the system call behind it.
//!
//! ```text
//! $ clock_comparison
//! monotonic: ... ns
//! coarse: ... ns
//! call: ... ns
//! ```

#![no_std]
#![no_main]

use core::hint::black_box;

use spelunk::io::{Write, stdout};
use spelunk::linux::Result;
use spelunk::linux::time::{Clock, Timespec, by_call, clock_gettime, monotonic};
use spelunk::{Arguments, Environment};

spelunk::program!(main);

/// Batches of each; the least counts.
const BATCHES: usize = 20;
/// Reads in a batch.
const READS: u32 = 1000;

fn main(_arguments: Arguments, _environment: Environment) -> i32 {
    i32::from(compare().is_err())
}

fn compare() -> Result<()> {
    let mut out = stdout();
    let read = |clock| {
        move || {
            let _ = black_box(clock_gettime(clock));
        }
    };
    writeln!(out, "monotonic: {} ns", least(read(Clock::MONOTONIC)))?;
    writeln!(out, "coarse: {} ns", least(read(Clock::MONOTONIC_COARSE)))?;
    writeln!(out, "call: {} ns", least(call))?;
    out.flush()
}

fn call() {
    let mut time = Timespec::default();
    // The one read that has no typed form: the fallback of the others.
    black_box(raw(&mut time));
}

#[expect(unsafe_code, reason = "the function has the shape of the kernel's own")]
fn raw(time: &mut Timespec) -> i32 {
    // SAFETY: there is room for one time.
    unsafe { by_call(Clock::MONOTONIC.0, time) }
}

fn least(read: impl Fn()) -> u128 {
    let batch = || {
        let start = monotonic();
        (0..READS).for_each(|_| read());
        (monotonic() - start).as_nanos() / u128::from(READS)
    };
    (0..BATCHES).map(|_| batch()).min().unwrap_or(0)
}
