//! Messages of HTTP/1 (RFC 9110, RFC 9112): heads, bodies in chunks, ranges, versions. Lines may end without a carriage return, as both
//! ends must bear.

mod chunks;
mod negotiation;
mod range;

use alloc::vec::Vec;

use crate::proc::words::decimal;
use crate::{Error, Expected};

pub use chunks::Chunks;
pub use negotiation::{names_tag, takes_coding};
pub use range::{Part, content_range, part};

/// The first lines of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head<'a> {
    /// The line of the request, or of the status.
    pub first: &'a [u8],
    fields: &'a [u8],
    /// How many bytes it takes, with the empty line at its end.
    pub length: usize,
}

impl<'a> Head<'a> {
    /// One that says nothing.
    pub const EMPTY: Self = Self { first: b"", fields: b"", length: 0 };

    /// Finds the head that bytes begin with; nothing while its end has not come.
    pub fn find(bytes: &'a [u8]) -> Option<Self> {
        let mut at = 0;
        loop {
            let rest = bytes.get(at..)?;
            let end = rest.iter().position(|byte| *byte == b'\n')?;
            if at > 0 && trimmed(rest.get(..end)?).is_empty() {
                let head = bytes.get(..at)?;
                let first = head.iter().position(|byte| *byte == b'\n')?;
                let (first, fields) = head.split_at_checked(first + 1)?;
                return Some(Self { first: trimmed(first), fields, length: at + end + 1 });
            }
            at += end + 1;
        }
    }

    /// Gives the fields, name and value each; lines that are none are passed over.
    pub fn fields(self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        self.fields.split(|byte| *byte == b'\n').filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let (name, value) = line.split_at_checked(colon)?;
            Some((name, value.get(1..)?.trim_ascii()))
        })
    }

    /// Gives the value of the first field with a name, in letters of either case.
    pub fn field(self, name: &str) -> Option<&'a [u8]> {
        self.fields().find(|field| field.0.eq_ignore_ascii_case(name.as_bytes())).map(|field| field.1)
    }

    /// Says whether the body comes in chunks: that is the last coding then.
    pub fn is_chunked(self) -> bool {
        let coding = self.field("Transfer-Encoding").unwrap_or_default();
        let last = coding.rsplit(|byte| *byte == b',').next().unwrap_or_default();
        last.trim_ascii().eq_ignore_ascii_case(b"chunked")
    }

    /// Gives the length that the body is said to have.
    ///
    /// # Errors
    /// A length that is no number, and several that differ: what lies behind cannot be told from the body then.
    pub fn content_length(self) -> Result<Option<u64>, Error> {
        let mut known = None;
        for (name, value) in self.fields() {
            if name.eq_ignore_ascii_case(b"Content-Length") {
                let length = decimal(value).ok_or(Error::new(Expected::Number, 0))?;
                if known.is_some_and(|known| known != length) {
                    return Err(Error::new(Expected::Number, 0));
                }
                known = Some(length);
            }
        }
        Ok(known)
    }
}

fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// What a server says first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status<'a> {
    /// The number behind the point of the version.
    pub minor: u8,
    /// The code.
    pub code: u16,
    /// The code in words, for people.
    pub reason: &'a [u8],
}

/// Reads the line of a status: `HTTP/1.1 200 OK`.
pub fn status(line: &[u8]) -> Result<Status<'_>, Error> {
    let wrong = Error::new(Expected::StatusLine, 0);
    let rest = line.strip_prefix(b"HTTP/1.").ok_or(wrong)?;
    let (minor, rest) = rest.split_first().filter(|(minor, _)| minor.is_ascii_digit()).ok_or(wrong)?;
    let rest = rest.strip_prefix(b" ").ok_or(wrong)?.trim_ascii_start();
    let (code, reason) = rest.split_at_checked(3).ok_or(wrong)?;
    let code = decimal(code).and_then(|code| u16::try_from(code).ok()).ok_or(wrong)?;
    Ok(Status { minor: minor - b'0', code, reason: reason.trim_ascii() })
}

/// What a client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// What is to be done: `GET`.
    pub method: &'a [u8],
    /// To what, without the host.
    pub target: &'a [u8],
    /// The number behind the point of the version.
    pub minor: u8,
}

