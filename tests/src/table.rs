//! The text tables of `tests/applets`: cases of a command, with what they need and what must come of them.
//!
//! A file is a list of sections, a line each: a keyword, and words. Lines that begin with `|` belong to the section above
//! and give its text, each with its line feed; `\t \r \e \0 \\ \xNN` are escapes, and `\c` at the end of a line takes its
//! line feed away. Words may be quoted with `'` or `"`. Lines that begin with `#`, and empty ones, mean nothing.
//!
//! ```text
//! case NAME                 begins a case; what is there before, and the environment, may stand before the first: for all
//! tags WORD...              portable: other implementations that are here must give the same output and success
//!                           gnu, busybox: so, but that one only;  root: needs the rights of root
//! native REASON             not under an emulator of user programs, which shows it otherwise for this reason
//! folder NAME               what is there before, in an empty folder of its own
//! file NAME, link NAME TO
//! env NAME=VALUE...         instead of PATH, LC_ALL=C and TZ=UTC alone
//! clause N.N                what of POSIX's Shell Command Language (XCU 2) or of its utilities a case of a shell shows
//! script                    its text is a shell's script, in place of run
//! differs NAME REASON       another shell does not do so, for this reason: who is right
//! stdin                     its text is the input; without it the input is empty
//! run WORD...               the command; several run one after the other, as if their output went to one place
//! out, err                  the expected output, exactly; without them it must be empty
//! like, err-like            so, but `*` stands for any characters and `?` for one
//! json KEY...               instead of out: an array of objects, each with these keys and no others
//! status N                  the expected status of the last run; 0 if it is not said
//! ```

use std::fmt;

use anyhow::{Context, Result, bail};

/// A case of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// What is said of it in one word each.
    pub tags: Vec<String>,
    /// Why an emulator of user programs shows something else, if it does.
    pub native: Option<String>,
    /// What is there before, in order.
    pub things: Vec<Thing>,
    /// `NAME=VALUE` each.
    pub environment: Vec<Vec<u8>>,
    /// Standard input.
    pub stdin: Vec<u8>,
    /// The commands.
    pub runs: Vec<Vec<Vec<u8>>>,
    /// What of a standard it shows.
    pub clause: String,
    /// Other implementations that do something else, and why.
    pub differs: Vec<(String, String)>,
    /// What must be on standard output.
    pub out: Expected,
    /// What must be on standard error.
    pub err: Expected,
    /// The status of the last command.
    pub status: i32,
}

/// A file that is there before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A folder, by its name.
    Folder(String),
    /// A file, by its name and contents.
    File(String, Vec<u8>),
    /// A symbolic link, by its name and target.
    Link(String, String),
}

/// What output must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// These bytes.
    Exactly(Vec<u8>),
    /// Bytes that this pattern matches.
    Like(Vec<u8>),
    /// An array of objects with these keys.
    Json(Vec<String>),
}

impl Default for Expected {
    fn default() -> Self {
        Self::Exactly(Vec::new())
    }
}

impl Expected {
    /// Says whether output is as expected.
    pub fn is_met(&self, output: &[u8]) -> bool {
        match self {
            Self::Exactly(bytes) => output == bytes,
            Self::Like(pattern) => matches(pattern, output),
            Self::Json(keys) => {
                let Ok(serde_json::Value::Array(rows)) = serde_json::from_slice(output) else { return false };
                rows.iter().all(|row| {
                    row.as_object().is_some_and(|row| {
                        row.len() == keys.len() && keys.iter().all(|key| row.contains_key(key))
                    })
                })
            }
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(bytes) => write!(f, "{:?}", String::from_utf8_lossy(bytes)),
            Self::Like(pattern) => write!(f, "what is like {:?}", String::from_utf8_lossy(pattern)),
            Self::Json(keys) => write!(f, "an array of objects with the keys {}", keys.join(" ")),
        }
    }
}

/// Says whether a pattern of `*` and `?` matches all of a text.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    // Where the last star stood, and where it has matched up to.
    let mut star = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&byte) if byte == b'?' || byte == text[t] => (p, t) = (p + 1, t + 1),
            _ => match star {
                Some((at, upto)) => {
                    star = Some((at, upto + 1));
                    (p, t) = (at + 1, upto + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&byte| byte == b'*')
}

/// Reads a table.
pub fn parse(text: &str) -> Result<Vec<Case>> {
    let mut cases: Vec<Case> = Vec::new();
    let mut common = Case::default();
    let mut lines = text.lines().enumerate().peekable();
    while let Some((number, line)) = lines.next() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let mut body = Vec::new();
        while let Some((number, line)) = lines.next_if(|(_, line)| line.starts_with('|')) {
            unescape(&line[1..], &mut body).with_context(|| format!("line {}", number + 1))?;
        }
        section(line, body, &mut common, &mut cases)
            .with_context(|| format!("line {}: {line}", number + 1))?;
    }
    for case in &cases {
        if case.runs.is_empty() {
            bail!("case {} runs nothing", case.name);
        }
    }
    Ok(cases)
}

