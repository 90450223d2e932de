//! Passwords: asked for on a terminal that shows nothing meanwhile, and held against what is kept.

use alloc::vec::Vec;

use bulk::crypt;
use formats::etc::accounts;
use linux::fd::{AsFd, BorrowedFd};
use linux::terminal::{SetWhen, Termios, bits, set_settings, settings};

use super::accounts::Accounts;
use crate::{Failure, Input, Io};

/// What somebody has typed; written over when it is no longer needed.
pub(super) struct Secret(pub(super) Vec<u8>);

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.fill(0);
        // Else nobody would see the zeros, and they need not be written.
        core::hint::black_box(&self.0);
    }
}

/// No more of a line is a password.
const LONGEST: usize = 512;

/// Asks on standard input, without echo where it is a terminal; nothing at its end, or when a signal comes.
pub(super) fn ask(io: &mut Io<'_>, prompt: &[u8]) -> Option<Secret> {
    io.out.put(prompt);
    io.out.flush();
    let terminal = io.input.descriptor().and_then(Silence::begin);
    let secret = line(&mut io.input);
    if terminal.is_some() {
        io.out.put(b"\n");
        io.out.flush();
    }
    secret
}

/// Reads a line, a byte at a time, so that what follows is left to others.
pub(super) fn line(input: &mut Input<'_>) -> Option<Secret> {
    let mut line = Secret(Vec::with_capacity(LONGEST));
    let mut byte = [0];
    loop {
        match input.read(&mut byte) {
            Ok(1) if byte[0] == b'\n' => return Some(line),
            Ok(1) => {
                if line.0.len() < LONGEST {
                    line.0.push(byte[0]);
                }
            }
            Ok(_) if !line.0.is_empty() => return Some(line),
            _ => return None,
        }
    }
}

/// A terminal without echo; dropped, it has it again.
struct Silence<'a> {
    terminal: BorrowedFd<'a>,
    former: Termios,
}

impl<'a> Silence<'a> {
    fn begin(terminal: BorrowedFd<'a>) -> Option<Self> {
        let former = settings(terminal).ok()?;
        let mut silent = former;
        silent.set_local(former.local() & !(bits::ECHO | bits::ECHONL));
        // What was typed before the question is no answer to it.
        set_settings(terminal.as_fd(), SetWhen::Flushed, &silent).ok()?;
        Some(Self { terminal, former })
    }
}

impl Drop for Silence<'_> {
    fn drop(&mut self) {
        let _ = set_settings(self.terminal, SetWhen::Now, &self.former);
    }
}

/// Gives what is kept of a user's password: in `shadow` if he has a line there, else in `passwd`.
pub(super) fn kept(io: &mut Io<'_>, from: &Accounts, name: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
    for file in ["shadow", "passwd"] {
        let text = from.text(io, file)?.unwrap_or_default();
        if let Some(kept) = accounts::find(&text, name).and_then(|fields| fields.get(1).copied()) {
            return Ok(Some(kept.to_vec()));
        }
    }
    Ok(None)
}

/// Says whether a password is the user's. Of nobody's, too, a digest is made: the time does not tell who there is.
pub(super) fn is_right(kept: Option<&[u8]>, given: &Secret) -> bool {
    match crypt::verify(&given.0, kept.unwrap_or_default()) {
        Some(is_right) => is_right,
        None => {
            let _ = crypt::crypt(&given.0, b"$6$nobody");
            false
        }
    }
}
