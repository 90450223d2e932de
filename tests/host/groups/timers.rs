//! Timers of processes: timer_create(2) and its relatives.

use std::time::Duration;

use linux::signal::Signal;
use linux::time::{Clock, SignalTimer, TimerSetting, Told};

const LONG: Duration = Duration::from_secs(10_000);

fn armed(told: Told) {
    let timer = SignalTimer::new(Clock::MONOTONIC, told, 1).unwrap();
    assert_eq!(timer.left(), Ok(None));
    timer.set(TimerSetting::After(LONG)).unwrap();
    let left = timer.left().unwrap().unwrap();
    assert!(left <= LONG && left > LONG / 2, "{left:?}");
    assert_eq!(timer.missed(), Ok(0));
    timer.set(TimerSetting::Off).unwrap();
    // The kernel goes on telling what was left of one that nobody hears of.
    assert!(told == Told::Nobody || timer.left() == Ok(None));
}

fn timers() {
    armed(Told::Process(Signal::ALRM));
}

fn timers_nosig() {
    armed(Told::Nobody);
}

tests![timers, timers_nosig];
