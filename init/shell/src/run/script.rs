//! Scripts: texts, files, and what a person types.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;

use linux::Errno;
use linux::fs::{From as Seek, OpenFlags};

use super::messages::MISUSE;
use super::{Leave, Origin, Own, Run, Shell};
use crate::names::Symbol;
use crate::parse::{Input, Knowledge, Lines, Parse, Parser};
use crate::syntax::{Item, Part};
use crate::system::System;
use crate::warn::{self, Warning};

/// Lines of a file that nobody else reads, in blocks; or of standard input, which commands read, too, so that no more is
/// taken of it than the line that is needed.
pub(crate) struct Reader<'s> {
    system: &'s dyn System,
    number: Own,
    is_shared: bool,
    prompts: bool,
}

/// How much of a file is read at once.
const BLOCK: usize = 8 << 10;

impl<'s> Reader<'s> {
    pub(crate) fn new(system: &'s dyn System, number: Own, is_shared: bool, prompts: bool) -> Self {
        Self { system, number, is_shared, prompts }
    }

    fn read(&self, buffer: &mut [u8]) -> linux::Result<usize> {
        loop {
            match self.system.read(self.number.get(), buffer) {
                Err(Errno::INTR) if !self.prompts => {}
                done => return done,
            }
        }
    }
}

impl Lines for Reader<'_> {
    fn more(&mut self, into: &mut Vec<u8>, prompt: &[u8]) -> linux::Result<bool> {
        if self.prompts {
            let _ = self.system.write(2, prompt);
        }
        let start = into.len();
        let can_seek = self.is_shared && self.system.seek(self.number.get(), Seek::Current(0)).is_ok();
        let mut buffer = [0; BLOCK];
        // One byte at a time where what was read too much cannot be given back.
        let most = if self.is_shared && !can_seek && !self.prompts { 1 } else { BLOCK };
        loop {
            let count = self.read(buffer.get_mut(..most).unwrap_or_default())?;
            let read = buffer.get(..count).unwrap_or_default();
            let end = read.iter().position(|byte| *byte == b'\n').map(|end| end + 1);
            match end.filter(|_| can_seek) {
                Some(end) => {
                    into.extend_from_slice(read.get(..end).unwrap_or_default());
                    self.system.seek(self.number.get(), Seek::Current(end as i64 - count as i64))?;
                }
                None => into.extend_from_slice(read),
            }
            if count == 0 || end.is_some() {
                return Ok(into.len() > start);
            }
        }
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if !self.is_shared {
            let _ = self.system.close(self.number.get());
        }
    }
}

impl<'s> Shell<'s> {
    /// Runs a text, as `eval` does.
    pub(crate) fn run_text(&mut self, text: &[u8]) -> Run {
        let mut input = Input::text(text, self.line.max(1));
        self.with_origin(Origin::Nowhere, |shell| shell.run_input(&mut input))
    }

    /// Runs a file as a script; one that is not there is an error of the shell.
    pub(crate) fn run_file(&mut self, path: &[u8], is_main: bool) -> Run {
        let number = match self.open_path(path, OpenFlags::READ) {
            Ok(number) => number,
            Err(Leave::Failed(_)) if is_main => return Err(Leave::Exit(127)),
            Err(leave) => return Err(leave),
        };
        // Out of the way of the script's own.
        let number = match self.system.duplicate(number, 10) {
            Ok(hidden) => {
                let _ = self.system.close(number);
                hidden
            }
            Err(_) => number,
        };
        let own = self.own(number);
        let mut input = Input::lines(Box::new(Reader::new(self.system, Rc::clone(&own), false, false)));
        let run = self.with_origin(self.origin_of(path), |shell| shell.run_input(&mut input));
        self.disown(&own);
        run
    }

    /// Parses and runs what an input gives, a complete command at a time.
    pub(crate) fn run_input(&mut self, input: &mut Input<'s>) -> Run {
        if self.depth.is_spent() {
            return Err(self.fail(b"", "scripts are nested too deep"));
        }
        let mut status = 0;
        let mut unrun = Vec::new();
        loop {
            input.verbose = self.options.verbose;
            let parsed = self.parse(input);
            input.show_line();
            let echoed = core::mem::take(&mut input.echoed);
            self.say(&echoed);
            let items = match parsed {
                Ok(Some(items)) => items,
                Ok(None) => {
                    self.tell_warnings(&unrun);
                    return Ok(status);
                }
                Err(error) => {
                    self.tell_warnings(&unrun);
                    self.complain_syntax(&error);
                    return Err(Leave::Failed(MISUSE));
                }
            };
            if self.options.noexec && !self.options.interactive {
                unrun.extend(items);
                continue;
            }
            let Some((last, others)) = items.split_last() else { continue };
            for item in others {
                self.item(item)?;
            }
            status = if input.is_spent() { self.last_item(last)? } else { self.item(last)? };
        }
    }

