//! The interpreter: walks the tree and runs what it finds.
//!
//! What ends a command before its end (`break`, `return`, `exit`, errors) is a value of [`Leave`] that travels up to who
//! handles it, never a jump. A subshell is a copy of the process in which the same tree goes on.

mod children;
mod compound;
mod editing;
mod list;
mod messages;
mod options;
mod origin;
mod pipeline;
mod program;
mod redirect;
mod script;
mod simple;
mod trace;
mod traps;
mod variables;

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;

use hashbrown::HashMap;
use linux::Errno;
use linux::process::Pid;

use crate::depth::Depth;
use crate::editor::{History, Surroundings};
use crate::names::{Names, Symbol};
use crate::parse::Aliases;
use crate::syntax::{Bytes, Position};
use crate::system::System;
use crate::{Commands, text};

pub(crate) use children::{Job, JobState, Jobs};
pub(crate) use options::{Options, ROWS};
pub(crate) use origin::Origin;
pub(crate) use pipeline::{is_harmless, trimmed};
pub(crate) use redirect::{Own, Saved};
pub(crate) use script::Reader;
pub(crate) use simple::{Found, Function};

pub(crate) use traps::{Condition, Traps};
pub(crate) use variables::{ReadOnly, Variable, Variables};

/// A status: 0 is success.
pub(crate) type Status = i32;

/// What leaves commands before their end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    /// `break`: out of so many loops.
    Break(u32),
    /// `continue`: the next round of that loop.
    Continue(u32),
    /// `return`.
    Return(Status),
    /// `exit`, or `set -e`.
    Exit(Status),
    /// An error of the shell: the end of a script, but not of a session.
    Failed(Status),
}

/// What running gives.
pub(crate) type Run<T = Status> = Result<T, Leave>;

/// The shell.
pub(crate) struct Shell<'s> {
    pub(crate) system: &'s dyn System,
    pub(crate) commands: &'s dyn Commands,
    pub(crate) names: Names,
    pub(crate) variables: Variables,
    pub(crate) options: Options,
    /// `$0`.
    pub(crate) name: Bytes,
    /// `$1` and so on.
    pub(crate) positional: Rc<Vec<Bytes>>,
    pub(crate) functions: HashMap<Bytes, Function>,
    pub(crate) aliases: Rc<Aliases>,
    /// Where programs were found, by name.
    pub(crate) found: HashMap<Bytes, Bytes>,
    /// `$?`.
    pub(crate) status: Status,
    /// The status of the last command substitution of the command that is being expanded.
    pub(crate) substituted: Option<Status>,
    pub(crate) jobs: Jobs,
    pub(crate) traps: Traps,
    /// While the action of a trap runs, `$?` as it was before.
    pub(crate) before_trap: Option<Status>,
    /// `$$`.
    pub(crate) pid: Pid,
    pub(crate) is_subshell: bool,
    /// The line of the command that runs.
    pub(crate) line: u32,
    /// Where its text is.
    pub(crate) origin: Origin,
    /// Where the word is that is being expanded, or else the command that runs.
    pub(crate) place: Position,
    /// How many loops, functions and sourced files are being run.
    pub(crate) loops: u32,
    pub(crate) calls: u32,
    pub(crate) sources: u32,
    /// How many conditions are being decided: a command that fails there is no reason to exit.
    pub(crate) tested: u32,
    /// Where in a word `getopts` is, beside OPTIND.
    pub(crate) option_at: usize,
    pub(crate) depth: Depth,
    /// What builtins have written and nobody has got yet.
    pub(crate) out: Vec<u8>,
    /// Whether that is being collected.
    pub(crate) collects: bool,
    pub(crate) out_error: Option<Errno>,
    /// The field separators, for the value of IFS that they were made from.
    pub(crate) separators: crate::expand::Separators,
    /// Terminal of job control, if there is one.
    pub(crate) terminal: Option<i32>,
    pub(crate) history: Rc<RefCell<History>>,
    /// What the line editor sees of the shell.
    pub(crate) surroundings: Rc<RefCell<Surroundings>>,
    /// `--trace-json`.
    pub(crate) traces: bool,
    /// Descriptors of the shell's own.
    pub(crate) own: Vec<Own>,
    /// The logical path of the current folder, with the links one came by; none: only the kernel knows.
    pub(crate) folder: Option<Bytes>,
    /// What `local -` has kept of the options, for the function that runs.
    pub(crate) local_options: Option<Options>,
    /// Whether this process has nothing to do after the simple command that comes next.
    pub(crate) ends: bool,
}

