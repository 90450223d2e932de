//! What `/run/udev/data` keeps of a device, as clients of libudev read it: a line each, with a letter that says what it is.

use alloc::vec::Vec;

/// What is kept of a device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Other names of its node, below `/dev` (`S:`).
    pub links: Vec<Vec<u8>>,
    /// When it was first seen, in microseconds since the boot (`I:`).
    pub seen_us: u64,
    /// What was found out beyond what the kernel says (`E:`).
    pub properties: Vec<(Vec<u8>, Vec<u8>)>,
    /// What clients look for it by (`G:`, and `Q:` for those it has now).
    pub tags: Vec<Vec<u8>>,
}

impl Record {
    /// Reads the lines; those that say nothing here are passed over.
    pub fn parse(text: &[u8]) -> Self {
        let mut record = Self::default();
        for line in text.split(|byte| *byte == b'\n') {
            match line {
                [b'S', b':', link @ ..] => record.links.push(link.to_vec()),
                [b'I', b':', digits @ ..] => {
                    let number = core::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
                    record.seen_us = number.unwrap_or(0);
                }
                [b'E', b':', field @ ..] => {
                    if let Some(at) = field.iter().position(|byte| *byte == b'=') {
                        let (key, value) = field.split_at_checked(at).unwrap_or_default();
                        record.properties.push((key.to_vec(), value.get(1..).unwrap_or_default().to_vec()));
                    }
                }
                [b'G', b':', tag @ ..] => record.tags.push(tag.to_vec()),
                _ => {}
            }
        }
        record
    }

    /// Writes the lines.
    pub fn emit(&self) -> Vec<u8> {
        let mut text = Vec::new();
        let mut line = |letter: &[u8], value: &[u8]| {
            for part in [letter, b":", value, b"\n"] {
                text.extend_from_slice(part);
            }
        };
        for link in &self.links {
            line(b"S", link);
        }
        let mut digits = [0; 20];
        line(b"I", decimal(self.seen_us, &mut digits));
        for (key, value) in &self.properties {
            line(b"E", &[key, &b"="[..], value].concat());
        }
        for letter in [b"G", b"Q"] {
            for tag in &self.tags {
                line(letter, tag);
            }
        }
        line(b"V", b"1");
        text
    }

    /// Adds a property, unless its value is empty.
    pub fn add(&mut self, key: &str, value: &[u8]) {
        // A line ends the field: labels of disks are anybody's bytes.
        if !value.is_empty() && !value.contains(&b'\n') {
            self.properties.push((key.into(), value.to_vec()));
        }
    }
}

fn decimal(mut number: u64, digits: &mut [u8; 20]) -> &[u8] {
    let mut at = digits.len();
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        at -= 1;
        if number == 0 {
            break;
        }
    }
    digits.get(at..).unwrap_or_default()
}

/// Writes a text as a name in `/dev` has it: what is neither a letter, a digit, one of `#+-.:=@_` nor UTF-8 beyond ASCII becomes
/// `\x` and two hexadecimal digits.
pub fn encode(text: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut encoded = Vec::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        for &byte in chunk.valid().as_bytes() {
            match byte {
                b'#' | b'+' | b'-' | b'.' | b':' | b'=' | b'@' | b'_' | 0x80.. => encoded.push(byte),
                _ if byte.is_ascii_alphanumeric() => encoded.push(byte),
                _ => escape(byte, DIGITS, &mut encoded),
            }
        }
        chunk.invalid().iter().for_each(|byte| escape(*byte, DIGITS, &mut encoded));
    }
    encoded
}

fn escape(byte: u8, digits: &[u8; 16], into: &mut Vec<u8>) {
    let digit = |value: u8| digits.get(usize::from(value & 15)).copied().unwrap_or(b'0');
    into.extend_from_slice(&[b'\\', b'x', digit(byte >> 4), digit(byte)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let mut record = Record { seen_us: 1_234_567, ..Record::default() };
        record.links.push(b"disk/by-label/a".to_vec());
        record.add("ID_FS_LABEL", b"a");
        record.add("ID_FS_VERSION", b"");
        record.add("ID_FS_UUID", b"x\nE:ID_EVIL=1");
        record.tags.push(b"seat".to_vec());
        let text = record.emit();
        assert_eq!(text, b"S:disk/by-label/a\nI:1234567\nE:ID_FS_LABEL=a\nG:seat\nQ:seat\nV:1\n");
        assert_eq!(Record::parse(&text), record);
        for length in 0..text.len() {
            let _ = Record::parse(&text[..length]);
        }
        assert_eq!(Record::default().emit(), b"I:0\nV:1\n");
        let last = Record { seen_us: u64::MAX, ..Record::default() };
        assert_eq!(Record::parse(&last.emit()), last);
    }

    #[test]
    fn names_are_safe() {
        assert_eq!(encode(b"my disk/1"), b"my\\x20disk\\x2f1");
        assert_eq!(encode("b\u{e4}r\\".as_bytes()), "b\u{e4}r\\x5c".as_bytes());
        assert_eq!(encode(b"\xff\0"), b"\\xff\\x00");
    }
}
