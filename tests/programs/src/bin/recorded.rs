//! Has its last system calls shown; the argument says when: on `quit`, after which it goes on, on `panic`, on `fault`, or on `both`: two threads
//! fault at once.
//!
//! A second thread opens what is not there, and then waits for ever.

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "a fault is what is tried")]

use core::hint::black_box;
use core::ptr::without_provenance;
use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;

use linux::fd::BorrowedFd;
use linux::fs::{self, Mode, OpenFlags};
use linux::process;
use linux::signal::Signal;
use linux::thread::tgkill;
use rt::sync::{Arc, Semaphore};
use rt::{Arguments, Environment, recorder, thread};

rt::program!(main);

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    let way = arguments.nth(1).unwrap_or_default();
    if recorder::start().is_err() {
        return 2;
    }
    let waits = Arc::new(Semaphore::new(0));
    let theirs = waits.clone();
    let faults = way.to_bytes() == b"both";
    let worker = thread::Builder::new().name("worker").spawn(move || {
        let opened = fs::open(c"/no/such/file", OpenFlags::READ, Mode::empty()).is_ok();
        theirs.release(1);
        if faults {
            while !NOW.load(Ordering::Acquire) {
                core::hint::spin_loop();
            }
            fault();
        }
        loop {
            thread::park();
            black_box(opened);
        }
    });
    if worker.is_err() {
        return 3;
    }
    waits.acquire();
    thread::sleep(Duration::from_millis(300));
    for _ in 0..40 {
        black_box(process::getppid());
    }
    // SAFETY: nothing is ever open there.
    let _ = fs::write(unsafe { BorrowedFd::from_raw(999) }, b"x");
    match way.to_bytes() {
        b"quit" => i32::from(tgkill(process::getpid(), linux::thread::gettid(), Signal::QUIT).is_err()),
        b"both" => {
            NOW.store(true, Ordering::Release);
            fault()
        }
        b"fault" => fault(),
        _ => pick(black_box(7)),
    }
}

/// Tells the other thread to fault, too.
static NOW: AtomicBool = AtomicBool::new(false);

fn fault() -> i32 {
    // SAFETY: not at all; the process ends by it.
    unsafe { without_provenance::<i32>(black_box(16)).read_volatile() }
}

#[allow(clippy::panic, reason = "it is what is tried")]
fn pick(number: i32) -> i32 {
    if number == 7 { panic!("seven") } else { number }
}
