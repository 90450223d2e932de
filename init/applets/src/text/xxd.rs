//! `xxd` (as it comes with Vim, without EBCDIC and colours). Options cluster as BusyBox's do; Vim's words (`-ps`, `-cols 8`) are
//! known whole.

use alloc::vec::Vec;

use linux::fd::AsFd;

use linux::fs::{FileKind, fstat, stat};

use super::dump::{self, Part, dotted};
use crate::amount;
use crate::reader::{Reader, ended};
use crate::source;
use crate::{Applet, Arguments, Flag, Input, Io, Outcome, Output, Parsed, Run, Status, options};

pub(crate) const APPLET: Applet = Applet {
    name: "xxd",
    summary: "Show bytes in base 16, or make bytes of that",
    usage: "[OPTION]... [INFILE [OUTFILE]]",
    flags: flags![
        Flag::with(b'c', "", "N", "so many bytes a line (16; -p 30, -i 12, -b 6); -p 0: one line"),
        Flag::with(b'g', "", "N", "so many bytes a group (2; -b 1, -e 4); 0 for none"),
        Flag::with(b'l', "", "N", "show no more than N bytes"),
        Flag::with(b's', "", "N", "begin at byte N; -N: that many before the end"),
        Flag::with(b'o', "", "N", "add N to places"),
        Flag::new(b'a', "", "lines of zeros as one *"),
        Flag::new(b'd', "", "places in base 10"),
        Flag::new(b'p', "", "digits alone"),
        Flag::new(b'i', "", "as an array of C"),
        Flag::with(b'n', "", "NAME", "its name"),
        Flag::new(b'C', "", "its name in capitals"),
        Flag::new(b'b', "", "in base 2"),
        Flag::new(b'e', "", "groups as numbers whose last byte is first"),
        Flag::new(b'u', "", "digits in capitals"),
        Flag::new(b'r', "", "make bytes of what xxd prints; with -p of digits alone"),
    ],
    run: Run::Words(words),
};

/// Vim's words for options, and the letters that they are.
const WORDS: &[(&[u8], &[u8])] = &[
    (b"-autoskip", b"-a"),
    (b"-bits", b"-b"),
    (b"-capitalize", b"-C"),
    (b"-cols", b"-c"),
    (b"-decimal", b"-d"),
    (b"-group", b"-g"),
    (b"-groupsize", b"-g"),
    (b"-include", b"-i"),
    (b"-len", b"-l"),
    (b"-name", b"-n"),
    (b"-offset", b"-o"),
    (b"-plain", b"-p"),
    (b"-postscript", b"-p"),
    (b"-ps", b"-p"),
    (b"-revert", b"-r"),
    (b"-seek", b"-s"),
    (b"-uppercase", b"-u"),
];

fn words(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let letter = |word: &[u8]| WORDS.iter().find(|known| known.0 == word).map(|known| known.1);
    let words: Vec<&[u8]> = arguments.words.iter().map(|word| letter(word).unwrap_or(word)).collect();
    options::run_with(arguments, &words, false, io, run)
}

