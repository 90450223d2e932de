//! Keys as in vi (POSIX.1-2024, sh, "Command Line Editing"): what is typed, and behind an escape commands of a count, an
//! operator and a movement.
//!
//! A change is the keys that made it, up to the escape that ends its text: `.` gives them again. Beyond POSIX there is a
//! search that shows what it finds while it is typed, and what keys of a keyboard do everywhere.

use alloc::vec::Vec;

use super::Oracle;
use super::character::{first, next, previous};
use super::emacs;
use super::history::History;
use super::key::Key;
use super::line::Line;
use super::machine::{Action, Machine, Step};
use super::screen::BELL;
use super::vi_motion::{self, Range};

/// What keys are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    /// Text.
    #[default]
    Insert,
    /// Text that takes the place of other text.
    Replace,
    Command,
}

/// What has been typed of a command, and what former ones have left.
#[derive(Debug, Default)]
pub(super) struct Vi {
    /// Whether keys are vi's at all.
    pub(super) is_on: bool,
    mode: Mode,
    /// The number that has been typed; 0 for none.
    count: usize,
    /// `d`, `c` or `y`, and the number before it.
    operator: Option<(u8, usize)>,
    /// The command that waits for a character: `f`, `F`, `t`, `T` or `r`.
    waiting: Option<u8>,
    /// The last search for a character in the line.
    found: Option<(u8, Vec<u8>)>,
    /// The keys since the command began, and whether it changes something.
    keys: Vec<Key>,
    changes: bool,
    /// The keys of the last change.
    last: Vec<Key>,
    repeats: bool,
}

/// No count is larger.
const MOST: usize = 9999;

impl Vi {
    /// Begins a line, in which text is typed first.
    pub(super) fn begin(&mut self) {
        let former = core::mem::take(self);
        *self = Self { is_on: former.is_on, last: former.last, found: former.found, ..Self::default() };
    }

    /// Ends a command.
    fn end(&mut self) {
        let keys = core::mem::take(&mut self.keys);
        if core::mem::take(&mut self.changes) && !self.repeats {
            self.last = keys;
        }
        (self.count, self.operator, self.waiting) = (0, None, None);
    }

    /// Gives how often a command is meant.
    fn times(&self) -> usize {
        let before = self.operator.map_or(1, |(_, count)| count.max(1));
        (self.count.max(1) * before).min(MOST)
    }

    fn digit(&mut self, digit: u8) {
        self.count = (self.count * 10 + usize::from(digit - b'0')).min(MOST);
    }
}

impl Machine {
    /// Takes keys as vi does, or as emacs, from the next line on.
    pub(super) fn edit_as_vi(&mut self, is_vi: bool) {
        self.vi.is_on = is_vi;
    }

    /// Takes a key.
    pub(super) fn vi_key(&mut self, key: Key, history: &History, oracle: &dyn Oracle) -> Step {
        // A terminal sends the escape and the key behind it as one, if they come soon after one another.
        if let Key::Meta(byte) = key {
            self.vi_key(Key::Escape, history, oracle);
            let key = match byte {
                b'\r' | b'\n' => Key::Enter,
                0x7f | 8 => Key::Backspace,
                byte @ 0..0x20 => Key::Control(byte ^ 64),
                byte => Key::Text([byte].into()),
            };
            return self.vi_key(key, history, oracle);
        }
        if !self.vi.repeats {
            self.vi.keys.push(key.clone());
        }
        match self.vi.mode {
            Mode::Command => self.vi_command(&key, history, oracle),
            _ => self.vi_typed(&key, history, oracle),
        }
    }

    fn vi_typed(&mut self, key: &Key, history: &History, oracle: &dyn Oracle) -> Step {
        let at = self.line.at();
        match key {
            Key::Escape => {
                self.vi.mode = Mode::Command;
                if at > self.line.start_of(at) {
                    self.line.go(previous(self.line.text(), at));
                }
                self.vi.end();
            }
            Key::Text(text) if self.vi.mode == Mode::Replace && at < self.line.end_of(at) => {
                self.line.replace(at, next(self.line.text(), at), text);
            }
            Key::Text(text) => self.line.type_in(text),
            Key::Paste(text) => drop(self.line.replace(at, at, text)),
            key => return emacs::common(key).map_or(Step::More, |action| self.act(action, history, oracle)),
        }
        Step::More
    }

