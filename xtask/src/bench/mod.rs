//! `cargo xtask bench`: our measures beside others', a row each.
//!
//! A measure is a file here with a `pub(super) fn run(&Setup) -> Result<Vec<Row>>` and a line in [`BENCHES`]. It
//! measures each value several times, ours and the peers' in turn, and gives medians, so that a busy host shifts both.

mod applets;
mod boot;
mod clock;
mod copy;
mod counted;
mod dhcp;
mod heap;
mod http;
mod memory;
mod peer;
mod services;
mod shell;
mod spawn;
mod start;
mod threads;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::boot::Hardware;
use crate::names;
use crate::output::{note, say};

/// A group of measures.
struct Bench {
    name: &'static str,
    summary: &'static str,
    run: fn(&Setup) -> Result<Vec<Row>>,
}

/// All measures, in the order in which they are made.
const BENCHES: &[Bench] = &[
    Bench {
        name: "boot",
        summary: "from process 1's start to a configured network, and the image's size, against BusyBox",
        run: boot::run,
    },
    Bench {
        name: "services",
        summary: "50 services under process 1, its memory, a restart and its end, against BusyBox init, runit, s6 and finit",
        run: services::run,
    },
    Bench {
        name: "dhcp",
        summary: "from a DHCP client's start to its address, against udhcpc, dhcpcd and dhclient",
        run: dhcp::run,
    },
    Bench {
        name: "http",
        summary: "an HTTP server under wrk on each engine, against nginx and the same on Rust's std",
        run: http::run,
    },
    Bench {
        name: "start",
        summary: "a hello world's bytes, and its time from execve to exit, against C's and Rust's libraries",
        run: start::run,
    },
    Bench {
        name: "spawn",
        summary: "from the call that starts a program to its end, against Rust's standard library",
        run: spawn::run,
    },
    Bench {
        name: "shell",
        summary: "scripts in the shell: time on the processor with their children's, and memory, against dash and BusyBox ash",
        run: shell::run,
    },
    Bench {
        name: "applets",
        summary: "commands on 100 MB of text, against GNU's and BusyBox's",
        run: applets::run,
    },
    Bench {
        name: "clock",
        summary: "a read of the clock, against the kernel's function called directly and the system call",
        run: clock::run,
    },
    Bench {
        name: "copy",
        summary: "a file of 1 GiB by the kernel's copying, by io_uring and by calls, against cp",
        run: copy::run,
    },
    Bench {
        name: "memory",
        summary: "memory functions by size and placement, against glibc and musl",
        run: memory::run,
    },
    Bench {
        name: "heap",
        summary: "blocks taken and given back, in one thread and in two, against other heaps",
        run: heap::run,
    },
    Bench {
        name: "threads",
        summary: "starting a thread, a lock and a queue, against Rust's std",
        run: threads::run,
    },
];

/// What a measure is told.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    /// What guests run on.
    pub hardware: Hardware,
    /// How often each value is measured; the median counts.
    pub rounds: usize,
    /// Whether others are measured too; the test suite wants our values alone.
    pub peers: bool,
}

/// One value, and what it is held against.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// What is measured, within its bench: short, lower case, words with dashes.
    pub name: String,
    /// Our value; less is better.
    pub ours: f64,
    /// The other's value.
    pub peer: Option<f64>,
    /// Who the other is.
    pub peer_name: String,
    /// What the values count.
    pub unit: &'static str,
}

impl Row {
    /// Makes a row of our value alone.
    pub(crate) fn new(name: impl Into<String>, ours: f64, unit: &'static str) -> Self {
        Self { name: name.into(), ours, peer: None, peer_name: String::new(), unit }
    }

    /// Sets our value beside another's.
    pub(crate) fn against(self, peer_name: impl Into<String>, peer: f64) -> Self {
        Self { peer: Some(peer), peer_name: peer_name.into(), ..self }
    }

    /// Gives how much of the other's value ours is.
    pub(crate) fn ratio(&self) -> Option<f64> {
        self.peer.filter(|peer| *peer > 0.0).map(|peer| self.ours / peer)
    }
}

