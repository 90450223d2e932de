//! The measure `clock`: a read of the clock through the runtime, against the kernel's function called directly and
//! against the system call.

use anyhow::{Context, Result};
use toolchain::Form;

use super::{Row, Setup, median};
use crate::build;
use crate::command;
use crate::machine::Architecture;

/// Measures in a program of ours, several times.
pub(super) fn run(setup: &Setup) -> Result<Vec<Row>> {
    let architecture = Architecture::load(std::env::consts::ARCH)?;
    let program = build::binary(&architecture, "spelunk-bench", "clock", Form::Shipped)?;
    let mut values = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..setup.rounds {
        let text = command::output(&mut command::new(&program))?;
        for (values, word) in values.iter_mut().zip(text.split_whitespace()) {
            let picoseconds: f64 = word.parse().with_context(|| format!("read {text:?}"))?;
            values.push(picoseconds / 1000.0);
        }
    }
    let [ours, direct, by_call] = values.map(|values| median(&values));
    Ok(vec![
        Row::new("monotonic", ours, "ns").against("vDSO called directly", direct),
        Row::new("monotonic-by-call", ours, "ns").against("system call", by_call),
    ])
}
