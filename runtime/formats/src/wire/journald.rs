//! Messages as programs send them to journald (systemd's "Native Journal Protocol"): fields, each a line `NAME=value`, or, for a
//! value that may have line feeds, the name alone on a line, the length as 64 bits, the value and a line feed. An empty line parts
//! entries. Integers are in little order on every machine.

use crate::cursor::Cursor;
use crate::proc::words::decimal;
use crate::{Error, Expected};

/// What a log without further fields keeps of an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Message<'a> {
    /// What it says.
    pub text: &'a [u8],
    /// Eight times the facility, and the level; what is not said is `user.info`.
    pub priority: u8,
    /// The name that the sender gives itself; empty: none.
    pub tag: &'a [u8],
}

/// The name and the value of a field.
type Field<'a> = (&'a [u8], &'a [u8]);

/// The entries of a datagram, or of a file that came in place of one.
#[derive(Clone, Copy, Debug)]
pub struct Messages<'a>(Cursor<'a>);

impl<'a> Messages<'a> {
    /// Starts with the first.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(Cursor::new(bytes))
    }

    /// Reads a field; none at the end of an entry. Of a value that is cut, what there is counts.
    fn field(&mut self) -> Result<Option<Field<'a>>, Error> {
        let rest = self.0.rest();
        let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let line = self.0.take(length, Expected::EndOfLine)?;
        // The last line may have no end.
        let _ = self.0.u8(Expected::EndOfLine);
        if line.is_empty() {
            return Ok(None);
        }
        if let Some(at) = line.iter().position(|byte| *byte == b'=') {
            let (name, value) = line.split_at(at);
            return Ok(Some((name, value.get(1..).unwrap_or_default())));
        }
        let length = self.0.array(Expected::Number).map(u64::from_le_bytes)?;
        let length = usize::try_from(length).unwrap_or(usize::MAX).min(self.0.rest().len());
        let value = self.0.take(length, Expected::Field)?;
        let _ = self.0.u8(Expected::EndOfLine);
        Ok(Some((line, value)))
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = Message<'a>;

    /// Gives the next entry that says something.
    fn next(&mut self) -> Option<Message<'a>> {
        const USER: u64 = 1;
        const INFO: u64 = 6;
        while !self.0.is_empty() {
            let (mut facility, mut level) = (USER, INFO);
            let mut message = Message::default();
            // A field that makes no sense ends the entry, and the datagram with it: nobody knows where the next one begins.
            while let Some((name, value)) = self.field().unwrap_or_else(|_| {
                self.0 = Cursor::new(&[]);
                None
            }) {
                let number =
                    |most: u64, usual: u64| decimal(value).filter(|number| *number <= most).unwrap_or(usual);
                match name {
                    b"MESSAGE" => message.text = value,
                    b"PRIORITY" => level = number(7, level),
                    b"SYSLOG_FACILITY" => facility = number(23, facility),
                    b"SYSLOG_IDENTIFIER" => message.tag = value,
                    _ => {}
                }
            }
            if !message.text.is_empty() {
                message.priority = (facility << 3 | level) as u8;
                return Some(message);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;
    use alloc::vec::Vec;

    const TWO: &[u8] =
        b"PRIORITY=3\nMESSAGE\n\x09\0\0\0\0\0\0\0one\ntwo=3\nSYSLOG_IDENTIFIER=web\nSYSLOG_FACILITY=10\n\
                         CODE_FILE=a.c\n\nMESSAGE=plain\n";

    fn messages(bytes: &[u8]) -> Vec<Message<'_>> {
        Messages::new(bytes).collect()
    }

    #[test]
    fn entries_with_both_kinds_of_fields() {
        let expected = [
            Message { text: b"one\ntwo=3", priority: 83, tag: b"web" },
            Message { text: b"plain", priority: 14, tag: b"" },
        ];
        assert_eq!(messages(TWO), expected);
        // An entry that says nothing is none; the last line needs no end.
        assert_eq!(
            messages(b"\n\nPRIORITY=1\n\nMESSAGE=x"),
            [Message { text: b"x", priority: 14, tag: b"" }]
        );
        assert_eq!(messages(b""), []);
    }

    #[test]
    fn values_out_of_range_are_not_said() {
        assert_eq!(messages(b"MESSAGE=x\nPRIORITY=8\nSYSLOG_FACILITY=24\n")[0].priority, 14);
        assert_eq!(messages(b"MESSAGE=x\nPRIORITY=-\n")[0].priority, 14);
    }

    #[test]
    fn what_is_cut_gives_what_there_is() {
        let cut = b"MESSAGE\n\xff\xff\xff\xff\xff\xff\xff\xffabc";
        assert_eq!(messages(cut)[0].text, b"abc");
        assert_eq!(messages(b"SYSLOG_IDENTIFIER=a\nMESSAGE\n\x01\0\0"), []);
        for length in 0..TWO.len() {
            assert!(messages(&TWO[..length]).len() <= 2, "{length}");
        }
        torture(TWO, |bytes| {
            let _ = Messages::new(bytes).count();
        });
    }
}
