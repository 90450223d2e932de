//! Terminals: their settings, size, session and foreground group (tty_ioctl(4)).

use crate::fd::{AsFd, OwnedFd};
use crate::fs::OpenFlags;
use crate::process::Pid;
use crate::{Errno, Result, ioctl};
use core::fmt;
use ioctl::terminal as request;
use linux_raw_sys::general as kernel;

/// The settings of a terminal.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Termios(kernel::termios);

impl fmt::Debug for Termios {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Bits of the settings that programs change, as `termios(3)` names them.
pub mod bits {
    pub use linux_raw_sys::general::{
        BRKINT, BSDLY, CLOCAL, CMSPAR, CRDLY, CREAD, CRTSCTS, CS5, CS6, CS7, CS8, CSIZE, CSTOPB, ECHO,
        ECHOCTL, ECHOE, ECHOK, ECHOKE, ECHONL, ECHOPRT, EXTPROC, FFDLY, FLUSHO, HUPCL, ICANON, ICRNL, IEXTEN,
        IGNBRK, IGNCR, IGNPAR, IMAXBEL, INLCR, INPCK, ISIG, ISTRIP, IUCLC, IUTF8, IXANY, IXOFF, IXON, NLDLY,
        NOFLSH, OCRNL, OFDEL, OFILL, OLCUC, ONLCR, ONLRET, ONOCR, OPOST, PARENB, PARMRK, PARODD, PENDIN,
        TABDLY, TOSTOP, VERASE, VKILL, VTDLY, XCASE,
    };
}

impl Termios {
    /// Gives the modes of input (c_iflag).
    pub const fn input(&self) -> u32 {
        self.0.c_iflag
    }

    /// Gives the modes of output (c_oflag).
    pub const fn output(&self) -> u32 {
        self.0.c_oflag
    }

    /// Gives the modes of the line (c_cflag).
    pub const fn control(&self) -> u32 {
        self.0.c_cflag
    }

    /// Gives the modes of editing (c_lflag).
    pub const fn local(&self) -> u32 {
        self.0.c_lflag
    }

    /// Sets the modes of input.
    pub const fn set_input(&mut self, bits: u32) {
        self.0.c_iflag = bits;
    }

    /// Sets the modes of output.
    pub const fn set_output(&mut self, bits: u32) {
        self.0.c_oflag = bits;
    }

    /// Sets the modes of the line.
    pub const fn set_control(&mut self, bits: u32) {
        self.0.c_cflag = bits;
    }

    /// Sets the modes of editing.
    pub const fn set_local(&mut self, bits: u32) {
        self.0.c_lflag = bits;
    }

    /// Gives the kernel's number of what stands between the line and the terminal (c_line); 0 for the usual.
    pub const fn discipline(&self) -> u8 {
        self.0.c_line
    }

    /// Sets it.
    pub const fn set_discipline(&mut self, number: u8) {
        self.0.c_line = number;
    }

    /// Gives the special characters (c_cc), by the numbers of `termios(3)` (VINTR and so on).
    pub const fn characters(&self) -> &[u8] {
        &self.0.c_cc
    }

    /// Sets one; those that there are not stay so.
    pub fn set_character(&mut self, index: usize, value: u8) {
        if let Some(character) = self.0.c_cc.get_mut(index) {
            *character = value;
        }
    }

    /// Gives how many bits a second go out, and come in; 0 for a speed of its own, which these settings do not hold.
    pub fn speeds(&self) -> (u32, u32) {
        let code = |bits: u32| {
            let index = (bits & kernel::CBAUDEX) >> 8 | bits & 15;
            SPEEDS.get(index as usize).copied().unwrap_or(0)
        };
        let (out, into) = (self.0.c_cflag & kernel::CBAUD, self.0.c_cflag >> INPUT_SPEED & kernel::CBAUD);
        (code(out), code(if into == 0 { out } else { into }))
    }

    /// Sets how many bits a second go out and come in; nothing changes, and false, if there is no such speed.
    pub fn set_speeds(&mut self, out: u32, into: u32) -> bool {
        let code = |speed: u32| {
            let index = SPEEDS.iter().position(|known| *known == speed)? as u32;
            Some((index & 0x10) << 8 | index & 15)
        };
        let (Some(out), Some(into)) = (code(out), code(into)) else { return false };
        let kept = self.0.c_cflag & !(kernel::CBAUD | kernel::CBAUD << INPUT_SPEED);
        // The same both ways is said by a zero.
        self.0.c_cflag = kept | out | if into == out { 0 } else { into << INPUT_SPEED };
        true
    }