fn section(line: &str, body: Vec<u8>, common: &mut Case, cases: &mut Vec<Case>) -> Result<()> {
    let (keyword, rest) = line.split_once(' ').unwrap_or((line, ""));
    if keyword == "case" {
        cases.push(Case { name: rest.to_owned(), ..common.clone() });
        return Ok(());
    }
    let case = match cases.last_mut() {
        Some(case) => case,
        None if matches!(keyword, "folder" | "file" | "link" | "env") => common,
        None => bail!("a case must begin first"),
    };
    let words = || rest.split_whitespace().map(str::to_owned);
    match keyword {
        "tags" => case.tags.extend(words()),
        "clause" => case.clause = rest.to_owned(),
        "script" => case.runs.push(vec![b"sh".to_vec(), b"-c".to_vec(), body]),
        "differs" => {
            let (name, reason) = rest.split_once(' ').context("a difference needs a reason")?;
            case.differs.push((name.to_owned(), reason.to_owned()));
        }
        "native" if rest.is_empty() => bail!("a reason is missing"),
        "native" => case.native = Some(rest.to_owned()),
        "folder" => case.things.push(Thing::Folder(rest.to_owned())),
        "file" => case.things.push(Thing::File(rest.to_owned(), body)),
        "link" => {
            let (name, target) = rest.split_once(' ').context("a link needs a target")?;
            case.things.push(Thing::Link(name.to_owned(), target.to_owned()));
        }
        "env" => case.environment.extend(split(rest)?),
        "stdin" => case.stdin = body,
        "run" => case.runs.push(split(rest)?),
        "out" => case.out = Expected::Exactly(body),
        "like" => case.out = Expected::Like(body),
        "err" => case.err = Expected::Exactly(body),
        "err-like" => case.err = Expected::Like(body),
        "json" => case.out = Expected::Json(words().collect()),
        "status" => case.status = rest.parse()?,
        other => bail!("{other} is no section"),
    }
    Ok(())
}

/// Adds a line of text, its escapes taken as what they stand for.
fn unescape(line: &str, into: &mut Vec<u8>) -> Result<()> {
    let mut bytes = line.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            into.push(byte);
            continue;
        }
        into.push(match bytes.next().context("nothing follows a backslash")? {
            b'c' => return if bytes.next().is_none() { Ok(()) } else { bail!("\\c is not the end") },
            b't' => b'\t',
            b'r' => b'\r',
            b'e' => 27,
            b'0' => 0,
            b'\\' => b'\\',
            b'x' => {
                let digits = [bytes.next().unwrap_or(0), bytes.next().unwrap_or(0)];
                u8::from_str_radix(str::from_utf8(&digits)?, 16)?
            }
            other => bail!("no escape: \\{}", char::from(other)),
        });
    }
    into.push(b'\n');
    Ok(())
}

/// Splits a line into words; within quotes spaces are kept, and `\xNN` and the like mean what they do in text.
fn split(line: &str) -> Result<Vec<Vec<u8>>> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let mut word = Vec::new();
        while let Some(first) = rest.chars().next().filter(|character| !character.is_whitespace()) {
            if first == '\'' || first == '"' {
                let end = rest[1..].find(first).context("a quote has no end")?;
                unescape(&rest[1..=end], &mut word)?;
                word.pop();
                rest = &rest[end + 2..];
            } else {
                word.extend_from_slice(first.encode_utf8(&mut [0; 4]).as_bytes());
                rest = &rest[first.len_utf8()..];
            }
        }
        words.push(word);
        rest = rest.trim_start();
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_make_cases() {
        let text = "# a table\n\ncase joins files\ntags portable root\nfolder d\nfile a b\n|one\n|\\ttwo\\c\n\
                    run cat 'a b' \"\\x2d\" x\nstdin\n|in\nerr-like\n|cat: *\nstatus 1\ncase second\nrun true\njson a b\n";
        let cases = parse(text).unwrap();
        assert_eq!(cases.len(), 2);
        let first = &cases[0];
        assert_eq!((first.name.as_str(), first.status), ("joins files", 1));
        assert_eq!(first.tags, ["portable", "root"]);
        assert_eq!(first.things[0], Thing::Folder("d".into()));
        assert_eq!(first.things[1], Thing::File("a b".into(), b"one\n\ttwo".to_vec()));
        assert_eq!(first.runs, [[&b"cat"[..], b"a b", b"-", b"x"]]);
        assert_eq!(first.stdin, b"in\n");
        assert_eq!(first.err, Expected::Like(b"cat: *\n".to_vec()));
        assert_eq!(cases[1].out, Expected::Json(vec!["a".into(), "b".into()]));
    }

    #[test]
    fn what_stands_before_the_first_case_is_there_for_all() {
        let cases = parse("file a\n|x\ncase one\nrun true\ncase two\nfile b\nrun true\n").unwrap();
        assert_eq!(cases[0].things, [Thing::File("a".into(), b"x\n".to_vec())]);
        assert_eq!(cases[1].things, [cases[0].things[0].clone(), Thing::File("b".into(), Vec::new())]);
    }

    #[test]
    fn mistakes_are_refused() {
        for wrong in [
            "run x",
            "out\ncase a\nrun x",
            "case a",
            "case a\nrun 'x",
            "case a\nrun x\nfoo",
            "case a\nrun x\nout\n|\\q",
            "|x",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn expectations() {
        let like = |pattern: &str| Expected::Like(pattern.as_bytes().to_vec());
        assert!(like("up * min?").is_met(b"up 12 min\n"));
        assert!(like("*").is_met(b"") && like("a*b*c").is_met(b"aXbYbZc") && !like("a*b").is_met(b"abc"));
        let json = Expected::Json(vec!["a".into()]);
        assert!(json.is_met(b"[]") && json.is_met(b"[{\"a\":1}]") && !json.is_met(b"[{\"b\":1}]"));
        assert!(!json.is_met(b"[{\"a\":1,\"b\":2}]") && !json.is_met(b"{}"));
    }
}
