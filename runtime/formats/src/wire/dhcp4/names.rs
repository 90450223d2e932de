//! Text from the network: domain names in DNS form (RFC 3397, with the limits of RFC 9267), names as text, messages.
//!
//! Names end up in files and on screens, and once ended up in shells (CVE-2011-0997, CVE-2011-2716): only letters, digits,
//! hyphens, underscores and dots are let through, in labels of 1 to 63 that begin with no hyphen.

use alloc::string::String;
use alloc::vec::Vec;

use crate::cursor::Cursor;
use crate::wire::dns::name::{Label, label};
use crate::{Error, Expected};

/// Names kept of one search list: compression makes a kilobyte of option into a hundred of names.
const MOST_NAMES: usize = 32;

/// Characters of a domain name without a last dot (RFC 1035: 255 bytes with lengths and the root).
const LONGEST_NAME: usize = 253;

/// Reads a name as text: of a host (option 12) or a domain (option 15). NULs at the end are dropped (RFC 2132 section 2), as
/// is one last dot.
pub fn name_text(value: &[u8]) -> Result<String, Error> {
    let error = Error::new(Expected::DomainName, 0);
    let end = value.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let text = value.get(..end).unwrap_or_default();
    let text = text.strip_suffix(b".").unwrap_or(text);
    let text = core::str::from_utf8(text).map_err(|_| error)?;
    if is_domain_name(text) { Ok(String::from(text)) } else { Err(error) }
}

/// Reads a message for people (option 56): a letter that is not printable becomes `?`, so that no terminal obeys it.
pub fn message_text(value: &[u8]) -> String {
    let end = value.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let text = value.get(..end).unwrap_or_default();
    // Of a letter of UTF-8 its first byte counts.
    text.iter()
        .filter(|byte| **byte & 0xc0 != 0x80)
        .take(255)
        .map(|byte| if matches!(byte, b' '..=b'~') { char::from(*byte) } else { '?' })
        .collect()
}

/// Says whether a text is a domain name that is safe to write anywhere.
pub fn is_domain_name(text: &str) -> bool {
    text.len() <= LONGEST_NAME && text.split('.').all(|label| is_label(label.as_bytes()))
}

fn is_label(label: &[u8]) -> bool {
    let safe = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=63).contains(&label.len()) && !label.starts_with(b"-") && label.iter().all(safe)
}

/// The names of a search list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainNames {
    /// The names that can be, in order.
    pub good: Vec<String>,
    /// How many could not.
    pub bad: u32,
}

/// Reads option 119: names in DNS form that may point into the option's value.
///
/// A name that is unsafe, too long, or points anywhere but back is counted and left out; the names behind it are read. A value
/// that ends within a name ends the list.
pub fn domain_names(value: &[u8]) -> DomainNames {
    let mut names = DomainNames::default();
    let mut cursor = Cursor::new(value);
    while !cursor.is_empty() {
        if names.good.len() >= MOST_NAMES {
            names.bad += 1;
            break;
        }
        let start = cursor;
        match skip_name(&mut cursor) {
            Ok(()) => match name_at(value, start.at()) {
                Some(name) if is_domain_name(&name) => names.good.push(name),
                _ => names.bad += 1,
            },
            Err(_) => {
                names.bad += 1;
                break;
            }
        }
    }
    names
}

/// Moves behind a name: behind its root or its first pointer.
fn skip_name(cursor: &mut Cursor<'_>) -> Result<(), Error> {
    loop {
        match label(cursor)? {
            Label::Text(length) => cursor.take(length, Expected::DomainName).map(|_| ())?,
            Label::Pointer(_) | Label::Root => return Ok(()),
        }
    }
}

/// Reads a name with what its pointers add. Each pointer must lead before the piece in which it stands, so that there is an
/// end; the length of a name bounds the rest.
fn name_at(value: &[u8], start: usize) -> Option<String> {
    let mut name = String::new();
    let mut piece = start;
    let mut cursor = Cursor::new(value);
    cursor.seek(start, Expected::DomainName).ok()?;
    loop {
        match label(&mut cursor).ok()? {
            Label::Root => return Some(name),
            Label::Text(length) => {
                let text = cursor.take(length, Expected::DomainName).ok()?;
                // A dot within a label would be read as two labels by everybody else.
                let text = core::str::from_utf8(text).ok().filter(|text| !text.contains('.'))?;
                if !name.is_empty() {
                    name.push('.');
                }
                name.push_str(text);
                if name.len() > LONGEST_NAME {
                    return None;
                }
            }
            Label::Pointer(target) if target < piece => {
                piece = target;
                cursor.seek(target, Expected::DomainName).ok()?;
            }
            Label::Pointer(_) => return None,
        }
    }
}