/// How a line looks.
struct Look {
    width: usize,
    group: usize,
    offset: u64,
    is_binary: bool,
    is_reversed: bool,
    capitals: bool,
    is_decimal: bool,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let (input, output) = match parsed.operands.as_slice() {
        [] => (&b"-"[..], None),
        [input] => (*input, None),
        [input, output] => (*input, Some(*output).filter(|name| *name != b"-")),
        _ => return Ok(parsed.usage(io)),
    };
    let mut numbers = [None; 5];
    for (number, key) in numbers.iter_mut().zip(*b"cglso") {
        let Some(word) = parsed.value(key) else { continue };
        let found = match word {
            // Of what has no end, none can be counted from there.
            [b'-', back @ ..] if key == b's' && !parsed.has(b'r') => {
                amount::parse_any(back).zip(size(io, input)).and_then(|(back, size)| size.checked_sub(back))
            }
            word => amount::parse_any(word.strip_prefix(b"+").unwrap_or(word)),
        };
        match found {
            Some(value) => *number = Some(value),
            None if key == b's' => return Ok(io.complain(word, &"there is no such place")),
            None => return Ok(io.complain(word, &"is no number of bytes")),
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
    lent.name = parsed.applet.name();
    let status = convert(&mut lent, parsed, input, numbers);
    let status = lent.finish(status);
    Ok(status)
}

/// Gives how long a file is, if it has a length.
fn size(io: &Io<'_>, name: &[u8]) -> Option<u64> {
    let data = if name == b"-" { io.input.descriptor().map(fstat)? } else { stat(name) };
    data.ok().filter(|data| data.kind() == FileKind::Regular).map(|data| data.size())
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
    let is_plain = parsed.has(b'p');
    let has_lines = !is_plain || width != Some(0);
    let width = width.filter(|width| *width > 0).map_or(usual_width, size).min(1 << 16);
    let look = Look {
        width,
        group: group.map_or(usual_group, size),
        offset: offset.unwrap_or(0),
        is_binary: parsed.has(b'b'),
        is_reversed: parsed.has(b'e'),
        capitals: parsed.has(b'u'),
        is_decimal: parsed.has(b'd'),
    };
    let part = Part { skip: skip.unwrap_or(0), most: most.unwrap_or(u64::MAX), width };
    if parsed.has(b'i') {
        return array(io, name, part, &look, parsed);
    }
    let mut zeros = Zeros { count: 0, at: 0 };
    let skips = parsed.has(b'a') && !is_plain;
    let (status, end) = dump::blocks(io, &[name], part, &mut |io, at, block| {
        if is_plain {
            block.iter().for_each(|byte| digits(*byte, &look, &mut io.out));
            io.out.put(if has_lines { b"\n" } else { b"" });
        } else if skips && block.len() == look.width && block.iter().all(|byte| *byte == 0) {
            zeros.add(&mut io.out, at, &look);
        } else {
            zeros.end(&mut io.out, &look);
            line(&mut io.out, at, block, &look);
        }
    });
    if zeros.count > 1 {
        // The last line is shown, whatever it holds.
        zeros.count -= 1;
        let last = zeros.at;
        zeros.at -= look.width as u64;
        zeros.end(&mut io.out, &look);
        line(&mut io.out, last, &alloc::vec![0; look.width], &look);
    }
    if !has_lines && end.is_some_and(|end| end > part.skip) {
        io.out.put(b"\n");
    }
    status
}

/// Lines of zeros one after the other: the first is shown, and of more than one other a `*`.
struct Zeros {
    count: u64,
    /// The place of the last.
    at: u64,
}

impl Zeros {
    fn add(&mut self, out: &mut Output<'_>, at: u64, look: &Look) {
        if self.count == 0 {
            line(out, at, &alloc::vec![0; look.width], look);
        }
        self.count += 1;
        self.at = at;
    }

    fn end(&mut self, out: &mut Output<'_>, look: &Look) {
        match core::mem::take(&mut self.count) {
            0 | 1 => {}
            2 => line(out, self.at, &alloc::vec![0; look.width], look),
            _ => out.put(b"*\n"),
        }
    }
}

fn digits(byte: u8, look: &Look, out: &mut Output<'_>) {
    let _ = match (look.is_binary, look.capitals) {
        (true, _) => core::fmt::write(out, format_args!("{byte:08b}")),
        (_, true) => core::fmt::write(out, format_args!("{byte:02X}")),
        _ => core::fmt::write(out, format_args!("{byte:02x}")),
    };
}

fn line(out: &mut Output<'_>, at: u64, block: &[u8], look: &Look) {
    let place = look.offset.wrapping_add(at);
    let _ = match look.is_decimal {
        true => core::fmt::write(out, format_args!("{place:08}:")),
        false => core::fmt::write(out, format_args!("{place:08x}:")),
    };
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
fn array(io: &mut Io<'_>, name: &[u8], part: Part, look: &Look, parsed: &Parsed<'_>) -> Status {
    let mut symbol: Vec<u8> = Vec::new();
    let called = parsed.value(b'n').or(Some(name).filter(|name| *name != b"-"));
    if let Some(called) = called {
        if called.first().is_some_and(u8::is_ascii_digit) {
            symbol.extend_from_slice(b"__");
        }
        symbol.extend(called.iter().map(|byte| if byte.is_ascii_alphanumeric() { *byte } else { b'_' }));
        if parsed.has(b'C') {
            symbol.make_ascii_uppercase();
        }
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
    if called.is_some() {
        io.out.put(b"};\nunsigned int ");
        io.out.put(&symbol);
        io.out.put(if parsed.has(b'C') { b"_LEN = " } else { b"_len = " });
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
            let place = place.saturating_add(base);
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
