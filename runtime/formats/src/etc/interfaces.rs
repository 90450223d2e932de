//! `/etc/network/interfaces` (interfaces(5) of ifupdown and BusyBox): which links come up by themselves, and how each does.
//!
//! A line that ends in a backslash goes on in the next one; [`join`] makes one of them.

use alloc::vec::Vec;

use crate::cursor::Cursor;
use crate::{Error, Expected};

/// A part of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry<'a> {
    /// `auto` or `allow-CLASS`: these come up together.
    Group {
        /// `auto`, or the name of the class.
        class: &'a [u8],
        /// Their names.
        names: Vec<&'a [u8]>,
    },
    /// `iface`: how a link is configured.
    Interface(Interface<'a>),
    /// `source`: more files, as a pattern.
    Source(&'a [u8]),
    /// `source-directory`: a folder of more files.
    SourceFolder(&'a [u8]),
    /// `mapping`: these names are given others by a program.
    Mapping(Vec<&'a [u8]>),
}

/// How a link is configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface<'a> {
    /// Its name, or one that somebody gives it.
    pub name: &'a [u8],
    /// `inet`, `inet6`.
    pub family: &'a [u8],
    /// `static`, `dhcp`, `manual`, `loopback`.
    pub method: &'a [u8],
    /// What is said of it, in order; `up` and its likes may come several times.
    pub options: Vec<(&'a [u8], &'a [u8])>,
}

impl<'a> Interface<'a> {
    /// Gives the value of an option.
    pub fn option(&self, name: &str) -> Option<&'a [u8]> {
        self.options.iter().find(|(known, _)| *known == name.as_bytes()).map(|(_, value)| *value)
    }
}

/// Joins lines that go on.
pub fn join(text: &[u8]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte == b'\\' && bytes.next_if_eq(&b'\n').is_some() {
            joined.push(b' ');
        } else {
            joined.push(byte);
        }
    }
    joined
}

/// Reads a file whose lines are joined. The error tells the first line that makes no sense.
pub fn parse(text: &[u8]) -> Result<Vec<Entry<'_>>, Error> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut cursor = Cursor::new(text);
    while !cursor.is_empty() {
        let error = cursor.error(Expected::InterfacesLine);
        let length = cursor.rest().iter().position(|byte| *byte == b'\n');
        let line = cursor.take(length.unwrap_or(cursor.rest().len()), Expected::EndOfLine)?.trim_ascii();
        // The last line may have no end.
        let _ = cursor.u8(Expected::EndOfLine);
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        let (word, value) = split(line);
        match (keyword(word, value), entries.last_mut()) {
            (Some(entry), _) => entries.push(entry.ok_or(error)?),
            (None, Some(Entry::Interface(interface))) => interface.options.push((word, value)),
            (None, Some(Entry::Mapping(_))) => {}
            (None, _) => return Err(error),
        }
    }
    Ok(entries)
}

/// Begins a part, if the line does; an inner nothing says that it makes no sense.
fn keyword<'a>(word: &'a [u8], value: &'a [u8]) -> Option<Option<Entry<'a>>> {
    let words = || value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    Some(Some(match word {
        b"auto" => Entry::Group { class: word, names: words().collect() },
        b"mapping" => Entry::Mapping(words().collect()),
        b"source" => Entry::Source(value),
        b"source-directory" => Entry::SourceFolder(value),
        b"iface" => {
            let mut words = words();
            let (Some(name), Some(family), Some(method)) = (words.next(), words.next(), words.next()) else {
                return Some(None);
            };
            Entry::Interface(Interface { name, family, method, options: Vec::new() })
        }
        _ => Entry::Group { class: word.strip_prefix(b"allow-")?, names: words().collect() },
    }))
}

/// Splits the first word off.
fn split(line: &[u8]) -> (&[u8], &[u8]) {
    let at = line.iter().position(u8::is_ascii_whitespace).unwrap_or(line.len());
    let (word, rest) = line.split_at(at);
    (word, rest.trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    const SAMPLE: &[u8] = b"# links\nauto lo eth0\nallow-hotplug wlan0\n\niface lo inet loopback\n\
        iface eth0 inet static\n\taddress 10.0.0.2/24\n    up echo one \\\n  two\n  up echo three\nsource interfaces.d/*\n\
        source-directory more\nmapping eth*\n script x\niface eth0 inet6 manual\n";

    #[test]
    fn files_are_read() {
        let text = join(SAMPLE);
        let entries = parse(&text).unwrap();
        assert_eq!(entries.len(), 8);
        assert_eq!(entries[0], Entry::Group { class: b"auto", names: vec![b"lo", b"eth0"] });
        assert_eq!(entries[1], Entry::Group { class: b"hotplug", names: vec![b"wlan0"] });
        let Entry::Interface(eth0) = &entries[3] else { panic!("no interface") };
        assert_eq!((eth0.name, eth0.family, eth0.method), (&b"eth0"[..], &b"inet"[..], &b"static"[..]));
        assert_eq!(eth0.option("address"), Some(&b"10.0.0.2/24"[..]));
        assert_eq!(eth0.options[1], (&b"up"[..], &b"echo one    two"[..]));
        assert_eq!(eth0.options[2].1, b"echo three");
        assert_eq!(entries[4], Entry::Source(b"interfaces.d/*"));
        assert_eq!(entries[5], Entry::SourceFolder(b"more"));
        assert_eq!(entries[6], Entry::Mapping(vec![b"eth*"]));
        torture(SAMPLE, |text| {
            let _ = parse(&join(text));
        });
    }

    #[test]
    fn lines_that_make_no_sense_are_told() {
        for (text, at) in [(&b"auto lo\naddress 1\n"[..], 8), (b"iface eth0 inet\n", 0), (b"nonsense", 0)] {
            assert_eq!(parse(text), Err(Error::new(Expected::InterfacesLine, at)), "{}", text.escape_ascii());
        }
    }
}
