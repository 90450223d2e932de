//! A person at a terminal: bytes from it to the machine, and what the machine shows to it.
//!
//! The terminal passes single keys only while a line is typed; whoever else reads from it finds it as it was, on each way
//! out, also when a signal ends the shell. No byte is read behind the end of a line: it may be for the command.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::time::Duration;

use linux::Errno;
use linux::signal::{Signal, SignalSet};
use linux::terminal::{Termios, bits};

use super::candidates::World;
use super::history::{self, History};
use super::key::{Decoder, Key};
use super::machine::{Machine, Step};
use super::surroundings::Surroundings;
use crate::Commands;
use crate::parse::Lines;
use crate::run::{Own, Reader};
use crate::system::{Disposition, System};

/// Lines that are typed.
pub(crate) struct Typing<'s> {
    system: &'s dyn System,
    commands: &'s dyn Commands,
    /// For terminals that are too plain to edit on.
    plain: Reader<'s>,
    machine: Machine,
    surroundings: Rc<RefCell<Surroundings>>,
    history: Rc<RefCell<History>>,
    /// How the terminal is when nobody edits.
    usual: Option<Termios>,
    /// A text that a signal has interrupted.
    draft: Vec<u8>,
}

/// The terminal.
const TERMINAL: i32 = 0;

/// Where the editor writes.
const SCREEN: i32 = 2;

/// Has the terminal mark what is pasted, or not.
const MARK_PASTE: &[u8] = b"\x1b[?2004h";
const MARK_NO_PASTE: &[u8] = b"\x1b[?2004l";

/// What has the newest command of the history edited.
const EDIT: &[u8] = b"fc -e \"${VISUAL:-${EDITOR:-vi}}\"";

/// How long the bytes of one key may lie apart.
const GAP: Duration = Duration::from_millis(50);

impl<'s> Typing<'s> {
    pub(crate) fn new(
        system: &'s dyn System,
        commands: &'s dyn Commands,
        surroundings: Rc<RefCell<Surroundings>>,
        history: Rc<RefCell<History>>,
    ) -> Self {
        Self {
            system,
            commands,
            plain: Reader::new(system, Own::new(TERMINAL.into()), true, true),
            machine: Machine::new(),
            surroundings,
            history,
            usual: None,
            draft: Vec::new(),
        }
    }

    /// Has the terminal pass single keys.
    fn enter(&mut self) -> linux::Result<()> {
        let found = self.system.settings(TERMINAL)?;
        // A program that ended too soon may have left it otherwise.
        let usual = match self.usual {
            Some(former) if found.local() & bits::ICANON == 0 => former,
            _ => found,
        };
        let mut raw = usual.raw();
        raw.set_output(usual.output());
        // What is typed behind the end of a line is read by the command, which expects its lines to end.
        raw.set_input(raw.input() | usual.input() & bits::ICRNL);
        self.system.set_settings(TERMINAL, &raw)?;
        self.usual = Some(usual);
        Ok(())
    }

    fn restore(&self) {
        if let Some(usual) = &self.usual {
            let _ = self.system.set_settings(TERMINAL, usual);
        }
    }

    /// Sets what is done on the signals that matter while a line is typed.
    fn catch(&self, disposition: Disposition) {
        let surroundings = self.surroundings.borrow();
        for signal in surroundings.fatal.iter().chain(&surroundings.redrawn) {
            let _ = self.system.on_signal(*signal, disposition);
        }
    }

    fn size(&self) -> (usize, usize) {
        let size = self.system.size(SCREEN).ok();
        let of =
            |count: Option<u16>, usual: usize| count.filter(|count| *count > 0).map_or(usual, usize::from);
        (of(size.map(|size| size.rows), 24), of(size.map(|size| size.columns), 80))
    }

