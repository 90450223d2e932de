//! How long files are and what room they take: in bytes and KiB, or by `-h` with a unit; the smallest images know no more.

use query::Sink;
use query::text::{decimal, size};

use crate::{Io, Parsed};

/// Whether people are to read them.
pub(super) struct Amounts(bool);

impl Amounts {
    #[allow(clippy::unnecessary_wraps, reason = "values may make no sense where there are more")]
    pub(super) fn of<'a>(parsed: &Parsed<'a>, _: &Io<'_>) -> Result<Self, &'a [u8]> {
        Ok(Self(parsed.has(b'h')))
    }

    pub(super) fn length(&self, bytes: u64, out: &mut dyn Sink) {
        if self.0 { size(bytes, out) } else { decimal(bytes, out) }
    }

    pub(super) fn room(&self, blocks: u64, out: &mut dyn Sink) {
        if self.0 { size(blocks * 512, out) } else { decimal(blocks.div_ceil(2), out) }
    }
}
