//! The flight recorder: each thread notes its last system calls, which are shown when the program panics or ends by a signal
//! of a fault, and on SIGQUIT, after which it goes on.
//!
//! ```text
//! last calls of thread main, the newest last:
//!        310 us ago: openat(-100, 0x5632b9c04020, 524288, 0) = ENOENT, 4 us
//!         12 us ago: futex(0x7ffd0c8e1a54, 393, 0, 0, 0, 4294967295) has not come back
//! ```
//!
//! Names come from the records that the program carries of its calls, so nothing needs a table. A call costs two reads of the
//! processor's counter and a dozen stores more than without, some ten nanoseconds. Without the feature `recorder` nothing of this
//! is there.
//!
//! What a child calls between its start and its program, as by vfork, is noted with its parent's: they are one thread to the
//! memory that they share.

use core::fmt::{self, Write};
use core::ptr::with_exposed_provenance;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use arch::start::ticks;
use linux::Errno;
use linux::door::Call;
use linux::recorder::{Made, Ring, record};
use linux::signal::{ActionFlags, Interrupt, Interruption, Signal, SignalSet, catch};
use linux::time::monotonic;

use crate::fault::{self, Descriptor};
use crate::former::Former;
use crate::sync::Mutex;
use crate::thread::Record;
use crate::{contract, thread, turn};

/// How many threads are shown.
const THREADS: usize = 64;

/// The notes of a thread.
pub(crate) struct Own(Ring);

impl Own {
    pub(crate) const fn new() -> Self {
        Self(Ring::new())
    }
}

/// The addresses of the records of the threads there are, 0 for none. A record stays while it stands here.
static RUNNING: Mutex<[usize; THREADS]> = Mutex::new([0; THREADS]);

/// Who handled faults before, and does so afterwards.
static FORMER: Former = Former::new();

/// Whether calls are noted.
static STARTED: AtomicBool = AtomicBool::new(false);

/// How many threads and handlers show them just now; meanwhile none are noted.
static SHOWING: AtomicU32 = AtomicU32::new(0);

/// When it began: the processor's counter, and nanoseconds of the clock.
static BEGAN: [AtomicU64; 2] = [const { AtomicU64::new(0) }; 2];

/// Has all threads note their calls from now on, and shows them when the program panics or faults, and on SIGQUIT. It is to
/// be called before other threads are started. Who handled faults before does so afterwards; on SIGQUIT the program goes on.
///
/// # Errors
/// Those of `mmap(2)`, `sigaltstack(2)` and `sigaction(2)`.
pub fn start() -> linux::Result<()> {
    // SAFETY: the handler makes system calls and reads atomics; the registers stay as they are.
    unsafe { FORMER.catch::<Fatal>(&fault::CAUGHT) }?;
    let flags = ActionFlags::ON_STACK | ActionFlags::RESTART;
    // SAFETY: as above.
    unsafe { catch::<Asked>(Signal::QUIT, flags, SignalSet::EMPTY) }?;
    BEGAN[0].store(ticks(), Ordering::Relaxed);
    BEGAN[1].store(monotonic().as_nanos() as u64, Ordering::Relaxed);
    if !STARTED.swap(true, Ordering::AcqRel) {
        enter(thread::own_record());
        record(Some(own_ring));
    }
    Ok(())
}

fn own_ring() -> Option<&'static Ring> {
    (SHOWING.load(Ordering::Relaxed) == 0).then(|| &thread::own_record().calls.0)
}

/// Puts a thread that begins among those that are shown, if there is room.
pub(crate) fn enter(own: &Record) {
    replace(0, core::ptr::from_ref(own).expose_provenance());
}

/// Takes a thread that ends off.
pub(crate) fn leave(own: &Record) {
    replace(core::ptr::from_ref(own).expose_provenance(), 0);
}

fn replace(old: usize, new: usize) {
    if let Some(place) = RUNNING.lock().iter_mut().find(|place| **place == old) {
        *place = new;
    }
}

/// Shows the calls before the program ends, once in a report.
pub(crate) fn last_words() {
    static SHOWN: turn::Once = turn::Once::new();
    if STARTED.load(Ordering::Acquire) && SHOWN.begin() {
        let _ = show(&mut Descriptor);
    }
}