    fn vi_command(&mut self, key: &Key, history: &History, oracle: &dyn Oracle) -> Step {
        let text = match key {
            Key::Text(text) => text.as_slice(),
            key => {
                self.vi.end();
                let action = match key {
                    Key::Backspace => Some(Action::Move(super::motion::Motion::Left)),
                    key => emacs::common(key),
                };
                if key == &Key::Enter {
                    // More of the command may be missing.
                    self.vi.mode = Mode::Insert;
                }
                return action.map_or(Step::More, |action| self.act(action, history, oracle));
            }
        };
        if let Some(waiting) = self.vi.waiting.take() {
            self.vi_character(waiting, text);
            return Step::More;
        }
        let [letter] = *text else {
            self.vi_end();
            return Step::More;
        };
        match (letter, self.vi.operator) {
            (b'0', _) if self.vi.count == 0 => self.vi_move(letter),
            (b'0'..=b'9', _) => self.vi.digit(letter),
            (b'f' | b'F' | b't' | b'T', _) | (b'r', None) => self.vi.waiting = Some(letter),
            (b'd' | b'c' | b'y', None) => {
                self.vi.operator = Some((letter, core::mem::take(&mut self.vi.count)));
            }
            (_, Some((operator, _))) if operator == letter => {
                let at = self.line.at();
                self.vi_operate(operator, self.line.start_of(at), self.line.end_of(at));
            }
            (_, None) if !vi_motion::is_motion(letter) => return self.vi_act(letter, history, oracle),
            _ => self.vi_move(letter),
        }
        Step::More
    }

    /// Goes where a movement leads, or does with what lies between what the operator says.
    fn vi_move(&mut self, letter: u8) {
        let (at, text) = (self.line.at(), self.line.text());
        // A word is changed without the blanks behind it.
        let is_change = matches!(self.vi.operator, Some((b'c', _))) && vi_motion::is_in_word(text, at);
        let range = match letter {
            b'w' | b'W' if is_change => {
                Some(vi_motion::rest_of_word(text, at, self.vi.times(), letter == b'W'))
            }
            b';' | b',' => self.vi.found.as_ref().and_then(|(kind, wanted)| {
                let kind = if letter == b',' { kind ^ 32 } else { *kind };
                vi_motion::find(&self.line, kind, wanted, self.vi.times())
            }),
            letter => vi_motion::target(&self.line, letter, self.vi.times(), self.vi.count),
        };
        self.vi_go(range);
    }

    fn vi_go(&mut self, range: Option<Range>) {
        let at = self.line.at();
        match (range, self.vi.operator) {
            (None, _) => {
                self.out.push(BELL);
                self.vi_end();
            }
            (Some(range), None) => {
                self.line.go(range.to);
                self.vi_end();
            }
            (Some(range), Some((operator, _))) => {
                let (start, mut end) = (at.min(range.to), at.max(range.to));
                if range.includes_end && end < self.line.text().len() {
                    end = next(self.line.text(), end);
                }
                self.vi_operate(operator, start, end);
            }
        }
    }

    /// Deletes, changes or copies a part.
    fn vi_operate(&mut self, operator: u8, start: usize, end: usize) {
        let part = self.line.text().get(start..end).unwrap_or_default().to_vec();
        self.kills.add(&part, false, false);
        if operator != b'y' {
            self.line.replace(start, end, b"");
            self.vi.changes = true;
        }
        self.line.go(start);
        if operator == b'c' { self.vi_insert(Mode::Insert) } else { self.vi_end() }
    }

    /// Does what waited for a character.
    fn vi_character(&mut self, waiting: u8, character: &[u8]) {
        if waiting != b'r' {
            self.vi.found = Some((waiting, character.to_vec()));
            let range = vi_motion::find(&self.line, waiting, character, self.vi.times());
            return self.vi_go(range);
        }
        let (at, end) = (self.line.at(), self.vi_right());
        if end > at {
            let count = self.vi.times();
            self.line.replace(at, end, &character.repeat(count));
            self.line.go(previous(self.line.text(), self.line.at()));
            self.vi.changes = true;
        }
        self.vi_end();
    }

    /// Gives the end of as many characters of this line as were asked for.
    fn vi_right(&self) -> usize {
        vi_motion::target(&self.line, b'l', self.vi.times(), 0).map_or(self.line.at(), |range| range.to)
    }

    fn vi_insert(&mut self, mode: Mode) {
        self.vi.mode = mode;
        self.vi.changes = true;
        (self.vi.count, self.vi.operator) = (0, None);
    }

    /// Ends a command: the cursor stands on a character, if there is one.
    fn vi_end(&mut self) {
        let at = self.line.at();
        if at == self.line.end_of(at) && at > self.line.start_of(at) {
            self.line.go(previous(self.line.text(), at));
        }
        self.vi.end();
    }