/// Reads the name in option 81 (RFC 4702), whose third flag says whether it is in DNS form or text.
pub fn fully_qualified(value: &[u8]) -> Result<String, Error> {
    let mut cursor = Cursor::new(value);
    let flags = cursor.u8(Expected::DomainName)?;
    cursor.array::<2>(Expected::DomainName)?;
    let error = cursor.error(Expected::DomainName);
    if flags & 4 == 0 {
        return name_text(cursor.rest());
    }
    // No pointers here, and a name of the client alone may lack its root.
    let mut name = String::new();
    while let Ok(Label::Text(length)) = label(&mut cursor) {
        let text = core::str::from_utf8(cursor.take(length, Expected::DomainName)?).map_err(|_| error)?;
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(text);
    }
    if is_domain_name(&name) { Ok(name) } else { Err(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_text() {
        assert_eq!(name_text(b"example.org\0\0").unwrap(), "example.org");
        assert_eq!(name_text(b"example.org.").unwrap(), "example.org");
        assert_eq!(name_text(b"host_1-a").unwrap(), "host_1-a");
        let bad: &[&[u8]] = &[
            b"",
            b"\0",
            b".",
            b"a..b",
            b"a b",
            b"a;reboot",
            b"$(reboot)",
            b"`id`",
            b"a\nb",
            b"a\0b",
            b"-rf",
            b"a.-b",
            b"a/b",
            b"../etc",
            b"\xff",
            b"\xc3\xa4",
            &[b'a'; 64],
            b"x' y",
            b"a\x1b[2J",
        ];
        for bad in bad {
            assert!(name_text(bad).is_err(), "{bad:?}");
        }
        let long = [&b"abcdefg."[..]; 32].concat();
        assert!(name_text(&long[..253]).is_ok());
        assert!(name_text(&long[..255]).is_err());
    }

    #[test]
    fn messages_are_made_printable() {
        assert_eq!(message_text(b"no\x1b[2J\nlease\xff\0"), "no?[2J?lease?");
        assert_eq!(message_text(&[b'a'; 900]).len(), 255);
    }

    #[test]
    fn a_search_list_with_pointers() {
        // RFC 3397's example: eng.apple.com, marketing.apple.com.
        let mut value = b"\x03eng\x05apple\x03com\0\x09marketing\xc0\x04".to_vec();
        assert_eq!(domain_names(&value).good, ["eng.apple.com", "marketing.apple.com"]);
        let whole = domain_names(&value);
        for length in 0..value.len() {
            let cut = domain_names(&value[..length]);
            assert_eq!(cut.good[..], whole.good[..cut.good.len()], "{length}");
        }
        value.extend_from_slice(b"\x01a\0");
        assert_eq!(domain_names(&value).good.len(), 3);
    }

    #[test]
    fn the_mistakes_of_rfc_9267() {
        // (value, names that survive): loops, pointers forward or out of the value, reserved label kinds, long names,
        // labels past the end, no root, dots and NULs within labels.
        let table: &[(&[u8], &[&str])] = &[
            (b"\xc0\x00", &[]),
            (b"\x01a\xc0\x00\x01b\0", &["b"]),
            (b"\xc0\x02\xc0\x00\x01b\0", &["b"]),
            (b"\xc0\x04\x01a\x01b\0", &["a.b"]),
            (b"\xff\xff\x01a\0", &["a"]),
            (b"\x01a\0\x40b\0", &["a"]),
            (b"\x01a\0\x80b\0", &["a"]),
            (b"\x01a\0\x3fb\0", &["a"]),
            (b"\x01a\0\x01b", &["a"]),
            (b"\x03a.b\0\x01c\0", &["c"]),
            (b"\x03a\0b\0\x01c\0", &["c"]),
            (b"\x04;id;\0\x01c\0", &["c"]),
            (b"\0\x01c\0", &["c"]),
            (b"\xc0", &[]),
            (b"", &[]),
        ];
        for (value, expected) in table {
            assert_eq!(domain_names(value).good, *expected, "{value:?}");
        }
        let mut long =
            [&b"\x3fabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc"[..]; 4].concat();
        long.extend_from_slice(b"\0\x01c\0");
        assert_eq!(domain_names(&long).good, ["c"]);
    }

    #[test]
    fn compression_does_not_blow_up() {
        let mut value = b"\x3fabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc\0".to_vec();
        value.extend_from_slice(&b"\xc0\x00".repeat(5000));
        let names = domain_names(&value);
        assert_eq!(names.good.len(), MOST_NAMES);
        // A chain of pointers, each to the one before it: read once per name, to its end, and not more.
        let mut chain = b"\x01a\0".to_vec();
        for at in 0..8000_u16 {
            let target = if at == 0 { 0 } else { 3 + 2 * (at - 1) };
            chain.extend_from_slice(&(0xc000 | target).to_be_bytes());
        }
        assert_eq!(domain_names(&chain).good.len(), MOST_NAMES);
    }

    #[test]
    fn fully_qualified_names_in_both_forms() {
        assert_eq!(fully_qualified(b"\x04\0\0\x04host\x07example\0").unwrap(), "host.example");
        assert_eq!(fully_qualified(b"\x04\0\0\x04host").unwrap(), "host");
        assert_eq!(fully_qualified(b"\x00\0\0host.example").unwrap(), "host.example");
        for bad in [&b""[..], b"\x04", b"\x04\0\0", b"\x04\0\0\x05host", b"\0\0\0a b", b"\x04\0\0\x03a b\0"] {
            assert!(fully_qualified(bad).is_err(), "{bad:?}");
        }
    }
}
