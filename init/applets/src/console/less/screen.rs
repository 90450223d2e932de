//! What is seen of a document, and where in it.

use alloc::vec::Vec;
use core::ops::Range;

use regex::{Options, Regex, Syntax};

use crate::console::document::{Document, Manner, rows};
use crate::console::keyboard::Keyboard;
use crate::{Io, Parsed};

/// The screen: what is at its top, and how it is drawn.
pub(super) struct Screen<'k> {
    pub(super) keyboard: &'k Keyboard,
    pub(super) manner: Manner,
    pub(super) height: usize,
    /// The line at the top, and its first row that is seen.
    pub(super) top: (usize, usize),
    pub(super) regex: Option<Regex>,
    /// Whether the last search went up.
    pub(super) is_upward: bool,
    pub(super) message: Vec<u8>,
    pub(super) is_at_end: bool,
    numbers: bool,
    ignores_case: Option<u8>,
    pub(super) ends_at_end: bool,
    prompt: Option<u8>,
    /// Whether a screen of its own is used, and is shown now.
    has_own: bool,
    is_own: bool,
    name: Vec<u8>,
    place: (usize, usize),
}

impl<'k> Screen<'k> {
    pub(super) fn new(io: &Io<'_>, parsed: &Parsed<'_>, keyboard: &'k Keyboard) -> Self {
        let tab = parsed.value(b'x').and_then(query::text::parse_decimal).unwrap_or(8);
        let manner = Manner {
            columns: 80,
            is_utf8: io.is_utf8(),
            cut: parsed.has(b'S').then_some(0),
            has_colours: parsed.has(b'R'),
            is_raw: parsed.has(b'r'),
            tab: usize::try_from(tab).unwrap_or(8),
        };
        let mut screen = Self {
            keyboard,
            manner,
            height: 23,
            top: (0, 0),
            regex: None,
            is_upward: false,
            message: Vec::new(),
            is_at_end: false,
            numbers: parsed.has(b'N'),
            ignores_case: parsed.last_of(b"iI"),
            ends_at_end: parsed.has_any(b"eE"),
            prompt: parsed.last_of(b"mM"),
            has_own: !parsed.has(b'X'),
            is_own: false,
            name: Vec::new(),
            place: (0, 1),
        };
        screen.measure();
        screen
    }

    /// Asks how big the terminal is.
    pub(super) fn measure(&mut self) {
        let size = linux::terminal::size(self.keyboard.terminal()).ok();
        let (columns, rows) = size.map_or((0, 0), |size| (size.columns, size.rows));
        self.manner.columns = if columns == 0 { 80 } else { columns.into() };
        self.height = usize::from(if rows == 0 { 24 } else { rows.max(2) }) - 1;
    }

    /// Begins with a file.
    pub(super) fn open(&mut self, io: &mut Io<'_>, name: &[u8], place: (usize, usize)) {
        if self.has_own && !self.is_own {
            io.out.put(b"\x1b[?1049h");
            self.is_own = true;
        }
        self.top = (0, 0);
        (self.name, self.place) = (name.to_vec(), place);
        self.message.clear();
        if name != b"-" {
            query::text::printable(name, &mut self.message);
            if place.1 > 1 {
                self.message.extend_from_slice(b" (file ");
                query::text::decimal(place.0 as u64 + 1, &mut self.message);
                self.message.extend_from_slice(b" of ");
                query::text::decimal(place.1 as u64, &mut self.message);
                self.message.push(b')');
            }
        }
    }

    /// Goes where the command line wants to begin.
    pub(super) fn begin(&mut self, document: &mut Document<'_>, commands: &[&[u8]], pattern: Option<&[u8]>) {
        for command in commands.iter().map(|command| command.get(1..).unwrap_or_default()) {
            match command {
                b"G" => self.show_end(document),
                [b'/', pattern @ ..] => self.search(document, pattern, false),
                number => {
                    let line = query::text::parse_decimal(number).unwrap_or(1).max(1) - 1;
                    self.top = (usize::try_from(line).unwrap_or(0), 0);
                }
            }
        }
        if let Some(pattern) = pattern {
            self.search(document, pattern, false);
        }
    }

    /// Leaves the screen as it was, or what was shown on it.
    pub(super) fn finish(&mut self, io: &mut Io<'_>) {
        io.out.put(if self.is_own { b"\x1b[?1049l" } else { b"\r\x1b[K" });
        self.is_own = false;
        io.out.flush();
    }

