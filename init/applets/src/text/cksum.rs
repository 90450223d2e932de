//! `cksum` (POSIX; other algorithms than its own, lines with their names and `-c` are GNU's).

use alloc::vec::Vec;

use query::text::parse_decimal;

use super::checksum;
use super::digest::{self, BASE64, Kind, RAW, SHARED, TAG};
use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "cksum",
    summary: "Print or check digests of files: POSIX's check and the length, or those of an algorithm",
    usage: "[OPTION]... [FILE]...\n-c [OPTION]... [LIST]...",
    flags: flags![
        ..SHARED,
        Flag::with(
            b'a',
            "algorithm",
            "NAME",
            "crc (POSIX's), bsd, sysv, md5, sha1, sha224 to sha512, sha3, blake2b"
        ),
        Flag::with(b'l', "length", "BITS", "the length of sha3 (224, 256, 384 or 512) or blake2b (8 to 512)"),
        Flag::new(UNTAGGED, "untagged", "the digest before the name, and no algorithm"),
        Flag::new(BASE64, "base64", "digests in base64"),
        Flag::new(RAW, "raw", "nothing but the bytes of the digest or check"),
        Flag::rows("file checksum:N bytes:N algorithm:S digest:S"),
    ],
    run: Run::Parsed(run),
};

const UNTAGGED: u8 = 140;

const ONLY_SOME: &str = "a length is for -a sha3 and -a blake2b";

/// What an algorithm gives.
#[derive(Clone, Copy)]
enum Sum {
    Number(checksum::Kind),
    Digest(Kind),
}

/// The algorithms by their names and, where they have several, lengths.
const ALGORITHMS: [(&str, &str, Sum); 13] = {
    let [a, b, c, d] = Kind::SHA3;
    [
        ("crc", "", Sum::Number(checksum::Kind::Cksum)),
        ("bsd", "", Sum::Number(checksum::Kind::Bsd)),
        ("sysv", "", Sum::Number(checksum::Kind::SystemV)),
        ("md5", "", Sum::Digest(Kind::MD5)),
        ("sha1", "", Sum::Digest(Kind::SHA1)),
        ("sha224", "", Sum::Digest(Kind::SHA224)),
        ("sha256", "", Sum::Digest(Kind::SHA256)),
        ("sha384", "", Sum::Digest(Kind::SHA384)),
        ("sha512", "", Sum::Digest(Kind::SHA512)),
        ("sha3", a.0, Sum::Digest(a.1)),
        ("sha3", b.0, Sum::Digest(b.1)),
        ("sha3", c.0, Sum::Digest(c.1)),
        ("sha3", d.0, Sum::Digest(d.1)),
    ]
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let against_raw = [
        (parsed.has(BASE64), "cannot be together with --base64"),
        (parsed.has(JSON), "cannot be together with --json"),
        (parsed.operands.len() > 1, "is for a single file"),
    ];
    if let Some((_, reason)) = against_raw.iter().find(|(is_there, _)| *is_there && parsed.has(RAW)) {
        return Ok(io.misuse(b"--raw", reason));
    }
    match (chosen(io, parsed)?, parsed.has(b'c')) {
        (None, true) => {
            let all = ALGORITHMS.iter().filter_map(|row| match row.2 {
                Sum::Digest(kind) => Some(kind),
                Sum::Number(_) => None,
            });
            digest::check(io, parsed, &all.chain([Kind::BLAKE2B]).collect::<Vec<_>>())
        }
        (Some(Sum::Digest(kind)), true) => digest::check(io, parsed, &[kind]),
        (Some(Sum::Number(_)), true) => {
            Ok(io.misuse(parsed.value(b'a').unwrap_or_default(), "is no algorithm for -c"))
        }
        (Some(Sum::Digest(kind)), false) => {
            let is_tagged = parsed.last_of(&[TAG, UNTAGGED]) != Some(UNTAGGED);
            digest::list(io, parsed, kind, is_tagged)
        }
        (Some(Sum::Number(kind)), false) => checksum::run(io, parsed, kind),
        (None, false) => checksum::run(io, parsed, checksum::Kind::Cksum),
    }
}

/// Finds the algorithm that is asked for.
fn chosen(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<Option<Sum>, Status> {
    let length = parsed.value(b'l').unwrap_or_default();
    let Some(name) = parsed.value(b'a') else {
        return if length.is_empty() { Ok(None) } else { Err(io.misuse(length, ONLY_SOME)) };
    };
    if name == b"blake2b" {
        let kind = parse_decimal(length).or(length.is_empty().then_some(0)).and_then(Kind::blake2b);
        return match kind {
            Some(kind) => Ok(Some(Sum::Digest(kind))),
            None => Err(io.misuse(length, "is no multiple of 8 up to 512")),
        };
    }
    let mut rows = ALGORITHMS.iter().filter(|row| row.0.as_bytes() == name).peekable();
    if rows.peek().is_none() {
        return Err(io.misuse(name, "no such algorithm"));
    }
    match rows.find(|row| row.1.as_bytes() == length) {
        Some(row) => Ok(Some(row.2)),
        None if name == b"sha3" => Err(io.misuse(length, "is not 224, 256, 384 or 512")),
        None => Err(io.misuse(length, ONLY_SOME)),
    }
}
