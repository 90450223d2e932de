//! The measure `memory`: copying, setting, comparing and measuring memory, against glibc and musl, by size and
//! placement.

use anyhow::{Context, Result};

use super::{Row, Setup, peer};
use crate::command;
use crate::install::{ensure, need};

/// Measures ours and glibc's in one program of the host, musl's in another, case by case.
pub(super) fn run(setup: &Setup) -> Result<Vec<Row>> {
    let program = peer::host_program("memory")?;
    let ours = cases(&command::output(&mut command::new(&program))?)?;
    let mut rows = Vec::new();
    for (name, values) in &ours {
        let [ours, glibc] = values[..] else { anyhow::bail!("two numbers for {name}, not {values:?}") };
        rows.push(Row::new(name, ours, "ns").against("glibc", glibc));
    }
    if setup.peers {
        ensure(&[need("musl-gcc", "musl-tools")])?;
        let peer = peer::compile("musl-gcc", &["-O2", "-fno-builtin", "-static"], "memory.c", "memory-musl")?;
        let theirs = cases(&command::output(&mut command::new(&peer))?)?;
        for ((name, values), (_, theirs)) in ours.iter().zip(&theirs) {
            if let (Some(ours), Some(musl)) = (values.first(), theirs.first()) {
                rows.push(Row::new(name, *ours, "ns").against("musl", *musl));
            }
        }
    }
    Ok(rows)
}

/// Reads lines of a function, a size, a placement, and numbers.
fn cases(text: &str) -> Result<Vec<(String, Vec<f64>)>> {
    let case = |line: &str| -> Result<(String, Vec<f64>)> {
        let words: Vec<_> = line.split_whitespace().collect();
        let [function, size, place, values @ ..] = &words[..] else { anyhow::bail!("odd line {line:?}") };
        let values = values.iter().map(|word| word.parse().with_context(|| format!("read {line:?}")));
        Ok((format!("{function}-{size}-{place}"), values.collect::<Result<_>>()?))
    };
    text.lines().map(case).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_names_and_numbers() {
        let read = cases("memcpy 16 odd 2.5 2.0\nstrlen 3 aligned 1\n").unwrap();
        assert_eq!(read[0], ("memcpy-16-odd".to_owned(), vec![2.5, 2.0]));
        assert_eq!(read[1], ("strlen-3-aligned".to_owned(), vec![1.0]));
        assert!(cases("memcpy 16").is_err());
    }
}