/// Output is held back up to this size.
const BUFFER: usize = 16 << 10;

impl<'s> Shell<'s> {
    pub(crate) fn new(system: &'s dyn System, commands: &'s dyn Commands, stack: usize) -> Self {
        Self {
            system,
            commands,
            names: Names::new(),
            variables: Variables::default(),
            options: Options::default(),
            name: Rc::from(&b"sh"[..]),
            positional: Rc::default(),
            functions: HashMap::new(),
            aliases: Rc::default(),
            found: HashMap::new(),
            status: 0,
            substituted: None,
            jobs: Jobs::default(),
            traps: Traps::default(),
            before_trap: None,
            pid: system.pid(),
            is_subshell: false,
            line: 0,
            origin: Origin::Nowhere,
            place: Position::default(),
            loops: 0,
            calls: 0,
            sources: 0,
            tested: 0,
            option_at: 0,
            depth: Depth::new(stack),
            out: Vec::new(),
            collects: false,
            out_error: None,
            separators: crate::expand::Separators::default(),
            terminal: None,
            history: Rc::default(),
            surroundings: Rc::default(),
            traces: false,
            own: Vec::new(),
            folder: None,
            local_options: None,
            ends: false,
        }
    }

    /// Writes to standard output, by and by.
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
        if self.out.len() >= BUFFER {
            self.flush();
        }
    }

    /// Writes out what builtins have written.
    pub(crate) fn flush(&mut self) {
        if self.collects || self.out.is_empty() {
            return;
        }
        let bytes = core::mem::take(&mut self.out);
        if let Err(errno) = self.write_all(1, &bytes) {
            self.out_error = Some(errno);
        }
        self.out = bytes;
        self.out.clear();
    }

    /// Writes all of a text to a descriptor.
    pub(crate) fn write_all(&self, number: i32, mut bytes: &[u8]) -> linux::Result<()> {
        while !bytes.is_empty() {
            match self.system.write(number, bytes) {
                Ok(0) => return Err(Errno::IO),
                Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno),
            }
        }
        Ok(())
    }

    /// Gives the value of a variable, also of those that the shell itself counts.
    pub(crate) fn value(&self, name: Symbol) -> Option<Bytes> {
        if name == Symbol::LINENO {
            return Some(number_text(self.line.into()));
        }
        self.variables.get(name).cloned()
    }

    /// Sets a variable, as a command that is run does: one that cannot be changed is an error of the shell.
    pub(crate) fn set(&mut self, name: Symbol, value: Bytes) -> Run<()> {
        match self.variables.set(name, value) {
            Ok(()) => {
                self.changed(name);
                Ok(())
            }
            Err(ReadOnly) => Err(self.refuse(name)),
        }
    }

    /// Does what a new value of a variable brings with it.
    pub(crate) fn changed(&mut self, name: Symbol) {
        if name == Symbol::PATH {
            self.found.clear();
        } else if name == Symbol::OPTIND {
            self.option_at = 0;
        }
        if self.options.allexport {
            self.variables.export(name, true);
        }
    }

    /// Says that a variable cannot be changed.
    pub(crate) fn refuse(&mut self, name: Symbol) -> Leave {
        let name = self.names.name(name).to_vec();
        self.fail_at(self.place, &name, "is read only")
    }

    /// Sets `set -i` and what follows from it aside: in a child there is no person.
    pub(crate) fn become_child(&mut self) {
        self.is_subshell = true;
        self.options.interactive = false;
        self.options.monitor = false;
        self.terminal = None;
        self.before_trap = None;
        self.jobs.forget();
        self.reset_traps();
    }
}

/// Gives a number as text.
pub(crate) fn number_text(number: i64) -> Bytes {
    let mut bytes = Vec::new();
    text::put_decimal(number, &mut bytes);
    bytes.into()
}
