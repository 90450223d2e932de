//! Messages for the system's log, as programs send them: `<13>Nov 22 12:00:00 tag[pid]: text` (RFC 3164, as C libraries write it),
//! where each part may lack, or `<13>1 TIME HOST TAG PID ID [DATA] text` (RFC 5424).

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

/// Who says something, and what, in the text of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said<'a> {
    /// The name that the sender gives itself; empty where it gives none.
    pub tag: &'a [u8],
    /// The number of its process, as it says.
    pub pid: Option<u32>,
    /// What it says.
    pub text: &'a [u8],
}

/// Divides the text of a message of either kind.
pub fn said(text: &[u8]) -> Said<'_> {
    text.strip_prefix(b"1 ").and_then(structured).unwrap_or_else(|| tagged(text))
}

/// Reads `tag[pid]: text`; a tag has no blank.
fn tagged(text: &[u8]) -> Said<'_> {
    let whole = Said { text, ..Said::default() };
    let is_end = |byte: &u8| matches!(byte, b':' | b'[' | b' ' | b'\t');
    let Some((tag, rest)) = text.iter().position(is_end).and_then(|at| text.split_at_checked(at)) else {
        return whole;
    };
    if tag.is_empty() {
        return whole;
    }
    let (pid, rest) = match number_in_brackets(rest) {
        Some((pid, rest)) => (Some(pid), rest),
        None => (None, rest),
    };
    match rest.strip_prefix(b":") {
        Some(text) => Said { tag, pid, text: text.strip_prefix(b" ").unwrap_or(text) },
        None => whole,
    }
}

fn number_in_brackets(text: &[u8]) -> Option<(u32, &[u8])> {
    let rest = text.strip_prefix(b"[")?;
    let end = rest.iter().position(|byte| *byte == b']')?;
    Some((u32::try_from(decimal(rest.get(..end)?)?).ok()?, rest.get(end + 1..)?))
}

/// Reads what is behind the version of RFC 5424 (section 6). Its data, `[id name="value"]...`, is passed over.
fn structured(text: &[u8]) -> Option<Said<'_>> {
    let mut words = text.splitn(6, |byte| *byte == b' ');
    let (_time, _host, tag, pid, _id) =
        (words.next()?, words.next()?, words.next()?, words.next()?, words.next()?);
    let mut rest = words.next()?;
    rest = match rest.strip_prefix(b"-") {
        Some(rest) => rest,
        None => {
            rest.strip_prefix(b"[")?;
            while rest.starts_with(b"[") {
                rest = rest.get(element(rest)?..)?;
            }
            rest
        }
    };
    let text = match rest {
        [] => rest,
        [b' ', text @ ..] => text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text),
        _ => return None,
    };
    let tag = if tag == b"-" { b"" } else { tag };
    Some(Said { tag, pid: decimal(pid).and_then(|pid| u32::try_from(pid).ok()), text })
}

/// Gives the length of an element; within its quotes a bracket may stand, and a backslash before any character.
fn element(text: &[u8]) -> Option<usize> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let is_end = |byte: &u8| {
        let is_plain = !core::mem::replace(&mut is_escaped, false);
        match byte {
            b'\\' if is_quoted && is_plain => is_escaped = true,
            b'"' if is_plain => is_quoted = !is_quoted,
            b']' => return !is_quoted,
            _ => {}
        }
        false
    };
    text.iter().position(is_end).map(|end| end + 1)
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

    #[test]
    fn who_says_it_as_c_libraries_write_it() {
        let cases: [(&[u8], &str, Option<u32>, &str); 8] = [
            (b"cron[12]: (root) CMD", "cron", Some(12), "(root) CMD"),
            (b"su: a: b", "su", None, "a: b"),
            (b"x:", "x", None, ""),
            (b"no tag here", "", None, "no tag here"),
            (b"tag[x]: text", "", None, "tag[x]: text"),
            (b"tag[4294967296]: text", "", None, "tag[4294967296]: text"),
            (b": text", "", None, ": text"),
            (b"word", "", None, "word"),
        ];
        for (text, tag, pid, expected) in cases {
            assert_eq!(said(text), Said { tag: tag.as_bytes(), pid, text: expected.as_bytes() });
        }
    }

    #[test]
    fn structured_messages() {
        // RFC 5424, 6.5, example 3, with a bracket and a quote within a value.
        let whole = b"<165>1 2003-10-11T22:14:15.003Z host evntslog 77 ID47 [a@1 i=\"3\\\"]\" j=\"x]\"][b@2] \xEF\xBB\xBFAn entry";
        let message = parse(whole);
        assert_eq!((message.priority, message.time), (165, None));
        assert_eq!(said(message.text), Said { tag: b"evntslog", pid: Some(77), text: b"An entry" });
        // What it can be without.
        assert_eq!(said(b"1 - - - - - -"), Said::default());
        assert_eq!(said(b"1 - - su - - - text"), Said { tag: b"su", pid: None, text: b"text" });
        // A message of the older kind may begin as the newer does.
        assert_eq!(said(b"1 file: done").text, b"1 file: done");
        assert_eq!(said(b"1 - - su - - [a text").text, b"1 - - su - - [a text");
        torture(whole, |bytes| {
            let _ = said(parse(bytes).text);
        });
        for length in 0..whole.len() {
            let _ = said(parse(&whole[..length]).text);
        }
    }
}