    fn write(&self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match self.system.write(SCREEN, bytes) {
                Ok(count @ 1..) => bytes = bytes.get(count..).unwrap_or_default(),
                Err(Errno::INTR) => {}
                _ => return,
            }
        }
    }

    /// Gives the next key; draws before it waits.
    fn key(&mut self, decoder: &mut Decoder) -> linux::Result<Option<Key>> {
        loop {
            let limit = if decoder.is_waiting() { GAP } else { Duration::ZERO };
            if !matches!(self.system.wait_readable(TERMINAL, limit), Ok(true)) && !self.system.has_signals() {
                if let Some(key) = decoder.flush() {
                    return Ok(Some(key));
                }
                let changes = self.machine.paint();
                self.write(&changes);
            }
            if self.obey_signals()? {
                continue;
            }
            let mut byte = [0];
            match self.system.read(TERMINAL, &mut byte) {
                Ok(0) => return Ok(None),
                Ok(_) => {
                    if let Some(key) = decoder.take(byte[0]) {
                        return Ok(Some(key));
                    }
                }
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno),
            }
        }
    }

    /// Draws anew, ends the shell, or leaves the line to the traps, as the signals want that have come; says whether any
    /// has.
    fn obey_signals(&mut self) -> linux::Result<bool> {
        if !self.system.has_signals() {
            return Ok(false);
        }
        let signals = self.system.take_signals();
        let (fatal, redrawn) = {
            let surroundings = self.surroundings.borrow();
            (surroundings.fatal.clone(), surroundings.redrawn.clone())
        };
        let came = |list: &[Signal]| list.iter().copied().find(|signal| signals.contains(*signal));
        let others = fatal.iter().chain(&redrawn).fold(signals, |set, signal| set.without(*signal));
        if let Some(signal) = came(&fatal) {
            self.end_by(signal);
        }
        if came(&redrawn).is_some() {
            self.enter()?;
            self.machine.resize(self.size());
        }
        if others == SignalSet::EMPTY {
            return Ok(true);
        }
        // They are the shell's: it is to find them noted.
        for signal in others.iter() {
            let _ = self.system.kill(self.system.pid().get(), Some(signal));
        }
        if !others.contains(Signal::INT) {
            self.draft = self.machine.text().to_vec();
        }
        Err(Errno::INTR)
    }

    /// Ends the shell as the signal would have.
    fn end_by(&mut self, signal: Signal) {
        self.write(MARK_NO_PASTE);
        self.restore();
        let path = self.surroundings.borrow().history.clone();
        if let Some(path) = path {
            history::save(self.system, &path, &mut self.history.borrow_mut());
        }
        let _ = self.system.on_signal(signal, Disposition::Default);
        let _ = self.system.kill(self.system.pid().get(), Some(signal));
    }

    /// Has a line typed; none at its end.
    fn line(&mut self) -> linux::Result<Option<Vec<u8>>> {
        let mut decoder = Decoder::default();
        loop {
            let Some(key) = self.key(&mut decoder)? else { return Ok(None) };
            let step = {
                let surroundings = self.surroundings.borrow();
                let world =
                    World { system: self.system, commands: self.commands, surroundings: &surroundings };
                self.machine.key(key, &self.history.borrow(), &world)
            };
            match step {
                Step::More => {}
                Step::Accepted(text) => return Ok(Some(text)),
                Step::Edited(text) => {
                    self.history.borrow_mut().add(&text);
                    return Ok(Some(EDIT.to_vec()));
                }
                Step::End => return Ok(None),
                Step::Interrupted => {
                    let changes = self.machine.leave(false);
                    self.write(&changes);
                    self.write(b"^C");
                    let _ = self.system.kill(self.system.pid().get(), Some(Signal::INT));
                    if self.system.has_signals() {
                        return Err(Errno::INTR);
                    }
                    // A script has it ignored.
                    self.write(b"\r\n");
                    self.machine.restart(self.size());
                }
            }
        }
    }
}

impl Lines for Typing<'_> {
    fn more(&mut self, into: &mut Vec<u8>, prompt: &[u8]) -> linux::Result<bool> {
        if !self.surroundings.borrow().edits || self.enter().is_err() {
            return self.plain.more(into, prompt);
        }
        let further = self.surroundings.borrow().further.clone();
        self.machine.edit_as_vi(self.surroundings.borrow().is_vi);
        self.machine.begin([prompt, &further], core::mem::take(&mut self.draft), self.size());
        self.catch(Disposition::Note);
        self.write(MARK_PASTE);
        let line = self.line();
        self.catch(Disposition::Default);
        self.restore();
        self.write(MARK_NO_PASTE);
        let Some(text) = line? else { return Ok(false) };
        let changes = self.machine.leave(true);
        self.write(&changes);
        self.history.borrow_mut().add(&text);
        into.extend_from_slice(&text);
        into.push(b'\n');
        Ok(true)
    }
}
