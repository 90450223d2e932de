//! The measure `copy`: a file of 1 GiB, from the cache to the cache, by the examples and by cp.
//!
//! `cat` has the kernel copy, `ring_copy` has eight reads and writes under way by io_uring, or makes one call after the other.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use toolchain::Form;

use super::{Row, Setup, median};
use crate::machine::Architecture;
use crate::{build, command, workspace};

/// Bytes that are copied, and how many of them are written at a time when the file is made.
const SIZE: u64 = 1 << 30;
const PIECE: usize = 1 << 20;

/// Ways to copy: name of the row, command of the shell, for which `$1` is the program, `$2` the file and `$3` the copy.
const WAYS: [(&str, &str, &str); 3] = [
    ("kernel", "cat", r#"exec "$1" "$2" > "$3""#),
    ("io-uring", "ring_copy", r#"exec "$1" "$2" "$3" uring"#),
    ("calls", "ring_copy", r#"exec "$1" "$2" "$3" epoll"#),
];

/// How cp is asked; `$1` is not wanted.
const PEER: &str = r#"exec cp "$2" "$3""#;

/// Measures all ways and cp in turn, as often as asked.
pub(super) fn run(setup: &Setup) -> Result<Vec<Row>> {
    let architecture = Architecture::load(std::env::consts::ARCH)?;
    let mut programs = Vec::new();
    for (_, name, _) in WAYS {
        programs.push(build::binary(&architecture, "spelunk-examples", name, Form::Shipped)?);
    }
    let files = Files::make()?;
    let (mut ours, mut theirs) = (vec![Vec::new(); WAYS.len()], Vec::new());
    for _ in 0..setup.rounds {
        for (((_, _, script), program), times) in WAYS.iter().zip(&programs).zip(&mut ours) {
            times.push(files.copy(script, program)?);
        }
        if setup.peers {
            theirs.push(files.copy(PEER, Path::new("cp"))?);
        }
    }
    let rows = WAYS.iter().zip(&ours).map(|((name, ..), times)| {
        let row = Row::new(*name, median(times), "ms");
        if setup.peers { row.against("cp", median(&theirs)) } else { row }
    });
    Ok(rows.collect())
}

/// The file and its copy, which are gone when the measure is made.
struct Files {
    source: PathBuf,
    target: PathBuf,
}

impl Files {
    fn make() -> Result<Self> {
        let folder = workspace::make_folder(&workspace::target().join("bench/copy"))?;
        let files = Self { source: folder.join("file"), target: folder.join("copy") };
        let mut file = File::create(&files.source).context("make the file to copy")?;
        // No zeroes, for which a copy may leave a hole.
        let piece = [b'x'; PIECE];
        for _ in 0..SIZE / PIECE as u64 {
            file.write_all(&piece).context("fill the file to copy")?;
        }
        file.sync_all().context("have the file to copy written")?;
        Ok(files)
    }

    /// Copies once, to a file that is not there yet, and gives the milliseconds.
    fn copy(&self, script: &str, program: &Path) -> Result<f64> {
        let mut shell = Command::new("sh");
        shell.args(["-c", script, "sh"]).arg(program).args([&self.source, &self.target]);
        let start = Instant::now();
        command::output(&mut shell)?;
        let time = start.elapsed().as_secs_f64() * 1e3;
        let length = fs::metadata(&self.target).context("look at the copy")?.len();
        ensure!(length == SIZE, "{} has copied {length} bytes", program.display());
        fs::remove_file(&self.target).context("remove the copy")?;
        Ok(time)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        for path in [&self.source, &self.target] {
            // The copy is usually gone already.
            let _ = fs::remove_file(path);
        }
    }
}
