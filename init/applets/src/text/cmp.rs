//! `cmp` (POSIX; `-i` and `-n` are GNU's, operands that skip BusyBox's too).

use alloc::string::String;
use alloc::vec::Vec;

use linux::fd::{AsFd, OwnedFd};
use linux::fs::{FileKind, fstat};

use super::{column, visible};
use crate::amount;
use crate::reader::Reader;
use crate::source;
use crate::{Applet, Flag, Input, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "cmp",
    summary: "Say where two files differ first; standard input for - or without FILE2",
    usage: "[OPTION]... FILE1 [FILE2 [SKIP1 [SKIP2]]]",
    flags: flags![
        Flag::new(b'l', "verbose", "all bytes that differ: place and both, in base eight"),
        Flag::new(b's', "quiet", "nothing but a status: 0 equal, 1 different, 2 trouble"),
        Flag::new(b'b', "print-bytes", "the bytes too"),
        Flag::with(b'i', "ignore-initial", "N[:M]", "leave the first N bytes out, of FILE2 the first M"),
        Flag::with(b'n', "bytes", "N", "compare no more than N bytes"),
    ],
    run: Run::Parsed(run),
};

/// The status for anything but equal and different.
const TROUBLE: Status = Status(2);

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut skips = [0, 0];
    let (names, words) = match parsed.operands.as_slice() {
        [first] => ([*first, &b"-"[..]], &[][..]),
        [first, second] => ([*first, *second], &[][..]),
        [first, second, words @ ..] if words.len() <= 2 => ([*first, *second], words),
        _ => return Ok(parsed.usage(io)),
    };
    let list = parsed.value(b'i').map(|list| list.split(|byte| *byte == b':').collect::<Vec<_>>());
    let list = list.unwrap_or_else(|| words.to_vec());
    for (index, word) in list.iter().enumerate() {
        match (amount::parse(word), index) {
            (Some(count), 0) => skips = [count, if words.is_empty() { count } else { 0 }],
            (Some(count), 1) => skips[1] = count,
            _ => return Ok(io.misuse(word, "is no number of bytes")),
        }
    }
    let most = match parsed.value(b'n') {
        None => u64::MAX,
        Some(word) => match amount::parse(word) {
            Some(most) => most,
            None => return Ok(io.misuse(word, "is no number of bytes")),
        },
    };
    if names == [b"-"; 2] && skips[0] == skips[1] {
        return Ok(Status::SUCCESS);
    }
    let mut files: [Option<OwnedFd>; 2] = [None, None];
    for (file, name) in files.iter_mut().zip(names).filter(|(_, name)| *name != b"-") {
        match source::open_file(name) {
            Ok(opened) => *file = Some(opened),
            Err(errno) => return Ok(trouble(io, parsed, name, &errno)),
        }
    }
    let width = width(&files, skips, most);
    let mut standard = core::mem::replace(&mut io.input, Input::Memory(b""));
    let [mut first, mut second] = files.each_ref().map(|file| match file {
        Some(file) => Input::Descriptor(file.as_fd()),
        None => core::mem::replace(&mut standard, Input::Memory(b"")),
    });
    let mut sides = [
        Side { name: names[0], reader: Reader::new(&mut first) },
        Side { name: names[1], reader: Reader::new(&mut second) },
    ];
    for (side, skip) in sides.iter_mut().zip(skips) {
        if let Err(errno) = side.reader.skip(skip) {
            return Ok(trouble(io, parsed, side.name, &errno));
        }
    }
    Ok(compare(io, parsed, &mut sides, most, width))
}

fn trouble(io: &mut Io<'_>, parsed: &Parsed<'_>, name: &[u8], reason: &dyn core::fmt::Display) -> Status {
    if !parsed.has(b's') {
        io.complain(name, reason);
    }
    TROUBLE
}

/// One of the files.
struct Side<'s, 'a> {
    name: &'s [u8],
    reader: Reader<'s, 'a>,
}

