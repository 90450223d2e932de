//! Keys as they are typed: a terminal in a mode of its own, which it leaves however the command ends.

use core::time::Duration;

use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::fs::{Mode, OpenFlags, open};
use linux::poll::{PollFd, PollFlags, poll};
use linux::signal::Signal;
use linux::terminal::{SetWhen, Termios, bits, set_settings, settings};

use crate::sandbox;

/// A terminal that is read key by key.
pub(super) struct Keyboard {
    terminal: OwnedFd,
    former: Termios,
    mode: Termios,
}

impl Keyboard {
    /// Takes the terminal of this session; nothing if there is none. Signals that would end us are noted from now on, so that its
    /// mode can be given back.
    pub(super) fn new() -> Option<Self> {
        let flags = OpenFlags::READ_WRITE | OpenFlags::CLOSE_ON_EXEC;
        let terminal = linux::retry(|| open("/dev/tty", flags, Mode::empty())).ok()?;
        let former = settings(&terminal).ok()?;
        let mut mode = former;
        mode.set_local(former.local() & !(bits::ICANON | bits::ECHO | bits::ISIG | bits::IEXTEN));
        mode.set_input(former.input() & !bits::IXON);
        for (index, value) in [(MIN, 1), (TIME, 0)] {
            mode.set_character(index, value);
        }
        for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::WINCH] {
            let _ = linux::signal::note(signal);
        }
        // A group that the terminal does not belong to is stopped here; ended while it waits, it leaves the terminal alone.
        set_settings(&terminal, SetWhen::Drained, &mode).ok()?;
        // Who reads keys shows what strangers wrote.
        sandbox::to_reading();
        Some(Self { terminal, former, mode })
    }

    fn begin(&self) {
        let _ = set_settings(&self.terminal, SetWhen::Drained, &self.mode);
    }

    fn end(&self) {
        let _ = set_settings(&self.terminal, SetWhen::Drained, &self.former);
    }

    /// Gives the terminal, to be waited for.
    pub(super) fn terminal(&self) -> BorrowedFd<'_> {
        self.terminal.as_fd()
    }

    /// Waits for a byte; nothing at the end, after the limit, or when a signal came.
    pub(super) fn byte(&self, limit: Option<Duration>) -> Option<u8> {
        let mut places = [PollFd::borrowed(self.terminal(), PollFlags::IN)];
        let mut byte = [0];
        match poll(&mut places, limit) {
            Ok(1..) if linux::fs::read(&self.terminal, &mut byte) == Ok(1) => Some(byte[0]),
            _ => None,
        }
    }

    /// Waits for a key; nothing if the command is to end, for nobody is there any more or a signal wants it.
    pub(super) fn key(&self) -> Option<Key> {
        let byte = match (!linux::signal::has_noted()).then(|| self.byte(None)).flatten() {
            Some(byte) => byte,
            None => {
                let came = linux::signal::take_noted();
                return came.contains(Signal::WINCH).then_some(Key::Resized);
            }
        };
        match byte {
            0x1b => Some(self.sequence()),
            // The key that stops a command stops us, too.
            0x1a => {
                self.end();
                let _ = linux::process::kill_group(None, Some(Signal::TSTP));
                self.begin();
                Some(Key::Resized)
            }
            byte => Some(Key::Byte(byte)),
        }
    }

    /// Reads what stands behind an escape.
    fn sequence(&self) -> Key {
        const SOON: Option<Duration> = Some(Duration::from_millis(50));
        let Some(first) = self.byte(SOON) else { return Key::Byte(0x1b) };
        if !matches!(first, b'[' | b'O') {
            return Key::Escaped(first);
        }
        let mut number = 0_u32;
        loop {
            match self.byte(SOON) {
                Some(digit @ b'0'..=b'9') => number = number.wrapping_mul(10) + u32::from(digit - b'0'),
                Some(b';') => number = 0,
                Some(end) => return Key::of(end, number),
                None => return Key::Other,
            }
        }
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        self.end();
    }
}

/// VMIN and VTIME.
const MIN: usize = 6;
const TIME: usize = 5;

/// What was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Byte(u8),
    Escaped(u8),
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    /// The terminal has another size, or must be drawn anew for another reason.
    Resized,
    Other,
}

impl Key {
    fn of(end: u8, number: u32) -> Self {
        match (end, number) {
            (b'A', _) => Self::Up,
            (b'B', _) => Self::Down,
            (b'C', _) => Self::Right,
            (b'D', _) => Self::Left,
            (b'H', _) | (b'~', 1 | 7) => Self::Home,
            (b'F', _) | (b'~', 4 | 8) => Self::End,
            (b'~', 5) => Self::PageUp,
            (b'~', 6) => Self::PageDown,
            _ => Self::Other,
        }
    }
}
