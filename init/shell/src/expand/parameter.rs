//! Parameters: their values, and what is made of them.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use super::Matcher;
use super::fields::Fields;
use crate::names::Symbol;
use crate::run::{Leave, Run, Shell, number_text};
use crate::syntax::{Arithmetic, Bytes, Change, End, Name, Parameter, Position, Replace, Word};

impl Shell<'_> {
    /// Gives the value of a parameter of which nothing is made, if that is all there is to it.
    pub(super) fn plain_parameter(&self, parameter: &Parameter) -> Option<Bytes> {
        match parameter {
            Parameter { change: Change::None, name: Name::Special(b'@' | b'*'), .. } => None,
            Parameter { change: Change::None, name, .. } => self.parameter_value(*name),
            _ => None,
        }
    }

    /// Gives the value of a parameter, if it is set.
    pub(crate) fn parameter_value(&self, name: Name) -> Option<Bytes> {
        match name {
            Name::Variable(symbol) => self.value(symbol),
            Name::Positional(number) => self.positional.get(number as usize - 1).cloned(),
            Name::Special(b'0') => Some(self.name.clone()),
            Name::Special(b'#') => Some(number_text(self.positional.len() as i64)),
            Name::Special(b'?') => Some(number_text(self.status.into())),
            Name::Special(b'$') => Some(number_text(self.pid.get().into())),
            Name::Special(b'!') => self.jobs.last.map(|pid| number_text(pid.get().into())),
            Name::Special(b'-') => Some(self.option_letters()),
            Name::Special(_) => None,
        }
    }

    /// Expands a parameter.
    pub(super) fn parameter(
        &mut self,
        parameter: &Parameter,
        quoted: bool,
        fields: &mut Fields<'_>,
    ) -> Run<()> {
        if let (Change::None, Name::Special(kind @ (b'@' | b'*'))) = (&parameter.change, parameter.name) {
            let values = Rc::clone(&self.positional);
            self.all(kind, &values, quoted, fields);
            return Ok(());
        }
        if let Name::Special(kind @ (b'@' | b'*')) = parameter.name {
            return self.change_of_all(kind, &parameter.change, quoted, fields);
        }
        let value = self.parameter_value(parameter.name);
        if !matches!(parameter.change, Change::None) {
            // What is wrong with it may be lines behind the command's first word.
            self.line = self.line.max(parameter.position.line);
        }
        match &parameter.change {
            Change::Default(colon, word) | Change::Assign(colon, word) | Change::Fail(colon, word) => {
                match value.filter(|value| !colon || !value.is_empty()) {
                    Some(value) => return self.add_value(&value, quoted, fields),
                    None => return self.absent(parameter, word, quoted, fields),
                }
            }
            Change::Alternate(colon, word) => {
                if value.is_some_and(|value| !colon || !value.is_empty()) {
                    self.operand(word, quoted, fields)?;
                } else if quoted {
                    fields.quoted(b"");
                }
            }
            change => {
                let value = match value {
                    Some(value) => value,
                    None if self.options.nounset && !matches!(change, Change::Bad(_)) => {
                        return Err(self.unset(parameter));
                    }
                    None => Rc::from(&b""[..]),
                };
                let value = self.changed_value(&value, change)?;
                self.add_value(&value, quoted, fields)?;
            }
        }
        Ok(())
    }

    /// Expands `$@` or `$*`.
    fn all(&mut self, kind: u8, values: &[Bytes], quoted: bool, fields: &mut Fields<'_>) {
        let joins = kind == b'*' && (quoted || !fields.splits());
        if joins {
            let joint = self.separators.joint.clone();
            fields.quoted(b"");
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    fields.value(&joint, quoted, &self.separators);
                }
                fields.value(value, quoted, &self.separators);
            }
            return;
        }
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                fields.between(quoted, b" ");
            }
            fields.value(value, quoted, &self.separators);
        }
    }

    /// Expands `${@-word}` and its like.
    fn change_of_all(&mut self, kind: u8, change: &Change, quoted: bool, fields: &mut Fields<'_>) -> Run<()> {
        let values = Rc::clone(&self.positional);
        let is_set = |colon: bool| match values.as_slice() {
            [] => false,
            [only] => !colon || !only.is_empty(),
            _ => true,
        };
        match change {
            Change::Length => fields.value(&number_text(values.len() as i64), quoted, &self.separators),
            Change::Default(colon, word) if !is_set(*colon) => return self.operand(word, quoted, fields),
            Change::Alternate(colon, word) => {
                if is_set(*colon) {
                    return self.operand(word, quoted, fields);
                }
                if quoted {
                    fields.quoted(b"");
                }
            }
            Change::Assign(..) => {
                return Err(self.fail_at(self.place, &[b'$', kind], "cannot be assigned to"));
            }
            Change::Fail(colon, word) if !is_set(*colon) => {
                return Err(self.fail_parameter(Name::Special(kind), self.place, *colon, word));
            }
            Change::Slice(offset, length) => {
                let all: Vec<Bytes> =
                    core::iter::once(self.name.clone()).chain(values.iter().cloned()).collect();
                let (start, end) = self.slice_of(all.len(), offset, length.as_deref())?;
                // `$0` is counted, and given where the slice begins with it.
                let start = if start == 0 && end > 0 { 0 } else { start };
                self.all(kind, all.get(start..end).unwrap_or_default(), quoted, fields);
            }
            change => {
                let mut changed = Vec::with_capacity(values.len());
                for value in values.iter() {
                    changed.push(self.changed_value(value, change)?);
                }
                self.all(kind, &changed, quoted, fields);
            }
        }
        Ok(())
    }

    /// Expands the word of an operator.
    fn operand(&mut self, word: &Word, quoted: bool, fields: &mut Fields<'_>) -> Run<()> {
        if quoted {
            // Within quotes there is a field, also where `$@` gives none.
            fields.quoted(b"");
        }
        self.parts(&word.parts, true, fields)
    }

    /// Does what is said for a parameter that is not set.
    fn absent(
        &mut self,
        parameter: &Parameter,
        word: &Word,
        quoted: bool,
        fields: &mut Fields<'_>,
    ) -> Run<()> {
        match (&parameter.change, parameter.name) {
            (Change::Assign(..), Name::Variable(symbol)) => {
                let value = self.expand_value(word)?;
                self.set(symbol, value.clone())?;
                if symbol == Symbol::IFS {
                    self.separators.refresh(self.variables.get(Symbol::IFS));
                }
                fields.value(&value, quoted, &self.separators);
                Ok(())
            }
            (Change::Assign(..), name) => {
                let name = self.shown_name(name);
                Err(self.fail_at(parameter.position, &name, "cannot be assigned to"))
            }
            (Change::Fail(colon, _), name) => {
                Err(self.fail_parameter(name, parameter.position, *colon, word))
            }
            _ => self.operand(word, quoted, fields),
        }
    }

    fn fail_parameter(&mut self, name: Name, place: Position, colon: bool, word: &Word) -> Leave {
        let shown = self.shown_name(name);
        if word.parts.is_empty() {
            let reason = if colon { "parameter not set or empty" } else { "parameter not set" };
            return self.fail_at(place, &shown, reason);
        }
        match self.expand_value(word) {
            // The script's own message, for those who use it: its text would tell them nothing.
            Ok(message) => self.fail(&shown, &String::from_utf8_lossy(&message)),
            Err(leave) => leave,
        }
    }

    fn unset(&mut self, parameter: &Parameter) -> Leave {
        let name = self.shown_name(parameter.name);
        self.fail_at(parameter.position, &name, "parameter not set")
    }

    fn shown_name(&self, name: Name) -> Vec<u8> {
        match name {
            Name::Variable(symbol) => self.names.name(symbol).to_vec(),
            Name::Positional(number) => number_text(number.into()).to_vec(),
            Name::Special(kind) => alloc::vec![kind],
        }
    }

    /// Makes of a value what is asked for.
    fn changed_value(&mut self, value: &Bytes, change: &Change) -> Run<Bytes> {
        Ok(match change {
            Change::Length => number_text(self.matcher().count(value) as i64),
            Change::Strip(end, longest, word) => {
                let pattern = self.expand_pattern(word)?;
                let range = match end {
                    End::Front => after_front(self.matcher(), &pattern, value, *longest)..value.len(),
                    End::Back => 0..before_back(self.matcher(), &pattern, value, *longest),
                };
                if range.len() == value.len() {
                    value.clone()
                } else {
                    Rc::from(value.get(range).unwrap_or_default())
                }
            }
            Change::Slice(offset, length) => {
                let matcher = self.matcher();
                let (start, end) = self.slice_of(matcher.count(value), offset, length.as_deref())?;
                let range = matcher.place(value, start)..matcher.place(value, end);
                Rc::from(value.get(range).unwrap_or_default())
            }
            Change::Replace(which, pattern, replacement) => {
                let pattern = self.expand_pattern(pattern)?;
                let replacement = self.expand_value(replacement)?;
                Rc::from(replaced(self.matcher(), *which, &pattern, &replacement, value))
            }
            Change::Bad(reason) => {
                let reason = String::from_utf8_lossy(reason).into_owned();
                return Err(self.fail_at(self.place, b"", &reason));
            }
            _ => value.clone(),
        })
    }

    /// Gives from where to where a slice goes; what is negative counts from the end.
    fn slice_of(
        &mut self,
        count: usize,
        offset: &Arithmetic,
        length: Option<&Arithmetic>,
    ) -> Run<(usize, usize)> {
        let count = count as i64;
        let offset = self.arithmetic(offset)?;
        let start = if offset < 0 { count.saturating_add(offset) } else { offset };
        let length = length.map(|length| self.arithmetic(length)).transpose()?;
        let end = match length {
            None => count,
            Some(length) if length < 0 => count.saturating_add(length),
            Some(length) => start.saturating_add(length),
        };
        // An offset before the beginning gives nothing.
        if start < 0 || start > count || end < start {
            return Ok((0, 0));
        }
        Ok((start as usize, end.min(count) as usize))
    }
}