    /// Does what a letter means that is no movement.
    fn vi_act(&mut self, letter: u8, history: &History, oracle: &dyn Oracle) -> Step {
        let at = self.line.at();
        let (start, end) = (self.line.start_of(at), self.line.end_of(at));
        let behind = if at < end { next(self.line.text(), at) } else { at };
        match letter {
            b'i' | b'R' => {}
            b'a' | b'\\' => self.line.go(behind),
            b'A' => self.line.go(end),
            b'I' => self.line.go(start),
            b'x' if at == end => self.out.push(BELL),
            b'x' => self.vi_operate(b'd', at, self.vi_right()),
            b's' => self.vi_operate(b'c', at, self.vi_right()),
            b'X' => {
                let to = vi_motion::target(&self.line, b'h', self.vi.times(), 0);
                self.vi_operate(b'd', to.map_or(at, |range| range.to), at);
            }
            b'D' => self.vi_operate(b'd', at, end),
            b'C' => self.vi_operate(b'c', at, end),
            b'S' => self.vi_operate(b'c', start, end),
            b'Y' => self.vi_operate(b'y', at, end),
            b'p' => self.vi_put(behind),
            b'P' => self.vi_put(at),
            b'u' => drop(self.line.undo()),
            b'U' => self.line.revert(),
            b'~' => self.vi_turn_case(),
            b'.' => return self.vi_repeat(history, oracle),
            b'_' => {
                self.line.go(behind);
                self.line.type_in(b" ");
                self.act(Action::LastWord, history, oracle);
            }
            b'#' => {
                self.line.replace(0, 0, b"#");
                self.vi.end();
                return Step::Accepted(self.line.text().to_vec());
            }
            b'v' => {
                self.vi.end();
                return Step::Edited(self.line.text().to_vec());
            }
            letter => return self.vi_history(letter, history, oracle),
        }
        match letter {
            b'i' | b'a' | b'A' | b'I' | b'_' => self.vi_insert(Mode::Insert),
            b'R' => self.vi_insert(Mode::Replace),
            b'\\' => {
                self.act(Action::Complete, history, oracle);
                self.vi_insert(Mode::Insert);
            }
            b's' | b'C' | b'S' => {}
            _ => self.vi_end(),
        }
        Step::More
    }

    fn vi_history(&mut self, letter: u8, history: &History, oracle: &dyn Oracle) -> Step {
        let action = match letter {
            b'k' | b'-' => Action::Up,
            b'j' | b'+' => Action::Down,
            b'G' => Action::Oldest,
            b'/' | b'?' => Action::Search,
            b'n' | b'N' if self.search_again(letter == b'n', history) => {
                self.vi.end();
                return Step::More;
            }
            _ => {
                self.out.push(BELL);
                self.vi_end();
                return Step::More;
            }
        };
        let times = if matches!(action, Action::Up | Action::Down) { self.vi.times() } else { 1 };
        for _ in 0..times {
            self.act(action, history, oracle);
        }
        if action != Action::Search {
            self.line.go(self.line.start_of(self.line.at()));
        }
        self.vi.end();
        Step::More
    }

    /// Puts what was cut or copied last at a place; the cursor stands on its last character.
    fn vi_put(&mut self, place: usize) {
        let text = self.kills.newest().repeat(self.vi.times());
        if text.is_empty() {
            return;
        }
        self.line.replace(place, place, &text);
        self.line.go(previous(self.line.text(), self.line.at()));
        self.vi.changes = true;
    }

    fn vi_turn_case(&mut self) {
        let (at, end) = (self.line.at(), self.vi_right());
        let turned = turned(&self.line, at, end);
        self.line.replace(at, end, &turned);
        self.vi.changes = end > at;
    }

    /// Gives the keys of the last change again, with another count if one was typed.
    fn vi_repeat(&mut self, history: &History, oracle: &dyn Oracle) -> Step {
        let count = self.vi.count;
        self.vi.end();
        let keys = core::mem::take(&mut self.vi.last);
        self.vi.repeats = true;
        self.vi.count = count;
        let is_digit = |key: &Key| matches!(key, Key::Text(text) if text.iter().all(u8::is_ascii_digit));
        let skipped = if count > 0 { keys.iter().take_while(|key| is_digit(key)).count() } else { 0 };
        for key in keys.iter().skip(skipped) {
            self.vi_key(key.clone(), history, oracle);
        }
        self.vi.repeats = false;
        self.vi.last = keys;
        Step::More
    }
}

/// Gives a part with small letters for capitals, and the other way round.
fn turned(line: &Line, start: usize, end: usize) -> Vec<u8> {
    let mut turned = Vec::with_capacity(end - start);
    let mut at = start;
    while at < end {
        let after = next(line.text(), at);
        let bytes = line.text().get(at..after).unwrap_or_default();
        match first(bytes) {
            (Some(letter), length) if length == bytes.len() => {
                let mut add =
                    |letter: char| turned.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                if letter.is_uppercase() {
                    letter.to_lowercase().for_each(&mut add);
                } else {
                    letter.to_uppercase().for_each(&mut add);
                }
            }
            _ => turned.extend_from_slice(bytes),
        }
        at = after;
    }
    turned
}
