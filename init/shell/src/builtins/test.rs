//! `test` and `[`: POSIX's rules by the number of words, and for more words `-a`, `-o`, `!` and parentheses.

use alloc::string::String;

use linux::fs::{FileKind, Metadata};

use crate::run::{Run, Shell};
use crate::syntax::Bytes;
use crate::text;

pub(super) fn plain(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    decide(shell, words, words.get(1..).unwrap_or_default())
}

pub(super) fn bracket(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    match words.get(1..) {
        Some([expression @ .., end]) if &**end == b"]" => decide(shell, words, expression),
        _ => Ok(shell.misuse(words, b"", "a \"]\" is missing")),
    }
}

fn decide(shell: &mut Shell<'_>, words: &[Bytes], expression: &[Bytes]) -> Run {
    match test(shell, expression) {
        Ok(holds) => Ok((!holds).into()),
        Err(message) => Ok(shell.misuse(words, b"", &message)),
    }
}

type Decision = Result<bool, String>;

/// Decides an expression.
pub(crate) fn test(shell: &Shell<'_>, words: &[Bytes]) -> Decision {
    match words {
        [] => Ok(false),
        [word] => Ok(!word.is_empty()),
        [operator, word] => match &**operator {
            b"!" => Ok(word.is_empty()),
            _ => unary(shell, operator, word),
        },
        [first, operator, second] if is_binary(operator) => binary(shell, first, operator, second),
        [not, rest @ ..] if &**not == b"!" && words.len() <= 4 => test(shell, rest).map(|holds| !holds),
        [open, rest @ .., close] if &**open == b"(" && &**close == b")" && words.len() <= 4 => {
            test(shell, rest)
        }
        _ => {
            let mut reader = Reader { shell, words, at: 0, depth: 0 };
            let holds = reader.either()?;
            match words.get(reader.at) {
                None => Ok(holds),
                Some(word) => Err(unexpected(word)),
            }
        }
    }
}

fn unexpected(word: &[u8]) -> String {
    alloc::format!("{}: unexpected word", String::from_utf8_lossy(word))
}

/// Reads an expression of more than four words.
struct Reader<'w, 's> {
    shell: &'w Shell<'s>,
    words: &'w [Bytes],
    at: usize,
    depth: u32,
}

/// The deepest nesting of parentheses.
const DEEPEST: u32 = 200;

impl Reader<'_, '_> {
    fn accept(&mut self, word: &[u8]) -> bool {
        let found = self.words.get(self.at).is_some_and(|next| &**next == word);
        if found {
            self.at += 1;
        }
        found
    }

    fn either(&mut self) -> Decision {
        let mut holds = self.both()?;
        while self.accept(b"-o") {
            holds |= self.both()?;
        }
        Ok(holds)
    }

    fn both(&mut self) -> Decision {
        let mut holds = self.one()?;
        while self.accept(b"-a") {
            holds &= self.one()?;
        }
        Ok(holds)
    }

    fn one(&mut self) -> Decision {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("nested too deep".into());
        }
        let decision = self.primary();
        self.depth -= 1;
        decision
    }

    fn primary(&mut self) -> Decision {
        let rest = self.words.get(self.at..).unwrap_or_default();
        match rest {
            [] => Err("a word is missing".into()),
            [first, operator, second, ..] if is_binary(operator) => {
                self.at += 3;
                binary(self.shell, first, operator, second)
            }
            [not, _, ..] if &**not == b"!" => {
                self.at += 1;
                self.one().map(|holds| !holds)
            }
            [open, _, ..] if &**open == b"(" => {
                self.at += 1;
                let holds = self.either()?;
                if self.accept(b")") { Ok(holds) } else { Err("a \")\" is missing".into()) }
            }
            [operator, word, ..] if is_unary(operator) => {
                self.at += 2;
                unary(self.shell, operator, word)
            }
            [word, ..] => {
                self.at += 1;
                Ok(!word.is_empty())
            }
        }
    }
}

