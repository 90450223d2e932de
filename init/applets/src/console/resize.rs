//! `resize` (xterm's and BusyBox's): a serial line does not know how big the terminal at its end is; the terminal does. The cursor
//! is sent as far as it goes, and the terminal asked where it is.

use core::time::Duration;

use linux::terminal::{Size, set_size};

use super::keyboard::Keyboard;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "resize",
    summary: "Ask the terminal how big it is, and tell the kernel",
    usage: "",
    flags: flags![Flag::new(b'u', "", "print for sh"), Flag::new(b'c', "", "print for csh")],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let Some(keyboard) = Keyboard::new() else { return Ok(io.complain(b"", &"there is no terminal")) };
    let ask = b"\x1b7\x1b[r\x1b[999;999H\x1b[6n\x1b8";
    linux::fs::write_all(keyboard.terminal(), ask).map_err(|errno| io.complain(b"terminal", &errno))?;
    let Some(size) = answer(&keyboard) else {
        return Ok(io.complain(b"terminal", &"it does not say how big it is"));
    };
    set_size(keyboard.terminal(), size).map_err(|errno| io.complain(b"terminal", &errno))?;
    let parts: [&[u8]; 3] = if parsed.last_of(b"uc") == Some(b'c') {
        [b"set noglob;\nsetenv COLUMNS '", b"';\nsetenv LINES '", b"';\nunset noglob;\n"]
    } else {
        [b"COLUMNS=", b";LINES=", b";export COLUMNS LINES;\n"]
    };
    let [first, second, last] = parts;
    io.out.put(first);
    io.out.number(size.columns.into());
    io.out.put(second);
    io.out.number(size.rows.into());
    io.out.put(last);
    Ok(Status::SUCCESS)
}

/// Reads `ESC [ ROWS ; COLUMNS R`.
fn answer(keyboard: &Keyboard) -> Option<Size> {
    let next = || keyboard.byte(Some(Duration::from_secs(3)));
    while next()? != b'[' {}
    let number = |end| {
        let mut number = 0_u16;
        loop {
            match next()? {
                digit @ b'0'..=b'9' => number = number.checked_mul(10)?.checked_add((digit - b'0').into())?,
                byte => return (byte == end).then_some(number),
            }
        }
    };
    Some(Size { rows: number(b';')?, columns: number(b'R')? })
}
