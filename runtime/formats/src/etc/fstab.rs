//! `/etc/fstab` (`fstab(5)`), which is also the format of `/proc/mounts`.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::proc::words::Words;
use crate::{Error, Expected};

/// A file system and where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// A device, or whatever the kind of file system takes.
    pub source: Cow<'a, [u8]>,
    /// The mount point; `none` or `swap` for swap areas.
    pub target: Cow<'a, [u8]>,
    /// The kind of the file system.
    pub kind: Cow<'a, [u8]>,
    /// Options, separated by commas; `defaults` when the line has none.
    pub options: Cow<'a, [u8]>,
}

impl Entry<'_> {
    /// Says whether an option is among the options.
    pub fn has(&self, option: &[u8]) -> bool {
        self.options.split(|&byte| byte == b',').any(|candidate| candidate == option)
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
        source: unescape(words.word(Expected::Source)?),
        target: unescape(words.word(Expected::MountPoint)?),
        kind: unescape(words.word(Expected::FileSystemType)?),
        options: words.word(Expected::Options).map_or(Cow::Borrowed(b"defaults"), unescape),
    })
}

/// Replaces `\040` and the like (a backslash and three octal digits) by the byte they stand for.
pub(crate) fn unescape(word: &[u8]) -> Cow<'_, [u8]> {
    if !word.contains(&b'\\') {
        return Cow::Borrowed(word);
    }
    let mut plain = Vec::with_capacity(word.len());
    let mut rest = word;
    while let Some((&byte, tail)) = rest.split_first() {
        match tail {
            [high @ b'0'..=b'3', middle @ b'0'..=b'7', low @ b'0'..=b'7', tail @ ..] if byte == b'\\' => {
                plain.push((high - b'0') << 6 | (middle - b'0') << 3 | (low - b'0'));
                rest = tail;
            }
            _ => {
                plain.push(byte);
                rest = tail;
            }
        }
    }
    Cow::Owned(plain)
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
        assert_eq!((&*entry(0).source, &*entry(0).options), (&b"/dev/vda"[..], &b"rw,noatime"[..]));
        assert!(entry(0).has(b"rw") && entry(0).has(b"noatime") && !entry(0).has(b"r"));
        assert_eq!((&*entry(1).target, &*entry(1).options), (&b"/my tmp"[..], &b"defaults"[..]));
        assert_eq!(entries[2], Err(Error::new(Expected::FileSystemType, 10)));
        assert_eq!((&*entry(3).target, &*entry(3).kind), (&b"/data\\"[..], &b"auto"[..]));
        assert_eq!(entries.len(), 4);
    }

    #[test]
    fn only_whole_escapes_count() {
        assert_eq!(*unescape(b"\\040\\04\\400\\\\0411"), *b" \\04\\400\\!1");
        torture(SAMPLE, |text| parse(text).for_each(|_| ()));
    }
}
