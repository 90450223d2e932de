//! `tmpfiles.d(5)`: files and folders that are to be there at each start: `TYPE PATH MODE USER GROUP AGE ARGUMENT`, a line each, with
//! `-` for what is not said. Kept here: `d D f F L w`, and `+` behind one; ages are for those who clean up.

use alloc::vec::Vec;

use super::{entries, permissions};
use crate::proc::words::Words;
use crate::{Error, Expected};

/// What is to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A folder (`d`, `D`).
    Folder,
    /// A file with a text; one that is there stays (`f`).
    File,
    /// A file with this text, whatever was in it (`F`, `f+`).
    NewFile,
    /// A link; what is there stays (`L`).
    Link,
    /// A link in place of what is there (`L+`).
    NewLink,
    /// A text in a file that is there, as the kernel's settings are (`w`).
    Text,
    /// The same, at its end (`w+`).
    MoreText,
    /// Something else, which is left to others.
    Other(u8),
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// What it is.
    pub kind: Kind,
    /// Whether only a start of the machine is meant (`!`).
    pub at_boot: bool,
    /// Whether it may fail in silence (`-`).
    pub may_fail: bool,
    /// Where it is.
    pub path: Vec<u8>,
    /// Its permissions.
    pub mode: Option<u32>,
    /// Whose it is; empty for root's.
    pub user: &'a [u8],
    /// Whose group's it is; empty for root's.
    pub group: &'a [u8],
    /// Its text, or where it leads.
    pub argument: Vec<u8>,
}

/// Reads the lines; comments and empty lines are passed over, one that makes no sense is an error in its place.
pub fn parse(text: &[u8]) -> impl Iterator<Item = Result<Line<'_>, Error>> {
    entries(text, parse_line)
}

fn parse_line(line: &[u8]) -> Result<Line<'_>, Error> {
    let mut words = Words::new(line);
    let word = words.word(Expected::Word)?;
    let (letter, marks) = word.split_first().ok_or(Error::new(Expected::Word, 0))?;
    let path = words.word(Expected::Word)?;
    let path = plain(path.strip_prefix(b"\"").and_then(|path| path.strip_suffix(b"\"")).unwrap_or(path));
    if !path.starts_with(b"/") {
        return Err(Error::new(Expected::Root, word.len()));
    }
    let mut field = || words.word(Expected::Word).ok().filter(|word| *word != b"-");
    let mode = field();
    let (user, group) = (field().unwrap_or_default(), field().unwrap_or_default());
    field();
    let argument = words.rest().trim_ascii();
    let argument = if argument == b"-" { &[][..] } else { argument };
    let mode = match mode {
        None => None,
        Some(text) => {
            let marks = text.iter().take_while(|byte| matches!(byte, b'~' | b':')).count();
            let mode = text.get(marks..).and_then(permissions);
            Some(mode.ok_or(Error::new(Expected::Number, 0))?)
        }
    };
    let has = |mark| marks.contains(&mark);
    let kind = match (letter, has(b'+')) {
        (b'd' | b'D', _) => Kind::Folder,
        (b'f', false) => Kind::File,
        (b'f', true) | (b'F', _) => Kind::NewFile,
        (b'L', false) => Kind::Link,
        (b'L', true) => Kind::NewLink,
        (b'w', false) => Kind::Text,
        (b'w', true) => Kind::MoreText,
        (other, _) => Kind::Other(*other),
    };
    let (at_boot, may_fail) = (has(b'!'), has(b'-'));
    Ok(Line { kind, at_boot, may_fail, path, mode, user, group, argument: plain(argument) })
}

/// Gives what is meant by a text with `\n`, `\t`, `\\`, `\x41` and `%%`.
fn plain(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        let (byte, tail) = match (first, tail) {
            (b'\\', [b'n', tail @ ..]) => (b'\n', tail),
            (b'\\', [b't', tail @ ..]) => (b'\t', tail),
            (b'\\', [b'\\', tail @ ..]) => (b'\\', tail),
            (b'%', [b'%', tail @ ..]) => (b'%', tail),
            (b'\\', [b'x', high, low, tail @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or(0) as u8;
                (digit(*high) << 4 | digit(*low), tail)
            }
            (first, tail) => (*first, tail),
        };
        plain.push(byte);
        rest = tail;
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    const SAMPLE: &[u8] = b"\
# a comment
d /run/lock 1777 root root -
f+!- /run/a\\x20b 0644 - - - one\\ntwo 100%%
L /etc/mtab - - - - ../proc/self/mounts
w /sys/power/x - - - - 5
q /var/x
d relative
d /x 9
";

    #[test]
    fn lines_of_all_kinds() {
        let lines: Vec<_> = parse(SAMPLE).collect();
        let line = |at: usize| lines[at].clone().unwrap();
        assert_eq!((line(0).kind, line(0).mode, line(0).user), (Kind::Folder, Some(0o1777), &b"root"[..]));
        assert_eq!((line(1).kind, line(1).path), (Kind::NewFile, b"/run/a b".to_vec()));
        assert!(line(1).at_boot && line(1).may_fail && !line(0).may_fail && line(1).user.is_empty());
        assert_eq!(line(1).argument, b"one\ntwo 100%");
        assert_eq!((line(2).kind, line(2).argument), (Kind::Link, b"../proc/self/mounts".to_vec()));
        assert_eq!((line(3).kind, line(4).kind), (Kind::Text, Kind::Other(b'q')));
        assert!(lines[5].is_err() && lines[6].is_err() && lines.len() == 7);
        torture(SAMPLE, |text| assert!(parse(text).count() <= text.len()));
    }
}
