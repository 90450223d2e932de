//! Counts the ticks of a timer that sends a signal, and ends by another signal or after so many ticks: milliseconds, count.
//!
//! The handler adds to an atomic, and no more. The loop lets the signals through only while it waits (`ppoll`), so that none
//! can come between its look at the count and its wait.
//!
//! ```text
//! $ timer 5 3
//! tick 1
//! tick 2
//! tick 3
//! took at least 15 ms
//! $ timer 60000 1 & sleep 0.1; kill $!; wait $!
//! stopped by SIGTERM
//! ```

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "handlers of signals are what is shown")]

use core::sync::atomic::{AtomicI32, AtomicU32, Ordering};
use core::time::Duration;

use spelunk::io::{self, Errno, Result, Write};
use spelunk::linux::poll::ppoll;
use spelunk::linux::signal::{
    ActionFlags, Interrupt, Interruption, MaskHow, Signal, SignalSet, catch, sigprocmask,
};
use spelunk::linux::time;
use spelunk::{Arguments, Environment};

spelunk::program!(main);

/// Ticks that nobody has looked at.
static TICKS: AtomicU32 = AtomicU32::new(0);

/// The signal that ends it; 0: none has come.
static STOPPED: AtomicI32 = AtomicI32::new(0);

/// What is done on a signal.
struct Note;

impl Interrupt for Note {
    fn handle(interruption: &mut Interruption<'_>) {
        match interruption.signal {
            Signal::ALRM => drop(TICKS.fetch_add(1, Ordering::Relaxed)),
            other => STOPPED.store(other.number(), Ordering::Relaxed),
        }
    }
}

fn main(arguments: Arguments, _environment: Environment) -> i32 {
    let mut numbers = arguments.skip(1).filter_map(|word| word.to_str().ok()?.parse().ok());
    let (Some(period), Some(count)) = (numbers.next(), numbers.next()) else {
        let _ = writeln!(io::stderr(), "timer MILLISECONDS COUNT");
        return 2;
    };
    let mut out = io::stdout();
    match run(Duration::from_millis(period), count, &mut out) {
        Ok(()) => out.status(0),
        Err(errno) => {
            let _ = writeln!(io::stderr(), "timer: {errno}");
            out.status(1)
        }
    }
}

fn run(period: Duration, count: u64, out: &mut impl Write) -> Result<()> {
    let signals = SignalSet::of(&[Signal::ALRM, Signal::TERM, Signal::INT]);
    let former = sigprocmask(MaskHow::Block, Some(signals))?;
    for signal in [Signal::ALRM, Signal::TERM, Signal::INT] {
        // SAFETY: the handler sets an atomic.
        unsafe { catch::<Note>(signal, ActionFlags::empty(), SignalSet::EMPTY) }?;
    }
    let start = time::monotonic();
    time::set_alarm(period, period)?;
    let mut seen = 0;
    while seen < count {
        match ppoll(&mut [], None, Some(former)) {
            Err(Errno::INTR) => {}
            other => return other.map(drop),
        }
        if let Some(signal) = Signal::new(STOPPED.load(Ordering::Relaxed)) {
            return writeln!(out, "stopped by {signal}");
        }
        for _ in 0..TICKS.swap(0, Ordering::Relaxed) {
            seen += 1;
            writeln!(out, "tick {seen}")?;
        }
    }
    time::set_alarm(Duration::ZERO, Duration::ZERO)?;
    let least = period * u32::try_from(count).unwrap_or(u32::MAX);
    let took = time::monotonic() - start;
    writeln!(out, "took {} {} ms", if took >= least { "at least" } else { "less than" }, least.as_millis())
}
