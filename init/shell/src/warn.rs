//! Warnings of `sh -n`: what is right by the grammar, and hardly ever what was meant.
//!
//! Expansions without quotes among what `rm` removes, and paths that become `/...` when a variable is empty; tests that are
//! split, always true, or redirect instead of compare; a `cd` of which nobody asks whether it went well.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use query::sort::sort_by;

use crate::names::Names;
use crate::syntax::{
    Arm, Change, Command, Item, Kind, List, Name, Parameter, Part, Position, Redirect, RedirectKind, Simple,
    Word,
};

/// What may be wrong, and where.
#[derive(Debug)]
pub(crate) struct Warning {
    pub(crate) position: Position,
    pub(crate) text: String,
}

/// Gives what may be wrong with a script, in the order of the places.
pub(crate) fn warnings(items: &[Item], names: &Names, exits_on_errors: bool) -> Vec<Warning> {
    let mut finder = Finder { names, exits_on_errors, found: Vec::new() };
    finder.items(items);
    sort_by(&mut finder.found, |one, other| one.position.cmp(&other.position));
    finder.found
}

struct Finder<'n> {
    names: &'n Names,
    /// Whether `set -e` has been met.
    exits_on_errors: bool,
    found: Vec<Warning>,
}

impl Finder<'_> {
    fn warn(&mut self, position: Position, text: String) {
        self.found.push(Warning { position, text });
    }

    fn list(&mut self, list: &List) {
        self.items(&list.items);
    }

    fn items(&mut self, items: &[Item]) {
        for (index, item) in items.iter().enumerate() {
            let pipelines =
                core::iter::once(&item.chain.first).chain(item.chain.rest.iter().map(|(_, next)| next));
            for command in pipelines.flat_map(|pipeline| &pipeline.commands) {
                self.command(command);
            }
            // The status of the last is that of the list, which somebody may ask for.
            if index + 1 < items.len() {
                self.folder(item);
            }
        }
    }

    /// Looks at a `cd` after which the script goes on in any case.
    fn folder(&mut self, item: &Item) {
        let pipeline = &item.chain.first;
        let [Command { kind: Kind::Simple(simple), position, .. }] = pipeline.commands.as_slice() else {
            return;
        };
        let is_checked =
            self.exits_on_errors || item.background || pipeline.negated || !item.chain.rest.is_empty();
        let [name, folder, ..] = simple.words.as_slice() else { return };
        if !is_checked && is(name, b"cd") && !is(folder, b"/") {
            self.warn(
                *position,
                "if this fails, what follows runs in another folder: write cd ... || exit".into(),
            );
        }
    }

    fn command(&mut self, command: &Command) {
        for redirect in &command.redirects {
            match &redirect.kind {
                RedirectKind::Here(here) => here.body.get().into_iter().for_each(|body| self.word(body)),
                kind => file_of(kind).into_iter().for_each(|word| self.word(word)),
            }
        }
        match &command.kind {
            Kind::Simple(simple) => self.simple(simple, &command.redirects),
            Kind::Group(list) | Kind::Subshell(list) => self.list(list),
            Kind::If(arms, otherwise) => {
                for (condition, body) in arms {
                    self.list(condition);
                    self.list(body);
                }
                otherwise.iter().for_each(|list| self.list(list));
            }
            Kind::Loop(_, condition, body) => {
                self.list(condition);
                self.list(body);
            }
            Kind::For(_, words, body) => {
                words.iter().flatten().for_each(|word| self.word(word));
                self.list(body);
            }
            Kind::Case(subject, arms) => {
                self.word(subject);
                for Arm { patterns, body, .. } in arms {
                    patterns.iter().for_each(|word| self.word(word));
                    self.list(body);
                }
            }
            Kind::Function(_, body) => self.command(body),
            Kind::Test(_) => {}
        }
    }

    /// Looks at the commands within a word.
    fn word(&mut self, word: &Word) {
        for part in &word.parts {
            match part {
                Part::Command(list, _) => self.list(list),
                Part::Parameter(parameter, _) => match &parameter.change {
                    Change::Default(_, word)
                    | Change::Assign(_, word)
                    | Change::Fail(_, word)
                    | Change::Alternate(_, word)
                    | Change::Strip(_, _, word) => self.word(word),
                    _ => {}
                },
                _ => {}
            }
        }
    }

    fn simple(&mut self, simple: &Simple, redirects: &[Redirect]) {
        simple.assignments.iter().for_each(|assignment| self.word(&assignment.value));
        simple.words.iter().for_each(|word| self.word(word));
        let Some((name, operands)) = simple.words.split_first() else { return };
        match name.plain.as_deref() {
            Some(b"set") => self.exits_on_errors |= sets_errexit(operands),
            Some(b"rm" | b"rmdir") => self.removal(operands),
            Some(b"test") => self.test(operands, redirects),
            Some(b"[") => match operands.split_last() {
                Some((last, operands)) if is(last, b"]") => self.test(operands, redirects),
                _ => self.warn(name.position, "the last word of [ must be ], with a blank before it".into()),
            },
            _ => {}
        }
    }

    fn removal(&mut self, operands: &[Word]) {
        for word in operands {
            self.unquoted(word, "so that it is split, and may match any files");
            if let [Part::Parameter(parameter, _), Part::Text(next) | Part::Quoted(next), ..] =
                word.parts.as_slice()
                && matches!(
                    (&parameter.change, parameter.name),
                    (Change::None, Name::Variable(_) | Name::Positional(_))
                )
                && next.starts_with(b"/")
            {
                let name = self.shown(parameter);
                let text = format!("this begins at / if {name} is empty: write ${{{name}:?}}");
                self.warn(parameter.position, text);
            }
        }
    }

    fn test(&mut self, operands: &[Word], redirects: &[Redirect]) {
        for word in operands {
            self.unquoted(word, "so that the test gets other words if it is empty or has blanks");
        }
        if let [word] = operands
            && word.parts.iter().any(|part| matches!(part, Part::Text(text) if text.contains(&b'=')))
        {
            self.warn(word.position, "this is one word, and always true: write blanks around =".into());
        }
        for (index, word) in operands.iter().enumerate() {
            if is(word, b"==") {
                self.warn(word.position, "== is not known to all shells: write =".into());
            }
            if index > 0 && operands.len() > 3 && (is(word, b"-a") || is(word, b"-o")) {
                self.warn(
                    word.position,
                    "-a and -o can be mistaken for operands: write two tests with && or ||".into(),
                );
            }
        }
        for redirect in redirects {
            let sign = match (&redirect.kind, redirect.number) {
                (RedirectKind::Read(_), 0) => '<',
                (RedirectKind::Write(..), 1) => '>',
                _ => continue,
            };
            // Of a device, it is meant.
            let is_device = file_of(&redirect.kind)
                .and_then(|word| word.plain.as_deref())
                .is_some_and(|path| path.starts_with(b"/dev/"));
            if !is_device {
                self.warn(
                    redirect.position,
                    format!("{sign} compares nothing here, it opens a file: write -lt or -gt"),
                );
            }
        }
    }

    /// Warns of expansions that are not quoted.
    fn unquoted(&mut self, word: &Word, effect: &str) {
        for part in &word.parts {
            match part {
                Part::Parameter(parameter, false) if is_text(parameter) => {
                    let name = self.shown(parameter);
                    self.warn(parameter.position, format!("${name} is not quoted, {effect}"));
                }
                Part::Command(_, false) => {
                    self.warn(word.position, format!("$(...) is not quoted, {effect}"));
                }
                _ => {}
            }
        }
    }

    fn shown(&self, parameter: &Parameter) -> String {
        match parameter.name {
            Name::Variable(symbol) => String::from_utf8_lossy(self.names.name(symbol)).into_owned(),
            Name::Positional(number) => format!("{number}"),
            Name::Special(letter) => char::from(letter).into(),
        }
    }
}

/// Says whether a parameter can be anything, not a number alone.
fn is_text(parameter: &Parameter) -> bool {
    !matches!(parameter.change, Change::Length)
        && !matches!(parameter.name, Name::Special(b'#' | b'?' | b'$' | b'!' | b'-'))
}

/// Says whether a word is this one.
fn is(word: &Word, text: &[u8]) -> bool {
    word.plain.as_deref() == Some(text)
}

fn sets_errexit(words: &[Word]) -> bool {
    words.iter().any(|word| match word.plain.as_deref() {
        Some(b"errexit") => true,
        Some([b'-', letters @ ..]) => letters.contains(&b'e'),
        _ => false,
    })
}

fn file_of(kind: &RedirectKind) -> Option<&Word> {
    match kind {
        RedirectKind::Read(word)
        | RedirectKind::Write(word, _)
        | RedirectKind::Append(word)
        | RedirectKind::Both(word)
        | RedirectKind::Copy(word) => Some(word),
        RedirectKind::Here(_) => None,
    }
}
