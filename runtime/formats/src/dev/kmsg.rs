//! `/dev/kmsg`: records of the kernel's log (`Documentation/ABI/testing/dev-kmsg`), one a read:
//! `priority,sequence,microseconds,flags[,more];text` and, on lines that begin with a space, `KEY=value`.

use crate::time::Duration;
use alloc::vec::Vec;

use crate::proc::words::{Words, decimal};
use crate::{Error, Expected};

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// How urgent it is: 0 emergency to 7 debugging.
    pub level: u8,
    /// Who speaks: 0 is the kernel, others are as in `syslog(3)`.
    pub facility: u32,
    /// The number of the record; a gap tells of lost ones.
    pub sequence: u64,
    /// When it was written, since boot.
    pub time: Duration,
    /// The message, where bytes that are no printable ASCII are still written `\xNN`.
    pub text: &'a [u8],
    /// What drivers add (`SUBSYSTEM=pci`), a line each.
    pub details: &'a [u8],
}

impl Record<'_> {
    /// Gives the message with the bytes that `\xNN` stands for.
    pub fn message(&self) -> Vec<u8> {
        let mut message = Vec::with_capacity(self.text.len());
        let mut rest = self.text;
        while let Some((&byte, tail)) = rest.split_first() {
            match tail {
                [b'x', high, low, tail @ ..] if byte == b'\\' => {
                    let digit = |digit: &u8| {
                        char::from(*digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
                    };
                    match (digit(high), digit(low)) {
                        (Some(high), Some(low)) => {
                            message.push(high << 4 | low);
                            rest = tail;
                            continue;
                        }
                        _ => message.push(byte),
                    }
                }
                _ => message.push(byte),
            }
            rest = tail;
        }
        message
    }
}

/// Reads one record.
pub fn parse(record: &[u8]) -> Result<Record<'_>, Error> {
    let mut words = Words::new(record);
    let head = words.until(b';', Expected::RecordHead)?;
    let mut fields = head.split(|&byte| byte == b',');
    let mut number = |expected| fields.next().and_then(decimal).ok_or(Error::new(expected, 0));
    let priority = number(Expected::Number)?;
    let sequence = number(Expected::Number)?;
    let time = Duration::from_micros(number(Expected::Time)?);
    let text = words.line().unwrap_or_default();
    Ok(Record {
        level: (priority & 7) as u8,
        facility: u32::try_from(priority >> 3).map_err(|_| Error::new(Expected::Number, 0))?,
        sequence,
        time,
        text,
        details: words.rest(),
    })
}

/// The names of the levels, by number.
pub const LEVELS: [&str; 8] = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"];

/// The names of the facilities, by number (`syslog(3)`).
pub const FACILITIES: [&str; 12] =
    ["kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    const SAMPLE: &[u8] =
        b"6,339,5140900,-;NET: Registered protocol family 10\\x0a\n SUBSYSTEM=pci\n DEVICE=+pci:0000\n";

    #[test]
    fn the_example_of_the_kernel_s_documentation() {
        let record = parse(SAMPLE).unwrap();
        assert_eq!((record.level, record.facility, record.sequence), (6, 0, 339));
        assert_eq!(record.time, Duration::from_micros(5_140_900));
        assert_eq!(record.message(), b"NET: Registered protocol family 10\n");
        assert_eq!(record.details, b" SUBSYSTEM=pci\n DEVICE=+pci:0000\n");
        let later = parse(b"30,1,2,c,caller=T1;daemon \\x\\x4\\xzz\\\n").unwrap();
        assert_eq!((later.level, later.facility), (6, 3));
        assert_eq!(later.message(), b"daemon \\x\\x4\\xzz\\");
    }

    #[test]
    fn damage_is_no_panic() {
        assert_eq!(parse(b"6,339").unwrap_err().expected(), Expected::RecordHead);
        assert_eq!(parse(b"6,x,1,-;text").unwrap_err().expected(), Expected::Number);
        torture(SAMPLE, |record| {
            let _ = parse(record).map(|record| record.message());
        });
    }
}
