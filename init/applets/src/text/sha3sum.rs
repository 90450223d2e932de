//! `sha3sum` (BusyBox's).

use super::digest::{self, Kind, ROWS, SHARED, USAGE};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "sha3sum",
    summary: "Print or check SHA-3 digests of files",
    usage: USAGE,
    flags: flags![
        ..SHARED,
        Flag::with(b'a', "algorithm", "BITS", "224 (the default), 256, 384 or 512"),
        ROWS
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let bits = parsed.value(b'a').unwrap_or(b"224");
    match Kind::SHA3.iter().find(|(name, _)| name.as_bytes() == bits) {
        Some((_, kind)) => digest::run(io, parsed, *kind),
        None => Ok(io.misuse(bits, "is not 224, 256, 384 or 512")),
    }
}
