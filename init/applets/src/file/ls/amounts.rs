//! How long files are and what room they take, in the unit that `-h`, `--si`, `--block-size`, `-k` or the environment asks for.

use query::Sink;

use super::super::units::{SI, Unit};
use super::BLOCK_SIZE;
use crate::{Io, Parsed};

/// The units of both.
pub(super) struct Amounts {
    length: Unit,
    room: Unit,
}

impl Amounts {
    /// The error is a value that makes no sense.
    pub(super) fn of<'a>(parsed: &Parsed<'a>, io: &Io<'_>) -> Result<Self, &'a [u8]> {
        let key = parsed.last_of(&[b'h', SI, BLOCK_SIZE]);
        let unit = key.map(|key| Unit::of_option(parsed, key)).transpose()?;
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

    /// Writes the length of a file.
    pub(super) fn length(&self, bytes: u64, out: &mut dyn Sink) {
        self.length.put(bytes, out);
    }

    /// Writes the room that so many blocks of 512 bytes are.
    pub(super) fn room(&self, blocks: u64, out: &mut dyn Sink) {
        self.room.put(blocks.saturating_mul(512), out);
    }
}
