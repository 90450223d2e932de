//! Packets of the trivial file transfer protocol (RFC 1350), with the options of RFC 2347 to RFC 2349.

use alloc::vec::Vec;

use crate::cursor::Cursor;
use crate::proc::words::decimal;
use crate::{Error, Expected};

/// Bytes of a block, where nothing else was agreed on.
pub const BLOCK: usize = 512;

/// The most bytes of a block (RFC 2348).
pub const LONGEST_BLOCK: usize = 65464;

/// What the other end says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packet<'a> {
    /// A block, numbered from 1 on and past 65535 from 0; a short one is the last.
    Data(u16, &'a [u8]),
    /// A block has come.
    Acknowledgement(u16),
    /// It goes no further: why, as a number and in words.
    Error(u16, &'a [u8]),
    /// The options that were agreed to, name and value each with a zero byte behind it.
    Options(&'a [u8]),
}

/// Reads a packet.
pub fn parse(bytes: &[u8]) -> Result<Packet<'_>, Error> {
    let mut cursor = Cursor::new(bytes);
    match cursor.u16_be(Expected::TftpPacket)? {
        3 => Ok(Packet::Data(cursor.u16_be(Expected::Number)?, cursor.rest())),
        4 => Ok(Packet::Acknowledgement(cursor.u16_be(Expected::Number)?)),
        5 => {
            let code = cursor.u16_be(Expected::Number)?;
            Ok(Packet::Error(code, cursor.rest().split(|byte| *byte == 0).next().unwrap_or_default()))
        }
        6 => Ok(Packet::Options(cursor.rest())),
        _ => Err(Error::new(Expected::TftpPacket, 0)),
    }
}

/// Gives the value of an option, whose name may be in letters of either case.
pub fn option(options: &[u8], name: &str) -> Option<u64> {
    let mut words = options.split(|byte| *byte == 0);
    while let (Some(found), Some(value)) = (words.next(), words.next()) {
        if found.eq_ignore_ascii_case(name.as_bytes()) {
            return decimal(value);
        }
    }
    None
}

/// Asks to read or to write a file; an option each for a length of blocks and the length of the file, if they are given.
pub fn request(out: &mut Vec<u8>, writes: bool, name: &[u8], options: &[(&str, u64)]) {
    out.extend_from_slice(&[0, if writes { 2 } else { 1 }]);
    out.extend_from_slice(name);
    out.extend_from_slice(b"\0octet\0");
    for (name, value) in options {
        out.extend_from_slice(name.as_bytes());
        out.push(0);
        out.extend_from_slice(alloc::format!("{value}").as_bytes());
        out.push(0);
    }
}

/// Writes the head of a block.
pub fn data(out: &mut Vec<u8>, block: u16) {
    out.extend_from_slice(&[0, 3]);
    out.extend_from_slice(&block.to_be_bytes());
}

/// Says that a block has come.
pub fn acknowledgement(out: &mut Vec<u8>, block: u16) {
    out.extend_from_slice(&[0, 4]);
    out.extend_from_slice(&block.to_be_bytes());
}

/// Says that it goes no further.
pub fn error(out: &mut Vec<u8>, code: u16, text: &str) {
    out.extend_from_slice(&[0, 5]);
    out.extend_from_slice(&code.to_be_bytes());
    out.extend_from_slice(text.as_bytes());
    out.push(0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    #[test]
    fn packets_both_ways() {
        let made = |make: &dyn Fn(&mut Vec<u8>)| {
            let mut out = Vec::new();
            make(&mut out);
            out
        };
        assert_eq!(made(&|out| request(out, false, b"a", &[])), b"\0\x01a\0octet\0");
        assert_eq!(
            made(&|out| request(out, true, b"a", &[("blksize", 9)])),
            b"\0\x02a\0octet\0blksize\x009\0"
        );
        assert_eq!(parse(&made(&|out| data(out, 258))), Ok(Packet::Data(258, b"")));
        assert_eq!(parse(&made(&|out| acknowledgement(out, 7))), Ok(Packet::Acknowledgement(7)));
        assert_eq!(parse(&made(&|out| error(out, 1, "no"))), Ok(Packet::Error(1, b"no")));
        let Ok(Packet::Options(options)) = parse(b"\0\x06BLKSIZE\x001024\0tsize\x005\0") else { panic!() };
        assert_eq!((option(options, "blksize"), option(options, "tsize")), (Some(1024), Some(5)));
        assert_eq!(option(options, "timeout"), None);
        torture(b"\0\x06BLKSIZE\x001024\0tsize\x005\0", |bytes| {
            if let Ok(Packet::Options(options)) = parse(bytes) {
                let _ = option(options, "tsize");
            }
        });
        assert!(parse(b"\0\x09").is_err() && parse(b"\0").is_err() && parse(b"\0\x03\0").is_err());
    }
}
