//! Messages for the system's log, as programs send them (RFC 3164): `<13>Nov 22 12:00:00 tag: text`, where each part may lack.

use crate::dev::kmsg::LEVELS;
use crate::proc::words::decimal;

/// The names of facilities, by number; empty for those that have none.
pub const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "",
    "", "", "", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
];

/// Other names of levels and facilities.
const OTHER_NAMES: [(&str, &str); 4] =
    [("panic", "emerg"), ("error", "err"), ("warning", "warn"), ("security", "auth")];

/// Finds a facility by its name.
pub fn facility(name: &[u8]) -> Option<u8> {
    find(&FACILITIES, name)
}

/// Finds a level by its name.
pub fn level(name: &[u8]) -> Option<u8> {
    find(&LEVELS, name)
}

fn find(names: &[&str], word: &[u8]) -> Option<u8> {
    let other = OTHER_NAMES.iter().find(|pair| pair.0.as_bytes().eq_ignore_ascii_case(word));
    let word = other.map_or(word, |pair| pair.1.as_bytes());
    let is_meant = |name: &&str| !name.is_empty() && name.as_bytes().eq_ignore_ascii_case(word);
    names.iter().position(is_meant).and_then(|at| u8::try_from(at).ok())
}

/// The parts of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// Eight times the facility, and the level; that of a program that says none is `user.notice`.
    pub priority: u8,
    /// The time that the sender says, 15 bytes.
    pub time: Option<&'a [u8]>,
    /// What is behind it.
    pub text: &'a [u8],
}

/// Reads a message.
pub fn parse(bytes: &[u8]) -> Message<'_> {
    const USER_NOTICE: u8 = 13;
    let (priority, text) = priority(bytes).unwrap_or((USER_NOTICE, bytes));
    let is_time = |time: &[u8]| {
        // "Mmm dd hh:mm:ss "
        [(3, b' '), (6, b' '), (9, b':'), (12, b':'), (15, b' ')]
            .iter()
            .all(|(at, byte)| time.get(*at) == Some(byte))
    };
    match text.split_at_checked(16) {
        Some((time, text)) if is_time(time) => Message { priority, time: time.get(..15), text },
        _ => Message { priority, time: None, text },
    }
}

fn priority(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let rest = bytes.strip_prefix(b"<")?;
    let end = rest.iter().position(|byte| *byte == b'>')?;
    let number = decimal(rest.get(..end)?).filter(|number| *number < 192)?;
    Some((u8::try_from(number).ok()?, rest.get(end + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    #[test]
    fn parts_that_may_lack() {
        let whole = b"<30>Nov  2 12:00:00 daemon[1]: text";
        let message = parse(whole);
        assert_eq!((message.priority, message.time), (30, Some(&b"Nov  2 12:00:00"[..])));
        assert_eq!(message.text, b"daemon[1]: text");
        assert_eq!(parse(b"<30>text"), Message { priority: 30, time: None, text: b"text" });
        assert_eq!(parse(b"text"), Message { priority: 13, time: None, text: b"text" });
        for text in [&b"<192>x"[..], b"<>x", b"<x>", b"<1", b""] {
            assert_eq!(parse(text), Message { priority: 13, time: None, text });
        }
        torture(whole, |bytes| {
            let _ = parse(bytes);
        });
    }
}
