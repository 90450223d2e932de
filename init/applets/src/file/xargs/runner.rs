//! The commands that run, and the words on their way into the next one.

use alloc::vec::Vec;
use core::fmt::Display;

use io::process::{Child, Ended};
use linux::fs::{self, Mode, OpenFlags};
use linux::poll::{PollFd, PollFlags, poll};

use super::Settings;
use super::words::Word;
use crate::file::ask::ask_at_terminal;
use crate::file::child::{Surroundings, refused, start};
use crate::file::path::filled;
use crate::{Io, Status};

/// A command failed.
const FAILED: u8 = 123;
/// A command ended with 255, which asks for the end of all.
const ENDED: u8 = 124;
/// A signal ended a command.
const KILLED: u8 = 125;

pub(super) struct Runner<'s, 'a> {
    settings: &'s Settings<'a>,
    /// Bytes of the command without words.
    own: usize,
    words: Vec<Vec<u8>>,
    bytes: usize,
    lines: usize,
    children: Vec<Child>,
    status: u8,
    has_run: bool,
    /// Whether no more commands are to run.
    pub(super) stops: bool,
}

impl<'s, 'a> Runner<'s, 'a> {
    pub(super) fn new(settings: &'s Settings<'a>) -> Self {
        let own = settings.command.iter().map(|word| word.len() + 1).sum();
        let (words, children) = (Vec::new(), Vec::new());
        Self { settings, own, words, bytes: 0, lines: 0, children, status: 0, has_run: false, stops: false }
    }

    /// Adds a word; runs the command if it has enough.
    pub(super) fn add(&mut self, io: &mut Io<'_>, word: Word) {
        let length = word.text.len() + 1;
        let fits = |bytes: usize| bytes + length <= self.settings.bytes;
        if !fits(self.own + self.bytes) {
            if self.settings.is_exact || !fits(self.own) {
                // What was read before it is run all the same.
                if !self.settings.is_exact {
                    self.run(io);
                }
                return self.fail(io, b"", &"a command would be too long");
            }
            self.run(io);
        }
        self.lines += usize::from(word.ends_line);
        self.bytes += length;
        self.words.push(word.text);
        if self.words.len() >= self.settings.words || self.lines >= self.settings.lines {
            self.run(io);
        }
    }

    /// Says what has gone wrong, and stops.
    pub(super) fn fail(&mut self, io: &mut Io<'_>, object: &[u8], reason: &dyn Display) {
        self.status = io.complain(object, reason).0;
        self.stops = true;
    }

    /// Runs the command without words if it has not run at all.
    pub(super) fn run_at_least_once(&mut self, io: &mut Io<'_>) {
        if !self.has_run && !self.stops {
            self.execute(io, &[]);
        }
    }

    /// Runs the command with the words that wait, if any do.
    pub(super) fn run(&mut self, io: &mut Io<'_>) {
        (self.bytes, self.lines) = (0, 0);
        let words = core::mem::take(&mut self.words);
        if !words.is_empty() && !self.stops {
            self.execute(io, &words);
        }
    }

    fn execute(&mut self, io: &mut Io<'_>, words: &[Vec<u8>]) {
        self.has_run = true;
        let command = self.command(words);
        let command: Vec<&[u8]> = command.iter().map(Vec::as_slice).collect();
        if self.settings.asks {
            if !ask_at_terminal(io, &[&command.join(&b' ')]) {
                return;
            }
        } else if self.settings.is_verbose {
            io.out.flush();
            io.err.put(&command.join(&b' '));
            io.err.put(b"\n");
            io.err.flush();
        }
        if let ([b"echo", words @ ..], Some(echo)) = (command.as_slice(), crate::find(b"echo")) {
            let ended = crate::run(echo, io, words);
            return self.judge(io, Ended::Exited(ended.0.into()));
        }
        let terminal =
            || fs::open("/dev/tty", OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC, Mode::empty()).ok();
        let input = if self.settings.reads_terminal { terminal() } else { None };
        let around = Surroundings { input, has_no_input: self.settings.has_no_input, folder: None };
        match start(io, &command, around) {
            Ok(child) => self.children.push(child),
            Err(error) => {
                self.status = refused(io, &error);
                self.stops = true;
            }
        }
        while self.settings.processes > 0 && self.children.len() >= self.settings.processes {
            self.wait(io);
        }
    }

    /// Gives the words of the command.
    fn command(&self, words: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let own = self.settings.command.iter();
        match (self.settings.place, words) {
            // The name of the command stays as it is.
            (Some(place), [line]) => own
                .enumerate()
                .map(|(at, word)| if at == 0 { word.to_vec() } else { filled(word, place, line) })
                .collect(),
            _ => own.map(|word| word.to_vec()).chain(words.iter().cloned()).collect(),
        }
    }

    /// Waits until one of those that run has ended.
    fn wait(&mut self, io: &mut Io<'_>) {
        // Before Linux 5.2 there are no descriptors of children: then the first is waited for.
        let descriptors: Vec<_> = self.children.iter().filter_map(Child::descriptor).collect();
        let mut waiting: Vec<_> = descriptors.iter().map(|child| PollFd::new(child, PollFlags::IN)).collect();
        let is_one_known = waiting.len() == self.children.len()
            && waiting.len() > 1
            && linux::retry(|| poll(&mut waiting, None)).is_ok();
        let ended = waiting.iter().position(PollFd::is_ready).filter(|_| is_one_known).unwrap_or(0);
        let mut child = self.children.remove(ended);
        let ended = child.wait().unwrap_or(Ended::Exited(FAILED.into()));
        self.judge(io, ended);
    }

    fn judge(&mut self, io: &mut Io<'_>, ended: Ended) {
        self.status = match ended {
            Ended::Exited(0) => return,
            Ended::Exited(255) => {
                io.complain(b"", &"a command ended with 255, which ends all");
                self.stops = true;
                ENDED
            }
            Ended::Exited(_) => FAILED,
            _ => {
                io.complain(b"", &"a command was ended by a signal");
                self.stops = true;
                KILLED
            }
        };
    }

    /// Waits for those that still run; gives the status of all.
    pub(super) fn end(&mut self, io: &mut Io<'_>) -> Status {
        while !self.children.is_empty() {
            self.wait(io);
        }
        Status(self.status)
    }
}
