//! `xxd` (as it comes with Vim, as far as BusyBox's goes, and `-b`, `-e`, `-u`).

use alloc::vec::Vec;

use linux::fd::AsFd;

use super::dump::{self, Part, dotted};
use crate::amount;
use crate::reader::{Reader, ended};
use crate::source;
use crate::{Applet, Flag, Input, Io, Outcome, Output, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "xxd",
    summary: "Show bytes in base 16, or make bytes of that",
    usage: "[OPTION]... [INFILE [OUTFILE]]",
    flags: flags![
        Flag::with(b'c', "", "N", "so many bytes a line (16; -p 30, -i 12, -b 6)"),
        Flag::with(b'g', "", "N", "so many bytes a group (2; -b 1, -e 4); 0 for none"),
        Flag::with(b'l', "", "N", "show no more than N bytes"),
        Flag::with(b'n', "", "N", ""),
        Flag::with(b's', "", "N", "leave the first N bytes out"),
        Flag::with(b'o', "", "N", "add N to places"),
        Flag::new(b'p', "", "digits alone"),
        Flag::new(b'i', "", "as an array of C"),
        Flag::new(b'b', "", "in base 2"),
        Flag::new(b'e', "", "groups as numbers whose last byte is first"),
        Flag::new(b'u', "", "digits in capitals"),
        Flag::new(b'r', "", "make bytes of what xxd prints; with -p of digits alone"),
    ],
    run: Run::Parsed(run),
};

/// How a line looks.
struct Look {
    width: usize,
    group: usize,
    offset: u64,
    is_binary: bool,
    is_reversed: bool,
    capitals: bool,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let (input, output) = match parsed.operands.as_slice() {
        [] => (&b"-"[..], None),
        [input] => (*input, None),
        [input, output] => (*input, Some(*output).filter(|name| *name != b"-")),
        _ => return Ok(parsed.usage(io)),
    };
    let mut numbers = [None; 5];
    for (number, keys) in numbers.iter_mut().zip([&b"c"[..], b"g", b"ln", b"s", b"o"]) {
        let option = parsed.options.iter().rev().find(|(key, _)| keys.contains(key));
        if let Some((_, word)) = option {
            match amount::parse_any(word.strip_prefix(b"+").unwrap_or(word)) {
                Some(value) => *number = Some(value),
                None => return Ok(io.complain(word, &"is no number of bytes")),
            }
        }
    }
    let file = match output.map(source::create_file).transpose() {
        Ok(file) => file,
        Err(errno) => return Ok(io.report(output.unwrap_or_default(), Err(errno))),
    };
    let Some(file) = file else { return Ok(convert(io, parsed, input, numbers)) };
    let mut lent = Io::new(
        core::mem::replace(&mut io.input, Input::Memory(b"")),
        Output::descriptor_stream(file.as_fd()),
        Output::descriptor_stream(linux::fd::STDERR),
        io.environment,
    );
    lent.name = parsed.applet.name;
    let status = convert(&mut lent, parsed, input, numbers);
    let status = lent.finish(status);
    Ok(status)
}

fn convert(io: &mut Io<'_>, parsed: &Parsed<'_>, name: &[u8], numbers: [Option<u64>; 5]) -> Status {
    let [width, group, most, skip, offset] = numbers;
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    if parsed.has(b'r') {
        return reverse(io, name, parsed.has(b'p'), skip.unwrap_or(0));
    }
    let (usual_width, usual_group) = match parsed.last_of(b"pibe") {
        Some(b'p') => (30, 0),
        Some(b'i') => (12, 1),
        Some(b'b') => (6, 1),
        Some(_) => (16, 4),
        None => (16, 2),
    };
    let width = width.filter(|width| *width > 0).map_or(usual_width, size).min(1 << 16);
    let look = Look {
        width,
        group: group.map_or(usual_group, size),
        offset: offset.unwrap_or(0),
        is_binary: parsed.has(b'b'),
        is_reversed: parsed.has(b'e'),
        capitals: parsed.has(b'u'),
    };
    let part = Part { skip: skip.unwrap_or(0), most: most.unwrap_or(u64::MAX), width };
    if parsed.has(b'i') {
        return array(io, name, part, &look);
    }
    let is_plain = parsed.has(b'p');
    dump::blocks(io, &[name], part, &mut |io, at, block| {
        if is_plain {
            block.iter().for_each(|byte| digits(*byte, &look, &mut io.out));
            io.out.put(b"\n");
        } else {
            line(&mut io.out, at, block, &look);
        }
    })
    .0
}

fn digits(byte: u8, look: &Look, out: &mut Output<'_>) {
    let _ = match (look.is_binary, look.capitals) {
        (true, _) => core::fmt::write(out, format_args!("{byte:08b}")),
        (_, true) => core::fmt::write(out, format_args!("{byte:02X}")),
        _ => core::fmt::write(out, format_args!("{byte:02x}")),
    };
}

