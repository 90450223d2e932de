//! Patterns: `*`, `?`, `[...]`, and a backslash before what stands for itself.

use crate::character::{self, Class};

/// A matcher of patterns.
#[derive(Clone, Copy, Debug)]
pub struct Matcher {
    /// Whether a character is one of UTF-8, else a byte.
    pub utf8: bool,
    /// Whether small and capital letters of ASCII are the same.
    pub folds: bool,
}

impl Matcher {
    /// Says whether a pattern matches all of a text.
    pub fn matches(self, pattern: &[u8], text: &[u8]) -> bool {
        if !self.folds && !may_end(pattern, text) {
            return false;
        }
        let (mut p, mut t) = (pattern, text);
        // What to try again from: the pattern behind the last star, and what it has not eaten.
        let mut star: Option<(&[u8], &[u8])> = None;
        loop {
            if let [b'*', rest @ ..] = p {
                if rest.is_empty() {
                    return true;
                }
                p = rest;
                star = match self.characters(rest) {
                    // Behind the last star there is one place from which the rest can match.
                    Some(needed) => {
                        let Some(eaten) = self.count(t).checked_sub(needed) else { return false };
                        t = t.get(self.place(t, eaten)..).unwrap_or_default();
                        None
                    }
                    None => Some((p, t)),
                };
                continue;
            }
            let step = if t.is_empty() { None } else { self.step(p, t) };
            match step {
                Some((next_p, next_t)) => (p, t) = (next_p, next_t),
                None if p.is_empty() && t.is_empty() => return true,
                None => {
                    let Some((after, eaten)) = star else { return false };
                    let Some(rest) = eaten.get(self.width(eaten)..).filter(|_| !eaten.is_empty()) else {
                        return false;
                    };
                    star = Some((after, rest));
                    (p, t) = (after, rest);
                }
            }
        }
    }

    /// Gives the length of the first character.
    pub fn width(self, text: &[u8]) -> usize {
        character::width(text, self.utf8)
    }

    /// Counts the characters.
    pub fn count(self, text: &[u8]) -> usize {
        if !self.utf8 {
            return text.len();
        }
        let (mut rest, mut count) = (text, 0);
        while !rest.is_empty() {
            rest = rest.get(self.width(rest)..).unwrap_or_default();
            count += 1;
        }
        count
    }

    /// Gives where the character with this number begins, or the end.
    pub fn place(self, text: &[u8], count: usize) -> usize {
        if !self.utf8 {
            return count.min(text.len());
        }
        let mut at = 0;
        for _ in 0..count {
            match text.get(at..) {
                Some(rest) if !rest.is_empty() => at += self.width(rest),
                _ => break,
            }
        }
        at
    }

    /// Gives how many characters a pattern takes; none if it has a star, or bytes that may be parts of a character.
    fn characters(self, pattern: &[u8]) -> Option<usize> {
        let (mut rest, mut count) = (pattern, 0);
        while let Some((first, after)) = rest.split_first() {
            rest = match first {
                b'*' => return None,
                b'[' => self.bracket(after, b"x").map_or(after, |(_, rest)| rest),
                b'\\' => after.get(1..).unwrap_or_default(),
                byte if self.utf8 && !byte.is_ascii() => return None,
                _ => after,
            };
            count += 1;
        }
        Some(count)
    }

    /// Matches one character against what is no star; gives what is behind both.
    fn step<'p, 't>(self, pattern: &'p [u8], text: &'t [u8]) -> Option<(&'p [u8], &'t [u8])> {
        let (first, after) = pattern.split_first()?;
        match first {
            b'?' => Some((after, text.get(self.width(text)..)?)),
            b'[' => match self.bracket(after, text) {
                Some((holds, rest)) => holds.then_some((rest, text.get(self.width(text)..)?)),
                None => text.strip_prefix(b"[").map(|rest| (after, rest)),
            },
            b'\\' => match after.split_first() {
                Some((quoted, rest)) => self.is_one(text, *quoted).then_some((rest, text.get(1..)?)),
                None => text.strip_prefix(b"\\").map(|rest| (after, rest)),
            },
            literal => self.is_one(text, *literal).then_some((after, text.get(1..)?)),
        }
    }

    /// Says whether a text begins with a byte.
    fn is_one(self, text: &[u8], byte: u8) -> bool {
        text.first().is_some_and(|first| *first == byte || self.folds && first.eq_ignore_ascii_case(&byte))
    }

