//! Sets of characters: bracket expressions and the letters behind a backslash that stand for several.

use alloc::vec::Vec;

use text::character::Class;

use crate::letters;

/// A set of characters.
#[derive(Clone, Debug, Default)]
pub(super) struct Set {
    negated: bool,
    ranges: Vec<(u32, u32)>,
    classes: Vec<Class>,
    /// Letters of either case are the same.
    ignores_case: bool,
    /// The answers for ASCII, one bit each.
    ascii: u128,
}

impl Set {
    pub(super) fn new(
        negated: bool,
        ranges: Vec<(u32, u32)>,
        classes: Vec<Class>,
        ignores_case: bool,
    ) -> Self {
        let mut set = Self { negated, ranges, classes, ignores_case, ascii: 0 };
        for number in 0..128 {
            set.ascii |= u128::from(set.decide(number)) << number;
        }
        set
    }

    /// Makes the set of `\w` and `\s`, or of their opposites.
    pub(super) fn escape(letter: u8) -> Option<Self> {
        let (ranges, class) = match letter {
            b'w' | b'W' => (Vec::from([(u32::from(b'_'), u32::from(b'_'))]), Class::Alnum),
            b's' | b'S' => (Vec::new(), Class::Space),
            _ => return None,
        };
        Some(Self::new(letter.is_ascii_uppercase(), ranges, Vec::from([class]), false))
    }

    /// Says whether a character is in the set.
    pub(super) fn has(&self, number: u32) -> bool {
        if number < 128 { self.ascii >> number & 1 == 1 } else { self.decide(number) }
    }

    /// Says whether it may have characters beyond ASCII.
    pub(super) fn may_go_beyond_ascii(&self) -> bool {
        let is_plain = self.classes.is_empty() && self.ranges.iter().all(|(_, high)| *high < 128);
        self.negated || self.ignores_case || !is_plain
    }

    fn decide(&self, number: u32) -> bool {
        let has = |number| {
            self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&number))
                || self.classes.iter().any(|class| class.has(number))
        };
        let is_in = if self.ignores_case { letters::any_form(number, has) } else { has(number) };
        is_in != self.negated
    }
}

/// Says whether a character belongs to a word, for `\<`, `\b` and their like.
pub(super) fn is_of_word(number: u32) -> bool {
    number == u32::from(b'_') || Class::Alnum.has(number)
}
