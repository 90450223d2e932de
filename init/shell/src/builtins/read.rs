//! `read`.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::time::Duration;

use linux::Errno;
use linux::fs::From as Seek;

use crate::names::{Symbol, is_name};
use crate::run::{Leave, Run, Shell};
use crate::syntax::Bytes;
use crate::text;

/// What to read.
struct Wish {
    raw: bool,
    delimiter: u8,
    count: Option<usize>,
    limit: Option<Duration>,
}

/// What was read: the line, and which of its bytes a backslash stood before.
#[derive(Default)]
struct Line {
    bytes: Vec<u8>,
    quoted: Vec<usize>,
    status: i32,
}

pub(super) fn read(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let letters = match shell.letters(words, b"rs", b"dnptu") {
        Ok(letters) => letters,
        Err(status) => return Ok(status),
    };
    let decimal = |value: &[u8]| text::decimal(value).and_then(|value| usize::try_from(value).ok());
    let limit = match letters.value(b't').map(seconds) {
        Some(None) => return Ok(shell.misuse(words, b"-t", "a time was expected")),
        Some(limit) => limit,
        None => None,
    };
    let number = letters.value(b'u').and_then(decimal).unwrap_or(0) as i32;
    let wish = Wish {
        raw: letters.has(b'r'),
        delimiter: letters.value(b'd').map_or(b'\n', |value| value.first().copied().unwrap_or(0)),
        count: letters.value(b'n').and_then(decimal),
        limit,
    };
    let reply: [Bytes; 1] = [Rc::from(&b"REPLY"[..])];
    let names = if letters.rest.is_empty() { &reply[..] } else { letters.rest };
    if let Some(name) = names.iter().find(|name| !is_name(name)) {
        return Ok(shell.misuse(words, name, "is no name"));
    }
    if let Some(prompt) = letters.value(b'p').filter(|_| shell.system.is_terminal(number)) {
        shell.flush();
        shell.say(prompt);
    }
    let hides = letters.has(b's') && shell.system.echo(number, false).is_ok_and(|shown| shown);
    let line = read_line(shell, number, &wish);
    if hides {
        let _ = shell.system.echo(number, true);
    }
    let line = line?;
    let names: Vec<Symbol> = names.iter().map(|name| shell.names.symbol(name)).collect();
    Ok(match assign(shell, &names, &line) {
        Ok(()) => line.status,
        // One that cannot be changed is no end of the script.
        Err(Leave::Failed(status)) => status,
        Err(leave) => return Err(leave),
    })
}

/// Reads a time in seconds, which may have a fraction.
fn seconds(value: &[u8]) -> Option<Duration> {
    let point = value.iter().position(|byte| *byte == b'.').unwrap_or(value.len());
    let (seconds, fraction) = (value.get(..point)?, value.get(point + 1..).unwrap_or_default());
    if seconds.is_empty() && fraction.is_empty() || !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let nanoseconds =
        (0..9).fold(0, |sum, at| sum * 10 + fraction.get(at).map_or(0, |digit| u32::from(digit - b'0')));
    let seconds = if seconds.is_empty() { 0 } else { text::decimal(seconds)? };
    Some(Duration::new(u64::try_from(seconds).ok()?, nanoseconds))
}

fn read_line(shell: &mut Shell<'_>, number: i32, wish: &Wish) -> Run<Line> {
    let mut line = Line::default();
    let end = wish.limit.map(|limit| shell.system.now() + limit);
    // What is read too much can be given back to a file only.
    let can_seek = wish.count.is_none() && shell.system.seek(number, Seek::Current(0)).is_ok();
    let mut buffer = [0; 1024];
    let most = if can_seek { buffer.len() } else { 1 };
    let mut escaped = false;
    loop {
        if wish.count.is_some_and(|count| line.bytes.len() >= count) {
            return Ok(line);
        }
        if let Some(end) = end {
            let left = end.saturating_sub(shell.system.now());
            // What has come already counts even without time.
            let is_over = left.is_zero() && wish.limit != Some(Duration::ZERO);
            match shell.system.wait_readable(number, left) {
                Ok(true) if !is_over => {}
                Err(Errno::INTR) => {
                    shell.run_traps()?;
                    continue;
                }
                _ => {
                    line.status = 142;
                    return Ok(line);
                }
            }
        }
        let block = buffer.get_mut(..most).unwrap_or_default();
        let count = match shell.system.read(number, block) {
            Ok(count) => count,
            Err(Errno::INTR) => {
                shell.run_traps()?;
                continue;
            }
            Err(errno) => {
                shell.complain(b"read", &errno);
                line.status = 2;
                return Ok(line);
            }
        };
        if count == 0 {
            line.status = 1;
            return Ok(line);
        }
        // Before it grows.
        if line.bytes.capacity() - line.bytes.len() < count {
            shell.room(2 * line.bytes.len())?;
        }
        for (index, byte) in block.iter().take(count).enumerate() {
            if add(&mut line, *byte, wish, &mut escaped) {
                if can_seek {
                    let back = index as i64 + 1 - count as i64;
                    let _ = shell.system.seek(number, Seek::Current(back));
                }
                return Ok(line);
            }
        }
    }
}

/// Takes a byte; says whether it ends the line.
fn add(line: &mut Line, byte: u8, wish: &Wish, escaped: &mut bool) -> bool {
    if *escaped {
        *escaped = false;
        // A line that a backslash ends goes on.
        if byte != b'\n' && byte != 0 {
            line.quoted.push(line.bytes.len());
            line.bytes.push(byte);
        }
        return false;
    }
    if byte == wish.delimiter {
        return true;
    }
    match byte {
        b'\\' if !wish.raw => *escaped = true,
        0 => {}
        _ => line.bytes.push(byte),
    }
    false
}

/// Splits a line among variables; the last gets what is left.
fn assign(shell: &mut Shell<'_>, names: &[Symbol], line: &Line) -> Run<()> {
    shell.separators.refresh(shell.variables.get(Symbol::IFS));
    let is_quoted = |at: usize| line.quoted.binary_search(&at).is_ok();
    let bytes = &line.bytes;
    let separators = &shell.separators;
    let is_blank = |at: usize| bytes.get(at).is_some_and(|byte| separators.is_blank(*byte)) && !is_quoted(at);
    let separates =
        |at: usize| bytes.get(at).is_some_and(|byte| separators.separates(*byte)) && !is_quoted(at);
    let skip = |mut at: usize| {
        while is_blank(at) {
            at += 1;
        }
        at
    };
    let mut values = Vec::with_capacity(names.len());
    let mut at = skip(0);
    for index in 0..names.len() {
        let start = at;
        while at < bytes.len() && !separates(at) {
            at += 1;
        }
        let mut end = at;
        // What separates: blanks, one mark, blanks.
        let mut next = skip(at);
        if next < bytes.len() && separates(next) {
            next = skip(next + 1);
        }
        if index + 1 == names.len() && next < bytes.len() {
            end = bytes.len();
            while end > start && is_blank(end - 1) {
                end -= 1;
            }
        }
        values.push(Rc::from(bytes.get(start..end).unwrap_or_default()));
        at = next;
    }
    for (name, value) in names.iter().zip(values) {
        shell.set(*name, value)?;
    }
    Ok(())
}