/// Runs `bench`: all measures, or the one that is named.
pub(crate) fn run(name: Option<&str>, as_json: bool, setup: &Setup) -> Result<()> {
    let mut all = Vec::new();
    for bench in chosen(name)? {
        note!("bench {}: {}", bench.name, bench.summary);
        let rows = (bench.run)(setup).with_context(|| format!("bench {}", bench.name))?;
        if !as_json {
            say!("{}", table(bench.name, &rows).trim_end());
        }
        all.extend(rows.iter().map(|row| row_json(bench.name, row)));
    }
    if as_json {
        say!("{}", serde_json::to_string_pretty(&all).context("write the rows as JSON")?);
    }
    Ok(())
}

/// Runs one group of measures and gives its rows.
pub(crate) fn rows(name: &str, setup: &Setup) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for bench in chosen(Some(name))? {
        rows.extend((bench.run)(setup).with_context(|| format!("bench {name}"))?);
    }
    Ok(rows)
}

fn chosen(name: Option<&str>) -> Result<Vec<&'static Bench>> {
    let Some(name) = name else { return Ok(BENCHES.iter().collect()) };
    let found = BENCHES.iter().find(|bench| bench.name == name);
    let known = BENCHES.iter().map(|bench| bench.name);
    found.map(|bench| vec![bench]).with_context(|| names::unknown("measure", name, known))
}

/// Gives the middle value, or the mean of the two middle ones; of nothing, zero.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match (sorted.get(middle), sorted.len() % 2) {
        (Some(upper), 0) => (upper + sorted.get(middle - 1).unwrap_or(upper)) / 2.0,
        (Some(value), _) => *value,
        (None, _) => 0.0,
    }
}

fn row_json(bench: &str, row: &Row) -> Value {
    json!({
        "name": format!("{bench}/{}", row.name),
        "ours": row.ours,
        "peer": row.peer,
        "peer name": row.peer_name,
        "ratio": row.ratio(),
        "unit": row.unit,
    })
}

fn table(bench: &str, rows: &[Row]) -> String {
    let head = ["name", "ours", "peer", "peer name", "ratio", "unit"].map(str::to_owned);
    let mut cells = vec![head];
    cells.extend(rows.iter().map(|row| {
        let ratio = row.ratio().map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.3}"));
        let peer = row.peer.map_or_else(|| "-".to_owned(), number);
        let peer_name = if row.peer_name.is_empty() { "-" } else { &row.peer_name };
        [
            format!("{bench}/{}", row.name),
            number(row.ours),
            peer,
            peer_name.to_owned(),
            ratio,
            row.unit.to_owned(),
        ]
    }));
    let widths: [usize; 6] =
        std::array::from_fn(|column| cells.iter().map(|row| row[column].chars().count()).max().unwrap_or(0));
    let mut text = String::new();
    for row in cells {
        let aligned = row.iter().zip(widths).enumerate().map(|(column, (cell, width))| match column {
            1 | 2 | 4 => format!("{cell:>width$}"),
            _ => format!("{cell:<width$}"),
        });
        text += aligned.collect::<Vec<_>>().join("  ").trim_end();
        text.push('\n');
    }
    text
}

/// Writes a value with as many digits as tell something.
fn number(value: f64) -> String {
    match value.abs() {
        large if large >= 1000.0 => {
            let digits = format!("{large:.0}");
            let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
            format!("{}{}", if value < 0.0 { "-" } else { "" }, groups.join(" "))
        }
        middle if middle >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_of_even_odd_and_no_values() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(median(&[]), 0.0);
    }

    #[test]
    fn rows_are_aligned_and_have_ratios() {
        let rows = [
            Row::new("instructions", 1_000_000.0, "instructions").against("BusyBox", 9_590_000.0),
            Row::new("image", 12.34, "kB"),
        ];
        let text = table("boot", &rows);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[1], "boot/instructions  1 000 000  9 590 000  BusyBox    0.104  instructions");
        assert_eq!(lines[2], "boot/image              12.3          -  -              -  kB");
        assert_eq!(row_json("boot", &rows[0])["peer name"], "BusyBox");
        assert_eq!(Row::new("x", 1.0, "s").against("y", 0.0).ratio(), None);
    }

    #[test]
    fn an_unknown_measure_is_named_with_the_known_ones() {
        let error = chosen(Some("warp")).err().map(|error| error.to_string());
        assert!(error.is_some_and(|text| text.contains("boot")));
    }
}
