//! Conditions that a user writes: `rss>50M`, `name=sh`, `command~ssh`.

use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::{Value, text};

/// A column held against a value.
#[derive(Clone, Copy, Debug)]
pub struct Condition<'a> {
    /// The column's name, as it was written.
    pub name: &'a [u8],
    /// The column's place in the rows: whoever made them knows it.
    pub column: usize,
    operator: Operator,
    against: &'a [u8],
}

#[derive(Clone, Copy, Debug)]
enum Operator {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
}

impl<'a> Condition<'a> {
    /// Reads `COLUMN`, one of `= != < <= > >= ~` (contains), and `VALUE`.
    pub fn parse(words: &'a [u8]) -> Option<Self> {
        let at = words.iter().position(|byte| b"=!<>~".contains(byte))?;
        let (name, rest) = words.split_at_checked(at)?;
        let (operator, against) = match rest {
            [b'!', b'=', against @ ..] => (Operator::Unequal, against),
            [b'<', b'=', against @ ..] => (Operator::LessOrEqual, against),
            [b'>', b'=', against @ ..] => (Operator::GreaterOrEqual, against),
            [b'=', against @ ..] => (Operator::Equal, against),
            [b'<', against @ ..] => (Operator::Less, against),
            [b'>', against @ ..] => (Operator::Greater, against),
            [b'~', against @ ..] => (Operator::Contains, against),
            _ => return None,
        };
        let (name, against) = (name.trim_ascii(), against.trim_ascii());
        (!name.is_empty()).then_some(Self { name, column: 0, operator, against })
    }

    /// Says whether the condition holds for a value. A quantity is compared as a number, which may have a unit of 1024
    /// (`50M`); everything else as text, as it is shown to people.
    pub fn holds(&self, value: &Value) -> bool {
        let value = value.plain();
        let order = match (value, text::parse_size(self.against)) {
            (Value::Text(bytes), _) => bytes.as_slice().cmp(self.against),
            (Value::Span(_), Some(seconds)) => value.cmp(&Value::Span(seconds.saturating_mul(1000))),
            (_, Some(number)) if value.is_quantity() => value.cmp(&Value::Number(number)),
            _ => {
                let mut shown = Vec::new();
                value.show(&mut shown);
                shown.as_slice().cmp(self.against)
            }
        };
        match self.operator {
            Operator::Equal => order == Ordering::Equal,
            Operator::Unequal => order != Ordering::Equal,
            Operator::Less => order == Ordering::Less,
            Operator::LessOrEqual => order != Ordering::Greater,
            Operator::Greater => order == Ordering::Greater,
            Operator::GreaterOrEqual => order != Ordering::Less,
            Operator::Contains => self.is_within(value),
        }
    }

    fn is_within(&self, value: &Value) -> bool {
        let mut shown = Vec::new();
        match value {
            Value::Text(bytes) => shown.extend_from_slice(bytes),
            _ => value.show(&mut shown),
        }
        self.against.is_empty() || shown.windows(self.against.len()).any(|window| window == self.against)
    }
}
