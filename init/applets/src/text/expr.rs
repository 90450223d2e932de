//! `expr` (POSIX; `match`, `substr`, `index`, `length` and `+ WORD` are GNU's).
//!
//! Numbers have 64 bits; what leaves them is an error, not another number.

use alloc::borrow::Cow;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::cmp::Ordering;

use regex::{Regex, Syntax};
use text::character;

use crate::{Applet, Arguments, Io, Run, Status, options};

pub(crate) const APPLET: Applet = Applet {
    name: "expr",
    summary: "Print the value of an expression; the status is 1 if it is empty or 0",
    usage: "EXPRESSION\n\nFrom the weakest: A | B, A & B, A {= != < <= > >=} B, A {+ -} B, A {* / %} B, A : REGEX,\n\
            ( A ), match A REGEX, substr A PLACE LENGTH, index A CHARS, length A, + WORD",
    flags: flags![],
    run: Run::Words(run),
};

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let words = match arguments.words {
        [b"--help"] => {
            options::print_help(arguments.applet, &mut io.out);
            return Status::SUCCESS;
        }
        [b"--", words @ ..] => words,
        words => words,
    };
    if words.is_empty() {
        return arguments.usage(io);
    }
    let mut reader = Reader { words, at: 0, depth: 0, is_utf8: io.is_utf8(), is_skipped: false };
    let value = reader.either().and_then(|value| match reader.next() {
        None => Ok(value),
        Some(word) => Err((word, "was not expected")),
    });
    match value {
        Ok(value) => {
            io.out.put(&value);
            io.out.put(b"\n");
            (!is_nothing(&value)).into()
        }
        Err((word, reason)) => io.misuse(word, reason),
    }
}

type Value<'w> = Cow<'w, [u8]>;
type Fault<'w> = (&'w [u8], &'static str);
type Evaluated<'w> = Result<Value<'w>, Fault<'w>>;

/// Says whether a value is empty or a zero.
fn is_nothing(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    value.is_empty() || !digits.is_empty() && digits.iter().all(|byte| *byte == b'0')
}

/// Reads a whole number; blanks are no part of one.
fn number(value: &[u8]) -> Option<i64> {
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    let is_whole = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    str::from_utf8(value).ok().filter(|_| is_whole)?.parse().ok()
}

fn of_number<'w>(number: i64) -> Value<'w> {
    Cow::Owned(number.to_string().into_bytes())
}

/// Reads an expression, and evaluates it while it does.
struct Reader<'w> {
    words: &'w [&'w [u8]],
    at: usize,
    depth: u32,
    is_utf8: bool,
    /// Whether the value does not count, so that it may be senseless: behind what has decided.
    is_skipped: bool,
}

/// The deepest nesting of parentheses.
const DEEPEST: u32 = 200;