    /// Says whether everything is seen at once.
    pub(super) fn fits(&mut self, document: &mut Document<'_>) -> bool {
        let mut count = 0;
        for line in 0.. {
            let Some(rows) = self.rows_of(document, line) else { break };
            count += rows.len();
            if count > self.height {
                return false;
            }
        }
        document.known().0
    }

    /// Prints everything.
    pub(super) fn print(&mut self, io: &mut Io<'_>, document: &mut Document<'_>) {
        for line in 0.. {
            let Some(rows) = self.rows_of(document, line) else { break };
            for row in rows {
                io.out.put(&row);
                io.out.put(b"\n");
            }
        }
    }

    /// Gives the rows of a line as they are drawn; nothing behind the last.
    pub(super) fn rows_of(&self, document: &mut Document<'_>, line: usize) -> Option<Vec<Vec<u8>>> {
        let text = document.line(line, Some(self.keyboard.terminal()))?;
        let found = self.found(text);
        if !self.numbers {
            return Some(rows(text, &self.manner, &found));
        }
        let mut number = Vec::new();
        query::text::decimal(line as u64 + 1, &mut number);
        let width = number.len().max(7);
        let manner = Manner { columns: self.manner.columns.saturating_sub(width + 1), ..self.manner };
        let mut drawn = rows(text, &manner, &found);
        for (index, row) in drawn.iter_mut().enumerate() {
            let mut head = alloc::vec![b' '; if index == 0 { width - number.len() } else { width }];
            head.extend_from_slice(if index == 0 { &number } else { b"" });
            head.push(b' ');
            head.extend_from_slice(row);
            *row = head;
        }
        Some(drawn)
    }

    /// Gives where a line has what was searched for.
    fn found(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        let Some(regex) = &self.regex else { return found };
        let mut from = 0;
        while let Some(range) = regex.find(text, from) {
            from = range.end.max(range.start + 1);
            found.push(range);
            if from > text.len() {
                break;
            }
        }
        found
    }

    /// Draws all of it anew.
    pub(super) fn draw(&mut self, io: &mut Io<'_>, document: &mut Document<'_>) {
        let (mut line, mut skipped) = self.top;
        let mut left = self.height;
        self.is_at_end = false;
        io.out.put(b"\x1b[H");
        while left > 0 {
            let Some(rows) = self.rows_of(document, line) else {
                self.is_at_end = document.known().0;
                break;
            };
            for row in rows.iter().skip(skipped).take(left) {
                io.out.put(b"\x1b[K");
                io.out.put(row);
                io.out.put(b"\r\n");
            }
            left -= rows.len().saturating_sub(skipped).min(left);
            (line, skipped) = (line + 1, 0);
        }
        for _ in 0..left {
            io.out.put(b"\x1b[K~\r\n");
        }
        if left == 0 && self.rows_of(document, line).is_none() {
            self.is_at_end = document.known().0;
        }
        io.out.put(b"\x1b[J");
        self.draw_prompt(io, document, line);
        io.out.flush();
    }

    fn draw_prompt(&mut self, io: &mut Io<'_>, document: &Document<'_>, below: usize) {
        let mut text = core::mem::take(&mut self.message);
        if self.prompt.is_some() && text.is_empty() {
            if self.prompt == Some(b'M') {
                query::text::printable(&self.name, &mut text);
                text.extend_from_slice(b" line ");
                query::text::decimal(self.top.0 as u64 + 1, &mut text);
                text.push(b' ');
            }
            query::text::decimal(document.percent(below), &mut text);
            text.push(b'%');
        }
        if self.is_at_end {
            text.extend_from_slice(if text.is_empty() { b"(END)" } else { b" (END)" });
        }
        if text.is_empty() {
            io.out.put(b":");
            return;
        }
        io.out.put(b"\x1b[7m");
        io.out.put(query::text::cut(&text, self.manner.columns.saturating_sub(1)));
        io.out.put(b"\x1b[m");
    }

    /// Moves down by rows; the last line stays in sight.
    pub(super) fn down(&mut self, document: &mut Document<'_>, mut count: usize) {
        while count > 0 {
            let Some(rows) = self.rows_of(document, self.top.0).map(|rows| rows.len()) else { break };
            if self.top.1 + 1 < rows {
                self.top.1 += 1;
            } else if document.line(self.top.0 + 1, Some(self.keyboard.terminal())).is_some() {
                self.top = (self.top.0 + 1, 0);
            } else {
                break;
            }
            count -= 1;
        }
    }

