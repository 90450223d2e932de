//! Simple commands: what a name means, assignments before it, and running it.
//!
//! A name is looked for among the special builtins, the functions, the builtins, the programs of PATH, and the commands of
//! this program, in this order; one with a slash is a path. Outside of sessions, a quick command of this program runs in
//! the shell's own process, also where PATH has this program under the command's name.

use alloc::rc::Rc;
use alloc::vec::Vec;

use super::{Leave, Origin, Run, Shell, Variable};
use crate::builtins::{self, Builtin};
use crate::names::Symbol;
use crate::syntax::{Assignment, Bytes, Command, Simple, Word};
use crate::text;

/// What a name means.
pub(crate) enum Found {
    Builtin(&'static Builtin),
    Function(Function),
    /// A program, at this path.
    Program(Bytes),
    /// A command of this program itself.
    Applet,
    /// A file that cannot be run.
    Refused(linux::Errno),
    Nothing,
}

/// A function.
#[derive(Clone)]
pub(crate) struct Function {
    pub(crate) body: Rc<Command>,
    /// Where its text is.
    pub(crate) origin: Origin,
}

impl Shell<'_> {
    pub(super) fn simple(&mut self, command: &Command, simple: &Simple) -> Run {
        let ends = core::mem::take(&mut self.ends);
        self.line = command.position.line;
        self.place = simple.words.first().map_or(command.position, |word| word.position);
        self.substituted = None;
        let mut fields: Vec<Bytes> = Vec::with_capacity(simple.words.len());
        self.arguments(&simple.words, &mut fields)?;
        let Some(name) = fields.first() else { return self.nameless(command, simple) };
        let found = match builtins::find(name) {
            Some(builtin) if builtin.is_special => Found::Builtin(builtin),
            builtin => match self.functions.get(name) {
                Some(function) => Found::Function(function.clone()),
                None => builtin.map_or(Found::Nothing, Found::Builtin),
            },
        };
        let begun = self.traces.then(|| self.system.now());
        let run = match found {
            Found::Builtin(builtin) => self.builtin(command, simple, builtin, &fields),
            found => self.other(command, simple, found, &fields, ends),
        };
        if let Some(begun) = begun {
            self.trace_json(command.position, &fields, &run, begun);
        }
        run
    }

    /// Expands the words of a command; those of a command that declares are not split where they assign.
    fn arguments(&mut self, words: &[Word], fields: &mut Vec<Bytes>) -> Run<()> {
        let mut words = words.iter();
        for word in words.by_ref() {
            self.expand(word, fields)?;
            if fields.iter().any(|field| !matches!(&**field, b"command" | b"builtin")) {
                break;
            }
        }
        let declares = matches!(fields.last().map(|name| &**name), Some(b"export" | b"readonly" | b"local"));
        for word in words {
            if declares && word.plain.is_none() && assigns(word) {
                let value = self.expand_value(word)?;
                fields.push(value);
            } else {
                self.expand(word, fields)?;
            }
        }
        Ok(())
    }

    /// Runs what has no name: its assignments stay.
    fn nameless(&mut self, command: &Command, simple: &Simple) -> Run {
        let saved = match self.redirect(&command.redirects) {
            Ok(saved) => saved,
            Err(Leave::Failed(_)) => return Ok(1),
            Err(leave) => return Err(leave),
        };
        let run = self.assign_all(&simple.assignments);
        self.put_back(saved);
        run?;
        Ok(self.substituted.unwrap_or(0))
    }

    fn assign_all(&mut self, assignments: &[Assignment]) -> Run<()> {
        for assignment in assignments {
            let value = self.expand_value(&assignment.value)?;
            if self.options.xtrace {
                self.trace_assignment(assignment.name, &value);
            }
            self.set_at(assignment, value)?;
        }
        Ok(())
    }

    fn set_at(&mut self, assignment: &Assignment, value: Bytes) -> Run<()> {
        let outer = core::mem::replace(&mut self.place, assignment.value.position);
        let set = self.set(assignment.name, value);
        self.place = outer;
        set
    }

    /// Makes the assignments before a command, for as long as it runs; gives what they hide.
    fn assign_before(&mut self, assignments: &[Assignment]) -> Run<Vec<(Symbol, Variable)>> {
        let mut hidden = Vec::new();
        for assignment in assignments {
            let value = self.expand_value(&assignment.value);
            let value = match value {
                Ok(value) => value,
                Err(leave) => {
                    self.unhide(hidden);
                    return Err(leave);
                }
            };
            let name = assignment.name;
            if self.options.xtrace {
                self.trace_assignment(name, &value);
            }
            hidden.push((name, self.variables.copy(name)));
            if let Err(leave) = self.set_at(assignment, value) {
                hidden.pop();
                self.unhide(hidden);
                return Err(leave);
            }
            self.variables.export(name, true);
        }
        Ok(hidden)
    }

    fn unhide(&mut self, hidden: Vec<(Symbol, Variable)>) {
        for (name, variable) in hidden.into_iter().rev() {
            self.variables.restore(name, variable);
            if name == Symbol::PATH {
                self.found.clear();
            }
        }
    }

