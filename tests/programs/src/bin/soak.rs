//! Threads, signals, processes and the heap together, for as many seconds as its argument says: what each does alone is tested
//! elsewhere, here it is what they do to each other.
//!
//! Two threads make blocks, grow them, and leave them to each other; a third starts threads, a fourth this very program, which
//! then only ends; a fifth has the process be interrupted all the time. It says how often each has done so; the status is 0 if
//! all was as it should be.

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "a handler is set")]

extern crate alloc;

use alloc::vec::Vec;
use core::fmt::Write;
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

use linux::process::{self, Ended};
use linux::signal::{self, Action, ActionFlags, Handler, Signal, SignalSet};
use linux::{Errno, Result, time};
use programs::Out;
use rt::sync::Mutex;
use rt::{Arguments, Environment, auxv, thread};
use spelunk::io::process::Command;

rt::program!(main);

/// One turn of a thread; it is told a number that differs from turn to turn.
type Turn = fn(u64) -> Result<()>;

/// What goes on at once.
const WORK: [(&str, Turn); 5] = [
    ("blocks", block),
    ("more blocks", block),
    ("threads", threads),
    ("processes", program),
    ("signals", interrupt),
];

/// Status of the program that is started, which does nothing.
const ENDED: i32 = 7;

/// Blocks that wait for a thread to look at them, which may be another than the one that made them.
static SHELF: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());
/// Blocks that may wait.
const SHELF_LENGTH: usize = 100;

/// Signals that have come.
static SEEN: AtomicU32 = AtomicU32::new(0);

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    let Some(word) = arguments.nth(1) else { return ENDED };
    match soak(Duration::from_secs(programs::number(Some(word)) as u64)) {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(errno) => {
            let _ = writeln!(Out, "{errno}");
            2
        }
    }
}

fn soak(length: Duration) -> Result<bool> {
    unsafe extern "C" fn seen(_: core::ffi::c_int) {
        SEEN.fetch_add(1, Ordering::Relaxed);
    }
    let action = Action { handler: Handler::Call(seen), flags: ActionFlags::RESTART, mask: SignalSet::EMPTY };
    // SAFETY: the handler only counts.
    unsafe { signal::sigaction(Signal::USR1, action) }?;
    let end = time::monotonic() + length;
    let mut handles = Vec::new();
    for (name, turn) in WORK {
        handles.push((name, thread::Builder::new().name(name).spawn(move || turns(turn, end))?));
    }
    let mut worked = true;
    for (name, handle) in handles {
        let count = handle.join()?;
        worked &= count > 0;
        let _ = writeln!(Out, "{name}: {count}");
    }
    let signals = SEEN.load(Ordering::Relaxed);
    let _ = writeln!(Out, "signals seen: {signals}");
    Ok(worked && signals > 0)
}

/// Gives how many turns there were until the end.
fn turns(turn: Turn, end: Duration) -> Result<u64> {
    let mut number = u64::from(linux::thread::gettid().get().unsigned_abs());
    let mut count = 0;
    while time::monotonic() < end {
        // The generator xorshift64.
        number ^= number << 13;
        number ^= number >> 7;
        number ^= number << 17;
        turn(number)?;
        count += 1;
    }
    Ok(count)
}

/// Puts a block on the shelf that holds its own length in each of its bytes, and takes another one from a full shelf.
fn block(number: u64) -> Result<()> {
    // Few are large, as everywhere.
    let length = ((number % 64) << ((number >> 32) % 12)) as usize + 1;
    let mut block = Vec::new();
    for length in [length / 2, length] {
        block.try_reserve_exact(length - block.len()).map_err(|_| Errno::NOMEM)?;
        block.resize(length, 0);
    }
    block.fill(length as u8);
    let mut shelf = SHELF.lock();
    let taken = if shelf.len() < SHELF_LENGTH {
        None
    } else {
        let at = (number >> 16) as usize % shelf.len();
        Some(shelf.swap_remove(at))
    };
    shelf.push(block);
    drop(shelf);
    let whole = taken.is_none_or(|block| block.iter().all(|&byte| byte == block.len() as u8));
    if whole { Ok(()) } else { Err(Errno::FAULT) }
}

/// Starts some threads that make blocks, and sees each end.
fn threads(number: u64) -> Result<()> {
    let mut handles = Vec::new();
    for at in 0..number % 4 + 1 {
        handles.push(thread::spawn(move || block(number >> at))?);
    }
    handles.into_iter().try_for_each(|handle| handle.join())
}

/// Starts this program, and sees it end as it should.
fn program(_number: u64) -> Result<()> {
    let path = auxv::executable().ok_or(Errno::NOENT)?;
    let mut child = Command::new(path.to_bytes()).start().map_err(|error| error.errno)?;
    if child.wait()? == Ended::Exited(ENDED) { Ok(()) } else { Err(Errno::CHILD) }
}

/// Has a signal interrupt whichever thread the kernel chooses.
fn interrupt(number: u64) -> Result<()> {
    process::kill(process::getpid(), Some(Signal::USR1))?;
    thread::sleep(Duration::from_micros(number % 256));
    Ok(())
}
