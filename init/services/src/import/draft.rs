//! What the unit files of one service come to, before it is a service file.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::command::Command;
use super::values::{list, of_time, quoted};
use crate::file::{KEYS, Key};

/// Where something stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Which of the files, counted from 0.
    pub(super) unit: usize,
    /// The line, counted from 1.
    pub(super) line: usize,
}

/// Something to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Remark {
    pub(super) place: Place,
    pub(super) message: String,
    /// Whether something was left out; else it means nearly the same.
    pub(super) is_left: bool,
}

/// A value as TOML has it, or texts of a list, to which others may be added.
#[derive(Clone, Debug)]
enum Value {
    Toml(String),
    Texts(Vec<String>),
}

/// A key of ours, and what has set it.
#[derive(Clone, Debug)]
struct Entry {
    key: String,
    value: Value,
    /// The key of the unit file.
    origin: &'static str,
    place: Place,
}

/// What the unit files of one service come to.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) name: String,
    /// Where its own file begins, or that which names it.
    pub(super) head: Place,
    /// The line that is being carried over: where it is, the key, and all of it.
    pub(super) place: Place,
    pub(super) origin: &'static str,
    pub(super) assignment: String,
    pub(super) command: Command,
    pub(super) ambient: Option<Vec<String>>,
    pub(super) bounding: Option<Vec<String>>,
    pub(super) sockets: Vec<String>,
    pub(super) socket_name: String,
    /// Whether each connection gets a process of its own.
    pub(super) accepts: bool,
    /// Whether a target starts it, or its socket, or its timer.
    pub(super) is_wanted: bool,
    pub(super) is_timer: bool,
    /// How many starts there are within an interval, and the rest between two.
    pub(super) burst: Option<u64>,
    pub(super) interval_ms: Option<u64>,
    pub(super) rest_ms: Option<u64>,
    pub(super) remarks: Vec<Remark>,
    entries: Vec<Entry>,
}

/// The keys that name other services.
const OTHERS: [&str; 4] = ["after", "needs", "wants", "conflicts"];

impl Draft {
    pub(super) fn new(name: &str, head: Place) -> Self {
        Self { name: name.into(), head, ..Self::default() }
    }

    /// Sets a key to a value, as TOML has it; gives the reason if the key does not take it.
    pub(super) fn set(&mut self, key: &str, value: String) -> Result<(), String> {
        if let Some(reason) = crate::file::refusal(&format!("{key} = {value}")) {
            return Err(reason);
        }
        self.entries.retain(|entry| entry.key != key);
        self.push(key, Value::Toml(value));
        Ok(())
    }

    /// Adds to a list, so.
    pub(super) fn add(&mut self, key: &str, texts: Vec<String>) -> Result<(), String> {
        if let Some(reason) = crate::file::refusal(&format!("{key} = {}", list(&texts))) {
            return Err(reason);
        }
        self.push(key, Value::Texts(texts));
        Ok(())
    }

    fn push(&mut self, key: &str, value: Value) {
        let (origin, place) = (self.origin, self.place);
        self.entries.push(Entry { key: key.into(), value, origin, place });
    }

    /// Forgets what a key of the unit file has set; an empty value says so.
    pub(super) fn forget(&mut self) {
        let origin = self.origin;
        self.entries.retain(|entry| entry.origin != origin);
        self.command.forget(origin);
        match origin {
            "CapabilityBoundingSet" => self.bounding = Some(Vec::new()),
            "AmbientCapabilities" => self.ambient = None,
            "ListenStream" | "ListenDatagram" => self.sockets.clear(),
            _ => {}
        }
    }

    /// Says that the line that is being carried over means nearly the same with ours.
    pub(super) fn nearly(&mut self, reason: &str) {
        let message = format!("{} means nearly the same: {reason}", self.assignment);
        self.remarks.push(Remark { place: self.place, message, is_left: false });
    }

