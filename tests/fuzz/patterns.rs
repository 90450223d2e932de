//! Regular expressions at random against those of the C library, as `sed` has them: the same first match in each line.
//!
//! By hand, longer: `SPELUNK_PATTERNS=20000 cargo test -p spelunk-tests --test fuzz expressions`.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use regex::{Regex, Syntax};
use spelunk_tests::skip::skipped;

use crate::mutation::Mutator;

/// Who tells what is right.
const PEER: &str = "/usr/bin/sed";

/// How many expressions are tried.
const PATTERNS: u64 = 400;

/// What each is tried on; no expression has the signs around the match.
const LINES: [&str; 16] = [
    "", "a", "b", "ab", "ba", "aab", "abc", "abcabc", "aaaa", "bcb", "c-a", "a b c", "ab_c ab", "cab.",
    "aXbX", "1a2b",
];

const ATOMS: [&str; 14] = [
    "a",
    "b",
    "c",
    ".",
    "[ab]",
    "[^a]",
    "[[:alpha:]]",
    "[b-c]",
    "\\.",
    "[[:space:]x]",
    "ab",
    "bc",
    "\\w",
    "\\W",
];

/// Writes an expression in the notation asked for.
fn expression(chance: &mut Mutator, basic: bool, depth: u32) -> String {
    let operator = |text: &str| if basic { format!("\\{text}") } else { text.to_owned() };
    let count = 1 + chance.below(3);
    let mut text = String::new();
    for _ in 0..count {
        let atom = if depth > 0 && chance.below(3) == 0 {
            format!("{}{}{}", operator("("), expression(chance, basic, depth - 1), operator(")"))
        } else {
            ATOMS[chance.below(ATOMS.len())].to_owned()
        };
        text += &atom;
        match chance.below(12) {
            0 | 1 => text += "*",
            2 => text += &operator("+"),
            3 => text += &operator("?"),
            4 => text += &format!("{}1,2{}", operator("{"), operator("}")),
            5 => text += &format!("{}2{}", operator("{"), operator("}")),
            _ => {}
        }
    }
    if chance.below(6) == 0 {
        text = format!("{text}{}{}", operator("|"), expression(chance, basic, depth.saturating_sub(1)));
    }
    text
}

/// Puts edges around an expression: within what is repeated the C library gets them wrong.
fn edged(chance: &mut Mutator, basic: bool) -> String {
    let text = expression(chance, basic, 2);
    match chance.below(12) {
        0 => format!("^{text}"),
        1 => format!("{text}$"),
        2 => format!("\\<{text}"),
        3 => format!("{text}\\b"),
        _ => text,
    }
}

#[test]
fn expressions_at_random_match_what_those_of_the_c_library_do() {
    if !Path::new(PEER).exists() {
        return skipped("sed is not installed");
    }
    let count = std::env::var("SPELUNK_PATTERNS").ok().map(|value| value.parse::<u64>().unwrap());
    let mut chance = Mutator::new(0x5eed);
    let mut matched = 0;
    for _ in 0..count.unwrap_or(PATTERNS) {
        let basic = chance.below(2) == 0;
        let pattern = edged(&mut chance, basic);
        let syntax = if basic { Syntax::Basic } else { Syntax::Extended };
        let regex = Regex::new(pattern.as_bytes(), syntax, false)
            .unwrap_or_else(|error| panic!("{pattern}: {error}"));
        let theirs = replaced(&pattern, basic);
        for (line, theirs) in LINES.iter().zip(theirs.lines()) {
            let ours = match regex.find(line.as_bytes(), 0) {
                Some(found) => {
                    matched += 1;
                    format!("{}<{}>{}", &line[..found.start], &line[found.clone()], &line[found.end..])
                }
                None => (*line).to_owned(),
            };
            assert_eq!(ours, theirs, "{pattern}, basic: {basic}");
        }
    }
    assert!(matched > 1000, "only {matched} matches show nothing");
}

/// Has the other put signs around the first match of each line.
fn replaced(pattern: &str, basic: bool) -> String {
    let mut command = Command::new(PEER);
    if !basic {
        command.arg("-E");
    }
    command.arg(format!("s/{pattern}/<&>/")).env("LC_ALL", "C");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let text: String = LINES.iter().map(|line| format!("{line}\n")).collect();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{pattern}: {}", output.status);
    String::from_utf8(output.stdout).unwrap()
}
