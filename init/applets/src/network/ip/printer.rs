//! One description of an object, printed as text for people or as JSON for programs.

use alloc::string::ToString;
use core::fmt::Display;
use core::net::IpAddr;

use formats::internet::Shown;
use query::{Json, Sink, text};
use system::links::Link;

use super::{Settings, name_of};

/// Where an object is described: keys and values are JSON, what stands around them is text.
pub(super) enum Printer<'o> {
    /// JSON.
    Json(Json<'o>),
    /// Text.
    Text {
        /// Where it goes.
        out: &'o mut dyn Sink,
        /// Whether line feeds inside a record become backslashes.
        oneline: bool,
    },
}

impl<'o> Printer<'o> {
    /// Starts a list of objects.
    pub(super) fn new(out: &'o mut dyn Sink, settings: Settings) -> Self {
        if !settings.json {
            return Self::Text { out, oneline: settings.oneline };
        }
        let mut json = Json::new(out);
        json.array();
        Self::Json(json)
    }

    /// Ends the list.
    pub(super) fn finish(self) {
        if let Self::Json(mut json) = self {
            json.end_array();
            json.end();
        }
    }

    /// Starts an object of a list.
    pub(super) fn object(&mut self) {
        self.json(Json::object);
    }

    /// Ends an object.
    pub(super) fn end_object(&mut self) {
        self.json(Json::end_object);
    }

    /// Starts a list inside an object.
    #[inline(never)]
    pub(super) fn array(&mut self, key: &str) {
        self.json(|json| {
            json.key(key);
            json.array();
        });
    }

    /// Ends a list inside an object.
    pub(super) fn end_array(&mut self) {
        self.json(Json::end_array);
    }

    /// Starts an object inside an object.
    #[inline(never)]
    pub(super) fn nested(&mut self, key: &str) {
        self.json(|json| {
            json.key(key);
            json.object();
        });
    }

    /// Prints what only text has.
    #[inline(never)]
    pub(super) fn text(&mut self, value: &str) {
        if let Self::Text { out, .. } = self {
            out.put(value.as_bytes());
        }
    }

    /// Starts a new line inside a record.
    #[inline(never)]
    pub(super) fn line(&mut self) {
        if let Self::Text { out, oneline } = self {
            out.put(if *oneline { b"\\" } else { b"\n" });
        }
    }

    /// Ends a record.
    pub(super) fn end_line(&mut self) {
        self.text("\n");
    }

    /// Prints text, with spaces before it up to a width.
    pub(super) fn right(&mut self, value: &str, width: usize) {
        (value.len()..width).for_each(|_| self.text(" "));
        self.text(value);
    }

    /// Prints text, with spaces after it up to a width.
    #[inline(never)]
    pub(super) fn padded(&mut self, value: &str, width: usize) {
        if let Self::Text { out, .. } = self {
            text::printable(value.as_bytes(), *out);
            (value.len()..width).for_each(|_| out.put(b" "));
        }
    }

    /// Prints text under a key; `face` is `key|text before|text after`.
    #[inline(never)]
    pub(super) fn word(&mut self, face: &str, value: &dyn Display) {
        let value = value.to_string();
        match self {
            Self::Json(json) => json.field(parts(face).0, value.as_bytes()),
            Self::Text { .. } => self.faced(face, &value),
        }
    }

    /// Prints an address under a key, if there is one.
    #[inline(never)]
    pub(super) fn address(&mut self, face: &str, address: Option<IpAddr>) {
        if let Some(address) = address {
            self.word(face, &Shown(address));
        }
    }

    /// Prints a number under a key.
    #[inline(never)]
    pub(super) fn number(&mut self, face: &str, value: u64) {
        match self {
            Self::Json(json) => json.field_number(parts(face).0, value),
            Self::Text { .. } => self.faced(face, &value.to_string()),
        }
    }

    /// Prints a number under a key, if there is one.
    #[inline(never)]
    pub(super) fn optional(&mut self, face: &str, value: Option<u32>) {
        if let Some(value) = value {
            self.number(face, value.into());
        }
    }

    /// Prints a number that is shown to people in another way.
    #[inline(never)]
    pub(super) fn shown(&mut self, face: &str, value: i64, shown: &dyn Display) {
        match self {
            Self::Json(json) => {
                json.key(parts(face).0);
                json.signed(value);
            }
            Self::Text { .. } => self.faced(face, &shown.to_string()),
        }
    }

    /// Prints the name of a link under a key.
    #[inline(never)]
    pub(super) fn link(&mut self, face: &str, links: &[Link], index: u32) {
        self.word(face, &name_of(links, index));
    }

    fn faced(&mut self, face: &str, value: &str) {
        let (_, before, after) = parts(face);
        self.entry(value, before, after);
    }

    /// Prints that something is so.
    #[inline(never)]
    pub(super) fn truth(&mut self, key: &str, value: &str) {
        self.json(|json| {
            json.key(key);
            json.boolean(true);
        });
        self.text(value);
    }

    /// Prints a word that is a key without a value.
    #[inline(never)]
    pub(super) fn null(&mut self, key: &str, value: &str) {
        self.json(|json| {
            json.key(key);
            json.null();
        });
        self.text(value);
    }

    /// Prints an entry of a list.
    #[inline(never)]
    pub(super) fn entry(&mut self, value: &str, before: &str, after: &str) {
        match self {
            Self::Json(json) => json.string(value.as_bytes()),
            Self::Text { out, .. } => {
                out.put(before.as_bytes());
                text::printable(value.as_bytes(), *out);
                out.put(after.as_bytes());
            }
        }
    }

    /// Prints what only JSON has.
    pub(super) fn json(&mut self, body: impl FnOnce(&mut Json<'o>)) {
        if let Self::Json(json) = self {
            body(json);
        }
    }
}

/// Splits a face into its three parts.
fn parts(face: &str) -> (&str, &str, &str) {
    let (key, around) = face.split_once('|').unwrap_or((face, ""));
    let (before, after) = around.split_once('|').unwrap_or((around, ""));
    (key, before, after)
}
