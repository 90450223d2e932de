//! Signals as strace shows them: names, sets, handlers, and what they are told with.

use alloc::vec::Vec;

use linux::named::Named;
use linux::signal::{Signal, SignalSet};
use linux::trace::layout::{HAS_RESTORER, Told};
use linux::trace::names::{
    ArithmeticCode, BusCode, ChildCode, HandlerBits, InstructionCode, SegmentCode, Sent,
};
use query::text::decimal;

use super::memory::{Process, WORD};
use super::words::{address, hexadecimal, named, set, signed};

/// Shows the name without `SIG`; false if there is no such signal.
fn bare(number: i32, out: &mut Vec<u8>) -> bool {
    let Some(signal) = Signal::new(number) else { return false };
    match signal.name() {
        Some(name) => out.extend_from_slice(name.as_bytes()),
        None if signal == Signal::FIRST_REAL_TIME => out.extend_from_slice(b"RTMIN"),
        None => {
            out.extend_from_slice(b"RT_");
            signed((number - Signal::FIRST_REAL_TIME.number()).into(), out);
        }
    }
    true
}

/// Shows the name of a signal, or the number of what is none.
pub(super) fn name(number: i64, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(b"SIG");
    if !i32::try_from(number).is_ok_and(|number| bare(number, out)) {
        out.truncate(start);
        signed(number, out);
    }
}

/// Shows a set: by those that are not in it, if it has most.
pub(super) fn all(set: SignalSet, out: &mut Vec<u8>) {
    // Two thirds, as strace counts.
    let is_not = set.count() >= 64 * 2 / 3;
    out.extend_from_slice(if is_not { b"~[" } else { b"[" });
    let mut is_first = true;
    let shown = if is_not { SignalSet::ALL.difference(set) } else { set };
    for signal in shown.iter() {
        out.extend_from_slice(if core::mem::take(&mut is_first) { b"" } else { b" " });
        bare(signal.number(), out);
    }
    out.push(b']');
}

/// Shows a set in memory.
pub(super) fn mask(process: &Process, at: u64, out: &mut Vec<u8>) -> bool {
    let Some(word) = process.number(at, 8) else { return false };
    all(SignalSet::of_word(word), out);
    true
}

/// Shows what is done at a signal.
pub(super) fn action(process: &Process, at: u64, out: &mut Vec<u8>) -> bool {
    let words = if HAS_RESTORER { 3 } else { 2 };
    let Some(mut fields) = process.fields(at, words * WORD + 8) else { return false };
    let (handler, flags) = (fields.word(), fields.word());
    let restorer = if HAS_RESTORER { fields.word() } else { 0 };
    out.extend_from_slice(b"{sa_handler=");
    match handler {
        0 => out.extend_from_slice(b"SIG_DFL"),
        1 => out.extend_from_slice(b"SIG_IGN"),
        handler => hexadecimal(handler, out),
    }
    out.extend_from_slice(b", sa_mask=");
    all(SignalSet::of_word(fields.packed(8)), out);
    out.extend_from_slice(b", sa_flags=");
    set(&HandlerBits::NAMES, flags, 0, out);
    if flags & u64::from(HandlerBits::RESTORER.bits()) != 0 {
        out.extend_from_slice(b", sa_restorer=");
        address(restorer, out);
    }
    out.push(b'}');
    true
}

