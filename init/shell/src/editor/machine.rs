//! The editor as a machine: keys in, steps and changes of the screen out.
//!
//! A key goes to the search, if one is going on; else the table of the way of editing says what it does. The line that
//! is edited is the newest of the history while it stands there; another one that is shown is a copy.

use alloc::vec::Vec;

use super::Oracle;
use super::character;
use super::complete::{self, Completion};
use super::emacs;
use super::history::{Entry, History};
use super::key::Key;
use super::kill::Kills;
use super::line::Line;
use super::motion::Motion;
use super::screen::{BELL, Picture, Screen};
use super::search::{Search, Sought};
use super::vi::Vi;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Move(Motion),
    /// Away with what lies between; `Cut` keeps it.
    Delete(Motion),
    Cut(Motion),
    Yank,
    /// What was cut before, in place of what was put back.
    YankOlder,
    Undo,
    Revert,
    Transpose,
    Case(Case),
    /// The last word of the command before.
    LastWord,
    Up,
    Down,
    Oldest,
    Newest,
    /// The next one that begins as the line does.
    OlderLike,
    NewerLike,
    Search,
    /// The next key stands for itself.
    Quote,
    NewLine,
    Clear,
    Complete,
    Accept,
    Interrupt,
    DeleteOrEnd,
}

/// How letters are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Upper,
    Lower,
    Title,
}

/// What is to be done after a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The next key is waited for.
    More,
    /// The line is done.
    Accepted(Vec<u8>),
    /// It is to be edited by another program.
    Edited(Vec<u8>),
    /// `^C`
    Interrupted,
    /// `^D` on an empty line.
    End,
}

/// What the key before has done, where that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    Other,
    Cut,
    /// It has put something back, from this place on.
    Yank(usize),
}

/// The editor.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) line: Line,
    pub(super) kills: Kills,
    pub(super) vi: Vi,
    /// Which command of the history is shown, if not the one that is typed.
    pub(super) place: Option<usize>,
    /// The one that is typed, while another is shown.
    draft: Vec<u8>,
    search: Option<Search>,
    /// The last search that has ended.
    pub(super) sought: Option<Search>,
    quotes: bool,
    last: Last,
    prompts: [Vec<u8>; 2],
    screen: Screen,
    /// What stands below the line until the next key.
    below: Vec<u8>,
    /// What is to be written to the terminal beside the changes of the picture.
    pub(super) out: Vec<u8>,
}

impl Machine {
    pub(super) fn new() -> Self {
        Self {
            line: Line::default(),
            kills: Kills::default(),
            vi: Vi::default(),
            place: None,
            draft: Vec::new(),
            search: None,
            sought: None,
            quotes: false,
            last: Last::Other,
            prompts: [Vec::new(), Vec::new()],
            screen: Screen::new(24, 80),
            below: Vec::new(),
            out: Vec::new(),
        }
    }

    /// Begins an empty line with the same prompts.
    pub(super) fn restart(&mut self, size: (usize, usize)) {
        let [prompt, further] = core::mem::take(&mut self.prompts);
        self.begin([&prompt, &further], Vec::new(), size);
    }

    /// Begins a line, which may have a text already.
    pub(super) fn begin(&mut self, prompts: [&[u8]; 2], text: Vec<u8>, (lines, columns): (usize, usize)) {
        self.line = Line::new(text);
        self.prompts = prompts.map(<[u8]>::to_vec);
        (self.place, self.search, self.quotes, self.last) = (None, None, false, Last::Other);
        self.vi.begin();
        self.screen = Screen::new(lines, columns);
    }

    /// Gives the text so far.
    pub(super) fn text(&self) -> &[u8] {
        self.line.text()
    }

    /// Takes another size of the terminal.
    pub(super) fn resize(&mut self, (lines, columns): (usize, usize)) {
        self.screen.resize(lines, columns, &mut self.out);
    }

    /// Gives the bytes that bring the terminal up to date.
    pub(super) fn paint(&mut self) -> Vec<u8> {
        let mut out = core::mem::take(&mut self.out);
        let text = self.line.text();
        let searched = self.search.as_ref().map(|search| (search.prompt(), search.place_in(text)));
        let (prompt, at) = match &searched {
            Some((prompt, at)) => (prompt.as_slice(), *at),
            None => (self.prompts[0].as_slice(), self.line.at()),
        };
        let picture = Picture { prompt, further: &self.prompts[1], text, at, below: &self.below };
        self.screen.show(&picture, &mut out);
        out
    }

