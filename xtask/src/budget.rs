//! Limits that measures must stay within: `tests/budget.toml`, a table a bench, a maximum a row.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use crate::bench::{self, Row, Setup};
use crate::output::note;
use crate::workspace;

/// Limits by bench and row.
pub(crate) type Budget = BTreeMap<String, BTreeMap<String, f64>>;

/// Reads the limits.
pub(crate) fn load() -> Result<Budget> {
    let path = workspace::root().join("tests/budget.toml");
    toml::from_str(&workspace::read(&path)?).with_context(|| format!("read {}", path.display()))
}

/// How often a bench is run at most until all its rows are within their limits: a busy host only ever adds to a measure, as
/// when a guest waits for its answer and counts what it does meanwhile.
const TRIES: usize = 3;

/// Measures all that has a limit; gives what passed and what failed, as lines to print.
pub(crate) fn check(setup: &Setup) -> Result<Vec<(bool, String)>> {
    let mut lines = Vec::new();
    for (name, limits) in load()? {
        lines.extend(attempts(|| Ok(compare(&name, &limits, &bench::rows(&name, setup)?)))?);
    }
    Ok(lines)
}

/// Measures, and again while something fails; a row has passed if it did once.
fn attempts(mut measure: impl FnMut() -> Result<Vec<(bool, String)>>) -> Result<Vec<(bool, String)>> {
    let mut lines = measure()?;
    for _ in 1..TRIES {
        let failed: Vec<_> = lines.iter().filter(|(passed, _)| !passed).collect();
        if failed.is_empty() {
            break;
        }
        failed.iter().for_each(|(_, line)| note!("{line}; measured again"));
        for (line, again) in lines.iter_mut().zip(measure()?).filter(|(line, _)| !line.0) {
            *line = again;
        }
    }
    Ok(lines)
}

/// Holds rows against limits; a limit without its row is a fault, else a renamed row would never fail.
fn compare(bench: &str, limits: &BTreeMap<String, f64>, rows: &[Row]) -> Vec<(bool, String)> {
    let one = |(name, limit): (&String, &f64)| match rows.iter().find(|row| row.name == *name) {
        None => (false, format!("{bench}/{name}: nothing measures it")),
        Some(row) => {
            let passed = row.ours <= *limit;
            let verdict = if passed { "within" } else { "exceeds" };
            (passed, format!("{bench}/{name}: {} {} {verdict} the budget of {limit}", row.ours, row.unit))
        }
    };
    limits.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_above_their_limit_and_missing_rows_fail() {
        let limits =
            [("a", 10.0), ("b", 10.0), ("c", 1.0)].map(|(name, limit)| (name.to_owned(), limit)).into();
        let rows = [Row::new("a", 10.0, "bytes"), Row::new("b", 10.5, "bytes")];
        let passed: Vec<_> = compare("x", &limits, &rows).into_iter().map(|(passed, _)| passed).collect();
        assert_eq!(passed, [true, false, false]);
    }

    #[test]
    fn a_row_that_fails_is_measured_again_and_one_that_passed_keeps() {
        let runs = |rows: [[bool; 2]; TRIES]| {
            let mut rows = rows.into_iter().enumerate();
            let mut measure = || {
                let (run, row) = rows.next().expect("at most so many");
                Ok(row.map(|passed| (passed, format!("{run}"))).to_vec())
            };
            let lines = attempts(&mut measure).unwrap();
            lines.into_iter().map(|(passed, run)| format!("{passed} {run}")).collect::<Vec<_>>()
        };
        assert_eq!(runs([[true, true], [false, false], [false, false]]), ["true 0", "true 0"]);
        assert_eq!(runs([[true, false], [false, true], [false, false]]), ["true 0", "true 1"]);
        assert_eq!(runs([[true, false], [false, false], [true, false]]), ["true 0", "false 2"]);
    }

    #[test]
    fn the_budget_can_be_read() {
        assert!(!load().unwrap().is_empty());
    }
}
