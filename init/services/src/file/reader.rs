//! From the events of TOML to keys and values, with the line of each.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use toml_parser::decoder::ScalarKind;
use toml_parser::parser::{Event, EventKind, RecursionGuard, parse_document};
use toml_parser::{ParseError, Source, Span};

use super::value::Raw;
use super::{KEYS, Key, problem};
use crate::{Problem, Service, nearest};

/// Tables and lists within each other: no key has more than one.
const DEEPEST: u32 = 4;

/// Reads one file into a service.
pub(super) struct Reader<'a> {
    file: &'a str,
    source: Source<'a>,
    service: &'a mut Service,
    problems: &'a mut Vec<Problem>,
    /// The table that the last header named, with a point behind it; empty at the top.
    header: String,
    /// The key that is being read, with the tables before it.
    path: String,
    /// Where in the path each inline table begins.
    tables: Vec<usize>,
    /// The list that is being read, and where it began; none in it: something that no list may have.
    list: Option<(Option<Vec<String>>, Span)>,
    is_header: bool,
    /// Where the key began.
    began: Option<Span>,
    /// The keys that were given.
    seen: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        file: &'a str,
        text: &'a str,
        service: &'a mut Service,
        problems: &'a mut Vec<Problem>,
    ) -> Self {
        Self {
            file,
            source: Source::new(text),
            service,
            problems,
            header: String::new(),
            path: String::new(),
            tables: Vec::new(),
            list: None,
            is_header: false,
            began: None,
            seen: Vec::new(),
        }
    }

    /// Reads all of it; where the syntax is broken, its first fault is what is told.
    pub(super) fn read(mut self) {
        let tokens = self.source.lex().into_vec();
        let mut broken: Option<ParseError> = None;
        let known = self.problems.len();
        let mut receive = |event: Event| self.event(event);
        parse_document(&tokens, &mut RecursionGuard::new(&mut receive, DEEPEST), &mut broken);
        if let Some(error) = broken {
            // What was made of it behind the fault means nothing.
            self.problems.truncate(known);
            let expected = error.expected().unwrap_or_default();
            let mut message = String::from(error.description());
            for (at, one) in expected.iter().enumerate() {
                message.push_str(if at == 0 { "; expected " } else { ", " });
                match one {
                    toml_parser::Expected::Literal(text) => {
                        message.push_str(&format!("`{}`", text.escape_debug()))
                    }
                    toml_parser::Expected::Description(text) => message.push_str(text),
                    _ => {}
                }
            }
            let at = error.unexpected().or(error.context()).map_or(0, |span| span.start());
            self.problems.extend(problem(self.file, self.line(at), message));
        }
    }

    fn event(&mut self, event: Event) {
        let span = event.span();
        match event.kind() {
            EventKind::StdTableOpen => {
                self.is_header = true;
                self.path.clear();
            }
            EventKind::StdTableClose => {
                self.is_header = false;
                self.header = core::mem::take(&mut self.path) + ".";
            }
            EventKind::ArrayTableOpen => {
                self.complain(span, "a list of tables means nothing here".into());
                self.is_header = true;
                self.path.clear();
            }
            EventKind::ArrayTableClose => {
                self.is_header = false;
                self.header = core::mem::take(&mut self.path) + ".";
            }
            EventKind::SimpleKey => self.name(&event),
            EventKind::Scalar => self.scalar(&event),
            EventKind::ArrayOpen => match &mut self.list {
                Some((list, _)) => *list = None,
                None => self.list = Some((Some(Vec::new()), span)),
            },
            EventKind::ArrayClose => {
                if let Some((list, began)) = self.list.take() {
                    self.assign(list.map_or(Raw::Other, Raw::List), began);
                }
            }
            EventKind::InlineTableOpen => match &mut self.list {
                Some((list, _)) => *list = None,
                None => {
                    if self.tables.is_empty() {
                        self.path.insert_str(0, &self.header);
                    }
                    self.tables.push(self.path.len());
                }
            },
            EventKind::InlineTableClose => {
                if self.list.is_none() {
                    self.tables.pop();
                    self.path.truncate(self.tables.last().copied().unwrap_or_default());
                }
            }
            EventKind::KeySep
            | EventKind::KeyValSep
            | EventKind::ValueSep
            | EventKind::Whitespace
            | EventKind::Comment
            | EventKind::Newline
            | EventKind::Error => {}
        }
    }

    /// Adds a part of a key to what is read of it.
    fn name(&mut self, event: &Event) {
        if self.list.is_some() {
            return;
        }
        let mut text = Cow::Borrowed("");
        if let Some(raw) = self.source.get(event) {
            raw.decode_key(&mut text, &mut ());
        }
        let start = self.tables.last().copied().unwrap_or_default();
        if self.path.len() == start {
            self.began = Some(event.span());
        }
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(&text);
    }

    fn scalar(&mut self, event: &Event) {
        let span = event.span();
        let (mut text, mut broken) = (Cow::Borrowed(""), None::<ParseError>);
        let kind = self.source.get(event).map(|raw| raw.decode_scalar(&mut text, &mut broken));
        if let Some(error) = broken {
            self.complain(span, error.description().into());
        }
        let value = match kind {
            Some(ScalarKind::String) => Raw::Text(text.into_owned()),
            Some(ScalarKind::Boolean(on)) => Raw::Switch(on),
            Some(ScalarKind::Integer(radix)) => {
                i64::from_str_radix(&text, radix.value()).map_or(Raw::Other, Raw::Number)
            }
            Some(ScalarKind::Float | ScalarKind::DateTime) | None => Raw::Other,
        };
        match (&mut self.list, value) {
            (Some((Some(list), _)), Raw::Text(text)) => list.push(text),
            (Some((list, _)), _) => *list = None,
            (None, value) => self.assign(value, span),
        }
    }

    /// Sets the key that was read to a value.
    fn assign(&mut self, value: Raw, span: Span) {
        let start = self.tables.last().copied().unwrap_or_default();
        let mut name = if self.tables.is_empty() { self.header.clone() } else { String::new() };
        name.push_str(&self.path);
        self.path.truncate(start);
        let span = self.began.take().unwrap_or(span);
        if self.seen.contains(&name) {
            return self.complain(span, format!("`{name}` is given twice"));
        }
        self.seen.push(name.clone());
        // A table of any names stands for all of them.
        let inner =
            |key: &Key| name.strip_prefix(key.name)?.strip_prefix('.').filter(|_| key.shape.is_table());
        let key = KEYS.iter().find(|key| key.name == name || inner(key).is_some());
        let Some(key) = key else {
            let near = nearest(&name, KEYS.iter().map(|key| key.name));
            return self.complain(span, format!("there is no key `{name}`{near}"));
        };
        let stranger = key.shape.stranger(&value).map(|text| nearest(text, key.shape.words().into_iter()));
        let near = stranger.unwrap_or_default();
        let inner = inner(key).filter(|name| key.shape.takes_name(name));
        match key.shape.take(value).filter(|_| key.shape.is_table() == inner.is_some()) {
            Some(given) => (key.set)(self.service, inner.unwrap_or_default(), given),
            None => self.complain(span, format!("`{name}`: expected {}{near}", key.shape.text())),
        }
    }

    fn complain(&mut self, span: Span, message: String) {
        let line = self.line(span.start());
        self.problems.extend(problem(self.file, line, message));
    }

    /// Gives the line of a place in the text, counted from 1.
    fn line(&self, at: usize) -> usize {
        let before = self.source.input().as_bytes().iter().take(at);
        before.filter(|byte| **byte == b'\n').count() + 1
    }
}
