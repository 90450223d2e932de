//! Measures a read of the clock: by the runtime, by the kernel's function called directly, by the system call.
//!
//! Prints the three in picoseconds, the least of many batches each.

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "the kernel's function takes raw pointers")]

use core::fmt::Write;
use core::hint::black_box;
use core::mem::transmute;
use core::ptr::NonNull;

use linux::fd::STDOUT;
use linux::time::{self, Clock, ClockFunction, Timespec};
use rt::{Arguments, Environment, vdso};

rt::program!(main);

/// Batches of each case; the least counts.
const BATCHES: usize = 60;
/// Reads in a batch.
const READS: u32 = 5000;

fn main(_arguments: Arguments, _environment: Environment) -> i32 {
    let Some(address) = vdso::find(arch::vdso::CLOCK_GETTIME) else { return 1 };
    // SAFETY: the kernel's function of that name has this shape.
    let direct = unsafe { transmute::<NonNull<()>, ClockFunction>(address) };
    let mut least = [u128::MAX; 3];
    for _ in 0..BATCHES {
        let batch = [
            measure(|| {
                let _ = black_box(time::clock_gettime(Clock::MONOTONIC));
            }),
            measure(|| call(direct)),
            measure(|| call(time::by_call)),
        ];
        for (least, value) in least.iter_mut().zip(batch) {
            *least = value.min(*least);
        }
    }
    let [ours, direct, by_call] = least;
    i32::from(writeln!(Out, "{ours} {direct} {by_call}").is_err())
}

fn call(function: ClockFunction) {
    let mut now = Timespec::default();
    // SAFETY: one structure.
    let answer = unsafe { black_box(function)(Clock::MONOTONIC.0, &raw mut now) };
    black_box((answer, now));
}

/// Gives the picoseconds of one read.
fn measure(read: impl Fn()) -> u128 {
    let start = time::monotonic();
    (0..READS).for_each(|_| read());
    (time::monotonic() - start).as_nanos() * 1000 / u128::from(READS)
}

struct Out;

impl Write for Out {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        linux::fs::write_all(STDOUT, text.as_bytes()).map_err(|_| core::fmt::Error)
    }
}
