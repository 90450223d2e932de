//! Which part of a line is compared.

use query::text::parse_decimal;

use super::compare::Way;

/// What is between fields.
#[derive(Clone, Copy)]
pub(super) enum Separator {
    /// A field begins with the blanks before it.
    Blanks,
    /// A byte, which belongs to no field.
    Byte(u8),
}

/// A part of lines, and how it is compared.
pub(super) struct Key {
    from: Place,
    /// Its last character; without one it goes to the end of the line.
    to: Option<Place>,
    pub(super) way: Way,
}

/// A place in a line.
#[derive(Clone, Copy)]
struct Place {
    /// From 0.
    field: usize,
    /// From 0; of an end, how many characters of the field belong to the key, 0 for all.
    character: usize,
    /// Whether blanks before it do not count.
    skips_blanks: bool,
}

impl Key {
    /// Gives the key that is all of a line.
    pub(super) const fn whole(way: Way) -> Self {
        let from = Place { field: 0, character: 0, skips_blanks: way.skips_blanks };
        Self { from, to: None, way }
    }

    /// Says whether it is all of a line.
    pub(super) const fn is_whole(&self) -> bool {
        self.to.is_none() && self.from.field == 0 && self.from.character == 0 && !self.from.skips_blanks
    }

    /// Reads `F[.C][WAYS][,F[.C][WAYS]]`; without ways of its own it has those of all.
    pub(super) fn parse(word: &[u8], all: Way) -> Option<Self> {
        let mut way = Way::default();
        let comma = word.iter().position(|byte| *byte == b',').unwrap_or(word.len());
        let (first, rest) = word.split_at(comma);
        let (written, from_ways) = place(first)?;
        let mut from = Place {
            field: written.field.checked_sub(1)?,
            character: written.character.unwrap_or(1).checked_sub(1)?,
            skips_blanks: from_ways.contains(&b'b'),
        };
        let mut ways = [from_ways, b""];
        let mut to = None;
        if let Some(second) = rest.get(1..) {
            let (place, to_ways) = place(second)?;
            to = Some(Place {
                field: place.field.checked_sub(1)?,
                character: place.character.unwrap_or(0),
                skips_blanks: to_ways.contains(&b'b'),
            });
            ways[1] = to_ways;
        }
        if ways.iter().all(|ways| ways.is_empty()) {
            from.skips_blanks = all.skips_blanks;
            to = to.map(|to| Place { skips_blanks: all.skips_blanks, ..to });
            return Some(Self { from, to, way: all });
        }
        for letter in ways.iter().copied().flatten() {
            if !way.add(*letter) {
                return None;
            }
        }
        Some(Self { from, to, way })
    }

    /// Gives the part of a line.
    pub(super) fn of<'l>(&self, line: &'l [u8], separator: Separator) -> &'l [u8] {
        let start = self.from.start(line, separator).min(line.len());
        let end = match self.to {
            None => line.len(),
            Some(to) => to.end(line, separator),
        };
        line.get(start..end).unwrap_or_default()
    }
}

/// A place as it is written.
struct Written {
    field: usize,
    character: Option<usize>,
}

/// Reads a place, and the letters behind it.
fn place(text: &[u8]) -> Option<(Written, &[u8])> {
    let (field, rest) = number(text)?;
    match rest {
        [b'.', rest @ ..] => {
            let (character, rest) = number(rest)?;
            Some((Written { field, character: Some(character) }, rest))
        }
        rest => Some((Written { field, character: None }, rest)),
    }
}

fn number(text: &[u8]) -> Option<(usize, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, rest) = text.split_at_checked(digits)?;
    Some((usize::try_from(parse_decimal(number)?).ok()?, rest))
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n')
}

/// Gives where what is no blank begins.
fn behind_blanks(line: &[u8], at: usize) -> usize {
    let rest = line.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| is_blank(**byte)).count()
}

/// Gives where a field ends.
fn end_of_field(line: &[u8], at: usize, separator: Separator) -> usize {
    let (start, is_end): (usize, &dyn Fn(u8) -> bool) = match separator {
        Separator::Blanks => (behind_blanks(line, at), &is_blank),
        Separator::Byte(byte) => {
            let rest = line.get(at..).unwrap_or_default();
            return memchr::memchr(byte, rest).map_or(line.len(), |length| at + length);
        }
    };
    let rest = line.get(start..).unwrap_or_default();
    start + rest.iter().take_while(|byte| !is_end(**byte)).count()
}

/// Gives where a field begins.
fn start_of_field(line: &[u8], field: usize, separator: Separator) -> usize {
    let mut at = 0;
    for _ in 0..field {
        at = end_of_field(line, at, separator);
        if at >= line.len() {
            return line.len();
        }
        at += usize::from(matches!(separator, Separator::Byte(_)));
    }
    at
}

impl Place {
    fn start(self, line: &[u8], separator: Separator) -> usize {
        let start = start_of_field(line, self.field, separator);
        let start = if self.skips_blanks { behind_blanks(line, start) } else { start };
        start.saturating_add(self.character)
    }

    fn end(self, line: &[u8], separator: Separator) -> usize {
        let start = start_of_field(line, self.field, separator);
        if self.character == 0 {
            return end_of_field(line, start, separator);
        }
        let start = if self.skips_blanks { behind_blanks(line, start) } else { start };
        start.saturating_add(self.character).min(line.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(key: &str, line: &str, separator: Separator) -> String {
        let key = Key::parse(key.as_bytes(), Way::default()).unwrap();
        String::from_utf8(key.of(line.as_bytes(), separator).to_vec()).unwrap()
    }

    #[test]
    fn fields_have_the_blanks_before_them() {
        assert_eq!(part("2", "a  b c", Separator::Blanks), "  b c");
        assert_eq!(part("2,2", "a  b c", Separator::Blanks), "  b");
        assert_eq!(part("2b,2", "a  b c", Separator::Blanks), "b");
        assert_eq!(part("2.2,2.3", "a bcd", Separator::Blanks), "bc");
        assert_eq!(part("4", "a b", Separator::Blanks), "");
    }

    #[test]
    fn separators_belong_to_no_field() {
        let colon = Separator::Byte(b':');
        assert_eq!(part("2,2", "a::c", colon), "");
        assert_eq!(part("3,3", "a::c", colon), "c");
        assert_eq!(part("1,2", "a:b:c", colon), "a:b");
        assert_eq!(part("1.2,1.2", "abc:d", colon), "b");
        assert_eq!(part("2,1", "abc:d", colon), "");
    }

    #[test]
    fn what_is_no_key_is_none() {
        for word in ["", "0", "1.0", "a", "1,", "1,0", "1x", "1,2q", "-1"] {
            assert!(Key::parse(word.as_bytes(), Way::default()).is_none(), "{word}");
        }
    }
}
