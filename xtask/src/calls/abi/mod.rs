//! `cargo xtask abi`: what runtime/linux takes the kernel's structures and constants for, held against the kernel's own headers,
//! for every processor.
//!
//! A fact is an expression of C and its value here. Those of structures are in the object file of runtime/linux, which its macro
//! `abi!` puts them into; those of constants are read from its sources ([`constants`]). A C compiler then says what the same
//! expressions are with the headers of Linux ([`headers`], [`compile`]). Nothing is listed twice: a structure without `abi!`
//! and a number without a word on where it is from are faults, too. Where the kernel that runs here tells the layout of its structures
//! ([`running`]), that is the third opinion.

mod compile;
mod constants;
mod headers;
mod running;

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use crate::calls::codegen;
use crate::machine::Architecture;
use crate::output::say;

pub(crate) use constants::check;

/// Expressions and their values.
type Facts = BTreeMap<String, u64>;

/// What is younger than the headers that there are, by how it begins, with the version of Linux that brought it. A row that they
/// have learnt is a fault.
const YOUNGER: &[(&str, &str)] = &[
    ("MADV_GUARD_", "6.13"),
    ("__NR_getxattrat", "6.13"),
    ("__NR_listxattrat", "6.13"),
    ("__NR_removexattrat", "6.13"),
    ("__NR_setxattrat", "6.13"),
    ("__NR_open_tree_attr", "6.15"),
    ("__NR_file_getattr", "6.17"),
    ("__NR_file_setattr", "6.17"),
    ("struct file_attr", "6.17"),
];

/// What the kernel has no word for, but C libraries have, and what it keeps to itself (asm/signal.h, include/linux/key.h,
/// include/linux/statfs.h).
const NOT_THE_KERNELS: &[&str] = &[
    "KEY_POS_VIEW",
    "KEY_POS_READ",
    "KEY_POS_WRITE",
    "KEY_POS_SEARCH",
    "KEY_POS_LINK",
    "KEY_POS_SETATTR",
    "ST_RDONLY",
    "ST_NOSUID",
    "ST_NODEV",
    "ST_NOEXEC",
    "ST_SYNCHRONOUS",
    "ST_VALID",
    "ST_MANDLOCK",
    "ST_NOATIME",
    "ST_NODIRATIME",
    "ST_RELATIME",
    "ST_NOSYMFOLLOW",
    "_NSIG",
    "F_OK",
    "R_OK",
    "W_OK",
    "X_OK",
    "STDIN_FILENO",
    "STDOUT_FILENO",
    "STDERR_FILENO",
    "SHUT_RD",
    "SHUT_WR",
    "SHUT_RDWR",
];

/// What the headers of one processor alone have.
const ONLY: &[(&str, &str)] = &[("struct riscv_hwprobe", "riscv64"), ("RISCV_HWPROBE_", "riscv64")];

/// What the headers of one processor alone have not.
const NOT: &[(&str, &str)] = &[("SA_RESTORER", "riscv64")];

/// What the comparison came to.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Facts that are the same.
    pub same: usize,
    /// What is not, each in a line.
    pub differences: Vec<String>,
    /// Facts that the headers are too old for.
    pub younger: usize,
    /// What the kernel that runs here says, or why it was not asked.
    pub running: String,
}

/// Runs `abi`.
pub(crate) fn run() -> Result<()> {
    let outcome = compare()?;
    for difference in &outcome.differences {
        say!("{difference}");
    }
    let Outcome { same, differences, younger, running } = outcome;
    say!("{same} facts are as the headers of Linux {} have them; {younger} are younger", headers::VERSION);
    say!("{running}");
    say!("{} differences", differences.len());
    if !differences.is_empty() {
        bail!("runtime/linux differs from the kernel");
    }
    Ok(())
}

/// Compares all facts, on all processors.
pub(crate) fn compare() -> Result<Outcome> {
    let mut outcome = Outcome { differences: check()?, ..Outcome::default() };
    for column in codegen::COLUMNS {
        let architecture = Architecture::load(column)?;
        let mut here = constants::of(column)?;
        here.extend(compile::ours(&architecture)?);
        let theirs = compile::theirs(&architecture, here.keys())?;
        judge(column, &here, &theirs, &mut outcome);
    }
    outcome.running = running::compare(&mut outcome.differences)?;
    Ok(outcome)
}

fn judge(processor: &str, here: &Facts, theirs: &Facts, outcome: &mut Outcome) {
    for (expression, value) in here {
        let is_younger = YOUNGER.iter().any(|(begin, _)| expression.contains(begin));
        if NOT_THE_KERNELS.contains(&expression.as_str()) {
            continue;
        }
        if ONLY.iter().any(|(begin, owner)| expression.contains(begin) && *owner != processor) {
            continue;
        }
        if NOT.contains(&(expression.as_str(), processor)) {
            continue;
        }
        match theirs.get(expression) {
            None if is_younger => outcome.younger += 1,
            None => outcome.differences.push(format!("{processor}: the headers do not know {expression}")),
            Some(_) if is_younger => outcome
                .differences
                .push(format!("{processor}: the headers know {expression}, which is said to be younger")),
            Some(found) if is_same(*value, *found) => outcome.same += 1,
            Some(found) => outcome
                .differences
                .push(format!("{processor}: {expression} is {found:#x}, and {value:#x} here")),
        }
    }
}

/// Says whether two numbers are the same; what fits 32 bits may be extended by its sign or not.
fn is_same(one: u64, other: u64) -> bool {
    let is_short = |number: u64| u32::try_from(number).is_ok() || i32::try_from(number.cast_signed()).is_ok();
    one == other || (is_short(one) && is_short(other) && one as u32 == other as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_difference_is_told() {
        let facts = |rows: &[(&str, u64)]| {
            rows.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect::<Facts>()
        };
        let here = facts(&[("O_RDWR", 2), ("O_CREAT", 64), ("AT_FDCWD", u64::MAX - 99), ("GONE", 1)]);
        let theirs = facts(&[("O_RDWR", 2), ("O_CREAT", 65), ("AT_FDCWD", 0xffff_ff9c)]);
        let mut outcome = Outcome::default();
        judge("arm", &here, &theirs, &mut outcome);
        assert_eq!(outcome.same, 2);
        assert_eq!(
            outcome.differences,
            ["arm: the headers do not know GONE", "arm: O_CREAT is 0x41, and 0x40 here"]
        );
        assert!(!is_same(1 << 32, 0) && !is_same(0x1_ffff_ffff, 0xffff_ffff));
    }
}
