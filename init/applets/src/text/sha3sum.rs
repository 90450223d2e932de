//! `sha3sum` (BusyBox's).

use bulk::Algorithm;

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
    let (name, length) = match parsed.value(b'a') {
        None | Some(b"224") => ("SHA3-224", 28),
        Some(b"256") => ("SHA3-256", 32),
        Some(b"384") => ("SHA3-384", 48),
        Some(b"512") => ("SHA3-512", 64),
        Some(word) => return Ok(io.misuse(word, "is not 224, 256, 384 or 512")),
    };
    digest::run(io, parsed, Kind { name, algorithm: Algorithm::Sha3(length) })
}