impl<'w> Reader<'w> {
    fn peek(&self) -> Option<&'w [u8]> {
        self.words.get(self.at).copied()
    }

    fn next(&mut self) -> Option<&'w [u8]> {
        let word = self.peek()?;
        self.at += 1;
        Some(word)
    }

    /// Takes the next word if it is one of these.
    fn accept(&mut self, words: &[&[u8]]) -> Option<&'w [u8]> {
        let word = self.peek().filter(|word| words.contains(word))?;
        self.at += 1;
        Some(word)
    }

    fn last(&self) -> &'w [u8] {
        self.words.last().copied().unwrap_or_default()
    }

    /// Reads the right side, whose value counts only if it must.
    fn right(&mut self, counts: bool, read: fn(&mut Self) -> Evaluated<'w>) -> Evaluated<'w> {
        let before = self.is_skipped;
        self.is_skipped |= !counts;
        let value = read(self);
        self.is_skipped = before;
        value
    }

    fn either(&mut self) -> Evaluated<'w> {
        let mut left = self.both()?;
        while self.accept(&[b"|"]).is_some() {
            let decides = !is_nothing(&left);
            let right = self.right(!decides, Self::both)?;
            if !decides {
                left = if is_nothing(&right) { Cow::Borrowed(b"0") } else { right };
            }
        }
        Ok(left)
    }

    fn both(&mut self) -> Evaluated<'w> {
        let mut left = self.comparison()?;
        while self.accept(&[b"&"]).is_some() {
            let decides = is_nothing(&left);
            let right = self.right(!decides, Self::comparison)?;
            if decides || is_nothing(&right) {
                left = Cow::Borrowed(b"0");
            }
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Evaluated<'w> {
        let mut left = self.sum()?;
        while let Some(operator) = self.accept(&[b"=", b"==", b"!=", b"<", b"<=", b">", b">="]) {
            let right = self.sum()?;
            let order = match (number(&left), number(&right)) {
                (Some(left), Some(right)) => left.cmp(&right),
                _ => left.cmp(&right),
            };
            let holds = match operator {
                b"=" | b"==" => order == Ordering::Equal,
                b"!=" => order != Ordering::Equal,
                b"<" => order == Ordering::Less,
                b"<=" => order != Ordering::Greater,
                b">" => order == Ordering::Greater,
                _ => order != Ordering::Less,
            };
            left = Cow::Borrowed(if holds { b"1" } else { b"0" });
        }
        Ok(left)
    }

    fn sum(&mut self) -> Evaluated<'w> {
        let mut left = self.product()?;
        while let Some(operator) = self.accept(&[b"+", b"-"]) {
            let right = self.product()?;
            left = self.calculate(operator, &left, &right)?;
        }
        Ok(left)
    }

    fn product(&mut self) -> Evaluated<'w> {
        let mut left = self.matched()?;
        while let Some(operator) = self.accept(&[b"*", b"/", b"%"]) {
            let right = self.matched()?;
            left = self.calculate(operator, &left, &right)?;
        }
        Ok(left)
    }

    fn calculate(&self, operator: &'w [u8], left: &[u8], right: &[u8]) -> Evaluated<'w> {
        if self.is_skipped {
            return Ok(Cow::Borrowed(b"0"));
        }
        let (Some(left), Some(right)) = (number(left), number(right)) else {
            return Err((operator, "needs two whole numbers of 64 bits"));
        };
        let result = match operator {
            b"+" => left.checked_add(right),
            b"-" => left.checked_sub(right),
            b"*" => left.checked_mul(right),
            _ if right == 0 => return Err((operator, "division by zero")),
            b"/" => left.checked_div(right),
            _ => Some(left.wrapping_rem(right)),
        };
        result.map(of_number).ok_or((operator, "the result has more than 64 bits"))
    }

    fn matched(&mut self) -> Evaluated<'w> {
        let mut left = self.primary()?;
        while self.accept(&[b":"]).is_some() {
            let pattern = self.primary()?;
            left = self.find(&left, &pattern)?;
        }
        Ok(left)
    }

    /// Gives what the first group of a pattern matches at the start of a text, or how many characters all of it does.
    fn find(&self, text: &[u8], pattern: &[u8]) -> Evaluated<'w> {
        if self.is_skipped {
            return Ok(Cow::Borrowed(b"0"));
        }
        // The pattern is bound to the start; a group around it keeps its parts together.
        let bound = [b"^", pattern.strip_prefix(b"^").unwrap_or(pattern)].concat();
        let regex = Regex::new(&bound, Syntax::Basic, self.is_utf8)
            .map_err(|_| (self.last(), "is no regular expression"))?;
        let Some(groups) = regex.find_groups(text, 0) else {
            let has_group = pattern.windows(2).any(|pair| pair == b"\\(");
            return Ok(Cow::Borrowed(if has_group { b"" } else { b"0" }));
        };
        let slice = |group: Option<&Option<core::ops::Range<usize>>>| {
            group.and_then(Option::as_ref).and_then(|range| text.get(range.clone())).unwrap_or_default()
        };
        Ok(match groups.len() {
            0 | 1 => of_number(self.count(slice(groups.first())) as i64),
            _ => Cow::Owned(slice(groups.get(1)).to_vec()),
        })
    }

    /// Counts characters.
    fn count(&self, text: &[u8]) -> usize {
        self.characters(text).count()
    }

    fn characters<'t>(&self, mut text: &'t [u8]) -> impl Iterator<Item = &'t [u8]> + use<'t> {
        let is_utf8 = self.is_utf8;
        core::iter::from_fn(move || {
            let (first, rest) = text.split_at_checked(character::width(text, is_utf8))?;
            text = rest;
            Some(first).filter(|first| !first.is_empty())
        })
    }

    fn primary(&mut self) -> Evaluated<'w> {
        let Some(word) = self.next() else { return Err((self.last(), "a word is missing behind it")) };
        match word {
            b"(" => {
                self.depth += 1;
                if self.depth > DEEPEST {
                    return Err((word, "nested too deep"));
                }
                let value = self.either()?;
                self.depth -= 1;
                match self.accept(&[b")"]) {
                    Some(_) => Ok(value),
                    None => Err((word, "its end is missing")),
                }
            }
            b"+" if self.peek().is_some() => Ok(Cow::Borrowed(self.next().unwrap_or_default())),
            b"length" if self.peek().is_some() => {
                let text = self.primary()?;
                Ok(of_number(self.count(&text) as i64))
            }
            b"match" if self.peek().is_some() => {
                let text = self.primary()?;
                let pattern = self.primary()?;
                self.find(&text, &pattern)
            }
            b"index" if self.peek().is_some() => {
                let text = self.primary()?;
                let wanted = self.primary()?;
                let wanted: Vec<_> = self.characters(&wanted).collect();
                let place = self.characters(&text).position(|one| wanted.contains(&one));
                Ok(of_number(place.map_or(0, |place| place as i64 + 1)))
            }
            b"substr" if self.peek().is_some() => {
                let text = self.primary()?;
                let (place, length) = (self.primary()?, self.primary()?);
                let (Some(place @ 1..), Some(length @ 1..)) = (number(&place), number(&length)) else {
                    return Ok(Cow::Borrowed(b""));
                };
                let part: Vec<_> =
                    self.characters(&text).skip(place as usize - 1).take(length as usize).collect();
                Ok(Cow::Owned(part.concat()))
            }
            b")" => Err((word, "was not expected")),
            word => Ok(Cow::Borrowed(word)),
        }
    }
}