    /// Gives settings that pass every byte at once and unchanged both ways, with 8 bits and no echo.
    #[doc(alias = "cfmakeraw")]
    #[must_use]
    pub const fn raw(mut self) -> Self {
        let input = kernel::IGNBRK | kernel::BRKINT | kernel::PARMRK | kernel::ISTRIP;
        self.0.c_iflag &= !(input | kernel::INLCR | kernel::IGNCR | kernel::ICRNL | kernel::IXON);
        self.0.c_oflag &= !kernel::OPOST;
        self.0.c_lflag &= !(kernel::ECHO | kernel::ECHONL | kernel::ICANON | kernel::ISIG | kernel::IEXTEN);
        self.0.c_cflag = self.0.c_cflag & !(kernel::CSIZE | kernel::PARENB) | kernel::CS8;
        self.0.c_cc[kernel::VMIN as usize] = 1;
        self.0.c_cc[kernel::VTIME as usize] = 0;
        self
    }

    /// Gives settings for typing lines: editing, echo, the keys for signals, and a return for each new line.
    #[must_use]
    pub const fn sane(mut self) -> Self {
        self.0.c_iflag |= kernel::BRKINT | kernel::ICRNL | kernel::IXON;
        self.0.c_oflag |= kernel::OPOST | kernel::ONLCR;
        self.0.c_lflag |=
            kernel::ISIG | kernel::ICANON | kernel::IEXTEN | kernel::ECHO | kernel::ECHOE | kernel::ECHOK;
        self.0.c_cflag |= kernel::CREAD | kernel::HUPCL;
        self
    }
}

/// How far the speed of input stands to the left of that of output (IBSHIFT).
const INPUT_SPEED: u32 = 16;

/// Bits a second, by the kernel's codes: sixteen, and sixteen more with CBAUDEX, of which the first is for others.
const SPEEDS: [u32; 32] = [
    0,
    50,
    75,
    110,
    134,
    150,
    200,
    300,
    600,
    1200,
    1800,
    2400,
    4800,
    9600,
    19200,
    38400,
    u32::MAX,
    57600,
    115_200,
    230_400,
    460_800,
    500_000,
    576_000,
    921_600,
    1_000_000,
    1_152_000,
    1_500_000,
    2_000_000,
    2_500_000,
    3_000_000,
    3_500_000,
    4_000_000,
];

/// When new settings hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetWhen {
    /// TCSANOW: at once.
    Now,
    /// TCSADRAIN: when what was written has gone out.
    Drained,
    /// TCSAFLUSH: the same, and what has come in is thrown away.
    Flushed,
}

/// Gives a terminal's settings.
///
/// # Errors
/// `NOTTY` (no terminal), `IO`. See `tcgetattr(3)`.
#[doc(alias = "tcgetattr")]
#[doc(alias = "TCGETS")]
pub fn settings(terminal: impl AsFd) -> Result<Termios> {
    // SAFETY: TCGETS fills one `termios` structure.
    unsafe { ioctl::get(terminal, request::TCGETS) }.map(Termios)
}

/// Sets a terminal's settings.
///
/// # Errors
/// `NOTTY`, `IO`, `INTR`. See `tcsetattr(3)`.
#[doc(alias = "tcsetattr")]
#[doc(alias = "TCSETS")]
pub fn set_settings(terminal: impl AsFd, when: SetWhen, settings: &Termios) -> Result<()> {
    let number = match when {
        SetWhen::Now => request::TCSETS,
        SetWhen::Drained => request::TCSETSW,
        SetWhen::Flushed => request::TCSETSF,
    };
    // SAFETY: these three read one `termios` structure.
    unsafe { ioctl::set(terminal, number, &settings.0) }.map(drop)
}

/// Says whether a descriptor is a terminal.
///
/// See `isatty(3)`.
#[doc(alias = "isatty")]
pub fn is_terminal(file: impl AsFd) -> bool {
    settings(file).is_ok()
}

/// The size of a terminal, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Lines.
    pub rows: u16,
    /// Characters of a line.
    pub columns: u16,
}

/// Gives a terminal's size; zeros where nobody has set it.
///
/// # Errors
/// `NOTTY`. See `tty_ioctl(4)`, TIOCGWINSZ.
#[doc(alias = "TIOCGWINSZ")]
pub fn size(terminal: impl AsFd) -> Result<Size> {
    // SAFETY: TIOCGWINSZ fills one `winsize` structure.
    let size = unsafe { ioctl::get(terminal, request::TIOCGWINSZ) }?;
    Ok(Size { rows: size.ws_row, columns: size.ws_col })
}

