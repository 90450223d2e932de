//! The typed contents of a cell, and their order.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::{Json, Sink, text};

/// What a cell holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing is known: `-` for people, `null` in JSON.
    Unknown,
    /// Yes or no.
    Truth(bool),
    /// A count or an identifier.
    Number(u64),
    /// A number that may be below zero.
    Signed(i64),
    /// A number of bytes, shown to people with a unit.
    Size(u64),
    /// A number with three decimals, of which people see one.
    Thousandths(u64),
    /// A length of time in milliseconds: `[days-]hh:mm:ss` for people, seconds with three decimals in JSON.
    Span(u64),
    /// Text, possibly chosen by anyone.
    Text(Vec<u8>),
    /// Several values: separated by commas for people.
    List(Vec<Value>),
    /// A value that people see in a form of the command's own.
    Shown(Vec<u8>, Box<Value>),
}

impl Value {
    /// Makes text.
    pub fn text(bytes: &[u8]) -> Self {
        Self::Text(bytes.to_vec())
    }

    /// Gives a value a form for people.
    pub fn shown(self, text: Vec<u8>) -> Self {
        Self::Shown(text, Box::new(self))
    }

    /// Makes a number that people see in base sixteen.
    pub fn hexadecimal(number: u64) -> Self {
        let mut text = b"0x".to_vec();
        text::radix(number, 16, &mut text);
        Self::Number(number).shown(text)
    }

    /// Shows the value to people.
    pub fn show(&self, out: &mut dyn Sink) {
        match self {
            Self::Unknown => out.put(b"-"),
            Self::Truth(truth) => out.put(if *truth { b"yes" } else { b"no" }),
            Self::Number(number) => text::decimal(*number, out),
            Self::Signed(number) => {
                if *number < 0 {
                    out.put(b"-");
                }
                text::decimal(number.unsigned_abs(), out);
            }
            Self::Size(bytes) => text::size(*bytes, out),
            Self::Thousandths(number) => {
                text::decimal(number / 1000, out);
                out.put(b".");
                text::decimal(number % 1000 / 100, out);
            }
            Self::Span(milliseconds) => text::span(milliseconds / 1000, out),
            Self::Text(bytes) => text::printable(bytes, out),
            Self::Shown(text, _) => out.put(text),
            Self::List(values) => {
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        out.put(b",");
                    }
                    value.show(out);
                }
            }
        }
    }

    /// Writes the value under a key of an open object.
    pub fn write(&self, name: &str, json: &mut Json<'_>) {
        match self {
            Self::Text(bytes) => json.field_bytes(name, bytes),
            Self::Shown(_, value) => value.write(name, json),
            _ => {
                json.key(name);
                self.write_element(json);
            }
        }
    }

    fn write_element(&self, json: &mut Json<'_>) {
        match self {
            Self::Unknown => json.null(),
            Self::Truth(truth) => json.boolean(*truth),
            Self::Number(number) | Self::Size(number) => json.number(*number),
            Self::Signed(number) => json.signed(*number),
            Self::Thousandths(number) | Self::Span(number) => json.thousandths(*number),
            Self::Shown(_, value) => value.write_element(json),
            Self::Text(bytes) => json.string(bytes),
            Self::List(values) => {
                json.array();
                for value in values {
                    value.write_element(json);
                }
                json.end_array();
            }
        }
    }

    /// Says whether numbers of this kind stand at the right of their column.
    pub(crate) fn is_quantity(&self) -> bool {
        !matches!(self.plain(), Self::Truth(_)) && self.quantity().is_some()
    }

    /// Gives the value without its form for people.
    pub(crate) fn plain(&self) -> &Self {
        match self {
            Self::Shown(_, value) => value.plain(),
            value => value,
        }
    }

    /// Gives numbers of all kinds as thousandths, so that a size compares with a number.
    fn quantity(&self) -> Option<i128> {
        const UNIT: i128 = 1000;
        match self {
            Self::Truth(truth) => Some(i128::from(*truth) * UNIT),
            Self::Number(number) | Self::Size(number) => Some(i128::from(*number) * UNIT),
            Self::Signed(number) => Some(i128::from(*number) * UNIT),
            Self::Thousandths(number) | Self::Span(number) => Some(i128::from(*number)),
            Self::Shown(_, value) => value.quantity(),
            Self::Unknown | Self::Text(_) | Self::List(_) => None,
        }
    }
}

/// Unknown comes first, then quantities, text, lists.
impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |value: &Self| match value {
            Self::Unknown => 0,
            Self::Text(_) => 2,
            Self::List(_) => 3,
            _ => 1,
        };
        match (self.plain(), other.plain()) {
            (Self::Text(left), Self::Text(right)) => left.cmp(right),
            (Self::List(left), Self::List(right)) => left.cmp(right),
            (left, right) => (rank(left), left.quantity()).cmp(&(rank(right), right.quantity())),
        }
    }
}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
