//! The measure `spawn`: from the call that starts a program to the program's end, against Rust's standard library, in a
//! small process and in a large one.

use anyhow::{Context, Result};
use toolchain::Form;

use super::{Row, Setup, median, peer};
use crate::build;
use crate::command;
use crate::machine::Architecture;

/// What the starting process holds: name of the row, MiB.
const HELD: [(&str, &str); 2] = [("small", "0"), ("256-mib", "256")];

/// Measures both ways in turn, as often as asked.
pub(super) fn run(setup: &Setup) -> Result<Vec<Row>> {
    let architecture = Architecture::load(std::env::consts::ARCH)?;
    let started = build::binary(&architecture, "spelunk-programs", "hello", Form::Shipped)?;
    let program = peer::host_program("spawn")?;
    let mut rows = Vec::new();
    for (name, held) in HELD {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..setup.rounds {
            let text = command::output(command::new(&program).arg(&started).arg(held))?;
            let mut values = text.split_whitespace().map(str::parse);
            let mut value = || values.next().and_then(Result::ok).with_context(|| format!("read {text:?}"));
            ours.push(value()?);
            theirs.push(value()?);
        }
        rows.push(Row::new(name, median(&ours), "us").against("Rust std", median(&theirs)));
    }
    Ok(rows)
}