/// Sets a terminal's size, and tells its foreground group by SIGWINCH.
///
/// # Errors
/// `NOTTY`. See `tty_ioctl(4)`, TIOCSWINSZ.
#[doc(alias = "TIOCSWINSZ")]
pub fn set_size(terminal: impl AsFd, size: Size) -> Result<()> {
    let size = kernel::winsize { ws_row: size.rows, ws_col: size.columns, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: TIOCSWINSZ reads one `winsize` structure.
    unsafe { ioctl::set(terminal, request::TIOCSWINSZ, &size) }.map(drop)
}

/// Makes a terminal the controlling one of this process's session, which it must lead; with `steal` (needs CAP_SYS_ADMIN)
/// even if it is another session's.
///
/// # Errors
/// `PERM`, `NOTTY`. See `tty_ioctl(4)`, TIOCSCTTY.
#[doc(alias = "TIOCSCTTY")]
pub fn set_controlling(terminal: impl AsFd, steal: bool) -> Result<()> {
    // SAFETY: TIOCSCTTY takes a number.
    unsafe { ioctl::with_number(terminal, request::TIOCSCTTY, steal.into()) }.map(drop)
}

/// Gives up the controlling terminal.
///
/// # Errors
/// `NOTTY`. See `tty_ioctl(4)`, TIOCNOTTY.
#[doc(alias = "TIOCNOTTY")]
pub fn leave_controlling(terminal: impl AsFd) -> Result<()> {
    // SAFETY: TIOCNOTTY takes nothing.
    unsafe { ioctl::plain(terminal, request::TIOCNOTTY) }.map(drop)
}

/// Gives the group that the terminal's keys signal; none if there is none.
///
/// # Errors
/// `NOTTY` (not the controlling terminal). See `tcgetpgrp(3)`.
#[doc(alias = "tcgetpgrp")]
#[doc(alias = "TIOCGPGRP")]
pub fn foreground_group(terminal: impl AsFd) -> Result<Option<Pid>> {
    // SAFETY: TIOCGPGRP fills one `int`.
    unsafe { ioctl::get(terminal, request::TIOCGPGRP) }.map(Pid::new)
}

/// Sets the group that the terminal's keys signal.
///
/// # Errors
/// `NOTTY`, `PERM` (of another session), `SRCH`. See `tcsetpgrp(3)`.
#[doc(alias = "tcsetpgrp")]
#[doc(alias = "TIOCSPGRP")]
pub fn set_foreground_group(terminal: impl AsFd, group: Pid) -> Result<()> {
    // SAFETY: TIOCSPGRP reads one `int`.
    unsafe { ioctl::set(terminal, request::TIOCSPGRP, &group.get()) }.map(drop)
}

/// Gives how many bytes can be read without waiting, from a terminal, pipe or socket.
///
/// # Errors
/// `NOTTY`, `BADF`. See `ioctl_tty(2)`, FIONREAD.
#[doc(alias = "FIONREAD")]
pub fn readable_bytes(file: impl AsFd) -> Result<usize> {
    // SAFETY: FIONREAD fills one `int`.
    let count = unsafe { ioctl::get(file, request::FIONREAD) }?;
    usize::try_from(count).map_err(|_| Errno::INVAL)
}

/// Lets the other end of a pseudo terminal (of /dev/ptmx) be opened.
///
/// # Errors
/// `NOTTY`. See `pts(4)`, TIOCSPTLCK.
#[doc(alias = "unlockpt")]
#[doc(alias = "TIOCSPTLCK")]
pub fn unlock_peer(master: impl AsFd) -> Result<()> {
    // SAFETY: TIOCSPTLCK reads one `int`.
    unsafe { ioctl::set(master, request::TIOCSPTLCK, &0_i32) }.map(drop)
}

/// Opens the other end of a pseudo terminal, wherever its file system is mounted (Linux 4.13).
///
/// # Errors
/// `NOTTY`, `IO` (still locked), `MFILE`. See `ioctl_tty(2)`, TIOCGPTPEER.
#[doc(alias = "openpt")]
#[doc(alias = "TIOCGPTPEER")]
pub fn open_peer(master: impl AsFd, flags: OpenFlags) -> Result<OwnedFd> {
    // SAFETY: TIOCGPTPEER takes a number.
    unsafe { ioctl::with_number(master, request::TIOCGPTPEER, flags.bits() as usize) }.map(OwnedFd::made)
}
