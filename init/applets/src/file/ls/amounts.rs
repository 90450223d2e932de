//! How long files are and what room they take: in bytes and KiB, by `-h` with a unit, and where there are more options in the unit
//! that `--block-size`, `--si`, `-k` or the environment asks for.

use alloc::boxed::Box;

use query::Sink;
use query::text::{decimal, size};

use super::super::units::{self, Unit};
use crate::{Flag, HAS_MORE, Io, Parsed};

/// The declaration of `--block-size`.
pub(super) const SIZE_FLAG: Flag =
    Flag::with(SIZE, "block-size", "SIZE", "lengths and room in units of SIZE");

const SIZE: u8 = 162;

/// The units of both; the smallest images have none but bytes and KiB.
pub(super) struct Amounts {
    is_human: bool,
    units: Option<Box<Units>>,
}

struct Units {
    length: Unit,
    room: Unit,
}

impl Amounts {
    /// The error is a value that makes no sense.
    pub(super) fn of<'a>(parsed: &Parsed<'a>, io: &Io<'_>) -> Result<Self, &'a [u8]> {
        let units = if HAS_MORE { Some(Box::new(Units::of(parsed, io)?)) } else { None };
        Ok(Self { is_human: parsed.has(b'h'), units })
    }

    /// Writes the length of a file.
    pub(super) fn length(&self, bytes: u64, out: &mut dyn Sink) {
        match &self.units {
            Some(units) if HAS_MORE => units.length.put(bytes, out),
            _ if self.is_human => size(bytes, out),
            _ => decimal(bytes, out),
        }
    }

    /// Writes the room that so many blocks of 512 bytes are.
    pub(super) fn room(&self, blocks: u64, out: &mut dyn Sink) {
        match &self.units {
            Some(units) if HAS_MORE => units.room.put(blocks.saturating_mul(512), out),
            _ if self.is_human => size(blocks * 512, out),
            _ => decimal(blocks.div_ceil(2), out),
        }
    }
}

impl Units {
    fn of<'a>(parsed: &Parsed<'a>, io: &Io<'_>) -> Result<Self, &'a [u8]> {
        let unit = match parsed.last_of(&[b'h', units::SI, SIZE]) {
            Some(b'h') => Some(Unit::Human),
            Some(units::SI) => Some(Unit::Si),
            Some(_) => {
                let text = parsed.value(SIZE).unwrap_or_default();
                Some(Unit::named(text).ok_or(text)?)
            }
            None => None,
        };
        // BSD's variable and -k are for room alone.
        let of_both = || Unit::of_environment(io, &["LS_BLOCK_SIZE", "BLOCK_SIZE"]);
        let room = match unit {
            None if parsed.has(b'k') => Unit::of(1024),
            unit => unit
                .or_else(of_both)
                .or_else(|| Unit::of_environment(io, &["BLOCKSIZE"]))
                .unwrap_or_else(|| Unit::usual(io)),
        };
        Ok(Self { length: unit.or_else(of_both).unwrap_or(Unit::of(1)), room })
    }
}