    fn builtin(
        &mut self,
        command: &Command,
        simple: &Simple,
        builtin: &'static Builtin,
        fields: &[Bytes],
    ) -> Run {
        // What `exec` redirects stays so.
        let is_exec = meant(fields) == Some(b"exec");
        let saved = match self.redirect(&command.redirects) {
            Ok(saved) => saved,
            Err(Leave::Failed(status)) if builtin.is_special => return Err(Leave::Failed(status)),
            Err(Leave::Failed(_)) => return Ok(1),
            Err(leave) => return Err(leave),
        };
        let run = if builtin.is_special {
            self.assign_all(&simple.assignments).and_then(|()| {
                if is_exec {
                    // The program has them, too.
                    simple.assignments.iter().for_each(|one| self.variables.export(one.name, true));
                }
                self.trace_command(fields);
                self.run_builtin(builtin, fields)
            })
        } else {
            self.assign_before(&simple.assignments).and_then(|hidden| {
                self.trace_command(fields);
                let run = self.run_builtin(builtin, fields);
                self.unhide(hidden);
                run
            })
        };
        if is_exec && run.is_ok() {
            self.keep(saved);
        } else {
            self.put_back(saved);
        }
        run
    }

    /// Runs a builtin, and says so when its output was lost.
    pub(crate) fn run_builtin(&mut self, builtin: &'static Builtin, fields: &[Bytes]) -> Run {
        let run = (builtin.run)(self, fields);
        self.flush();
        match self.out_error.take() {
            Some(errno) => {
                self.complain(builtin.name.as_bytes(), &format_args!("write: {errno}"));
                run.map(|status| if status == 0 { 1 } else { status })
            }
            None => run,
        }
    }

    /// Runs a function or a program, which takes this process's place where that ends with it.
    fn other(
        &mut self,
        command: &Command,
        simple: &Simple,
        found: Found,
        fields: &[Bytes],
        ends: bool,
    ) -> Run {
        let saved = match self.redirect(&command.redirects) {
            Ok(saved) => saved,
            Err(Leave::Failed(_)) => return Ok(1),
            Err(leave) => return Err(leave),
        };
        let run = self.assign_before(&simple.assignments).and_then(|hidden| {
            self.trace_command(fields);
            let run = match found {
                Found::Function(function) => {
                    let run = self.call(&function, fields);
                    self.flush();
                    run
                }
                // What the expansion of its words has set counts, too.
                _ if ends && !self.traps.has_actions() => Err(Leave::Exit(self.execute(fields, None))),
                _ => self.program(fields),
            };
            self.unhide(hidden);
            run
        });
        self.put_back(saved);
        run
    }

    /// Finds what a name means, but for functions and builtins.
    pub(crate) fn find_program(&mut self, name: &Bytes, path: Option<&[u8]>) -> Found {
        if name.contains(&b'/') {
            return Found::Program(name.clone());
        }
        if path.is_none()
            && let Some(path) = self.found.get(name)
        {
            return Found::Program(path.clone());
        }
        let own = self.value(Symbol::PATH);
        let mut refused = None;
        for folder in path.or(own.as_deref()).unwrap_or_default().split(|byte| *byte == b':') {
            let candidate = if folder.is_empty() { name.to_vec() } else { [folder, b"/", name].concat() };
            match self.system.stat(&candidate, true) {
                Ok(metadata) if metadata.kind() == linux::fs::FileKind::Regular => {
                    if metadata.permissions().bits() & 0o111 == 0 || !self.system.may(&candidate, 1) {
                        refused = Some(linux::Errno::ACCES);
                        continue;
                    }
                    let candidate: Bytes = Rc::from(candidate);
                    if path.is_none() {
                        self.found.insert(name.clone(), candidate.clone());
                    }
                    return Found::Program(candidate);
                }
                _ => {}
            }
        }
        if self.commands.has(name) {
            return Found::Applet;
        }
        refused.map_or(Found::Nothing, Found::Refused)
    }

    /// Prints a command for `set -x`.
    fn trace_command(&mut self, fields: &[Bytes]) {
        if self.options.xtrace {
            let mut line = self.trace_prompt();
            for (index, field) in fields.iter().enumerate() {
                if index > 0 {
                    line.push(b' ');
                }
                text::put_quoted(field, &mut line);
            }
            line.push(b'\n');
            self.say(&line);
        }
    }

    fn trace_assignment(&mut self, name: Symbol, value: &[u8]) {
        let mut line = self.trace_prompt();
        line.extend_from_slice(self.names.name(name));
        line.push(b'=');
        text::put_quoted(value, &mut line);
        line.push(b'\n');
        self.say(&line);
    }

    fn trace_prompt(&mut self) -> Vec<u8> {
        self.flush();
        let prompt = self.value(Symbol::PS4).unwrap_or_else(|| Rc::from(&b"+ "[..]));
        // What is expanded in it is not traced itself.
        let xtrace = core::mem::take(&mut self.options.xtrace);
        let status = self.status;
        let prompt = self.expand_text(&prompt).unwrap_or_else(|_| prompt.to_vec());
        self.status = status;
        self.options.xtrace = xtrace;
        prompt
    }
}

/// Gives the name of the command that is meant: behind `command`, unless that is to tell of it.
fn meant(fields: &[Bytes]) -> Option<&[u8]> {
    let mut words = fields.iter().map(|word| &**word);
    let mut name = words.next()?;
    while matches!(name, b"command" | b"builtin") {
        name = words.find(|word| !matches!(*word, b"--" | b"-p"))?;
    }
    Some(name)
}

/// Says whether a word is `name=...`.
fn assigns(word: &Word) -> bool {
    let Some(crate::syntax::Part::Text(text)) = word.parts.first() else { return false };
    let end = text.iter().position(|byte| *byte == b'=');
    end.and_then(|end| text.get(..end)).is_some_and(crate::names::is_name)
}