fn is_binary(word: &[u8]) -> bool {
    matches!(
        word,
        b"=" | b"=="
            | b"!="
            | b"<"
            | b">"
            | b"-eq"
            | b"-ne"
            | b"-lt"
            | b"-le"
            | b"-gt"
            | b"-ge"
            | b"-nt"
            | b"-ot"
            | b"-ef"
    )
}

fn is_unary(word: &[u8]) -> bool {
    matches!(word, [b'-', letter] if b"bcdefghknprstuwxzLOGS".contains(letter))
}

fn unary(shell: &Shell<'_>, operator: &[u8], word: &[u8]) -> Decision {
    let stat = |follows: bool| shell.system.stat(word, follows).ok();
    let is = |kind: FileKind| stat(true).is_some_and(|metadata| metadata.kind() == kind);
    let has = |bits: u32| stat(true).is_some_and(|metadata| metadata.mode_bits() & bits != 0);
    let [b'-', letter] = operator else { return Err(unexpected(operator)) };
    Ok(match letter {
        b'n' => !word.is_empty(),
        b'z' => word.is_empty(),
        b'b' => is(FileKind::BlockDevice),
        b'c' => is(FileKind::CharacterDevice),
        b'd' => is(FileKind::Directory),
        b'f' => is(FileKind::Regular),
        b'p' => is(FileKind::Fifo),
        b'S' => is(FileKind::Socket),
        b'h' | b'L' => stat(false).is_some_and(|metadata| metadata.kind() == FileKind::Symlink),
        b'e' => stat(true).is_some(),
        b's' => stat(true).is_some_and(|metadata| metadata.size() > 0),
        b'r' => shell.system.may(word, 4),
        b'w' => shell.system.may(word, 2),
        b'x' => shell.system.may(word, 1),
        b'u' => has(0o4000),
        b'g' => has(0o2000),
        b'k' => has(0o1000),
        b'O' => stat(true).is_some_and(|metadata| metadata.user() == shell.system.user()),
        b'G' => stat(true).is_some_and(|metadata| metadata.group() == shell.system.group()),
        b't' => text::decimal(word)
            .and_then(|number| i32::try_from(number).ok())
            .is_some_and(|number| shell.system.is_terminal(number)),
        _ => return Err(unexpected(operator)),
    })
}

fn binary(shell: &Shell<'_>, first: &[u8], operator: &[u8], second: &[u8]) -> Decision {
    let stat = |path: &[u8]| shell.system.stat(path, true).ok();
    let time = |metadata: Option<Metadata>| metadata.map(|metadata| metadata.modified());
    Ok(match operator {
        b"=" | b"==" => first == second,
        b"!=" => first != second,
        b"<" => first < second,
        b">" => first > second,
        b"-nt" => time(stat(first)) > time(stat(second)),
        b"-ot" => time(stat(first)) < time(stat(second)),
        b"-ef" => match (stat(first), stat(second)) {
            (Some(first), Some(second)) => {
                (first.device(), first.inode()) == (second.device(), second.inode())
            }
            _ => false,
        },
        _ => compare(operator, number(first)?, number(second)?),
    })
}

fn number(word: &[u8]) -> Result<i64, String> {
    let trimmed = word.trim_ascii();
    let digits = trimmed.strip_prefix(b"+").unwrap_or(trimmed);
    text::decimal(digits)
        .ok_or_else(|| alloc::format!("{}: a number was expected", String::from_utf8_lossy(word)))
}

/// Compares two numbers.
pub(crate) fn compare(operator: &[u8], first: i64, second: i64) -> bool {
    match operator {
        b"-eq" => first == second,
        b"-ne" => first != second,
        b"-lt" => first < second,
        b"-le" => first <= second,
        b"-gt" => first > second,
        _ => first >= second,
    }
}