/// Says whether a pattern is text alone.
fn is_literal(pattern: &[u8]) -> bool {
    !pattern.iter().any(|byte| matches!(byte, b'*' | b'?' | b'[' | b'\\'))
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

fn find_last(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).rposition(|window| window == part)
}

/// Gives the places between characters, the two ends among them.
fn places(matcher: Matcher, text: &[u8]) -> impl DoubleEndedIterator<Item = usize> {
    const LONGEST: usize = 4;
    let is_within = move |at: usize| {
        // What begins up to three bytes before may reach beyond this one.
        text.get(at).is_some_and(|byte| byte & 0xc0 == 0x80)
            && (1..LONGEST).any(|back| {
                at.checked_sub(back)
                    .is_some_and(|start| matcher.width(text.get(start..).unwrap_or_default()) > back)
            })
    };
    (0..=text.len()).filter(move |at| !is_within(*at))
}

/// Gives where what a pattern matches at the front ends; 0 if it does not match.
fn after_front(matcher: Matcher, pattern: &[u8], text: &[u8], longest: bool) -> usize {
    if is_literal(pattern) {
        return if text.starts_with(pattern) { pattern.len() } else { 0 };
    }
    // The usual form, `*/`, needs one look at each place.
    if let [b'*', rest @ ..] = pattern
        && !rest.is_empty()
        && is_literal(rest)
    {
        let found = if longest { find_last(text, rest) } else { find(text, rest) };
        return found.map_or(0, |at| at + rest.len());
    }
    let mut places =
        places(matcher, text).filter(|at| matcher.matches(pattern, text.get(..*at).unwrap_or_default()));
    let found = if longest { places.next_back() } else { places.next() };
    found.unwrap_or(0)
}