    /// Says what may be wrong with commands that are read only.
    fn tell_warnings(&mut self, items: &[Item]) {
        let line = core::mem::replace(&mut self.line, 0);
        for Warning { position, text } in warn::warnings(items, &self.names, self.options.errexit) {
            self.complain(
                b"",
                &format_args!("line {}, column {}: warning: {text}", position.line, position.column),
            );
        }
        self.line = line;
    }

    pub(crate) fn parse(&mut self, input: &mut Input<'s>) -> Parse<Option<Vec<Item>>> {
        let aliases = Rc::clone(&self.aliases);
        let knowledge = Knowledge {
            names: &mut self.names,
            aliases: &aliases,
            depth: self.depth,
            keeps_text: self.options.monitor,
        };
        Parser::new(input, knowledge).complete_command()
    }

    /// Runs what a person types, who finds in the history what was typed before.
    pub(crate) fn run_session(&mut self, input: &mut Input<'s>) -> Run {
        self.load_history();
        let run = self.run_lines(input);
        self.save_history();
        run
    }

    /// Runs lines that are typed: an error ends the line, not the session.
    fn run_lines(&mut self, input: &mut Input<'s>) -> Run {
        let mut ends = 0;
        loop {
            self.tell_jobs();
            input.prompts = [self.prompt(Symbol::PS1), self.prompt(Symbol::PS2)];
            self.survey(&input.prompts[1]);
            let run = match self.parse(input) {
                Ok(Some(items)) => items.iter().try_fold(0, |_, item| self.item(item)),
                Ok(None) if self.options.ignoreeof && ends < 10 => {
                    ends += 1;
                    self.say(b"Use \"exit\" to leave the shell.\n");
                    input.go_on();
                    continue;
                }
                Ok(None) => {
                    self.say(b"\n");
                    return Ok(self.status);
                }
                Err(error) => {
                    input.drop_line();
                    if self.system.has_signals() {
                        input.go_on();
                        self.run_traps().map(|()| self.status)
                    } else {
                        self.complain_syntax(&error);
                        Err(Leave::Failed(MISUSE))
                    }
                }
            };
            ends = 0;
            self.flush();
            match run {
                Ok(_) => {}
                Err(Leave::Exit(status)) => return Err(Leave::Exit(status)),
                Err(Leave::Failed(status) | Leave::Return(status)) => self.recover(status),
                Err(Leave::Break(_) | Leave::Continue(_)) => {}
            }
        }
    }

    /// Forgets what was being run.
    fn recover(&mut self, status: i32) {
        self.status = status;
        (self.loops, self.calls, self.tested) = (0, 0, 0);
    }

    fn prompt(&mut self, name: Symbol) -> Vec<u8> {
        let status = self.status;
        let prompt = self.value(name).unwrap_or_default();
        let expanded = self.expand_text(&prompt).unwrap_or_else(|_| prompt.to_vec());
        self.status = status;
        expanded
    }

    /// Expands a text as if it stood within double quotes.
    pub(crate) fn expand_text(&mut self, text: &[u8]) -> Run<Vec<u8>> {
        if !text.iter().any(|byte| matches!(byte, b'$' | b'`' | b'\\')) {
            return Ok(text.to_vec());
        }
        let aliases = Rc::clone(&self.aliases);
        let knowledge =
            Knowledge { names: &mut self.names, aliases: &aliases, depth: self.depth, keeps_text: false };
        let parts: Parse<Vec<Part>> = Parser::new(&mut Input::text(text, self.line), knowledge).quoted_text();
        match parts {
            Ok(parts) => {
                let word = crate::syntax::Word::new(parts, crate::syntax::Position::default());
                Ok(self.expand_value(&word)?.to_vec())
            }
            Err(error) => {
                self.complain_syntax(&error);
                Err(Leave::Failed(MISUSE))
            }
        }
    }
}
