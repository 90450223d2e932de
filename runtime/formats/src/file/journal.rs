//! The entries of the log that process 1's worker keeps: a line each, of seven fields between tabs, so that a reader that finds the
//! ring half written over goes on at the next one.
//!
//! `TIME PRIORITY PID ORIGIN SERVICE TAG MESSAGE`: microseconds since the boot, eight times the facility and the level as in
//! `syslog(3)`, 0 where no process is known. In tag and message a tab is written `\t`, a line feed `\n`, a backslash `\\`.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::proc::words::decimal;
use crate::time::Duration;

/// Where an entry comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The kernel's log.
    Kernel,
    /// What a service writes to its standard output or standard error.
    Output,
    /// A message to `/dev/log`.
    Syslog,
    /// A message as journald takes them.
    Journal,
    /// The log itself, of what is missing in it.
    Log,
}

impl Origin {
    const ALL: [(Self, u8, &str); 5] = [
        (Self::Kernel, b'k', "kernel"),
        (Self::Output, b'o', "output"),
        (Self::Syslog, b's', "syslog"),
        (Self::Journal, b'j', "journal"),
        (Self::Log, b'l', "log"),
    ];

    fn row(self) -> (Self, u8, &'static str) {
        Self::ALL.into_iter().find(|row| row.0 == self).unwrap_or((self, b'l', "log"))
    }

    /// Gives its name for people.
    pub fn name(self) -> &'static str {
        self.row().2
    }
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// When it came, since the boot.
    pub time: Duration,
    /// Eight times the facility, and the level.
    pub priority: u8,
    /// The process that said it; 0: nobody knows.
    pub pid: u32,
    /// Where it comes from.
    pub origin: Origin,
    /// The service that the process belongs to; empty: none.
    pub service: &'a [u8],
    /// The name that the process gives itself; empty: none.
    pub tag: Cow<'a, [u8]>,
    /// What it says.
    pub message: Cow<'a, [u8]>,
}

impl<'a> Entry<'a> {
    /// Reads a line without its end; none if it is no entry.
    pub fn parse(line: &'a [u8]) -> Option<Self> {
        let mut fields = line.split(|byte| *byte == b'\t');
        let time = Duration::from_micros(decimal(fields.next()?)?);
        let priority = u8::try_from(decimal(fields.next()?)?).ok()?;
        let pid = u32::try_from(decimal(fields.next()?)?).ok()?;
        let &[letter] = fields.next()? else { return None };
        let origin = Origin::ALL.into_iter().find(|row| row.1 == letter)?.0;
        let (service, tag, message) = (fields.next()?, plain(fields.next()?), plain(fields.next()?));
        let entry = Self { time, priority, pid, origin, service, tag, message };
        let is_line = fields.next().is_none() && !service.contains(&b'\\') && !line.contains(&b'\n');
        is_line.then_some(entry)
    }

    /// Adds the line.
    pub fn emit(&self, out: &mut Vec<u8>) {
        for number in [self.time.as_nanos() / 1000, self.priority.into(), self.pid.into()] {
            put_number(number, out);
            out.push(b'\t');
        }
        out.extend_from_slice(&[self.origin.row().1, b'\t']);
        // The name of a service has none of these; that of a control group may be any.
        let is_special = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\\');
        out.extend(self.service.iter().map(|byte| if is_special(*byte) { b'?' } else { *byte }));
        out.push(b'\t');
        escape(&self.tag, out);
        out.push(b'\t');
        escape(&self.message, out);
        out.push(b'\n');
    }

    /// Gives how urgent it is: 0 emergency to 7 debugging.
    pub const fn level(&self) -> u8 {
        self.priority & 7
    }

    /// Gives the name for people: the service whose output it is, else what the process calls itself.
    pub fn speaker(&self) -> &[u8] {
        match (&*self.tag, self.service) {
            (b"", b"") => self.origin.name().as_bytes(),
            (b"", name) | (name, _) => name,
        }
    }
}

fn put_number(number: u64, out: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut rest = number;
    let mut count = 0;
    for place in digits.iter_mut().rev() {
        *place = b'0' + (rest % 10) as u8;
        rest /= 10;
        count += 1;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(digits.len() - count..).unwrap_or_default());
}

fn escape(text: &[u8], out: &mut Vec<u8>) {
    for byte in text {
        match byte {
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\\' => out.extend_from_slice(b"\\\\"),
            byte => out.push(*byte),
        }
    }
}

fn plain(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        plain.push(match byte {
            b'\\' => match bytes.next() {
                Some(b'n') => b'\n',
                Some(b't') => b'\t',
                Some(other) => *other,
                None => b'\\',
            },
            byte => *byte,
        });
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    fn entry() -> Entry<'static> {
        Entry {
            time: Duration::from_micros(12_345_678),
            priority: 30,
            pid: 812,
            origin: Origin::Output,
            service: b"web",
            tag: Cow::Borrowed(b"a\tb"),
            message: Cow::Borrowed(b"first \\n\nsecond\xff\\"),
        }
    }

    #[test]
    fn an_entry_is_a_line_and_comes_back() {
        let mut line = Vec::new();
        entry().emit(&mut line);
        assert_eq!(line, b"12345678\t30\t812\to\tweb\ta\\tb\tfirst \\\\n\\nsecond\xff\\\\\n");
        let line = line.strip_suffix(b"\n").unwrap();
        assert_eq!(Entry::parse(line), Some(entry()));
        assert_eq!((entry().level(), entry().speaker()), (6, &b"a\tb"[..]));
        for (origin, ..) in Origin::ALL {
            let mut line = Vec::new();
            let bare = Entry { origin, tag: Cow::Borrowed(b""), ..entry() };
            bare.emit(&mut line);
            assert_eq!(Entry::parse(line.strip_suffix(b"\n").unwrap()), Some(bare.clone()));
            assert_eq!(bare.speaker(), b"web");
            assert_eq!(Entry { service: b"", ..bare }.speaker(), origin.name().as_bytes());
        }
    }

    #[test]
    fn numbers_of_any_length() {
        for number in [0, 9, 10, u64::MAX] {
            let mut out = Vec::new();
            put_number(number, &mut out);
            assert_eq!(out, number.to_string().as_bytes());
        }
    }

    #[test]
    fn what_is_no_entry() {
        let mut line = Vec::new();
        entry().emit(&mut line);
        for text in [
            &b""[..],
            b"x\t30\t1\to\t\t\t",
            b"1\t256\t1\to\t\t\t",
            b"1\t1\t1\tz\t\t\t",
            b"1\t1\t1\to\t\t\t\t",
            b"1\t1\t1\to\ta\\\t\t",
        ] {
            assert_eq!(Entry::parse(text), None);
        }
        // Whatever stands there is read as far as the last field, or not at all.
        for length in 0..line.len() {
            if let Some(entry) = Entry::parse(&line[..length]) {
                assert_eq!((entry.pid, entry.service), (812, &b"web"[..]));
            }
        }
        torture(&line, |line| {
            let _ = Entry::parse(line);
        });
    }
}
