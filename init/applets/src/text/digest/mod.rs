//! What `md5sum`, `sha256sum` and their like share.

mod blake2b;
mod check;
mod form;

use alloc::vec::Vec;

use bulk::{Algorithm, Digest};
pub(super) use form::BASE64;
use query::{Rows, Value};

use crate::reader::Reader;
use crate::source;
use crate::{Flag, Flags, Input, Io, JSON, Outcome, Output, Parsed, Status};

pub(super) const USAGE: &str = "[OPTION]... [FILE]...\n-c [OPTION]... [LIST]...";

/// The options of all digests.
pub(super) const SHARED: [Flag; 10] = [
    Flag::new(b'b', "binary", "a * before names"),
    Flag::new(b't', "text", "a blank before names (the default)"),
    Flag::new(TAG, "tag", "name the digest, as BSD does"),
    Flag::new(b'z', "zero", "a zero byte behind each, and names as they are"),
    Flag::new(b'c', "check", "say of each file in the lists whether it is still the same"),
    Flag::new(IGNORE_MISSING, "ignore-missing", "with -c: nothing of files that there are not"),
    Flag::new(QUIET, "quiet", "with -c: nothing of files that are the same"),
    Flag::new(b's', "status", "with -c: nothing but a status"),
    Flag::new(STRICT, "strict", "with -c: lines that cannot be read are a failure"),
    Flag::new(b'w', "warn", "with -c: say which lines cannot be read"),
];

/// The rows of a digest.
pub(super) const ROWS: Flag = Flag::rows("file algorithm digest");

pub(super) const FLAGS: Flags = flags![..SHARED, ROWS];

pub(super) const TAG: u8 = 128;
keys! { 129; IGNORE_MISSING QUIET STRICT }
/// The key of `--raw`, which `cksum` has.
pub(super) const RAW: u8 = 133;

/// A digest and what it is called.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) algorithm: Algorithm,
}

impl Kind {
    pub(super) const MD5: Self = Self::new("MD5", Algorithm::Md5);
    pub(super) const SHA1: Self = Self::new("SHA1", Algorithm::Sha1);
    pub(super) const SHA224: Self = Self::new("SHA224", Algorithm::Sha224);
    pub(super) const SHA256: Self = Self::new("SHA256", Algorithm::Sha256);
    pub(super) const SHA384: Self = Self::new("SHA384", Algorithm::Sha384);
    pub(super) const SHA512: Self = Self::new("SHA512", Algorithm::Sha512);

    /// SHA-3 by the length that it gives, in bits.
    pub(super) const SHA3: [(&'static str, Self); 4] = [
        ("224", Self::new("SHA3-224", Algorithm::Sha3(28))),
        ("256", Self::new("SHA3-256", Algorithm::Sha3(32))),
        ("384", Self::new("SHA3-384", Algorithm::Sha3(48))),
        ("512", Self::new("SHA3-512", Algorithm::Sha3(64))),
    ];

    const fn new(name: &'static str, algorithm: Algorithm) -> Self {
        Self { name, algorithm }
    }
}

pub(super) fn run(io: &mut Io<'_>, parsed: &Parsed<'_>, kind: Kind) -> Outcome {
    if parsed.has(b'c') { check(io, parsed, &[kind]) } else { list(io, parsed, kind, parsed.has(TAG)) }
}

/// Checks lists of digests of these kinds; lines that do not name theirs are of the only one.
pub(super) fn check(io: &mut Io<'_>, parsed: &Parsed<'_>, kinds: &[Kind]) -> Outcome {
    Ok(check::run(io, parsed, kinds))
}

/// Prints the digest of each file.
pub(super) fn list(io: &mut Io<'_>, parsed: &Parsed<'_>, kind: Kind, is_tagged: bool) -> Outcome {
    let mut rows = Rows::named("file algorithm digest");
    let status = source::each(io, &parsed.operands, &mut |io, name, input| {
        let digest = of(input, kind.algorithm)?;
        let text = form::text(parsed, &digest);
        if parsed.has(JSON) {
            rows.push([Value::text(name), Value::text(&kind.tag()), Value::text(&text)]);
        } else if parsed.has(RAW) {
            io.out.put(&digest);
        } else {
            print(&mut io.out, parsed, Some(kind).filter(|_| is_tagged), name, &text);
        }
        Ok(())
    });
    if parsed.has(JSON) {
        rows.json(&mut io.out);
    }
    Ok(status)
}

/// Gives the digest of a stream.
fn of(input: &mut Input<'_>, algorithm: Algorithm) -> linux::Result<Vec<u8>> {
    let mut digest = Digest::new(algorithm);
    let mut reader = Reader::new(input);
    loop {
        let bytes = reader.fill()?;
        if bytes.is_empty() {
            return Ok(digest.finish());
        }
        digest.update(bytes);
        let length = bytes.len();
        reader.consume(length);
    }
}

fn print(out: &mut Output<'_>, parsed: &Parsed<'_>, tag: Option<Kind>, name: &[u8], digest: &[u8]) {
    let is_zero = parsed.has(b'z');
    let escaped = if is_zero { None } else { escape(name) };
    if escaped.is_some() {
        out.put(b"\\");
    }
    let name = escaped.as_deref().unwrap_or(name);
    if let Some(kind) = tag {
        for part in [&kind.tag(), b" (".as_slice(), name, b") = ", digest] {
            out.put(part);
        }
    } else {
        out.put(digest);
        out.put(if parsed.last_of(b"bt") == Some(b'b') { b" *" } else { b"  " });
        out.put(name);
    }
    out.put(if is_zero { b"\0" } else { b"\n" });
}

/// Gives a name with escapes where it has what would end its line; nothing where it needs none.
fn escape(name: &[u8]) -> Option<Vec<u8>> {
    if !name.iter().any(|byte| matches!(byte, b'\\' | b'\n' | b'\r')) {
        return None;
    }
    let mut escaped = Vec::new();
    for byte in name {
        match byte {
            b'\\' => escaped.extend_from_slice(b"\\\\"),
            b'\n' => escaped.extend_from_slice(b"\\n"),
            b'\r' => escaped.extend_from_slice(b"\\r"),
            byte => escaped.push(*byte),
        }
    }
    Some(escaped)
}

/// Says that an option is for another use of the command; gives the status.
fn misplaced(io: &mut Io<'_>, option: &[u8]) -> Status {
    io.misuse(option, "is for digests that are printed, not for -c")
}
