//! Expansion: words to fields, values, patterns.

mod arithmetic;
mod condition;
mod fields;
mod folder;
mod parameter;

use alloc::rc::Rc;
use alloc::vec::Vec;

use crate::names::Symbol;
use crate::run::{Run, Shell};
use crate::syntax::{Bytes, List, Part, Word};
use fields::{Fields, Mode};

pub(crate) use fields::Separators;
pub(crate) use text::pattern::Matcher;

impl Shell<'_> {
    /// Expands a word to fields, which are added.
    #[inline]
    pub(crate) fn expand(&mut self, word: &Word, into: &mut Vec<Bytes>) -> Run<()> {
        match &word.plain {
            Some(plain) => {
                into.push(plain.clone());
                Ok(())
            }
            None => self.expand_parts(word, into),
        }
    }

    fn expand_parts(&mut self, word: &Word, into: &mut Vec<Bytes>) -> Run<()> {
        self.refresh_separators();
        let mut fields = Fields::new(into, Mode::Split { finds_files: !self.options.noglob });
        self.parts_of(word, &mut fields)?;
        let waiting = fields.finish();
        if let Some(start) = waiting {
            self.find_files(into, start);
        }
        Ok(())
    }

    /// Expands a word to one value: nothing is split, and no names of files are found.
    pub(crate) fn expand_value(&mut self, word: &Word) -> Run<Bytes> {
        if let Some(plain) = &word.plain {
            return Ok(plain.clone());
        }
        // A value that is one parameter's need not be copied.
        if let [Part::Parameter(parameter, _)] = word.parts.as_slice()
            && let Some(value) = self.plain_parameter(parameter)
        {
            return Ok(value);
        }
        let text = self.expand_bytes(word, Mode::Value)?;
        Ok(Rc::from(text))
    }

    /// Expands a word to a pattern, in which a backslash stands before what was quoted.
    pub(crate) fn expand_pattern(&mut self, word: &Word) -> Run<Vec<u8>> {
        self.expand_bytes(word, Mode::Pattern)
    }

    fn expand_bytes(&mut self, word: &Word, mode: Mode) -> Run<Vec<u8>> {
        self.refresh_separators();
        let mut none = Vec::new();
        let mut fields = Fields::new(&mut none, mode);
        self.parts_of(word, &mut fields)?;
        Ok(fields.text())
    }

    /// Expands the parts of a word, of whose place what fails in them can speak.
    fn parts_of(&mut self, word: &Word, fields: &mut Fields<'_>) -> Run<()> {
        let outer = core::mem::replace(&mut self.place, word.position);
        let done = self.parts(&word.parts, false, fields);
        self.place = outer;
        done
    }

    /// Expands a word to the name of a file for a redirection.
    pub(crate) fn expand_file(&mut self, word: &Word) -> Run<Bytes> {
        self.expand_value(word)
    }

    /// Expands parts; text that stands in an operand of `${...}` is split like values, if it is not quoted.
    fn parts(&mut self, parts: &[Part], splits_text: bool, fields: &mut Fields<'_>) -> Run<()> {
        for part in parts {
            match part {
                Part::Text(text) if splits_text => fields.value(text, false, &self.separators),
                Part::Text(text) => fields.text_part(text),
                Part::Quoted(text) => fields.quoted(text),
                Part::Tilde(user) => match self.home_of(user) {
                    Some(home) => fields.quoted(&home),
                    None => {
                        fields.text_part(b"~");
                        fields.text_part(user);
                    }
                },
                Part::Parameter(parameter, quoted) => self.parameter(parameter, *quoted, fields)?,
                Part::Command(list, quoted) => {
                    let text = self.command_text(list)?;
                    self.add_value(&text, *quoted, fields)?;
                }
                Part::Arithmetic(arithmetic, quoted) => {
                    let number = self.arithmetic(arithmetic)?;
                    let text = crate::run::number_text(number);
                    fields.value(&text, *quoted, &self.separators);
                }
            }
        }
        Ok(())
    }

    /// Adds a value, if there is memory for it.
    fn add_value(&mut self, value: &[u8], quoted: bool, fields: &mut Fields<'_>) -> Run<()> {
        self.room(fields.length() + value.len())?;
        fields.value(value, quoted, &self.separators);
        Ok(())
    }

    /// Gives what commands write; without another process, if they are a builtin that only writes.
    fn command_text(&mut self, list: &List) -> Run<Vec<u8>> {
        if self.depth.is_spent() {
            return Err(self.fail(b"", "commands are nested too deep"));
        }
        match self.substitute_here(list) {
            Some(text) => Ok(text),
            None => self.substitute(list),
        }
    }

    /// Gives the home that `~user` means, or `~` itself.
    fn home_of(&mut self, user: &[u8]) -> Option<Bytes> {
        match user {
            b"" => self.value(Symbol::HOME),
            b"+" => self.value(Symbol::PWD),
            b"-" => self.value(Symbol::OLDPWD),
            _ => self.system.home(user).map(Rc::from),
        }
    }

    fn refresh_separators(&mut self) {
        self.separators.refresh(self.variables.get(Symbol::IFS));
    }

    /// Gives the matcher of patterns for the language in use.
    pub(crate) fn matcher(&self) -> Matcher {
        Matcher { utf8: self.is_utf8(), folds: false }
    }

    /// Says whether characters are those of UTF-8: LC_ALL, LC_CTYPE and LANG say so, the first that is set.
    pub(crate) fn is_utf8(&self) -> bool {
        let names = [Symbol::LC_ALL, Symbol::LC_CTYPE, Symbol::LANG];
        let value = names.iter().filter_map(|name| self.variables.get(*name)).find(|value| !value.is_empty());
        value.is_some_and(|value| {
            let lower = value.to_ascii_lowercase();
            lower.ends_with(b"utf-8") || lower.ends_with(b"utf8")
        })
    }
}
