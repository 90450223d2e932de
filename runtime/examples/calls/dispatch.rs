//! prctl(2), PR_SET_SYSCALL_USER_DISPATCH: a handler of SIGSYS answers the calls of this thread while a byte says so. The byte is
//! one byte, and the answer goes into the register of results, which the return from the handler brings back.
//!
//! ```text
//! $ calls dispatch
//! getpid gives 4242, after 1 SIGSYS
//! and its own number again when the byte says so: true
//! ```

use core::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use spelunk::io::{Result, Write};
use spelunk::linux::process::{DISPATCH_ALL, DISPATCH_NONE, dispatch_calls, getpid, stop_dispatching};
use spelunk::linux::signal::{ActionFlags, Interrupt, Interruption, Signal, SignalSet, catch, default};

static SELECTOR: AtomicU8 = AtomicU8::new(DISPATCH_NONE);
static COUNT: AtomicU32 = AtomicU32::new(0);

/// Answers every call with 4242.
struct Answer;

impl Interrupt for Answer {
    fn handle(interruption: &mut Interruption<'_>) {
        // The return from here is a call, too.
        SELECTOR.store(DISPATCH_NONE, Ordering::Relaxed);
        COUNT.fetch_add(1, Ordering::Relaxed);
        interruption.context.set_result(4242);
    }
}

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let own = getpid();
    // SAFETY: the handler sets atomics and one register, the one of the result.
    unsafe { catch::<Answer>(Signal::SYS, ActionFlags::empty(), SignalSet::EMPTY) }?;
    // SAFETY: one call is made while the byte says so, which may give any number.
    unsafe { dispatch_calls(&SELECTOR) }?;
    SELECTOR.store(DISPATCH_ALL, Ordering::Relaxed);
    let answered = getpid();
    let after = getpid();
    stop_dispatching()?;
    default(Signal::SYS)?;
    let count = COUNT.load(Ordering::Relaxed);
    writeln!(out, "getpid gives {}, after {count} SIGSYS", answered.get())?;
    writeln!(out, "and its own number again when the byte says so: {}", after == own)
}