fn line(out: &mut Output<'_>, at: u64, block: &[u8], look: &Look) {
    let _ = core::fmt::write(out, format_args!("{:08x}:", look.offset.wrapping_add(at)));
    let group = if look.group == 0 { look.width } else { look.group };
    let digit_columns = if look.is_binary { 8 } else { 2 };
    for start in (0..look.width).step_by(group) {
        out.put(b" ");
        let end = (start + group).min(look.width);
        for index in start..end {
            // The last byte of a group is its first digits.
            let index = if look.is_reversed { start + end - 1 - index } else { index };
            match block.get(index) {
                Some(byte) => digits(*byte, look, out),
                None => out.put(b"        ".get(..digit_columns).unwrap_or_default()),
            }
        }
    }
    out.put(b"  ");
    block.iter().for_each(|byte| out.put(&[dotted(*byte)]));
    out.put(b"\n");
}

/// Writes an array of C; one that is not standard input has a name and a length.
fn array(io: &mut Io<'_>, name: &[u8], part: Part, look: &Look) -> Status {
    let mut symbol: Vec<u8> = Vec::new();
    if name != b"-" {
        if name.first().is_some_and(u8::is_ascii_digit) {
            symbol.extend_from_slice(b"__");
        }
        symbol.extend(name.iter().map(|byte| if byte.is_ascii_alphanumeric() { *byte } else { b'_' }));
        io.out.put(b"unsigned char ");
        io.out.put(&symbol);
        io.out.put(b"[] = {\n");
    }
    let mut is_first = true;
    let (status, end) = dump::blocks(io, &[name], part, &mut |io, _, block| {
        for (index, byte) in block.iter().enumerate() {
            let separator: &[u8] = match (index, is_first) {
                (0, true) => b"  ",
                (0, false) => b",\n  ",
                _ => b", ",
            };
            io.out.put(separator);
            io.out.put(if look.capitals { b"0X" } else { b"0x" });
            digits(*byte, look, &mut io.out);
            is_first = false;
        }
    });
    if !is_first {
        io.out.put(b"\n");
    }
    if name != b"-" {
        io.out.put(b"};\nunsigned int ");
        io.out.put(&symbol);
        io.out.put(b"_len = ");
        io.out.number(end.unwrap_or(part.skip) - part.skip);
        io.out.put(b";\n");
    }
    status
}

/// Makes bytes of digits.
fn reverse(io: &mut Io<'_>, name: &[u8], is_plain: bool, base: u64) -> Status {
    // Where the next byte belongs.
    let mut written = 0;
    let result = source::with(io, name, &mut |io, _, input| {
        let mut reader = Reader::new(input);
        // A digit that waits for the second of its byte.
        let mut half = None;
        while let Some(record) = reader.record(b'\n')? {
            let line = ended(record, b'\n').0;
            if is_plain {
                plain(line, &mut half, &mut io.out);
                continue;
            }
            let Some((place, bytes)) = parse(line) else { continue };
            let place = place.saturating_sub(base);
            if place > written {
                fill(io, place - written);
                written = place;
            }
            io.out.put(&bytes);
            written += bytes.len() as u64;
        }
        Ok(())
    });
    io.report(name, result)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

fn plain(line: &[u8], half: &mut Option<u8>, out: &mut Output<'_>) {
    for byte in line {
        match (digit(*byte), half.take()) {
            (Some(low), Some(high)) => out.put(&[high << 4 | low]),
            (Some(high), None) => *half = Some(high),
            // What is no digit ends a byte.
            (None, _) => {}
        }
    }
}

/// Writes zeros where a dump has left bytes out.
fn fill(io: &mut Io<'_>, count: u64) {
    let mut left = count;
    while left > 0 && !io.out.is_broken() {
        let zeros = [0; 512];
        let now = usize::try_from(left).map_or(zeros.len(), |left| left.min(zeros.len()));
        io.out.put(&zeros[..now]);
        left -= now as u64;
    }
}

/// Reads a line of a dump: its place, and the bytes up to the two blanks before the text.
fn parse(line: &[u8]) -> Option<(u64, Vec<u8>)> {
    let colon = memchr::memchr(b':', line)?;
    let (place, rest) = line.split_at_checked(colon)?;
    let place = u64::from_str_radix(core::str::from_utf8(place).ok()?.trim(), 16).ok()?;
    let mut bytes = Vec::new();
    let mut half = None;
    let rest = rest.get(1..)?;
    for (index, byte) in rest.iter().enumerate() {
        match (digit(*byte), half.take()) {
            (Some(low), Some(high)) => bytes.push(high << 4 | low),
            (Some(high), None) => half = Some(high),
            (None, _) if *byte == b' ' && (index == 0 || rest.get(index - 1) != Some(&b' ')) => {}
            (None, _) => break,
        }
    }
    Some((place, bytes))
}