    /// Moves down a page, but not so far that less than a screen is seen.
    pub(super) fn page_down(&mut self, document: &mut Document<'_>, count: usize) {
        let former = self.top;
        self.down(document, count);
        let mut seen = 0;
        let mut line = self.top.0;
        while seen < self.height {
            let Some(rows) = self.rows_of(document, line) else {
                let place = self.top;
                self.show_end(document);
                // Who was behind that already goes no further, and not back.
                self.top = self.top.min(place).max(former);
                return;
            };
            seen += rows.len();
            line += 1;
        }
    }

    /// Moves up by rows.
    pub(super) fn up(&mut self, document: &mut Document<'_>, count: usize) {
        for _ in 0..count {
            if self.top.1 > 0 {
                self.top.1 -= 1;
            } else if self.top.0 > 0 {
                let line = self.top.0 - 1;
                let rows = self.rows_of(document, line).map_or(1, |rows| rows.len());
                self.top = (line, rows.saturating_sub(1));
            } else {
                break;
            }
        }
    }

    /// Goes where the last line is the last on the screen.
    pub(super) fn show_end(&mut self, document: &mut Document<'_>) {
        let count = document.count(Some(self.keyboard.terminal()));
        self.top = (count, 0);
        self.up(document, self.height);
    }

    /// Searches for a pattern, or for the last one again where it is empty.
    pub(super) fn search(&mut self, document: &mut Document<'_>, pattern: &[u8], is_upward: bool) {
        self.is_upward = is_upward;
        if !pattern.is_empty() {
            let mut options = Options::new(Syntax::Extended, self.manner.is_utf8);
            options.ignores_case = match self.ignores_case {
                Some(b'I') => true,
                Some(_) => !pattern.iter().any(u8::is_ascii_uppercase),
                None => false,
            };
            match Regex::any(&[pattern], options) {
                Ok(regex) => self.regex = Some(regex),
                Err(_) => {
                    self.message = b"Invalid pattern".to_vec();
                    return;
                }
            }
            // The first line that is seen counts where nothing was searched for before.
            if !is_upward && self.top == (0, 0) && self.has_match(document, 0) == Some(true) {
                return;
            }
        }
        self.again(document, is_upward);
    }

    /// Goes to the next line that has what was searched for.
    pub(super) fn again(&mut self, document: &mut Document<'_>, is_upward: bool) {
        if self.regex.is_none() {
            self.message = b"No previous regular expression".to_vec();
            return;
        }
        let mut line = self.top.0;
        loop {
            line = match (is_upward, line) {
                (true, 0) => break,
                (true, line) => line - 1,
                (false, line) => line + 1,
            };
            match self.has_match(document, line) {
                Some(true) => {
                    self.top = (line, 0);
                    return;
                }
                Some(false) => {}
                None => break,
            }
        }
        self.message = b"Pattern not found".to_vec();
    }

    fn has_match(&self, document: &mut Document<'_>, line: usize) -> Option<bool> {
        let text = document.line(line, Some(self.keyboard.terminal()))?;
        Some(self.regex.as_ref().is_some_and(|regex| regex.is_match(text)))
    }

    /// Says what is seen, and how much there is.
    pub(super) fn tell(&mut self, document: &mut Document<'_>) {
        let (is_whole, count) = document.known();
        let mut text = Vec::new();
        query::text::printable(&self.name, &mut text);
        text.extend_from_slice(b" line ");
        query::text::decimal(self.top.0 as u64 + 1, &mut text);
        if is_whole {
            text.push(b'/');
            query::text::decimal(count as u64, &mut text);
        }
        text.push(b' ');
        query::text::decimal(document.percent(self.top.0), &mut text);
        text.push(b'%');
        self.message = text;
    }

    /// Turns an option on or off.
    pub(super) fn toggle(&mut self, option: u8) {
        match option {
            b'N' => self.numbers = !self.numbers,
            b'S' => self.manner.cut = if self.manner.cut.is_some() { None } else { Some(0) },
            b'R' => self.manner.has_colours = !self.manner.has_colours,
            b'r' => self.manner.is_raw = !self.manner.is_raw,
            b'i' | b'I' => self.ignores_case = if self.ignores_case.is_some() { None } else { Some(option) },
            b'M' | b'm' => self.prompt = if self.prompt.is_some() { None } else { Some(option) },
            _ => self.message = b"No such option".to_vec(),
        }
        self.top.1 = 0;
    }
}
