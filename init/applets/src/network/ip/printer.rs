//! One description of an object, printed as text for people or as JSON for programs.

use alloc::string::ToString;
use core::fmt::Display;

use query::{Json, Sink, text};

use super::Settings;

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
    pub(super) fn nested(&mut self, key: &str) {
        self.json(|json| {
            json.key(key);
            json.object();
        });
    }

    /// Prints what only text has.
    pub(super) fn text(&mut self, value: &str) {
        if let Self::Text { out, .. } = self {
            out.put(value.as_bytes());
        }
    }

    /// Starts a new line inside a record.
    pub(super) fn line(&mut self) {
        if let Self::Text { out, oneline } = self {
            out.put(if *oneline { b"\\" } else { b"\n" });
        }
    }

    /// Ends a record.
    pub(super) fn end_line(&mut self) {
        self.text("\n");
    }

    /// Prints text padded to a width.
    pub(super) fn padded(&mut self, value: &str, width: usize) {
        if let Self::Text { out, .. } = self {
            text::printable(value.as_bytes(), *out);
            (value.len()..width).for_each(|_| out.put(b" "));
        }
    }

    /// Prints text under a key.
    pub(super) fn word(&mut self, key: &str, before: &str, value: &dyn Display, after: &str) {
        let value = value.to_string();
        match self {
            Self::Json(json) => json.field(key, value.as_bytes()),
            Self::Text { out, .. } => {
                out.put(before.as_bytes());
                text::printable(value.as_bytes(), *out);
                out.put(after.as_bytes());
            }
        }
    }

    /// Prints a number under a key.
    pub(super) fn number(&mut self, key: &str, before: &str, value: u64, after: &str) {
        match self {
            Self::Json(json) => json.field_number(key, value),
            Self::Text { out, .. } => {
                out.put(before.as_bytes());
                text::decimal(value, *out);
                out.put(after.as_bytes());
            }
        }
    }

    /// Prints that something is so.
    pub(super) fn truth(&mut self, key: &str, value: &str) {
        self.json(|json| {
            json.key(key);
            json.boolean(true);
        });
        self.text(value);
    }

    /// Prints a word that is a key without a value.
    pub(super) fn null(&mut self, key: &str, value: &str) {
        self.json(|json| {
            json.key(key);
            json.null();
        });
        self.text(value);
    }

    /// Prints an entry of a list.
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

    /// Says whether this is text.
    pub(super) const fn is_text(&self) -> bool {
        matches!(self, Self::Text { .. })
    }
}
