//! Masks, signals as descriptors, timers that send signals, and handlers.

use std::ffi::c_int;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use linux::Errno;
use linux::process::{getpid, kill};
use linux::signal::{
    self, Action, ActionFlags, Handler, Interrupt, Interruption, MaskHow, Origin, Received, Signal,
    SignalSet, SignalfdFlags, catch, read_signals, sigaction, signalfd, sigpending,
};
use linux::time::set_alarm;

fn itimer() {
    let set = SignalSet::of(&[Signal::ALRM]);
    signal::sigprocmask(MaskHow::Block, Some(set)).unwrap();
    let signals = signalfd(set, SignalfdFlags::CLOSE_ON_EXEC).unwrap();
    set_alarm(Duration::from_millis(10), Duration::ZERO).unwrap();
    let mut came: [Option<Received>; 4] = [const { None }; 4];
    assert_eq!(read_signals(&signals, &mut came), Ok(1));
    assert_eq!(came[0].map(|one| one.signal), Some(Signal::ALRM));
}

fn sigprocmask() {
    let set = SignalSet::of(&[Signal::WINCH, Signal::USR1]);
    let before = signal::sigprocmask(MaskHow::Block, Some(set)).unwrap();
    assert!(!before.contains(Signal::USR1));
    assert!(signal::sigprocmask(MaskHow::Block, None).unwrap().contains(Signal::WINCH));
    kill(getpid(), Some(Signal::WINCH)).unwrap();
    assert_eq!(sigpending().map(|set| set.contains(Signal::WINCH)), Ok(true));
    let signals = signalfd(set, SignalfdFlags::CLOSE_ON_EXEC | SignalfdFlags::NONBLOCK).unwrap();
    kill(getpid(), Some(Signal::USR1)).unwrap();
    let mut came: [Option<Received>; 4] = [const { None }; 4];
    assert_eq!(read_signals(&signals, &mut came), Ok(2));
    let own = getpid().get().cast_unsigned();
    let mut told: Vec<_> = came.iter().flatten().map(|one| (one.signal.number(), one.pid)).collect();
    told.sort_unstable();
    assert_eq!(told, [(Signal::USR1.number(), own), (Signal::WINCH.number(), own)]);
    assert_eq!(read_signals(&signals, &mut came), Err(Errno::AGAIN));
    assert_eq!(
        signal::sigprocmask(MaskHow::Set, Some(before)).map(|set| set.contains(Signal::USR1)),
        Ok(true)
    );
}

static SENDER: AtomicI32 = AtomicI32::new(0);
static NUMBER: AtomicI32 = AtomicI32::new(0);

/// Notes who sent a signal.
struct Note;

impl Interrupt for Note {
    fn handle(interruption: &mut Interruption<'_>) {
        NUMBER.store(interruption.signal.number(), Ordering::Relaxed);
        if let Origin::Process(Some(pid)) = interruption.origin {
            SENDER.store(pid.get(), Ordering::Relaxed);
        }
    }
}

fn sigaction_function() {
    // SAFETY: the handler stores two numbers.
    unsafe { catch::<Note>(Signal::USR1, ActionFlags::empty(), SignalSet::EMPTY) }.unwrap();
    kill(getpid(), Some(Signal::USR1)).unwrap();
    assert_eq!(NUMBER.load(Ordering::Relaxed), Signal::USR1.number());
    assert_eq!(SENDER.load(Ordering::Relaxed), getpid().get());
}

/// Has the code that faulted go on elsewhere.
struct Leave;

impl Interrupt for Leave {
    fn handle(interruption: &mut Interruption<'_>) {
        interruption.context.go_on_in(leave);
    }
}

extern "C" fn leave() -> ! {
    linux::process::exit_group(7)
}

fn sigaction_ucontext() {
    let pid = crate::support::child(|| {
        // SAFETY: the handler leaves the code that was interrupted for good.
        let caught = unsafe { catch::<Leave>(Signal::USR1, ActionFlags::empty(), SignalSet::EMPTY) };
        let sent = kill(getpid(), Some(Signal::USR1));
        i32::from(caught.is_ok()) + i32::from(sent.is_ok())
    });
    assert_eq!(crate::support::wait(pid).ended, linux::process::Ended::Exited(7));
}

unsafe extern "C" fn handler(number: c_int) {
    NUMBER.store(number, Ordering::Relaxed);
}

fn sigaction_handler() {
    let action = Action { handler: Handler::Call(handler), flags: ActionFlags::ONCE, mask: SignalSet::EMPTY };
    // SAFETY: the handler stores a number.
    unsafe { sigaction(Signal::USR2, action) }.unwrap();
    kill(getpid(), Some(Signal::USR2)).unwrap();
    assert_eq!(NUMBER.load(Ordering::Relaxed), Signal::USR2.number());
    assert!(matches!(signal::action(Signal::USR2).unwrap().handler, Handler::Default), "once");
}

tests![itimer, sigprocmask, sigaction_function, sigaction_ucontext, sigaction_handler];
