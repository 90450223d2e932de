//! Signals as people write them: `TERM`, `SIGTERM`, `term`, `15`, `RTMIN+1`.

use alloc::vec::Vec;

use linux::signal::Signal;
use query::text::parse_decimal;

/// The first and the last of those without names, as C libraries count: they keep two for themselves.
const REAL_TIME: (i32, i32) = (34, 64);

/// Finds a signal by number or name; the inner nothing is signal 0.
pub(crate) fn parse(name: &[u8]) -> Option<Option<Signal>> {
    if let Some(number) = parse_decimal(name) {
        let number = i32::try_from(number).ok()?;
        return if number == 0 { Some(None) } else { Signal::new(number).map(Some) };
    }
    let upper = name.to_ascii_uppercase();
    let bare = upper.strip_prefix(b"SIG").unwrap_or(&upper);
    let number = |digits: &[u8]| parse_decimal(digits).and_then(|number| i32::try_from(number).ok());
    let (first, last) = REAL_TIME;
    let real_time = match (bare.strip_prefix(b"RTMIN"), bare.strip_prefix(b"RTMAX")) {
        (Some(b""), _) => Some(first),
        (_, Some(b"")) => Some(last),
        (Some([b'+', digits @ ..]), _) => number(digits).map(|number| number.saturating_add(first)),
        (_, Some([b'-', digits @ ..])) => number(digits).map(|number| last - number),
        _ => None,
    };
    let found = match real_time {
        Some(number) => Signal::new(number).filter(|_| number >= first),
        None => match bare {
            b"EXIT" => return Some(None),
            // The other names that some have.
            b"IOT" => Some(Signal::ABRT),
            b"CLD" => Some(Signal::CHLD),
            b"POLL" => Some(Signal::IO),
            bare => core::str::from_utf8(bare).ok().and_then(Signal::from_name),
        },
    };
    found.map(Some)
}

/// Gives the name of a signal; of one that has none, its number.
pub(crate) fn name(signal: Signal) -> Vec<u8> {
    match signal.name() {
        Some(name) => name.as_bytes().to_vec(),
        None => {
            let mut digits = Vec::new();
            query::text::decimal(signal.number().unsigned_abs().into(), &mut digits);
            digits
        }
    }
}
