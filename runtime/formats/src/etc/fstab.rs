//! `/etc/fstab` (`fstab(5)`), which is also the format of `/proc/mounts`.

use alloc::vec::Vec;

use crate::proc::words::Words;
use crate::{Error, Expected};

/// A word in which `\040` and the like (a backslash and three octal digits) stand for a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Escaped<'a>(pub &'a [u8]);

/// A file system and where it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// A device, or whatever the kind of file system takes.
    pub source: Escaped<'a>,
    /// The mount point; `none` or `swap` for swap areas.
    pub target: Escaped<'a>,
    /// The kind of the file system.
    pub kind: Escaped<'a>,
    /// Options, separated by commas; `defaults` when the line has none.
    pub options: Escaped<'a>,
    /// When it is checked at boot: the root as 1, others as 2; 0, also where the line has no number, for never.
    pub pass: u32,
}

impl Entry<'_> {
    /// Says whether an option is among the options.
    pub fn has(&self, option: &[u8]) -> bool {
        self.options.plain().split(|&byte| byte == b',').any(|candidate| candidate == option)
    }
}

/// Reads the lines; comments and empty lines are passed over, one that makes no sense is an error in its place.
pub fn parse(text: &[u8]) -> impl Iterator<Item = Result<Entry<'_>, Error>> {
    let mut lines = Words::new(text);
    core::iter::from_fn(move || {
        loop {
            match lines.line()?.trim_ascii_start() {
                [] | [b'#', ..] => {}
                line => return Some(parse_line(line)),
            }
        }
    })
}

fn parse_line(line: &[u8]) -> Result<Entry<'_>, Error> {
    let mut words = Words::new(line);
    Ok(Entry {
        source: Escaped(words.word(Expected::Source)?),
        target: Escaped(words.word(Expected::MountPoint)?),
        kind: Escaped(words.word(Expected::FileSystemType)?),
        options: Escaped(words.word(Expected::Options).unwrap_or(b"defaults")),
        pass: pass(&mut words).unwrap_or(0),
    })
}

/// Reads the sixth field, behind that for dump(8).
fn pass(words: &mut Words<'_>) -> Option<u32> {
    words.word(Expected::Number).ok()?;
    core::str::from_utf8(words.word(Expected::Number).ok()?).ok()?.parse().ok()
}

impl Escaped<'_> {
    /// Gives the bytes that are meant.
    pub fn plain(self) -> Vec<u8> {
        let mut plain = Vec::with_capacity(self.0.len());
        let mut rest = self.0;
        while let Some((&first, tail)) = rest.split_first() {
            let (byte, tail) = match tail {
                [high @ b'0'..=b'3', middle @ b'0'..=b'7', low @ b'0'..=b'7', tail @ ..]
                    if first == b'\\' =>
                {
                    ((high - b'0') << 6 | (middle - b'0') << 3 | (low - b'0'), tail)
                }
                tail => (first, tail),
            };
            plain.push(byte);
            rest = tail;
        }
        plain
    }

    /// Says whether these bytes are meant.
    pub fn is(self, plain: &[u8]) -> bool {
        self.plain() == plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    const SAMPLE: &[u8] = b"\
# <file system> <mount point> <type> <options> <dump> <pass>
/dev/vda  /         ext4  rw,noatime  0 1

  # indented
tmpfs\t/my\\040tmp\ttmpfs
proc /proc
LABEL=data /data\\134 auto noauto,user
";

    #[test]
    fn lines_of_all_kinds() {
        let entries: Vec<Result<Entry<'_>, Error>> = parse(SAMPLE).collect();
        let entry = |at: usize| entries[at].as_ref().unwrap();
        assert!(entry(0).source.is(b"/dev/vda") && entry(0).options.is(b"rw,noatime"));
        assert!(entry(0).has(b"rw") && entry(0).has(b"noatime") && !entry(0).has(b"r"));
        assert!(entry(1).target.is(b"/my tmp") && entry(1).options.is(b"defaults"));
        assert_eq!(entries[2], Err(Error::new(Expected::FileSystemType, 10)));
        assert!(entry(3).target.is(b"/data\\") && entry(3).kind.is(b"auto"));
        assert_eq!(entries.len(), 4);
        assert_eq!((entry(0).pass, entry(3).pass), (1, 0));
    }

    #[test]
    fn only_whole_escapes_count() {
        assert_eq!(Escaped(b"\\040\\04\\400\\\\0411").plain(), b" \\04\\400\\!1");
        torture(SAMPLE, |text| parse(text).flatten().for_each(|entry| drop(entry.target.plain())));
    }
}
