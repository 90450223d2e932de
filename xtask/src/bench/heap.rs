//! The measure `heap`: blocks of one size and of many, in one thread and in two, and the memory they leave, against the heaps
//! of C libraries and of other programs without one.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use toolchain::Form;

use super::{Row, Setup, median, peer};
use crate::install::{ensure, need};
use crate::machine::Architecture;
use crate::{build, command};

/// What can stand in the place of a C library's heap: name, file, package.
const LOADED: (&str, &str, &str) =
    ("mimalloc", "/usr/lib/x86_64-linux-gnu/libmimalloc.so.2", "libmimalloc2.0");

/// A program that prints a line for each case.
struct Subject {
    name: &'static str,
    path: PathBuf,
    argument: Option<&'static str>,
    loaded: Option<&'static str>,
}

impl Subject {
    fn command(&self) -> Command {
        let mut command = command::new(&self.path);
        command.args(self.argument);
        if let Some(library) = self.loaded {
            command.env("LD_PRELOAD", library);
        }
        command
    }
}

/// Measures ours and theirs in turn.
pub(super) fn run(setup: &Setup) -> Result<Vec<Row>> {
    let architecture = Architecture::load(std::env::consts::ARCH)?;
    let path = build::binary(&architecture, "spelunk-bench", "heap", Form::Shipped)?;
    let mut subjects = vec![Subject { name: "ours", path, argument: None, loaded: None }];
    if setup.peers {
        subjects.extend(peers()?);
    }
    let mut all = vec![Vec::new(); subjects.len()];
    for _ in 0..setup.rounds {
        for (subject, rounds) in subjects.iter().zip(&mut all) {
            let text = command::output(&mut subject.command())?;
            rounds.push(cases(&text).with_context(|| format!("measure {}", subject.name))?);
        }
    }
    let [ours, theirs @ ..] = &all[..] else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    for (at, (name, _)) in ours.first().into_iter().flatten().enumerate() {
        let unit = if name.starts_with("memory") { "of what lives" } else { "ns" };
        let row = Row::new(name, middle(ours, at), unit);
        let peers = subjects.iter().skip(1).zip(theirs);
        rows.extend(peers.map(|(subject, rounds)| row.clone().against(subject.name, middle(rounds, at))));
        if theirs.is_empty() {
            rows.push(row);
        }
    }
    Ok(rows)
}

fn peers() -> Result<Vec<Subject>> {
    let (loaded, library, package) = LOADED;
    ensure(&[need("musl-gcc", "musl-tools"), need(library, package)])?;
    let path = peer::host_program("heap_std")?;
    let of_std =
        |name, argument, loaded| Subject { name, path: path.clone(), argument: Some(argument), loaded };
    let musl = peer::compile("musl-gcc", &["-O2", "-fno-builtin", "-static"], "heap.c", "heap-musl")?;
    Ok(vec![
        of_std("glibc", "system", None),
        Subject { name: "musl", path: musl, argument: None, loaded: None },
        of_std(loaded, "system", Some(library)),
        of_std("dlmalloc", "dlmalloc", None),
        of_std("rlsf", "rlsf", None),
        of_std("talc", "talc", None),
    ])
}

/// Reads lines of a name and thousandths.
fn cases(text: &str) -> Result<Vec<(String, f64)>> {
    let case = |line: &str| -> Result<(String, f64)> {
        let (name, value) = line.split_once(' ').with_context(|| format!("read {line:?}"))?;
        let thousandths: f64 = value.parse().with_context(|| format!("read {line:?}"))?;
        Ok((name.to_owned(), thousandths / 1000.0))
    };
    text.lines().map(case).collect()
}

/// Gives the median of a case over the rounds.
fn middle(rounds: &[Vec<(String, f64)>], at: usize) -> f64 {
    let values: Vec<_> = rounds.iter().filter_map(|cases| cases.get(at)).map(|case| case.1).collect();
    median(&values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_names_and_numbers_of_which_the_median_counts() {
        let round = |value: u32| cases(&format!("a {value}\nb 2500\n")).unwrap();
        let rounds = [round(1000), round(9000), round(2000)];
        assert_eq!(rounds[0][1], ("b".to_owned(), 2.5));
        assert_eq!((middle(&rounds, 0), middle(&rounds, 1)), (2.0, 2.5));
        assert!(cases("a\n").is_err() && cases("a b\n").is_err());
    }
}
