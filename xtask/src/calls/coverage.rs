//! `cargo xtask coverage`: what makes each call of the kernel, and what tests it.
//!
//! The sources are read as text, function by function: a call is made by the functions that use its number, and tested by
//! a test that names one of them, or a function that names it. Names are not resolved, so a test may be taken for one of
//! another function of the same name; that a call has a function and a test at all is what is held.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Result, bail};
use serde_json::json;

use super::codegen;
use crate::output::say;
use crate::workspace;

/// Where calls are made.
const MADE: [&str; 3] = ["arch/src", "runtime/linux/src", "runtime/rt/src"];

/// Where they are tested, beside there.
const TESTED: [&str; 4] = ["runtime/io/src", "runtime/system/src", "runtime/tasks/src", "tests/host"];

/// The calls that have no function, with the reason.
const REASONS: &str = "runtime/linux/src/not_implemented.rs";

/// How many functions may stand between a test and the call.
const DEPTH: usize = 4;

/// What is known of one call.
struct Row {
    name: String,
    /// Its number on x86_64.
    number: u32,
    functions: Vec<String>,
    tests: Vec<String>,
    reason: Option<String>,
}

/// A function of the sources.
#[derive(Debug, PartialEq, Eq)]
struct Function {
    /// With the modules that it is in.
    path: String,
    name: String,
    is_test: bool,
    /// What it calls, by the last word of the name, and the numbers that it uses.
    words: BTreeSet<String>,
}

/// Runs `coverage`.
pub(crate) fn run(as_json: bool) -> Result<()> {
    let rows = rows()?;
    if as_json {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                json!({ "call": row.name, "number": row.number, "functions": row.functions, "tests": row.tests,
                        "reason": row.reason })
            })
            .collect();
        say!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        for row in &rows {
            let first = |list: &[String]| list.first().cloned().unwrap_or_else(|| "-".to_owned());
            let what =
                row.reason.as_ref().map_or_else(|| first(&row.functions), |reason| format!("none: {reason}"));
            let test = if row.reason.is_some() { String::new() } else { first(&row.tests) };
            say!("{:>4} {:24} {what:48} {test}", row.number, row.name);
        }
        let made = rows.iter().filter(|row| !row.functions.is_empty()).count();
        let tested = rows.iter().filter(|row| !row.functions.is_empty() && !row.tests.is_empty()).count();
        say!(
            "{} calls: {made} have a function, {tested} of them a test; {} have a reason for none",
            rows.len(),
            rows.iter().filter(|row| row.reason.is_some()).count(),
        );
    }
    let faults = faults(&rows);
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    Ok(())
}

/// Says what is missing.
pub(crate) fn check() -> Result<Vec<String>> {
    Ok(faults(&rows()?))
}

fn faults(rows: &[Row]) -> Vec<String> {
    let fault = |row: &Row| {
        let Row { name, .. } = row;
        match (row.functions.first(), &row.reason) {
            (None, None) => {
                Some(format!("no function makes the call {name}, and {REASONS} does not say why"))
            }
            (Some(function), Some(_)) => Some(format!("{REASONS} has {name}, which {function} makes")),
            (Some(function), None) if row.tests.is_empty() => {
                Some(format!("no test runs {function}, which makes the call {name}"))
            }
            _ => None,
        }
    };
    rows.iter().filter_map(fault).collect()
}

/// Says whether current kernels have the number on x86_64: those from 512 on are of x32.
fn is_covered(number: u32) -> bool {
    matches!(number, 0..=334 | 424..512)
}

fn rows() -> Result<Vec<Row>> {
    let (mut makers, mut all) = (Vec::new(), Vec::new());
    for (folders, makes) in [(&MADE[..], true), (&TESTED[..], false)] {
        for folder in folders {
            for path in workspace::sources(&workspace::root().join(folder))? {
                let inside = path.strip_prefix(workspace::root()).unwrap_or(&path);
                let found = functions(&modules(inside), &workspace::read(&path)?);
                if makes {
                    makers.extend(
                        found
                            .iter()
                            .filter(|found| !found.is_test)
                            .map(|found| (found.path.clone(), found.name.clone(), found.words.clone())),
                    );
                }
                all.extend(found);
            }
        }
    }
    let reasons = reasons(&workspace::read(&workspace::root().join(REASONS))?);
    let mut rows = Vec::new();
    for (name, numbers) in codegen::numbers()? {
        let Some(number) = numbers.first().copied().flatten().filter(|number| is_covered(*number)) else {
            continue;
        };
        let constant = format!("__NR_{name}");
        let made = makers.iter().filter(|(_, _, words)| words.contains(&constant));
        let names = made.clone().map(|(_, name, _)| name.clone()).collect();
        let functions = made.map(|(path, _, _)| path.clone()).collect();
        rows.push(Row {
            number,
            functions,
            tests: running(&all, names),
            reason: reasons.get(&name).cloned(),
            name,
        });
    }
    if let Some(name) = reasons.keys().find(|name| !rows.iter().any(|row| row.name == **name)) {
        bail!("{REASONS}: x86_64 has no call {name}");
    }
    rows.sort_by_key(|row| row.number);
    Ok(rows)
}

/// Gives the tests that run one of some functions: the nearest ones.
fn running(all: &[Function], mut names: BTreeSet<String>) -> Vec<String> {
    for _ in 0..DEPTH {
        let callers: Vec<_> = all.iter().filter(|function| !function.words.is_disjoint(&names)).collect();
        let tests: Vec<_> =
            callers.iter().filter(|function| function.is_test).map(|test| test.path.clone()).collect();
        if !tests.is_empty() {
            return tests;
        }
        names = callers.into_iter().map(|function| function.name.clone()).collect();
    }
    Vec::new()
}

