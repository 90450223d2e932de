//! What `cksum`, `crc32` and `sum` share: a number for each file.

use query::{Rows, Value};

use super::column;
use super::digest::RAW;
use crate::reader::Reader;
use crate::source;
use crate::{Io, JSON, Outcome, Parsed};

/// Which number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// POSIX's.
    Cksum,
    /// That of gzip.
    Crc32,
    /// BSD's.
    Bsd,
    /// System V's.
    SystemV,
}

impl Kind {
    fn add(self, sum: u32, bytes: &[u8]) -> u32 {
        match self {
            Self::Cksum => bulk::cksum(sum, bytes),
            Self::Crc32 => !bulk::crc32(!sum, bytes),
            Self::Bsd => bytes.iter().fold(sum, |sum, byte| {
                let turned = (sum >> 1) | (sum << 15 & 0x8000);
                (turned + u32::from(*byte)) & 0xffff
            }),
            Self::SystemV => bytes.iter().fold(sum, |sum, byte| sum.wrapping_add(u32::from(*byte))),
        }
    }

    /// Ends the sum of that many bytes.
    fn end(self, sum: u32, length: u64) -> u32 {
        match self {
            Self::Cksum => {
                let bytes = length.to_le_bytes();
                let used = bytes.len() - length.leading_zeros() as usize / 8;
                !bulk::cksum(sum, bytes.get(..used).unwrap_or_default())
            }
            Self::Crc32 | Self::Bsd => sum,
            Self::SystemV => {
                let folded = (sum & 0xffff) + (sum >> 16);
                (folded & 0xffff) + (folded >> 16)
            }
        }
    }

    /// Prints the number as the bytes that it has, the highest first.
    fn put_bytes(self, io: &mut Io<'_>, sum: u32) {
        let [_, _, lower @ ..] = sum.to_be_bytes();
        match self {
            Self::Cksum | Self::Crc32 => io.out.put(&sum.to_be_bytes()),
            Self::Bsd | Self::SystemV => io.out.put(&lower),
        }
    }

    fn print(self, io: &mut Io<'_>, sum: u32, length: u64, name: Option<&[u8]>, end: &[u8]) {
        match self {
            Self::Crc32 => {
                let _ = core::fmt::write(&mut io.out, format_args!("{sum:08x}"));
            }
            Self::Bsd => {
                let _ = core::fmt::write(&mut io.out, format_args!("{sum:05}"));
            }
            Self::Cksum | Self::SystemV => io.out.number(sum.into()),
        }
        let count = match self {
            Self::Crc32 => None,
            Self::Cksum => Some((length, 1)),
            Self::Bsd => Some((length.div_ceil(1024), 5)),
            Self::SystemV => Some((length.div_ceil(512), 1)),
        };
        if let Some((count, width)) = count {
            io.out.put(b" ");
            column::put(count, 10, width, &mut io.out);
        }
        if let Some(name) = name {
            io.out.put(if self == Self::Crc32 { b"\t" } else { b" " });
            io.out.put(name);
        }
        io.out.put(end);
    }
}

pub(super) fn run(io: &mut Io<'_>, parsed: &Parsed<'_>, kind: Kind) -> Outcome {
    let mut rows = Rows::named("file checksum bytes");
    let operands = parsed.operands.as_slice();
    let end: &[u8] = if parsed.has(b'z') { b"\0" } else { b"\n" };
    // Some name a file only among several, and standard input only where it was asked for.
    let has_name = match kind {
        Kind::Crc32 => operands.len() > 1,
        _ => !operands.is_empty(),
    };
    let status = source::each(io, operands, &mut |io, name, input| {
        let (mut sum, mut length) = (0, 0);
        let mut reader = Reader::new(input);
        loop {
            let bytes = reader.fill()?;
            let count = bytes.len();
            if count == 0 {
                break;
            }
            sum = kind.add(sum, bytes);
            length += count as u64;
            reader.consume(count);
        }
        let sum = kind.end(sum, length);
        if parsed.has(JSON) {
            rows.push([Value::text(name), Value::Number(sum.into()), Value::Number(length)]);
        } else if parsed.has(RAW) {
            kind.put_bytes(io, sum);
        } else {
            kind.print(io, sum, length, Some(name).filter(|_| has_name), end);
        }
        Ok(())
    });
    if parsed.has(JSON) {
        rows.json(&mut io.out);
    }
    Ok(status)
}