    /// Gives the bytes that leave the line as it is, with the cursor below it, or behind it.
    pub(super) fn leave(&mut self, below: bool) -> Vec<u8> {
        self.search = None;
        self.below.clear();
        self.line.go(self.line.text().len());
        let mut out = self.paint();
        if below {
            self.screen.leave(&mut out);
        }
        out
    }

    /// Takes a key.
    pub(super) fn key(&mut self, key: Key, history: &History, oracle: &dyn Oracle) -> Step {
        self.below.clear();
        if let Some(search) = &mut self.search {
            match search.key(&key, history) {
                Sought::Found(found) => {
                    if let Some(entry) = found.and_then(|at| history.entries().get(at)) {
                        self.line.set(entry.to_vec());
                        self.place = found;
                    }
                    return Step::More;
                }
                Sought::Dropped => {
                    self.search = None;
                    self.show(None, history);
                    return Step::More;
                }
                Sought::Ended => {
                    let at = search.place_in(self.line.text());
                    self.sought = self.search.take();
                    self.line.go(at);
                    if key == Key::Escape {
                        return Step::More;
                    }
                }
            }
        }
        if core::mem::take(&mut self.quotes) {
            self.quoted(&key);
            return Step::More;
        }
        if self.vi.is_on {
            return self.vi_key(key, history, oracle);
        }
        match (emacs::action(&key), key) {
            (Some(action), _) => return self.act(action, history, oracle),
            (None, Key::Text(text)) => self.line.type_in(&text),
            (None, Key::Paste(text)) => drop(self.line.replace(self.line.at(), self.line.at(), &text)),
            (None, _) => {}
        }
        self.last = Last::Other;
        Step::More
    }

    /// Inserts a key as a character.
    fn quoted(&mut self, key: &Key) {
        let byte = match key {
            Key::Text(text) => return self.line.type_in(text),
            Key::Control(byte) => byte ^ 64,
            Key::Tab => b'\t',
            Key::Enter => b'\r',
            Key::Backspace => 0x7f,
            Key::Escape => 0x1b,
            _ => return,
        };
        // The shell takes no NUL.
        if byte != 0 {
            self.line.type_in(&[byte]);
        }
    }

    /// Does what a key means.
    pub(super) fn act(&mut self, action: Action, history: &History, oracle: &dyn Oracle) -> Step {
        let last = core::mem::replace(&mut self.last, Last::Other);
        match action {
            Action::Move(motion) => self.line.go(motion.target(&self.line)),
            Action::Delete(motion) => drop(self.remove(motion)),
            Action::Cut(motion) => {
                let (is_before, cut) = self.remove(motion);
                self.kills.add(&cut, last == Last::Cut, is_before);
                self.last = Last::Cut;
            }
            Action::Yank => self.yank(self.line.at()),
            Action::YankOlder => {
                if let Last::Yank(start) = last {
                    self.kills.turn();
                    self.yank(start);
                }
            }
            Action::Undo => drop(self.line.undo()),
            Action::Revert => self.line.revert(),
            Action::Transpose => self.transpose(),
            Action::Case(case) => self.change_case(case),
            Action::LastWord => self.last_word(history),
            Action::Up => match self.line.beside(true) {
                Some(place) => self.line.go(place),
                None => self.step(true, history, b""),
            },
            Action::Down => match self.line.beside(false) {
                Some(place) => self.line.go(place),
                None => self.step(false, history, b""),
            },
            Action::Oldest if !history.entries().is_empty() => self.show(Some(0), history),
            Action::Oldest => {}
            Action::Newest => self.show(None, history),
            Action::OlderLike | Action::NewerLike => {
                let (start, at) = (self.line.before().to_vec(), self.line.at());
                self.step(action == Action::OlderLike, history, &start);
                self.line.go(at);
            }
            Action::Search => {
                self.keep_draft();
                self.search = Some(Search::new(history));
            }
            Action::Quote => self.quotes = true,
            Action::NewLine => self.line.type_in(b"\n"),
            Action::Clear => self.screen.clear(&mut self.out),
            Action::Complete => self.complete(oracle),
            Action::Accept => return self.accept(oracle),
            Action::Interrupt => return Step::Interrupted,
            Action::DeleteOrEnd if self.line.text().is_empty() => return Step::End,
            Action::DeleteOrEnd => drop(self.remove(Motion::Right)),
        }
        Step::More
    }

