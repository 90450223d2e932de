//! The beginning: the words that the shell is called with, and what it takes over from its environment.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;

use linux::process::Resource;

use crate::Commands;
use crate::depth::Depth;
use crate::editor::Typing;
use crate::names::{Names, Symbol, is_name};
use crate::parse::{Aliases, Input, Knowledge, Lines, Parser, SyntaxError};
use crate::run::{Leave, Origin, Own, Reader, Run, Shell, Status, number_text};
use crate::syntax::Bytes;
use crate::system::System;

/// What of the stack is left to what is deeper than the shell looks.
const RESERVE: usize = 256 << 10;

/// The stack that is used at most: a limit of none, or a huge one, is no invitation.
const STACK: usize = 64 << 20;

/// What the words say is to be run.
enum Source {
    /// `-c`
    Text(Bytes),
    File(Bytes),
    Standard,
}

/// Runs the shell with its words, its name first, and its environment; gives its status.
pub fn main(system: &dyn System, commands: &dyn Commands, words: &[&[u8]], environment: &[&[u8]]) -> i32 {
    let stack = system.limit(Resource::STACK).ok().and_then(|limit| limit.soft).unwrap_or(STACK as u64);
    let stack = usize::try_from(stack).unwrap_or(STACK).min(STACK);
    let mut shell = Shell::new(system, commands, stack.saturating_sub(RESERVE).max(stack / 2));
    shell.inherit(environment);
    let run = shell.begin(words);
    let status = match run {
        Ok(status) => status,
        Err(Leave::Exit(status) | Leave::Failed(status) | Leave::Return(status)) => status,
        Err(Leave::Break(_) | Leave::Continue(_)) => 0,
    };
    let status = shell.run_exit_trap(status);
    shell.flush();
    status & 0xff
}

impl<'s> Shell<'s> {
    /// Takes over the environment, and sets what each shell sets.
    fn inherit(&mut self, environment: &[&[u8]]) {
        for string in environment {
            let Some(end) = string.iter().position(|byte| *byte == b'=') else { continue };
            let (name, value) =
                (string.get(..end).unwrap_or_default(), string.get(end + 1..).unwrap_or_default());
            if is_name(name) {
                let name = self.names.symbol(name);
                let _ = self.variables.set(name, Rc::from(value));
                self.variables.export(name, true);
            }
        }
        let user_prompt: &[u8] = if self.system.user() == 0 { b"# " } else { b"$ " };
        let _ = self.variables.set(Symbol::IFS, Rc::from(&b" \t\n"[..]));
        let _ = self.variables.set(Symbol::OPTIND, number_text(1));
        let _ = self.variables.set(Symbol::PPID, number_text(self.system.parent().into()));
        for (name, value) in [(Symbol::PS1, user_prompt), (Symbol::PS2, b"> "), (Symbol::PS4, b"+ ")] {
            if self.variables.get(name).is_none() {
                let _ = self.variables.set(name, Rc::from(value));
            }
        }
        if self.variables.get(Symbol::PATH).is_none() {
            let path = &b"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"[..];
            let _ = self.variables.set(Symbol::PATH, Rc::from(path));
        }
        self.find_folder();
    }