    /// Matches `[...]` behind its bracket; gives whether it holds, and what is behind it. None if it is no bracket expression.
    fn bracket<'p>(self, pattern: &'p [u8], text: &[u8]) -> Option<(bool, &'p [u8])> {
        let negated = matches!(pattern.first(), Some(b'!' | b'^'));
        let mut rest = if negated { pattern.get(1..)? } else { pattern };
        let character = character::number(text.get(..self.width(text))?);
        let other = self.other_case(character);
        let mut found = false;
        let mut is_first = true;
        loop {
            match rest {
                [b']', after @ ..] if !is_first => return Some((found != negated, after)),
                [b'[', b':', after @ ..] => {
                    let end = after.windows(2).position(|pair| pair == b":]");
                    match end.and_then(|end| Some((after.get(..end)?, after.get(end + 2..)?))) {
                        Some((name, after)) => {
                            let class = Class::named(name);
                            found |= class.is_some_and(|class| class.has(character) || class.has(other));
                            rest = after;
                        }
                        None => {
                            found |= character == u32::from(b'[');
                            rest = rest.get(1..)?;
                        }
                    }
                }
                _ => {
                    let (low, after) = self.element(rest)?;
                    rest = after;
                    let mut high = low;
                    if let [b'-', after @ ..] = rest
                        && !matches!(after, [b']', ..] | [])
                    {
                        (high, rest) = self.element(after)?;
                    }
                    found |= (low..=high).contains(&character) || (low..=high).contains(&other);
                }
            }
            is_first = false;
        }
    }

    /// Gives the same letter in the other case; what it is given where there is none, or cases count.
    fn other_case(self, character: u32) -> u32 {
        match u8::try_from(character) {
            Ok(letter) if self.folds && letter.is_ascii_alphabetic() => u32::from(letter ^ b' '),
            _ => character,
        }
    }

    /// Reads a character of a bracket expression.
    fn element(self, pattern: &[u8]) -> Option<(u32, &[u8])> {
        match pattern {
            [b'[', mark @ (b'.' | b'='), after @ ..] => {
                let end = after.windows(2).position(|pair| pair == [*mark, b']'])?;
                Some((character::number(after.get(..end)?), after.get(end + 2..)?))
            }
            [b'\\', after @ ..] if !after.is_empty() => {
                let width = self.width(after);
                Some((character::number(after.get(..width)?), after.get(width..)?))
            }
            [] => None,
            _ => {
                let width = self.width(pattern);
                Some((character::number(pattern.get(..width)?), pattern.get(width..)?))
            }
        }
    }
}

/// Says whether a text may end as a pattern wants it: most names of a folder differ there, or in their first character.
fn may_end(pattern: &[u8], text: &[u8]) -> bool {
    let special = |byte: &u8| matches!(byte, b'*' | b'?' | b'[' | b']' | b'\\');
    match pattern.iter().rposition(special) {
        // What a backslash stands before is no end by itself.
        Some(at) if pattern.get(at) == Some(&b'\\') => true,
        Some(at) => text.ends_with(pattern.get(at + 1..).unwrap_or_default()),
        None => pattern == text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let matcher = Matcher { utf8: true, folds: false };
        let cases: &[(&str, &str, bool)] = &[
            ("", "", true),
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abb", false),
            ("*a*b*", "xxaxxbxx", true),
            ("?", "ä", true),
            ("??", "ä", false),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]a]", "]", true),
            ("[a", "[a", true),
            ("[[:digit:][:upper:]]", "Q", true),
            ("[ä-ö]", "é", true),
            ("\\*", "*", true),
            ("\\*", "x", false),
            ("[\\]]", "]", true),
            ("[a-]", "-", true),
            ("[[.-.]a]", "-", true),
            ("*[05].txt", "name-15.txt", true),
            ("*[05].txt", "name-16.txt", false),
            ("*[05].txt", ".txt", false),
            ("*\\*", "a*", true),
            ("*\\*", "ab", false),
            ("*[a", "x[a", true),
            ("*?", "", false),
            ("*?ö", "aäö", true),
            ("*?[!x]", "äö", true),
            ("*?[!x]", "ö", false),
            ("*\\", "a\\", true),
            ("a*\\ö", "aäö", true),
        ];
        for (pattern, text, holds) in cases {
            assert_eq!(matcher.matches(pattern.as_bytes(), text.as_bytes()), *holds, "{pattern} {text}");
        }
        assert!(!Matcher { utf8: false, folds: false }.matches("?".as_bytes(), "ä".as_bytes()));
    }

    #[test]
    fn letters_are_the_same_in_both_cases_if_asked_for() {
        let matcher = Matcher { utf8: true, folds: true };
        for (pattern, text) in
            [("*.TXT", "a.txt"), ("[a-c]", "B"), ("[[:upper:]]", "q"), ("\\a", "A"), ("ä", "ä")]
        {
            assert!(matcher.matches(pattern.as_bytes(), text.as_bytes()), "{pattern} {text}");
        }
        assert!(!matcher.matches(b"[!A]", b"a"));
        assert!(!matcher.matches(b"@", b"`"));
    }

    #[test]
    fn many_stars_take_no_time() {
        let pattern = b"*a".repeat(50);
        assert!(
            !Matcher { utf8: false, folds: false }
                .matches(&[&pattern[..], b"b"].concat(), &b"a".repeat(5000))
        );
    }
}