/// Gives where what a pattern matches at the back begins; the end if it does not match.
fn before_back(matcher: Matcher, pattern: &[u8], text: &[u8], longest: bool) -> usize {
    if is_literal(pattern) {
        return if text.ends_with(pattern) { text.len() - pattern.len() } else { text.len() };
    }
    if let [rest @ .., b'*'] = pattern
        && !rest.is_empty()
        && is_literal(rest)
    {
        let found = if longest { find(text, rest) } else { find_last(text, rest) };
        return found.unwrap_or(text.len());
    }
    let mut places =
        places(matcher, text).filter(|at| matcher.matches(pattern, text.get(*at..).unwrap_or_default()));
    let found = if longest { places.next() } else { places.next_back() };
    found.unwrap_or(text.len())
}

/// Replaces what a pattern matches, as long as can be.
fn replaced(matcher: Matcher, which: Replace, pattern: &[u8], replacement: &[u8], text: &[u8]) -> Vec<u8> {
    let longest = |at: usize| {
        let rest = text.get(at..)?;
        let mut lengths = places(matcher, rest).rev();
        lengths.find(|length| rest.get(..*length).is_some_and(|part| matcher.matches(pattern, part)))
    };
    match which {
        Replace::Front => {
            return match longest(0) {
                Some(length) => [replacement, text.get(length..).unwrap_or_default()].concat(),
                None => text.to_vec(),
            };
        }
        Replace::Back => {
            let found = places(matcher, text)
                .find(|at| matcher.matches(pattern, text.get(*at..).unwrap_or_default()));
            return match found {
                Some(at) => [text.get(..at).unwrap_or_default(), replacement].concat(),
                None => text.to_vec(),
            };
        }
        Replace::First | Replace::All => {}
    }
    if pattern.is_empty() {
        return text.to_vec();
    }
    let mut done = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        match longest(at).filter(|length| *length > 0) {
            Some(length) => {
                done.extend_from_slice(replacement);
                at += length;
                if which == Replace::First {
                    break;
                }
            }
            None => {
                let width = matcher.width(text.get(at..).unwrap_or_default());
                done.extend_from_slice(text.get(at..at + width).unwrap_or_default());
                at += width;
            }
        }
    }
    done.extend_from_slice(text.get(at..).unwrap_or_default());
    done
}
