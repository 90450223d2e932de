//! What `test` and `[` ask: POSIX's rules by the number of words, and for more words `-a`, `-o`, `!` and parentheses.
//! `==`, `<`, `>`, `-nt`, `-ot`, `-ef`, `-k`, `-O`, `-G` and `-N` are there too, as in other shells.

use alloc::format;
use alloc::string::String;

use linux::fs::{Access, FileKind, Metadata};
use linux::process;

/// Whom the questions about files are put to.
pub trait Files {
    /// Looks at a file; at a link itself, if it does not follow.
    fn stat(&self, path: &[u8], follows: bool) -> Option<Metadata>;
    /// Says whether this process may do that with a file.
    fn may(&self, path: &[u8], how: Access) -> bool;
    /// Says whether a descriptor is a terminal.
    fn is_terminal(&self, number: i32) -> bool;
}

/// Whether an expression holds, or what is wrong with it.
pub type Decision = Result<bool, String>;

/// Decides an expression.
///
/// # Errors
/// What is no expression: the word, and what is wrong with it.
pub fn decide(files: &dyn Files, words: &[&[u8]]) -> Decision {
    match words {
        [] => Ok(false),
        [word] => Ok(!word.is_empty()),
        [operator, word] => match *operator {
            b"!" => Ok(word.is_empty()),
            _ => unary(files, operator, word),
        },
        [first, operator, second] if is_binary(operator) => binary(files, first, operator, second),
        [b"!", rest @ ..] if words.len() <= 4 => decide(files, rest).map(|holds| !holds),
        [b"(", rest @ .., b")"] if words.len() <= 4 => decide(files, rest),
        _ => {
            let mut reader = Reader { files, words, at: 0, depth: 0 };
            let holds = reader.either()?;
            match words.get(reader.at) {
                None => Ok(holds),
                Some(word) => Err(unexpected(word)),
            }
        }
    }
}

fn unexpected(word: &[u8]) -> String {
    format!("{}: unexpected word", String::from_utf8_lossy(word))
}

/// Reads an expression of more than four words.
struct Reader<'w> {
    files: &'w dyn Files,
    words: &'w [&'w [u8]],
    at: usize,
    depth: u32,
}

/// The deepest nesting of parentheses.
const DEEPEST: u32 = 200;

impl Reader<'_> {
    fn accept(&mut self, word: &[u8]) -> bool {
        let found = self.words.get(self.at).is_some_and(|next| *next == word);
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
                binary(self.files, first, operator, second)
            }
            [b"!", _, ..] => {
                self.at += 1;
                self.one().map(|holds| !holds)
            }
            [b"(", _, ..] => {
                self.at += 1;
                let holds = self.either()?;
                if self.accept(b")") { Ok(holds) } else { Err("a \")\" is missing".into()) }
            }
            [operator, word, ..] if is_unary(operator) => {
                self.at += 2;
                unary(self.files, operator, word)
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
    matches!(word, [b'-', letter] if b"bcdefghknprstuwxzLNOGS".contains(letter))
}

fn unary(files: &dyn Files, operator: &[u8], word: &[u8]) -> Decision {
    let stat = |follows: bool| files.stat(word, follows);
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
        b'r' => files.may(word, Access::READ),
        b'w' => files.may(word, Access::WRITE),
        b'x' => files.may(word, Access::EXECUTE),
        b'u' => has(0o4000),
        b'g' => has(0o2000),
        b'k' => has(0o1000),
        b'O' => stat(true).is_some_and(|metadata| metadata.user() == process::geteuid()),
        b'G' => stat(true).is_some_and(|metadata| metadata.group() == process::getegid()),
        b'N' => stat(true).is_some_and(|metadata| metadata.modified() > metadata.accessed()),
        b't' => i32::try_from(number(word)?).is_ok_and(|number| files.is_terminal(number)),
        _ => return Err(unexpected(operator)),
    })
}

fn binary(files: &dyn Files, first: &[u8], operator: &[u8], second: &[u8]) -> Decision {
    let stat = |path: &[u8]| files.stat(path, true);
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
    let digits = str::from_utf8(word.trim_ascii()).ok();
    digits
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| format!("{}: a number was expected", String::from_utf8_lossy(word)))
}

/// Compares two numbers, by `-eq`, `-ne`, `-lt`, `-le`, `-gt` or `-ge`.
pub fn compare(operator: &[u8], first: i64, second: i64) -> bool {
    match operator {
        b"-eq" => first == second,
        b"-ne" => first != second,
        b"-lt" => first < second,
        b"-le" => first <= second,
        b"-gt" => first > second,
        _ => first >= second,
    }
}