/// Reads the line of a request: `GET /index.html HTTP/1.1`. Of a whole address the path is taken, as a server must.
pub fn request(line: &[u8]) -> Result<Request<'_>, Error> {
    let mut words = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let mut next = || words.next().ok_or(Error::new(Expected::RequestLine, 0));
    let (method, target, version) = (next()?, next()?, next()?);
    let minor = match version {
        [b'H', b'T', b'T', b'P', b'/', b'1', b'.', minor @ b'0'..=b'9'] => minor - b'0',
        _ => return Err(Error::new(Expected::RequestLine, 0)),
    };
    let target = match target.strip_prefix(b"http://") {
        Some(rest) => {
            rest.iter().position(|byte| *byte == b'/').and_then(|at| rest.get(at..)).unwrap_or(b"/")
        }
        None => target,
    };
    if target.first() != Some(&b'/') {
        return Err(Error::new(Expected::RequestLine, 0));
    }
    Ok(Request { method, target, minor })
}

/// Gives the bytes that a text with `%NN` stands for; nothing where no two digits follow.
pub fn unescape(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        if *byte != b'%' {
            bytes.push(*byte);
            continue;
        }
        let (digits, tail) = rest.split_at_checked(2)?;
        let digit = |at: usize| digits.get(at).and_then(|digit| char::from(*digit).to_digit(16));
        bytes.push((digit(0)? << 4 | digit(1)?) as u8);
        rest = tail;
    }
    Some(bytes)
}

/// Writes `%NN` for bytes that no path may have as they are.
pub fn escape(bytes: &[u8], out: &mut Vec<u8>) {
    for byte in bytes {
        match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'/'
            | b'-'
            | b'.'
            | b'_'
            | b'~'
            | b'+'
            | b','
            | b'=' => {
                out.push(*byte);
            }
            _ => {
                let digit = |value: u8| char::from_digit(value.into(), 16).map_or(b'0', |digit| digit as u8);
                out.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte & 15)]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    const ANSWER: &[u8] =
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX:  a b \r\ntransfer-encoding: gzip, Chunked\r\n\r\nhello";

    #[test]
    fn a_head_ends_with_an_empty_line() {
        let head = Head::find(ANSWER).unwrap();
        assert_eq!(&ANSWER[head.length..], b"hello");
        assert_eq!(head.content_length(), Ok(Some(5)));
        assert_eq!(head.field("x"), Some(&b"a b"[..]));
        assert!(head.is_chunked());
        assert_eq!(status(head.first), Ok(Status { minor: 1, code: 200, reason: b"OK" }));
        for length in 0..head.length {
            assert_eq!(Head::find(&ANSWER[..length]), None, "{length}");
        }
        let plain = Head::find(b"GET / HTTP/1.0\n\n").unwrap();
        assert_eq!((plain.fields().count(), plain.length), (0, 16));
        torture(ANSWER, |bytes| {
            let _ = Head::find(bytes).map(|head| (status(head.first).is_ok(), head.content_length()));
        });
    }

    #[test]
    fn lengths_that_differ_are_refused() {
        let length = |text: &[u8]| Head::find(text).unwrap().content_length();
        assert_eq!(length(b"x\nContent-Length: 1\nContent-Length: 1\n\n"), Ok(Some(1)));
        assert!(length(b"x\nContent-Length: 1\nContent-Length: 2\n\n").is_err());
        assert!(length(b"x\nContent-Length: +1\n\n").is_err());
    }

    #[test]
    fn first_lines() {
        assert_eq!(status(b"HTTP/1.0 404"), Ok(Status { minor: 0, code: 404, reason: b"" }));
        for line in [&b""[..], b"HTTP/2 200", b"HTTP/1.1 2x0 OK", b"HTTP/1.1"] {
            assert!(status(line).is_err(), "{}", line.escape_ascii());
        }
        let asked = request(b"GET http://a:8/b%20c HTTP/1.1").unwrap();
        assert_eq!((asked.method, asked.target, asked.minor), (&b"GET"[..], &b"/b%20c"[..], 1));
        assert_eq!(request(b"GET http://a HTTP/1.1").unwrap().target, b"/");
        for line in [&b"GET /"[..], b"GET", b"", b"GET x HTTP/1.1", b"GET / HTTP/2.0"] {
            assert!(request(line).is_err(), "{}", line.escape_ascii());
        }
    }

    #[test]
    fn escapes_both_ways() {
        assert_eq!(unescape(b"/a%20b%2f%C3%BC").as_deref(), Some("/a b/ü".as_bytes()));
        assert_eq!((unescape(b"%2"), unescape(b"%zz")), (None, None));
        let mut out = Vec::new();
        escape(b"/a b\"<\xff", &mut out);
        assert_eq!(out, b"/a%20b%22%3c%ff");
    }
}
