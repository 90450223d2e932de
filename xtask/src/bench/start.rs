//! The measure `start`: size of a hello world, and time from execve to exit, against the same program without a
//! libc, with musl, with glibc, and with Rust's standard library.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use toolchain::Form;

use super::{Row, Setup, median, peer};
use crate::build;
use crate::command;
use crate::install::{ensure, need};
use crate::machine::Architecture;

/// A hello world to be measured.
struct Subject {
    name: &'static str,
    path: PathBuf,
}

/// How the peers are made: name, compiler, options, source.
const PEERS: [(&str, &str, &[&str], &str); 4] = [
    ("nolibc", "gcc", &["-Os", "-s", "-static", "-nostdlib", "-fno-asynchronous-unwind-tables"], "nolibc.c"),
    ("musl", "musl-gcc", &["-Os", "-s", "-static"], "hello.c"),
    ("glibc static", "gcc", &["-Os", "-s", "-static"], "hello.c"),
    ("Rust std", "rustc", &["-Copt-level=s", "-Cstrip=symbols"], "hello.rs"),
];

/// Measures all programs in turn, as often as asked, and gives a row a peer for bytes and for time.
pub(super) fn run(setup: &Setup) -> Result<Vec<Row>> {
    let architecture = Architecture::load(std::env::consts::ARCH)?;
    let path = build::binary(&architecture, "spelunk-programs", "hello", Form::Shipped)?;
    let mut subjects = vec![Subject { name: "ours", path }];
    if setup.peers {
        ensure(&[need("gcc", "gcc"), need("musl-gcc", "musl-tools")])?;
        for (name, compiler, options, source) in PEERS {
            let path =
                peer::compile(compiler, options, source, &format!("hello-{}", name.replace(' ', "-")))?;
            subjects.push(Subject { name, path });
        }
    }
    let times = times(&subjects, setup.rounds)?;
    let mut rows = Vec::new();
    let (ours, own_bytes) = (times.first().copied().unwrap_or_default(), bytes(&subjects[0].path)?);
    if subjects.len() == 1 {
        rows.extend([Row::new("bytes", own_bytes, "bytes"), Row::new("time", ours, "us")]);
    }
    for (subject, time) in subjects.iter().zip(times).skip(1) {
        rows.push(Row::new("bytes", own_bytes, "bytes").against(subject.name, bytes(&subject.path)?));
        rows.push(Row::new("time", ours, "us").against(subject.name, time));
    }
    Ok(rows)
}

/// Gives the median over the rounds of the least microseconds of each program.
fn times(subjects: &[Subject], rounds: usize) -> Result<Vec<f64>> {
    let program = peer::host_program("start")?;
    let mut all = vec![Vec::new(); subjects.len()];
    for _ in 0..rounds {
        let text =
            command::output(command::new(&program).args(subjects.iter().map(|subject| &subject.path)))?;
        for (values, line) in all.iter_mut().zip(text.lines()) {
            let least = line.split_whitespace().next().and_then(|word| word.parse().ok());
            values.push(least.with_context(|| format!("read {line:?}"))?);
        }
    }
    Ok(all.iter().map(|values| median(values)).collect())
}

fn bytes(path: &Path) -> Result<f64> {
    Ok(std::fs::metadata(path).with_context(|| format!("look at {}", path.display()))?.len() as f64)
}