/// Writes the last calls of each thread, of the running one alone if threads come and go just now. What is written is not
/// noted, and meanwhile nothing is.
///
/// # Errors
/// Those of the sink.
pub fn show(out: &mut dyn Write) -> fmt::Result {
    SHOWING.fetch_add(1, Ordering::Relaxed);
    let shown = match RUNNING.try_lock() {
        Some(running) => running.iter().filter(|place| **place != 0).try_for_each(|place| {
            // SAFETY: whoever takes it off waits for the lock.
            show_thread(unsafe { &*with_exposed_provenance::<Record>(*place) }, out)
        }),
        None => show_thread(thread::own_record(), out),
    };
    SHOWING.fetch_sub(1, Ordering::Relaxed);
    shown
}

fn show_thread(thread: &Record, out: &mut dyn Write) -> fmt::Result {
    writeln!(out, "last calls of thread {}, the newest last:", thread.title())?;
    let clock = Clock::now();
    thread.calls.0.calls().try_for_each(|made| {
        let [began, ended] = made.ticks;
        if let Some(ago) = clock.microseconds(clock.ticks.wrapping_sub(began)) {
            write!(out, "{ago:>10} us ago: ")?;
        }
        write!(out, "{}", Shown(&made))?;
        match (made.result, clock.microseconds(ended.wrapping_sub(began))) {
            (None, _) => writeln!(out, " has not come back"),
            (Some(_), Some(took)) => writeln!(out, ", {took} us"),
            (Some(_), None) => writeln!(out),
        }
    })
}

/// What the processor's counter counts.
struct Clock {
    /// The counter now.
    ticks: u64,
    /// How far it and the clock have come.
    passed: [u64; 2],
}

impl Clock {
    fn now() -> Self {
        let now = [ticks(), monotonic().as_nanos() as u64];
        let [counter, clock] = &BEGAN;
        let began = [counter, clock].map(|began| began.load(Ordering::Relaxed));
        let passed = [now[0].saturating_sub(began[0]), now[1].saturating_sub(began[1])];
        Self { ticks: now[0], passed }
    }

    /// Gives how long so many ticks are; nothing where the counter stands still, as on processors without one.
    fn microseconds(&self, ticks: u64) -> Option<u64> {
        let [counted, nanoseconds] = self.passed.map(u128::from);
        let nanoseconds = (u128::from(ticks) * nanoseconds).checked_div(counted)?;
        Some((nanoseconds / 1000) as u64)
    }
}

/// A call as people write it: name, arguments, result.
struct Shown<'a>(&'a Made);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Made { call: Call { number, arguments, count }, result, .. } = self.0;
        match contract::calls().filter_map(Result::ok).find(|call| call.number == *number) {
            Some(call) => formatter.write_str(call.name)?,
            None => write!(formatter, "call {number}")?,
        }
        for (at, argument) in arguments.iter().take(*count).enumerate() {
            formatter.write_str(if at == 0 { "(" } else { ", " })?;
            // Addresses are the largest numbers.
            match argument.cast_signed() {
                number @ -0x1_0000..=0xfff_ffff => number.fmt(formatter)?,
                _ => write!(formatter, "{argument:#x}")?,
            }
        }
        formatter.write_str(if *count == 0 { "()" } else { ")" })?;
        match result.map(|word| (word, Errno::from_word(word))) {
            None => Ok(()),
            Some((_, Some(errno))) => write!(formatter, " = {errno:?}"),
            Some((word @ ..=0xfff_ffff, None)) => write!(formatter, " = {word}"),
            Some((word, None)) => write!(formatter, " = {word:#x}"),
        }
    }
}

/// Shows the calls, and goes on.
struct Asked;

impl Interrupt for Asked {
    fn handle(_interruption: &mut Interruption<'_>) {
        // Whoever is not there to be told cannot be told.
        let _ = show(&mut Descriptor);
    }
}

/// Shows the calls, before what was done on the signal is done.
struct Fatal;

impl Interrupt for Fatal {
    fn handle(interruption: &mut Interruption<'_>) {
        fault::report(interruption, &FORMER, |_| last_words());
    }
}