    /// Says that something is left out.
    pub(super) fn left(&mut self, place: Place, message: String) {
        self.remarks.push(Remark { place, message, is_left: true });
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    /// Says whether a key has a word, which is no list.
    pub(super) fn is(&self, key: &str, word: &str) -> bool {
        let word = quoted(word);
        let is_it =
            |entry: &Entry| entry.key == key && matches!(&entry.value, Value::Toml(text) if *text == word);
        self.entries.iter().any(is_it)
    }

    /// Takes keys away that mean nothing, and says why.
    fn drop_all(&mut self, keys: &[&str], reason: &str) {
        for at in (0..self.entries.len()).rev() {
            if self.entries.get(at).is_some_and(|entry| keys.contains(&entry.key.as_str())) {
                let Entry { origin, place, .. } = self.entries.remove(at);
                self.left(place, format!("{origin}= is not carried over: {reason}"));
            }
        }
    }

    /// Gives the sockets of a unit their names.
    pub(super) fn name_sockets(&mut self, stem: &str) {
        let sockets = core::mem::take(&mut self.sockets);
        let name = match core::mem::take(&mut self.socket_name) {
            name if name.is_empty() => String::from(stem),
            name => name,
        };
        if self.accepts {
            return;
        }
        for (socket, number) in sockets.into_iter().zip(1..) {
            let name = if number == 1 { name.clone() } else { format!("{name}-{number}") };
            if let Err(reason) = self.set(&format!("sockets.{}", quoted(&name)), quoted(&socket)) {
                self.left(self.head, format!("{socket} is not carried over: {reason}"));
            }
        }
    }

    /// Does what only the whole shows.
    pub(super) fn settle(&mut self) {
        self.origin = "";
        let is_daemon = !self.is_timer && !self.is("kind", "oneshot");
        let words = core::mem::take(&mut self.command).finish(is_daemon, &mut self.remarks);
        if !words.is_empty() {
            self.always("command", list(&words));
        }
        if self.is_timer {
            self.always("kind", quoted("timer"));
            self.drop_all(&["restart.when"], "a timer starts again when its time comes");
            self.entries.retain(|entry| entry.key != "ready" && !entry.key.starts_with("restart."));
        }
        if !is_daemon {
            self.drop_all(&["watchdog"], "ours is for daemons alone");
        }
        if self.has("timer.at") {
            self.drop_all(&["timer.every"], "ours has dates or times, not both");
        }
        self.settle_restart(is_daemon);
        self.settle_confinement();
        // Half a minute and more is not rare, with what has much to write down.
        if !self.has("stop.timeout") {
            self.always("stop.timeout", "90".into());
        }
        if !self.is_wanted {
            self.always("start", quoted("demand"));
        }
    }

    /// Sets a key to what it surely takes.
    fn always(&mut self, key: &str, value: String) {
        if let Err(reason) = self.set(key, value) {
            self.left(self.head, reason);
        }
    }

    /// Theirs are given up for too many starts within an interval, however they end; ours for failures in a row.
    fn settle_restart(&mut self, is_daemon: bool) {
        if is_daemon && !self.has("restart.when") {
            self.always("restart.when", quoted("never"));
        }
        if self.is_timer || !self.has("restart.when") || self.is("restart.when", "never") {
            return;
        }
        let (burst, interval_ms) = (self.burst.unwrap_or(5), self.interval_ms.unwrap_or(10_000));
        let rest_ms = self.rest_ms.unwrap_or(100);
        if rest_ms.saturating_mul(burst) >= interval_ms || burst == 0 {
            self.always("restart.attempts", "0".into());
        } else if self.burst.is_some() {
            self.always("restart.attempts", burst.to_string());
        }
        if self.rest_ms.is_some() {
            // Both, for theirs does not double.
            self.always("restart.first", of_time(rest_ms));
            self.always("restart.longest", of_time(rest_ms));
        }
    }

    /// Ours gives a set of capabilities, too: one that only limits is right for root alone, and the empty one for all.
    fn settle_confinement(&mut self) {
        let is_root = !self.has("user") || self.is("user", "root") || self.is("user", "0");
        let (ambient, bounding) = (self.ambient.take(), self.bounding.take());
        let kept = match (ambient, bounding) {
            (_, Some(bounding)) if is_root || bounding.is_empty() => Some(bounding),
            (Some(ambient), _) if !is_root => Some(ambient),
            (None, Some(_)) => {
                let message = "CapabilityBoundingSet= is not carried over: ours would give them to its user";
                self.left(self.head, message.into());
                None
            }
            _ => None,
        };
        if let Some(kept) = kept {
            self.always("confine.capabilities", list(&kept));
        }
        if !self.has("confine.read-only") {
            self.drop_all(&["confine.writable"], "it means something with ProtectSystem=strict alone");
        }
    }

    /// Leaves out those of others that nobody knows.
    pub(super) fn name_others(&mut self, known: &[String]) {
        let mut unknown = Vec::new();
        for Entry { key, value, origin, place } in &mut self.entries {
            let Value::Texts(texts) = value else { continue };
            if OTHERS.contains(&key.as_str()) {
                let strangers = texts.extract_if(.., |other| !known.contains(other));
                unknown.extend(strangers.map(|other| (*place, format!("{origin}={other}.service"))));
            }
        }
        for (place, what) in unknown {
            self.left(place, format!("{what} is not carried over: there is no such service here"));
        }
    }

    /// Gives the service file: all that is set, in the order of [`KEYS`].
    pub(super) fn text(&self) -> String {
        let mut lists: Vec<(&str, Vec<String>)> = Vec::new();
        let mut lines: Vec<(usize, String)> = Vec::new();
        for Entry { key, value, .. } in &self.entries {
            match value {
                Value::Toml(value) => lines.push((place_of(key), format!("{key} = {value}\n"))),
                Value::Texts(texts) => match lists.iter_mut().find(|(known, _)| known == key) {
                    Some((_, all)) => all.extend(texts.iter().cloned()),
                    None => lists.push((key, texts.clone())),
                },
            }
        }
        for (key, texts) in lists {
            let mut once: Vec<String> = Vec::new();
            for text in texts {
                if !once.contains(&text) {
                    once.push(text);
                }
            }
            if !once.is_empty() {
                lines.push((place_of(key), format!("{key} = {}\n", list(&once))));
            }
        }
        lines.sort_by_key(|(place, _)| *place);
        lines.into_iter().map(|(_, line)| line).collect()
    }
}

/// Gives the place of a key in the table of keys.
fn place_of(key: &str) -> usize {
    let is_it = |known: &Key| {
        key == known.name || known.shape.is_table() && key.split('.').next() == Some(known.name)
    };
    KEYS.iter().position(is_it).unwrap_or(usize::MAX)
}