    fn begin(&mut self, words: &[&[u8]]) -> Run {
        let mut words = words.iter().copied();
        let name = words.next().unwrap_or(b"sh");
        self.name = Rc::from(name);
        let words: Vec<Bytes> = words.map(Rc::from).collect();
        let (source, is_login) = match self.options(&words) {
            Ok((source, is_login)) => (source, is_login || name.starts_with(b"-")),
            Err(status) => return Err(Leave::Exit(status)),
        };
        let is_terminal =
            matches!(source, Source::Standard) && self.system.is_terminal(0) && self.system.is_terminal(2);
        self.options.interactive |= is_terminal;
        if self.options.interactive {
            self.set_interactive_signals();
            if is_terminal {
                self.options.monitor = true;
                self.change_monitor();
            }
        }
        self.start_files(is_login)?;
        match source {
            Source::Text(text) => {
                let mut input = Input::text(&text, 1);
                input.is_last = true;
                self.origin = Origin::Text(text);
                self.run_input(&mut input)
            }
            Source::File(path) => self.run_file(&path, true),
            Source::Standard => {
                let interactive = self.options.interactive;
                let lines: Box<dyn Lines + 's> = if is_terminal {
                    let (surroundings, history) = (Rc::clone(&self.surroundings), Rc::clone(&self.history));
                    Box::new(Typing::new(self.system, self.commands, surroundings, history))
                } else {
                    Box::new(Reader::new(self.system, Own::default(), true, interactive))
                };
                let mut input = Input::lines(lines);
                if interactive { self.run_session(&mut input) } else { self.run_input(&mut input) }
            }
        }
    }

    /// Reads the options; the rest are the positional parameters.
    fn options(&mut self, words: &[Bytes]) -> Result<(Source, bool), Status> {
        let (mut is_text, mut is_login) = (false, false);
        let mut rest = words;
        while let Some((first, after)) = rest.split_first() {
            let (on, letters) = match &**first {
                b"-" | b"--" => {
                    rest = after;
                    break;
                }
                b"--trace-json" => {
                    self.traces = true;
                    rest = after;
                    continue;
                }
                [b'-', letters @ ..] => (true, letters),
                [b'+', letters @ ..] => (false, letters),
                _ => break,
            };
            rest = after;
            for letter in letters {
                let known = match letter {
                    b'c' => {
                        is_text = true;
                        true
                    }
                    b'l' => {
                        is_login = true;
                        true
                    }
                    b'o' => match rest.split_first() {
                        Some((name, after)) => {
                            rest = after;
                            self.options.set_name(name, on)
                        }
                        None => false,
                    },
                    letter => self.options.set_letter(*letter, on),
                };
                if !known {
                    self.complain(&[if on { b'-' } else { b'+' }, *letter], &"no such option");
                    return Err(2);
                }
            }
        }
        let source = if is_text {
            let Some((text, after)) = rest.split_first() else {
                self.complain(b"-c", &"a script is missing");
                return Err(2);
            };
            rest = after;
            if let Some((name, after)) = rest.split_first() {
                self.name = name.clone();
                rest = after;
            }
            Source::Text(text.clone())
        } else if self.options.stdin {
            Source::Standard
        } else {
            match rest.split_first() {
                Some((path, after)) => {
                    self.name = path.clone();
                    rest = after;
                    Source::File(path.clone())
                }
                None => {
                    self.options.stdin = true;
                    Source::Standard
                }
            }
        };
        self.positional = Rc::new(rest.to_vec());
        Ok((source, is_login))
    }

    /// Runs what is run at the beginning of a session: profiles, and the file that ENV names.
    fn start_files(&mut self, is_login: bool) -> Run<()> {
        if is_login {
            self.start_file(b"/etc/profile")?;
            if let Some(home) = self.value(Symbol::HOME) {
                self.start_file(&[&home, &b"/.profile"[..]].concat())?;
            }
        }
        if self.options.interactive
            && let Some(file) = self.value(Symbol::ENV)
        {
            let path = self.expand_text(&file)?;
            self.start_file(&path)?;
        }
        Ok(())
    }

    fn start_file(&mut self, path: &[u8]) -> Run<()> {
        if self.system.stat(path, true).is_err() {
            return Ok(());
        }
        match self.run_file(path, false) {
            Err(Leave::Exit(status)) => Err(Leave::Exit(status)),
            _ => Ok(()),
        }
    }
}

/// Parses a script without running it; gives how many commands it has.
///
/// `stack` is how many bytes of stack it may use.
///
/// # Errors
/// What is wrong with it, and where.
pub fn check(script: &[u8], stack: usize) -> Result<usize, SyntaxError> {
    let (mut names, aliases) = (Names::new(), Aliases::new());
    let depth = Depth::new(stack);
    let mut input = Input::text(script, 1);
    let mut count = 0;
    loop {
        let knowledge = Knowledge { names: &mut names, aliases: &aliases, depth, keeps_text: true };
        match Parser::new(&mut input, knowledge).complete_command()? {
            None => return Ok(count),
            Some(items) => count += items.len(),
        }
    }
}
