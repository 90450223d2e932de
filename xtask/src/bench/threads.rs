//! The measure `threads`: starting and joining a thread, a lock alone and between two threads, a queue, against Rust's std
//! on this host's C library; a count of which each processor has its part, against an atomic number.

use std::path::Path;

use anyhow::{Context, Result};
use toolchain::Form;

use super::{Row, Setup, median, peer};
use crate::build;
use crate::command;
use crate::machine::Architecture;

/// What the programs print, in their order.
const NAMES: [&str; 6] =
    ["spawn-join", "mutex-alone", "mutex-two-threads", "channel", "count-alone", "count-two-threads"];

/// Measures ours and theirs in turn.
pub(super) fn run(setup: &Setup) -> Result<Vec<Row>> {
    let architecture = Architecture::load(std::env::consts::ARCH)?;
    let ours = build::binary(&architecture, "spelunk-bench", "threads", Form::Shipped)?;
    let theirs = peer::host_program("threads_std")?;
    let mut values = NAMES.map(|_| (Vec::new(), Vec::new()));
    for _ in 0..setup.rounds {
        let (ours, theirs) = (times(&ours)?, times(&theirs)?);
        for ((values, own), other) in values.iter_mut().zip(ours).zip(theirs) {
            values.0.push(own);
            values.1.push(other);
        }
    }
    let rows = NAMES.into_iter().zip(&values);
    Ok(rows
        .map(|(name, (own, other))| Row::new(name, median(own), "ns").against("Rust std", median(other)))
        .collect())
}

/// Runs a program that prints picoseconds; gives nanoseconds.
fn times(program: &Path) -> Result<Vec<f64>> {
    let text = command::output(&mut command::new(program))?;
    let number = |word: &str| -> Result<f64> {
        let picoseconds: f64 = word.parse().with_context(|| format!("read {text:?}"))?;
        Ok(picoseconds / 1000.0)
    };
    text.split_whitespace().map(number).collect()
}