/// Gives the modules of a source: `runtime/linux/src/fs/open.rs` is `linux::fs::open`.
fn modules(path: &Path) -> String {
    let parts: Vec<_> =
        path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let kept =
        parts.iter().filter(|part| !matches!(part.as_str(), "runtime" | "src" | "mod" | "lib" | "tests"));
    kept.cloned().collect::<Vec<_>>().join("::")
}

/// Splits a source into its functions: each reaches to the next, which is near enough. A record alone makes no call. Tests have
/// `#[test]` before them, or stand in a list `tests![...]`, as those in groups do.
fn functions(modules: &str, text: &str) -> Vec<Function> {
    let mut found = Vec::<Function>::new();
    let listed: BTreeSet<_> = listed(text).collect();
    let mut is_test = false;
    for line in
        text.lines().map(str::trim).filter(|line| !line.starts_with("//") && !line.contains("record_call!("))
    {
        if line == "#[test]" {
            is_test = true;
        }
        if let Some(name) = declared(line) {
            let path = format!("{modules}::{name}");
            found.push(Function {
                path,
                name: name.to_owned(),
                is_test: std::mem::take(&mut is_test) || listed.contains(name),
                words: BTreeSet::new(),
            });
        }
        let own = declared(line);
        if let Some(function) = found.last_mut() {
            function.words.extend(used(line).filter(|word| Some(*word) != own).map(str::to_owned));
        }
    }
    found
}

/// Gives the names of the tests that a source lists.
fn listed(text: &str) -> impl Iterator<Item = &str> {
    let lists = text.split("\ntests![").skip(1).filter_map(|rest| rest.split(']').next());
    lists.flat_map(|list| list.split(',').map(str::trim)).filter(|name| !name.is_empty())
}

/// Gives the words of a line that are called, and the numbers of calls.
fn used(line: &str) -> impl Iterator<Item = &str> {
    let is_end = |letter: char| !(letter.is_alphanumeric() || letter == '_');
    let words =
        line.split_inclusive(is_end).map(move |word| (word.trim_end_matches(is_end), word.ends_with('(')));
    words.filter(|(word, is_called)| *is_called || word.starts_with("__NR_")).map(|(word, _)| word)
}

/// Gives the name of the function that begins on a line, of one that a macro makes, too.
fn declared(line: &str) -> Option<&str> {
    let at = line
        .find("fn ")
        .filter(|at| line.get(..*at).is_some_and(|before| before.is_empty() || before.ends_with(' ')))?;
    let name =
        line.get(at + 3..)?.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).next()?;
    (!name.is_empty()).then_some(name)
}

/// Reads the rows `("call", "reason"),`.
fn reasons(text: &str) -> BTreeMap<String, String> {
    let rows = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("(\"")?.strip_suffix("\"),")?.split_once("\", \""));
    rows.map(|(name, reason)| (name.to_owned(), reason.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "/// Opens.
pub fn open(path: P) -> Result<Fd> {
    syscall!(__NR_openat, path)
}
pub(crate) fn first() { open(\"a\") }
#[test]
fn files_open() {
    first();
}";

    #[test]
    fn a_call_is_followed_to_its_test() {
        let found = functions("linux::fs", SOURCE);
        let paths: Vec<_> = found.iter().map(|function| (function.path.as_str(), function.is_test)).collect();
        assert_eq!(
            paths,
            [("linux::fs::open", false), ("linux::fs::first", false), ("linux::fs::files_open", true)]
        );
        assert!(found[0].words.contains("__NR_openat"));
        let run = running(&found, BTreeSet::from(["open".to_owned()]));
        assert_eq!(run, ["linux::fs::files_open"]);
        assert!(running(&found, BTreeSet::from(["close".to_owned()])).is_empty());
        assert_eq!(modules(Path::new("runtime/linux/src/fs/mod.rs")), "linux::fs");
    }

    #[test]
    fn a_test_of_a_group_is_one_by_its_list() {
        let source =
            "fn queue() { mq_open() }\n\ntests![one,\n    other];\nfn one() { queue() }\nfn other() {}\n";
        let found = functions("host::groups::mq", source);
        let tests: Vec<_> = found.iter().filter(|one| one.is_test).map(|one| one.name.as_str()).collect();
        assert_eq!(tests, ["one", "other"]);
        assert_eq!(running(&found, BTreeSet::from(["mq_open".to_owned()])), ["host::groups::mq::one"]);
    }

    #[test]
    fn each_call_has_a_function_and_a_test_or_a_reason() {
        let row = |functions: &[&str], tests: &[&str], reason: Option<&str>| Row {
            name: "open".into(),
            number: 2,
            functions: functions.iter().map(|&name| name.into()).collect(),
            tests: tests.iter().map(|&name| name.into()).collect(),
            reason: reason.map(Into::into),
        };
        assert!(faults(&[row(&["f"], &["t"], None), row(&[], &[], Some("openat"))]).is_empty());
        for bad in [row(&[], &[], None), row(&["f"], &["t"], Some("openat")), row(&["f"], &[], None)] {
            assert_eq!(faults(&[bad]).len(), 1);
        }
        let reasons = reasons("    (\"open\", \"openat\"),\nfn x() {}\n");
        assert_eq!(reasons.get("open").map(String::as_str), Some("openat"));
    }
}