fn compare(
    io: &mut Io<'_>,
    parsed: &Parsed<'_>,
    sides: &mut [Side<'_, '_>; 2],
    most: u64,
    width: usize,
) -> Status {
    let (mut at, mut lines) = (0_u64, 1_u64);
    let mut status = Status::SUCCESS;
    while at < most {
        for side in sides.iter_mut() {
            if let Err(errno) = side.reader.fill() {
                return trouble(io, parsed, side.name, &errno);
            }
        }
        let [first, second] = &*sides;
        let (left, right) = (first.reader.at_hand(), second.reader.at_hand());
        let length = left.len().min(right.len()).min(usize::try_from(most - at).unwrap_or(usize::MAX));
        if left.is_empty() || right.is_empty() {
            if left.len() != right.len() {
                let name = if left.is_empty() { first.name } else { second.name };
                ended(io, parsed, name, at, lines);
                return Status::FAILURE;
            }
            return status;
        }
        let (left, right) = (left.get(..length).unwrap_or_default(), right.get(..length).unwrap_or_default());
        if left != right {
            status = Status::FAILURE;
            if parsed.has(b's') {
                return status;
            }
            let differing = left.iter().zip(right).enumerate().filter(|(_, (left, right))| left != right);
            for (offset, (one, other)) in differing {
                let place = at + offset as u64 + 1;
                if parsed.has(b'l') {
                    list(io, parsed, width, place, [*one, *other]);
                    continue;
                }
                lines += bulk::lines(left.get(..offset).unwrap_or_default(), b'\n') as u64;
                first_difference(io, parsed, [first.name, second.name], place, lines, [*one, *other]);
                return status;
            }
        }
        lines += bulk::lines(left, b'\n') as u64;
        at += length as u64;
        for side in sides.iter_mut() {
            side.reader.consume(length);
        }
        if io.out.is_broken() {
            break;
        }
    }
    status
}

/// Says that a file has ended where the other goes on.
fn ended(io: &mut Io<'_>, parsed: &Parsed<'_>, name: &[u8], at: u64, lines: u64) {
    if parsed.has(b's') {
        return;
    }
    let reason = match (at, parsed.has(b'l')) {
        (0, _) => String::from("is empty, the other is not"),
        (_, true) => alloc::format!("ends after byte {at}"),
        (_, false) => alloc::format!("ends after byte {at}, line {lines}"),
    };
    io.complain(name, &reason);
}

fn first_difference(
    io: &mut Io<'_>,
    parsed: &Parsed<'_>,
    names: [&[u8]; 2],
    place: u64,
    line: u64,
    bytes: [u8; 2],
) {
    let [first, second] = names;
    io.out.put(first);
    io.out.put(b" ");
    io.out.put(second);
    // In POSIX's words, but where GNU's has its own.
    io.out.put(if parsed.has(b'b') { b" differ: byte " } else { b" differ: char " });
    io.out.number(place);
    io.out.put(b", line ");
    io.out.number(line);
    if parsed.has(b'b') {
        io.out.put(b" is");
        bytes.iter().for_each(|byte| shown(io, *byte, true));
    }
    io.out.put(b"\n");
}

fn list(io: &mut Io<'_>, parsed: &Parsed<'_>, width: usize, place: u64, bytes: [u8; 2]) {
    column::put(place, 10, width, &mut io.out);
    for byte in bytes {
        shown(io, byte, parsed.has(b'b'));
    }
    io.out.put(b"\n");
}

/// Prints a byte in base eight, and as what it shows if that is wanted.
fn shown(io: &mut Io<'_>, byte: u8, as_character: bool) {
    column::put(byte.into(), 8, 4, &mut io.out);
    if !as_character {
        return;
    }
    io.out.put(b" ");
    visible::put(byte, &mut io.out);
}

/// Gives how wide places are: as the size of the shorter file, if both say theirs.
fn width(sides: &[Option<OwnedFd>; 2], skips: [u64; 2], most: u64) -> usize {
    let sizes = sides.iter().zip(skips).map(|(file, skip)| {
        let metadata = fstat(file.as_ref()?).ok().filter(|metadata| metadata.kind() == FileKind::Regular)?;
        Some(metadata.size().saturating_sub(skip))
    });
    column::width(sizes.flatten().fold(most.min(i64::MAX as u64), u64::min))
}