    fn accept(&mut self, oracle: &dyn Oracle) -> Step {
        if oracle.is_complete(self.line.text()) {
            return Step::Accepted(self.line.text().to_vec());
        }
        // What is missing comes at the end, wherever the cursor is.
        self.line.go(self.line.text().len());
        self.line.type_in(b"\n");
        Step::More
    }

    fn complete(&mut self, oracle: &dyn Oracle) {
        let word = complete::word(self.line.before());
        match complete::complete(&word, oracle.candidates(&word)) {
            Completion::Nothing => self.out.push(BELL),
            Completion::Text(start, text) => drop(self.line.replace(start, self.line.at(), &text)),
            Completion::Choice(candidates) => {
                self.below = complete::table(&candidates, self.screen.columns());
            }
        }
    }

    /// Removes what lies between the cursor and where a movement leads; says whether that was before it.
    fn remove(&mut self, motion: Motion) -> (bool, Vec<u8>) {
        let (at, to) = (self.line.at(), motion.target(&self.line));
        (to < at, self.line.replace(at.min(to), at.max(to), b""))
    }

    fn yank(&mut self, start: usize) {
        self.line.replace(start, self.line.at(), self.kills.newest());
        self.last = Last::Yank(start);
    }

    /// Exchanges the characters around the cursor, or the last two.
    fn transpose(&mut self) {
        let text = self.line.text();
        let end = character::next(text, self.line.at());
        let middle = character::previous(text, end);
        let start = character::previous(text, middle);
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        if start < middle {
            let turned = [part(middle, end), part(start, middle)].concat();
            self.line.replace(start, end, &turned);
        }
    }

    fn change_case(&mut self, case: Case) {
        let (at, end) = (self.line.at(), Motion::WordRight.target(&self.line));
        let part = self.line.text().get(at..end).unwrap_or_default();
        let mut begins = true;
        let mut changed = Vec::with_capacity(part.len());
        for chunk in part.utf8_chunks() {
            for character in chunk.valid().chars() {
                let mut bytes = [0; 4];
                let mut add = |character: char| {
                    changed.extend_from_slice(character.encode_utf8(&mut bytes).as_bytes());
                };
                match case {
                    Case::Upper => character.to_uppercase().for_each(&mut add),
                    Case::Title if begins => character.to_uppercase().for_each(&mut add),
                    Case::Lower | Case::Title => character.to_lowercase().for_each(&mut add),
                }
                begins &= !character.is_alphanumeric();
            }
            changed.extend_from_slice(chunk.invalid());
        }
        self.line.replace(at, end, &changed);
    }

    fn last_word(&mut self, history: &History) {
        let before = self.place.unwrap_or(history.entries().len());
        let Some(entry) = before.checked_sub(1).and_then(|at| history.entries().get(at)) else { return };
        let word = entry.rsplit(u8::is_ascii_whitespace).find(|word| !word.is_empty()).unwrap_or_default();
        self.line.replace(self.line.at(), self.line.at(), word);
    }

    /// Goes to the next command before or after that begins so.
    fn step(&mut self, older: bool, history: &History, start: &[u8]) {
        let entries = history.entries();
        let place = self.place.unwrap_or(entries.len());
        let fits = |entry: &Entry| entry.starts_with(start);
        if older {
            if let Some(found) = entries.get(..place).unwrap_or_default().iter().rposition(fits) {
                self.show(Some(found), history);
            }
        } else {
            let newer = entries.get(place + 1..).unwrap_or_default();
            self.show(newer.iter().position(fits).map(|index| place + 1 + index), history);
        }
    }

    fn keep_draft(&mut self) {
        if self.place.is_none() {
            self.draft = self.line.text().to_vec();
        }
    }

    /// Shows a command of the history, or the one that is typed.
    pub(super) fn show(&mut self, place: Option<usize>, history: &History) {
        match place.and_then(|at| history.entries().get(at)) {
            Some(entry) => {
                self.keep_draft();
                self.line.set(entry.to_vec());
            }
            None if self.place.is_some() => self.line.set(core::mem::take(&mut self.draft)),
            None => {}
        }
        self.place = place;
    }
}
