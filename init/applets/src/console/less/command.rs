//! Keys, and what they do.

use alloc::vec::Vec;
use core::time::Duration;

use super::screen::Screen;
use crate::Io;
use crate::console::document::Document;
use crate::console::keyboard::Key;

/// What comes after a document.
pub(super) enum After {
    Quit,
    Next,
    Previous,
}

const HELP: &[u8] = b"q end   SPACE b d u  pages   RETURN y  lines   g G N% to begin, end, N%\n\
/PATTERN ?PATTERN n N  search   :n :p  next, previous file   F  follow   = where   -N -S -R -i  options\n";

/// Takes keys until the document is left.
pub(super) fn converse(io: &mut Io<'_>, screen: &mut Screen<'_>, document: &mut Document<'_>) -> After {
    let mut number: Option<usize> = None;
    let mut was_at_end = false;
    loop {
        screen.draw(io, document);
        if screen.ends_at_end && screen.is_at_end && was_at_end || io.out.is_broken() {
            return After::Quit;
        }
        was_at_end = screen.is_at_end;
        let Some(key) = screen.keyboard.key() else { return After::Quit };
        if let Key::Byte(digit @ b'0'..=b'9') = key {
            number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add((digit - b'0').into()));
            continue;
        }
        let count = number.take();
        let page = count.unwrap_or(screen.height);
        let half = count.unwrap_or(screen.height / 2);
        match key {
            Key::Byte(b'q' | b'Q' | 3) => return After::Quit,
            Key::Byte(b'Z') if screen.keyboard.key() == Some(Key::Byte(b'Z')) => return After::Quit,
            Key::Byte(b'e' | b'j' | b'\n' | b'\r' | 5 | 14) | Key::Down => {
                screen.page_down(document, count.unwrap_or(1));
            }
            Key::Byte(b'y' | b'k' | 25 | 16 | 11) | Key::Up => screen.up(document, count.unwrap_or(1)),
            Key::Byte(b' ' | b'f' | b'z' | 6 | 22) | Key::PageDown => screen.page_down(document, page),
            Key::Byte(b'b' | b'w' | 2) | Key::Escaped(b'v') | Key::PageUp => screen.up(document, page),
            Key::Byte(b'd' | 4) => screen.page_down(document, half),
            Key::Byte(b'u' | 21) => screen.up(document, half),
            Key::Byte(b'g' | b'<') | Key::Home | Key::Escaped(b'<') => {
                to_line(screen, document, count.unwrap_or(1))
            }
            Key::Byte(b'G' | b'>') | Key::End | Key::Escaped(b'>') => match count {
                Some(line) => to_line(screen, document, line),
                None => screen.show_end(document),
            },
            Key::Byte(b'p' | b'%') => {
                document.count(Some(screen.keyboard.terminal()));
                screen.top = (document.line_at(count.unwrap_or(0) as u64), 0);
            }
            Key::Byte(sign @ (b'/' | b'?')) => {
                if let Some(pattern) = line(io, screen, sign) {
                    screen.search(document, &pattern, sign == b'?');
                }
            }
            Key::Byte(b'n') => screen.again(document, screen.is_upward),
            Key::Byte(b'N') => screen.again(document, !screen.is_upward),
            Key::Right | Key::Left => aside(screen, key == Key::Right),
            Key::Byte(b'F') => follow(io, screen, document),
            Key::Byte(b'=' | 7) => screen.tell(document),
            Key::Byte(b'-') => {
                if let Some(Key::Byte(option)) = screen.keyboard.key() {
                    screen.toggle(option);
                }
            }
            Key::Byte(b':') => match screen.keyboard.key() {
                Some(Key::Byte(b'n')) => return After::Next,
                Some(Key::Byte(b'p')) => return After::Previous,
                Some(Key::Byte(b'q' | b'Q')) => return After::Quit,
                Some(Key::Byte(b'f')) => screen.tell(document),
                _ => {}
            },
            Key::Byte(b'h' | b'H') => help(io, screen),
            Key::Byte(b'R') => document.refresh(),
            Key::Resized => screen.measure(),
            _ => {}
        }
    }
}

fn to_line(screen: &mut Screen<'_>, document: &mut Document<'_>, line: usize) {
    let line = line.saturating_sub(1);
    if document.line(line, Some(screen.keyboard.terminal())).is_some() {
        screen.top = (line, 0);
    } else {
        screen.show_end(document);
    }
}

/// Moves to the side by half a screen; lines are cut from then on.
fn aside(screen: &mut Screen<'_>, to_right: bool) {
    let half = (screen.manner.columns / 2).max(1);
    let left = screen.manner.cut.unwrap_or(0);
    screen.manner.cut = Some(if to_right { left + half } else { left.saturating_sub(half) });
    screen.top.1 = 0;
}

/// Shows what is added at the end, until a key is typed.
fn follow(io: &mut Io<'_>, screen: &mut Screen<'_>, document: &mut Document<'_>) {
    loop {
        document.refresh();
        screen.show_end(document);
        screen.message = b"Waiting for data... (any key ends that)".to_vec();
        screen.draw(io, document);
        if screen.keyboard.byte(Some(Duration::from_millis(500))).is_some() || linux::signal::has_noted() {
            return;
        }
    }
}

fn help(io: &mut Io<'_>, screen: &Screen<'_>) {
    io.out.put(b"\x1b[H\x1b[J");
    io.out.put(HELP);
    io.out.put(b"\x1b[7mAny key goes back\x1b[m");
    io.out.flush();
    screen.keyboard.key();
}

/// Has a line typed at the bottom; nothing if that is given up.
fn line(io: &mut Io<'_>, screen: &Screen<'_>, sign: u8) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    loop {
        io.out.put(b"\r\x1b[K");
        io.out.put(&[sign]);
        io.out.printable(&text);
        io.out.flush();
        match screen.keyboard.key()? {
            Key::Byte(b'\n' | b'\r') => return Some(text),
            Key::Byte(8 | 0x7f) => {
                text.pop()?;
                // The rest of a letter goes with it.
                while core::str::from_utf8(&text).is_err_and(|error| error.error_len().is_none()) {
                    text.pop();
                }
            }
            Key::Byte(21) => text.clear(),
            Key::Byte(3 | 0x1b) => return None,
            Key::Byte(byte) => text.push(byte),
            _ => {}
        }
    }
}
