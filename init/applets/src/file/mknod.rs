//! `mknod` (POSIX leaves it out; as GNU's and BusyBox's).

use linux::fs::FileKind;

use super::mkfifo::{MODE, make};
use crate::{Applet, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "mknod",
    summary: "Make a fifo (p), or the file of a block (b) or character device (c, u)",
    usage: "[OPTION]... NAME b|c|u MAJOR MINOR\n[OPTION]... NAME p",
    flags: flags![MODE],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let (name, kind, device) = match parsed.operands.as_slice() {
        [name, b"p"] => (name, FileKind::Fifo, (0, 0)),
        [name, kind @ (b"b" | b"c" | b"u"), major, minor] => {
            let device = [major, minor]
                .map(|text| number(text).ok_or_else(|| io.misuse(text, "not a number of a device")));
            let [major, minor] = device;
            let kind = if *kind == b"b" { FileKind::BlockDevice } else { FileKind::CharacterDevice };
            (name, kind, (major?, minor?))
        }
        _ => return Ok(parsed.usage(io)),
    };
    Ok(make(io, parsed, name, kind, device)?)
}

/// Reads a number, in octal or hexadecimal if it begins so, as the C library does.
fn number(text: &[u8]) -> Option<u32> {
    let text = core::str::from_utf8(text).ok()?;
    let (digits, base) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if text.len() > 1 && text.starts_with('0') => (text, 8),
        None => (text, 10),
    };
    u32::from_str_radix(digits, base).ok()
}
