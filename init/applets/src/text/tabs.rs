//! Tab stops, as `expand` and `unexpand` have them.

use alloc::vec::Vec;

use query::text::parse_decimal;

use crate::{Io, NUMBER, Parsed, Status};

/// Where tabs end.
pub(super) struct Stops {
    /// Columns in ascending order.
    columns: Vec<usize>,
    /// What comes behind the last of these.
    behind: Behind,
}

/// What tabs do behind the last stop of a list.
enum Behind {
    /// They are single blanks.
    Blanks,
    /// They end at multiples of a number, counted from a column.
    Every { size: usize, from: usize },
}

impl Stops {
    /// A stop in every eighth column.
    const EIGHT: Self = Self { columns: Vec::new(), behind: Behind::Every { size: 8, from: 0 } };

    /// Gives the stops that `-t` and `-NUMBER` ask for; complains of what makes no sense.
    pub(super) fn of(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<Self, Status> {
        let lists =
            || parsed.options.iter().filter(|(key, _)| [b't', NUMBER].contains(key)).map(|(_, list)| *list);
        let Some(first) = lists().next() else { return Ok(Self::EIGHT) };
        Self::parse(lists()).ok_or_else(|| io.misuse(first, "is no list of tab stops"))
    }

    /// Reads lists: one number is the distance of all stops, several are their columns; `/N` at the end has stops at
    /// multiples of N go on behind them, `+N` at that distance from the last. Nothing if they make no sense.
    fn parse<'w>(lists: impl Iterator<Item = &'w [u8]>) -> Option<Self> {
        let mut columns: Vec<usize> = Vec::new();
        let mut behind = Behind::Blanks;
        let words = lists.flat_map(|list| list.split(|byte| matches!(byte, b',' | b' ' | b'\t')));
        let mut is_over = false;
        for word in words.filter(|word| !word.is_empty()) {
            if is_over {
                return None;
            }
            let digits = word.strip_prefix(b"/").or(word.strip_prefix(b"+")).unwrap_or(word);
            let number = parse_decimal(digits).and_then(|number| usize::try_from(number).ok());
            let number = number.filter(|number| *number > 0)?;
            let last = columns.last().copied().unwrap_or(0);
            match word.first() {
                Some(b'/') => behind = Behind::Every { size: number, from: 0 },
                Some(b'+') => behind = Behind::Every { size: number, from: last },
                _ if number > last => {
                    columns.push(number);
                    continue;
                }
                _ => return None,
            }
            is_over = true;
        }
        match (columns.as_slice(), &behind) {
            ([], Behind::Blanks) => None,
            ([size], Behind::Blanks) => {
                Some(Self { columns: Vec::new(), behind: Behind::Every { size: *size, from: 0 } })
            }
            _ => Some(Self { columns, behind }),
        }
    }

    /// Gives the stop behind a column; nothing where there are no more.
    pub(super) fn next(&self, column: usize) -> Option<usize> {
        let listed = self.columns.iter().copied().find(|stop| *stop > column);
        listed.or_else(|| match self.behind {
            Behind::Blanks => None,
            Behind::Every { size, from } => Some(column + size - (column - from) % size),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stops(list: &str) -> Option<Stops> {
        Stops::parse(core::iter::once(list.as_bytes()))
    }

    fn following(list: &str, columns: &[usize]) -> Vec<Option<usize>> {
        let stops = stops(list).unwrap();
        columns.iter().map(|column| stops.next(*column)).collect()
    }

    #[test]
    fn one_number_is_a_distance_and_several_are_columns() {
        assert_eq!(following("4", &[0, 3, 4]), [Some(4), Some(4), Some(8)]);
        assert_eq!(following("2, 7", &[0, 2, 7]), [Some(2), Some(7), None]);
        assert_eq!(following("2,/5", &[0, 2, 7]), [Some(2), Some(5), Some(10)]);
        assert_eq!(following("2,+5", &[0, 2, 7]), [Some(2), Some(7), Some(12)]);
    }

    #[test]
    fn what_makes_no_sense_is_none() {
        for list in ["", "0", "a", "4,2", "/2,4", "3,3"] {
            assert!(stops(list).is_none(), "{list}");
        }
    }
}
