//! Reading a script.

use alloc::boxed::Box;
use alloc::format;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use regex::{Odd, Options, Regex, Syntax};
use text::character;

use super::escape::{self, Place};
use super::script::{
    Action, Address, Command, End, Expression, Lines, Part, Script, Substitution, Table, When,
};

/// What is wrong with a script, and where.
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) at: usize,
}

type Parse<T> = Result<T, Fault>;

/// How scripts are read.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    pub(super) syntax: Syntax,
    pub(super) utf8: bool,
    /// Neither files are written nor read by the script.
    pub(super) is_sandbox: bool,
}

/// Reads a script.
pub(super) fn parse(text: &[u8], manner: Manner) -> Parse<Script> {
    let mut parser = Parser {
        text,
        at: 0,
        manner,
        script: Script::default(),
        blocks: Vec::new(),
        labels: Vec::new(),
        jumps: Vec::new(),
    };
    parser.all()?;
    Ok(parser.script)
}

struct Parser<'p> {
    text: &'p [u8],
    at: usize,
    manner: Manner,
    script: Script,
    /// Where blocks begin that have no end yet: their commands and their places in the text.
    blocks: Vec<(usize, usize)>,
    labels: Vec<(&'p [u8], usize)>,
    /// Jumps to labels: the command, the label, and its place.
    jumps: Vec<(usize, &'p [u8], usize)>,
}

impl<'p> Parser<'p> {
    fn rest(&self) -> &'p [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn accept(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn fault<T>(&self, message: &str) -> Parse<T> {
        Err(Fault { message: message.into(), at: self.at.saturating_sub(1) })
    }

    fn take_while(&mut self, is_such: impl Fn(u8) -> bool) -> &'p [u8] {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !is_such(*byte)).unwrap_or(rest.len());
        self.at += length;
        rest.split_at(length).0
    }

    fn blanks(&mut self) {
        self.take_while(|byte| byte != b'\n' && byte.is_ascii_whitespace());
    }

    fn number(&mut self) -> Option<u64> {
        let digits = self.take_while(|byte| byte.is_ascii_digit());
        query::text::parse_decimal(digits)
    }

    fn all(&mut self) -> Parse<()> {
        if self.text.starts_with(b"#n") && matches!(self.text.get(2), None | Some(b'\n')) {
            self.script.is_quiet = true;
        }
        loop {
            self.take_while(|byte| byte == b';' || byte.is_ascii_whitespace());
            if self.rest().is_empty() {
                break;
            }
            self.command()?;
        }
        if let Some((_, at)) = self.blocks.last() {
            return Err(Fault { message: "the block that begins here has no end".into(), at: *at });
        }
        for (command, label, at) in core::mem::take(&mut self.jumps) {
            let place = match self.labels.iter().find(|known| known.0 == label) {
                _ if label.is_empty() => self.script.commands.len(),
                Some((_, place)) => *place,
                None => {
                    let message = format!("there is no label {}", label.escape_ascii());
                    return Err(Fault { message, at });
                }
            };
            if let Some(Command { action: Action::Jump(_, to), .. }) = self.script.commands.get_mut(command) {
                *to = place;
            }
        }
        Ok(())
    }

    fn command(&mut self) -> Parse<()> {
        let lines = self.lines()?;
        self.blanks();
        let mut is_negated = false;
        while self.accept(b'!') {
            is_negated = true;
            self.blanks();
        }
        let letter = self.take().ok_or(()).or_else(|()| self.fault("a command is missing"))?;
        if matches!(letter, b':' | b'}' | b'#') && !matches!(lines, Lines::All) {
            return self.fault("this takes no address");
        }
        if matches!(letter, b'q' | b'Q') && matches!(lines, Lines::Range(..)) {
            return self.fault("this takes one address");
        }
        let action = self.action(letter)?;
        self.script.commands.push(Command { lines, is_negated, action });
        Ok(())
    }

    fn action(&mut self, letter: u8) -> Parse<Action> {
        let index = self.script.commands.len();
        let simple = match letter {
            b'#' => {
                self.take_while(|byte| byte != b'\n');
                return Ok(Action::Nothing);
            }
            b':' => {
                self.blanks();
                let label = self.take_while(|byte| byte != b';' && !byte.is_ascii_whitespace());
                if label.is_empty() {
                    return self.fault("a label has a name");
                }
                self.labels.push((label, index));
                return Ok(Action::Nothing);
            }
            b'{' => {
                self.blocks.push((index, self.at - 1));
                return Ok(Action::Block(0));
            }
            b'}' => {
                let Some((begin, _)) = self.blocks.pop() else {
                    return self.fault("no block begins before this end");
                };
                if let Some(Command { action: Action::Block(end), .. }) = self.script.commands.get_mut(begin)
                {
                    *end = index;
                }
                Action::Nothing
            }
            b'a' => return self.added().map(Action::Append),
            b'i' => return self.added().map(Action::Insert),
            b'c' => return self.added().map(Action::Change),
            b'e' => return self.command_line().map(Action::Run),
            b'b' | b't' | b'T' => {
                self.blanks();
                let at = self.at;
                let label =
                    self.take_while(|byte| byte != b';' && byte != b'}' && !byte.is_ascii_whitespace());
                self.jumps.push((index, label, at));
                let when = match letter {
                    b'b' => When::Always,
                    b't' => When::Replaced,
                    _ => When::NotReplaced,
                };
                Action::Jump(when, 0)
            }
            b'r' => return self.file_name().map(|name| Action::Read(name.to_vec())),
            b'R' => {
                let name = self.file_name()?;
                return Ok(Action::ReadLine(number(&mut self.script.read, name)));
            }
            b'w' => return self.file().map(Action::Write),
            b'W' => return self.file().map(Action::WriteFirst),
            b's' => self.substitution()?,
            b'y' => self.translation()?,
            b'l' | b'q' | b'Q' => {
                self.blanks();
                let number = self.number();
                let small = number.and_then(|number| u8::try_from(number).ok()).unwrap_or(0);
                match letter {
                    b'l' => Action::List(number.and_then(|number| usize::try_from(number).ok())),
                    _ => Action::Quit(letter == b'q', small),
                }
            }
            b'v' => {
                self.take_while(|byte| byte != b';' && byte != b'\n');
                Action::Nothing
            }
            letter => match plain(letter) {
                Some(action) => action,
                None => return self.fault(&format!("there is no command {}", letter.escape_ascii())),
            },
        };
        self.end()?;
        Ok(simple)
    }

    /// Takes what ends a command.
    fn end(&mut self) -> Parse<()> {
        self.blanks();
        match self.peek() {
            None | Some(b'\n' | b';' | b'}' | b'#') => Ok(()),
            Some(_) => {
                self.at += 1;
                self.fault("more than a command takes")
            }
        }
    }

    fn lines(&mut self) -> Parse<Lines> {
        let Some(first) = self.address()? else { return Ok(Lines::All) };
        self.blanks();
        if !self.accept(b',') {
            return match first {
                Address::Zero => self.fault("line 0 is only the begin of a range to an expression"),
                first => Ok(Lines::One(first)),
            };
        }
        self.blanks();
        let end = match self.peek() {
            Some(sign @ (b'+' | b'~')) => {
                self.at += 1;
                let Some(number) = self.number() else { return self.fault("a number is missing") };
                if sign == b'+' { End::Count(number) } else { End::Multiple(number) }
            }
            _ => match self.address()? {
                Some(Address::Zero) => End::At(Address::Number(0)),
                Some(address) => End::At(address),
                None => return self.fault("the range has no end"),
            },
        };
        if matches!(first, Address::Zero) && !matches!(end, End::At(Address::Match(_))) {
            return self.fault("line 0 is only the begin of a range to an expression");
        }
        Ok(Lines::Range(first, end))
    }

    fn address(&mut self) -> Parse<Option<Address>> {
        let address = match self.peek() {
            Some(b'0'..=b'9') => {
                let first = self.number().unwrap_or(u64::MAX);
                match (self.accept(b'~'), first) {
                    (true, first) => Address::Step(first, self.number().unwrap_or(0)),
                    (false, 0) => Address::Zero,
                    (false, first) => Address::Number(first),
                }
            }
            Some(b'$') => {
                self.at += 1;
                Address::Last
            }
            Some(mark @ (b'/' | b'\\')) => {
                self.at += 1;
                let delimiter = if mark == b'/' { Some(mark) } else { self.take() };
                let Some(delimiter) = delimiter.filter(|byte| !matches!(byte, b'\n' | b'\\')) else {
                    return self.fault("no character can begin an expression here");
                };
                let begin = self.at;
                let pattern = self.delimited(delimiter, Place::Expression)?;
                let flags = self.take_while(|byte| matches!(byte, b'I' | b'M'));
                Address::Match(self.expression(&pattern, begin, flags)?)
            }
            _ => return Ok(None),
        };
        Ok(Some(address))
    }

    fn expression(&self, pattern: &[u8], begin: usize, flags: &[u8]) -> Parse<Expression> {
        if pattern.is_empty() {
            return match flags {
                [] => Ok(None),
                _ => self.fault("the expression used last takes no flags"),
            };
        }
        let options = Options {
            odd: Odd::Refused,
            ignores_case: flags.iter().any(|flag| matches!(flag, b'I' | b'i')),
            by_lines: flags.iter().any(|flag| matches!(flag, b'M' | b'm')),
            ..Options::new(self.manner.syntax, self.manner.utf8)
        };
        match Regex::any(&[pattern], options) {
            Ok(regex) => Ok(Some(Rc::new(regex))),
            Err(error) => Err(Fault { message: format!("{error} of the expression"), at: begin }),
        }
    }

    /// Takes what goes up to a delimiter, with its escapes resolved as far as that is not the user's of the text.
    fn delimited(&mut self, delimiter: u8, place: Place) -> Parse<Vec<u8>> {
        let begin = self.at;
        let mut length = 0;
        loop {
            let rest = self.text.get(begin + length..).unwrap_or_default();
            match rest {
                [] | [b'\\'] => return self.fault("this has no end"),
                [b'\n', ..] if place == Place::Expression => {
                    return self.fault("this has no end on its line");
                }
                [b'\\', _, ..] => length += 2,
                [byte, ..] if *byte == delimiter => break,
                [b'[', ..] if place == Place::Expression => length += escape::bracket(rest).unwrap_or(1),
                _ => length += 1,
            }
        }
        self.at = begin + length + 1;
        let text = self.text.get(begin..begin + length).unwrap_or_default();
        Ok(escape::resolve(text, delimiter, place))
    }

    fn substitution(&mut self) -> Parse<Action> {
        let Some(delimiter) = self.take().filter(|byte| !matches!(byte, b'\n' | b'\\')) else {
            return self.fault("no character can begin an expression here");
        };
        let begin = self.at;
        let pattern = self.delimited(delimiter, Place::Expression)?;
        let replacement = self.delimited(delimiter, Place::Replacement)?;
        let mut found = Substitution {
            expression: None,
            replacement: escape::parts(&replacement),
            first: 1,
            all: false,
            prints: false,
            runs: false,
            writes: None,
        };
        let mut flags = Vec::new();
        loop {
            match self.peek() {
                Some(b'g') => found.all = true,
                Some(b'p') => found.prints = true,
                Some(flag @ (b'i' | b'I' | b'm' | b'M')) => flags.push(flag),
                Some(b'0'..=b'9') => {
                    found.first = self.number().unwrap_or(u64::MAX);
                    if found.first == 0 {
                        return self.fault("matches are counted from 1");
                    }
                    continue;
                }
                Some(b'w') => {
                    self.at += 1;
                    found.writes = Some(self.file()?);
                    break;
                }
                Some(b'e') if self.manner.is_sandbox => {
                    self.at += 1;
                    return self.fault("no commands in a sandbox");
                }
                Some(b'e') => found.runs = true,
                _ => break,
            }
            self.at += 1;
        }
        found.expression = self.expression(&pattern, begin, &flags)?;
        let highest = found.replacement.iter().filter_map(|part| match part {
            Part::Group(number) => Some(*number),
            _ => None,
        });
        let groups = found.expression.as_ref().map(|regex| regex.groups());
        if let (Some(highest), Some(groups)) = (highest.max(), groups)
            && highest > groups
        {
            let message = format!("the expression has no group {highest}");
            return Err(Fault { message, at: begin });
        }
        Ok(Action::Substitute(Box::new(found)))
    }

    fn translation(&mut self) -> Parse<Action> {
        let Some(delimiter) = self.take().filter(|byte| !matches!(byte, b'\n' | b'\\')) else {
            return self.fault("no character can begin a list here");
        };
        let from = self.delimited(delimiter, Place::List)?;
        let to = self.delimited(delimiter, Place::List)?;
        let (from, to) = (self.characters(&from), self.characters(&to));
        if from.len() != to.len() {
            return self.fault("the lists are not equally long");
        }
        let mut table = Table { bytes: core::array::from_fn(|byte| byte as u8), wide: Vec::new() };
        let mut seen: Vec<&[u8]> = Vec::new();
        for (from, to) in from.into_iter().zip(to) {
            if seen.contains(&from) {
                continue;
            }
            seen.push(from);
            match (from, to) {
                ([from], [to]) => table.bytes[usize::from(*from)] = *to,
                (from, to) => table.wide.push((from.to_vec(), to.to_vec())),
            }
        }
        Ok(Action::Translate(Box::new(table)))
    }

    fn characters<'t>(&self, text: &'t [u8]) -> Vec<&'t [u8]> {
        let mut rest = text;
        let mut found = Vec::new();
        while !rest.is_empty() {
            let (first, behind) = rest.split_at(character::width(rest, self.manner.utf8));
            found.push(first);
            rest = behind;
        }
        found
    }

    /// Takes the text of `a`, `i` and `c`, with a line feed at its end.
    fn added(&mut self) -> Parse<Vec<u8>> {
        self.blanks();
        if self.rest().is_empty() {
            return self.fault("a text is missing");
        }
        if self.accept(b'\\') {
            if self.rest().is_empty() {
                // As in `$a\`: no text, but the line before it gets its end.
                return Ok(Vec::new());
            }
            let begin = self.at;
            self.blanks();
            if !self.accept(b'\n') {
                // On one line: the backslash keeps the blanks behind it.
                self.at = begin;
            }
        }
        let mut text = Vec::new();
        while let Some(byte) = self.take() {
            match byte {
                b'\n' => break,
                b'\\' => match self.take() {
                    Some(b'\n') => text.push(b'\n'),
                    Some(letter) => text.push(escape::control(letter).unwrap_or(letter)),
                    None => {}
                },
                byte => text.push(byte),
            }
        }
        text.push(b'\n');
        Ok(text)
    }

    /// Takes the command of `e`; none where the line is one.
    fn command_line(&mut self) -> Parse<Option<Vec<u8>>> {
        if self.manner.is_sandbox {
            return self.fault("no commands in a sandbox");
        }
        self.blanks();
        match self.peek() {
            None | Some(b'\n') => Ok(None),
            Some(_) => self.added().map(Some),
        }
    }

    fn file_name(&mut self) -> Parse<&'p [u8]> {
        self.blanks();
        let name = self.take_while(|byte| byte != b'\n');
        match name {
            [] => self.fault("the name of a file is missing"),
            _ if self.manner.is_sandbox => self.fault("no files in a sandbox"),
            name => Ok(name),
        }
    }

    fn file(&mut self) -> Parse<usize> {
        let name = self.file_name()?;
        Ok(number(&mut self.script.files, name))
    }
}

/// Gives the number of a name in a list, to which it is added if need be.
fn number(names: &mut Vec<Vec<u8>>, name: &[u8]) -> usize {
    names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.to_vec());
        names.len() - 1
    })
}

/// Gives the command of a letter behind which nothing else stands.
fn plain(letter: u8) -> Option<Action> {
    Some(match letter {
        b'd' => Action::Delete,
        b'D' => Action::DeleteFirst,
        b'F' => Action::Name,
        b'g' => Action::Get,
        b'G' => Action::GetAppend,
        b'h' => Action::Hold,
        b'H' => Action::HoldAppend,
        b'x' => Action::Exchange,
        b'n' => Action::Next,
        b'N' => Action::NextAppend,
        b'p' => Action::Print,
        b'P' => Action::PrintFirst,
        b'=' => Action::Number,
        b'z' => Action::Zap,
        _ => return None,
    })
}