/// Shows what a signal is told with.
pub(super) fn told(told: &Told, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{si_signo=");
    name(told.signal.into(), out);
    out.extend_from_slice(b", si_code=");
    let signal = Signal::new(told.signal);
    let (code, sent) =
        (u64::from(told.code.cast_unsigned()), Sent::NAMES.name(told.code.cast_unsigned().into()));
    match (signal, sent) {
        (_, Some(name)) => out.extend_from_slice(name.as_bytes()),
        (Some(Signal::CHLD), _) => named::<ChildCode>(code, out),
        (Some(Signal::SEGV), _) => named::<SegmentCode>(code, out),
        (Some(Signal::BUS), _) => named::<BusCode>(code, out),
        (Some(Signal::FPE), _) => named::<ArithmeticCode>(code, out),
        (Some(Signal::ILL), _) => named::<InstructionCode>(code, out),
        _ => signed(told.code.into(), out),
    }
    let number = |name: &str, value: i64, out: &mut Vec<u8>| {
        out.extend_from_slice(name.as_bytes());
        signed(value, out);
    };
    if told.error != 0 {
        number(", si_errno=", told.error.into(), out);
    }
    if told.code <= 0 || signal == Some(Signal::CHLD) {
        let is_timer = told.code == Sent::TIMER.0.cast_signed();
        let [one, other] =
            if is_timer { [", si_timerid=", ", si_overrun="] } else { [", si_pid=", ", si_uid="] };
        number(one, told.process.into(), out);
        number(other, told.user.into(), out);
    }
    let is_fault =
        matches!(signal, Some(Signal::SEGV | Signal::BUS | Signal::FPE | Signal::ILL | Signal::TRAP));
    if told.code > 0 && signal == Some(Signal::CHLD) {
        out.extend_from_slice(b", si_status=");
        let by_signal = u32::try_from(told.code) != Ok(ChildCode::EXITED.0);
        if by_signal {
            name(told.status.into(), out)
        } else {
            signed(told.status.into(), out)
        }
        ticks(", si_utime=", told.times[0], out);
        ticks(", si_stime=", told.times[1], out);
    } else if is_fault && told.code > 0 && told.code != Sent::KERNEL.0.cast_signed() {
        out.extend_from_slice(b", si_addr=");
        address(told.address, out);
    }
    out.push(b'}');
}

/// Shows ticks, with the seconds that they are: a hundred make one, on all processors here.
fn ticks(name: &str, ticks: i64, out: &mut Vec<u8>) {
    out.extend_from_slice(name.as_bytes());
    signed(ticks, out);
    if let Ok(count) = u64::try_from(ticks)
        && count > 0
    {
        out.extend_from_slice(b" /* ");
        decimal(count / 100, out);
        out.push(b'.');
        query::text::zero_padded(count % 100, 2, out);
        out.extend_from_slice(b" s */");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::strace::sample::shown;

    #[test]
    fn sets_are_shown_by_the_fewer() {
        let set = SignalSet::of(&[Signal::USR2, Signal::ALRM]);
        assert_eq!(shown(|out| all(set, out)), "[USR2 ALRM]");
        assert_eq!(shown(|out| all(SignalSet::EMPTY, out)), "[]");
        let real_time = [32, 33].map(|number| Signal::new(number).unwrap());
        let most = real_time.iter().fold(SignalSet::ALL, |set, signal| set.without(*signal));
        assert_eq!(shown(|out| all(most, out)), "~[RTMIN RT_1]");
        assert_eq!(shown(|out| name(9, out)), "SIGKILL");
        assert_eq!(shown(|out| name(0, out)), "0");
        assert_eq!(shown(|out| name(34, out)), "SIGRT_2");
    }

    #[test]
    fn what_a_signal_is_told_with() {
        let child =
            Told { signal: 17, error: 0, code: 1, process: 7, user: 0, status: 3, times: [0, 1], address: 0 };
        assert_eq!(
            shown(|out| told(&child, out)),
            "{si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=7, si_uid=0, si_status=3, si_utime=0, si_stime=1 /* 0.01 s */}"
        );
        let fault = Told { signal: 11, code: 1, address: 0x10, ..child };
        assert_eq!(shown(|out| told(&fault, out)), "{si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x10}");
        let sent = Told { signal: 15, code: 0, ..child };
        assert_eq!(shown(|out| told(&sent, out)), "{si_signo=SIGTERM, si_code=SI_USER, si_pid=7, si_uid=0}");
    }
}
