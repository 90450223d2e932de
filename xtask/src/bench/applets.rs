//! The measure `applets`: commands on 100 MB of text, from execve to exit, against GNU's and BusyBox's.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use super::{Row, Setup, median};
use crate::install::{ensure as installed, need};
use crate::machine::Architecture;
use crate::selection::Selection;
use crate::{build, workspace};

/// Bytes of the text.
const SIZE: usize = 100_000_000;

/// What is measured: the row's name, and the command's words. The text is its standard input; nobody reads its output.
const COMMANDS: &[(&str, &[&str])] = &[
    ("base64", &["base64"]),
    ("cat", &["cat"]),
    ("cut-bytes", &["cut", "-b", "1-20"]),
    ("cut-fields", &["cut", "-d", ":", "-f", "2"]),
    ("expand", &["expand"]),
    ("fold", &["fold", "-w", "40"]),
    ("grep-count", &["grep", "-c", "zz*y"]),
    ("grep-fixed", &["grep", "-F", "abcd"]),
    ("grep-ignore-case", &["grep", "-i", "ABCD"]),
    ("grep-invert", &["grep", "-v", "abcd"]),
    ("grep-only", &["grep", "-o", "a[b-d]*e"]),
    ("grep-regex", &["grep", "-E", "(ab|cd)+ :[0-9]*7$"]),
    ("head", &["head", "-n", "1000000"]),
    ("md5sum", &["md5sum"]),
    ("od", &["od", "-t", "x1", "-N", "10000000"]),
    ("paste", &["paste", "-s"]),
    ("sed-delete", &["sed", "/ab/d"]),
    ("sed-replace", &["sed", "s/ab/x/g"]),
    ("sha256sum", &["sha256sum"]),
    ("sort", &["sort"]),
    ("sort-numbers", &["sort", "-t", ":", "-k", "2n"]),
    ("sort-unique", &["sort", "-u"]),
    ("strings", &["strings"]),
    ("tac", &["tac"]),
    ("tail", &["tail", "-n", "1000"]),
    ("tr-delete", &["tr", "-d", "aeiou"]),
    ("tr-replace", &["tr", "a-z", "A-Z"]),
    ("tr-squeeze", &["tr", "-s", " "]),
    ("true", &["true"]),
    ("uniq-count", &["uniq", "-c"]),
    ("wc", &["wc"]),
    ("wc-lines", &["wc", "-l"]),
    ("wc-words", &["wc", "-w"]),
];

const BUSYBOX: &str = "/usr/bin/busybox";

/// Measures all commands, and the peers that have them in turn with ours.
pub(super) fn run(setup: &Setup) -> Result<Vec<Row>> {
    let ours = build::spelunk(&Architecture::load(std::env::consts::ARCH)?, &Selection::FULL.parse()?)?;
    if setup.peers {
        installed(&[need(BUSYBOX, "busybox-static")])?;
    }
    let text = Text::make()?;
    let mut rows = Vec::new();
    for (name, words) in COMMANDS {
        let mut programs = vec![("", Some(ours.as_path()))];
        if setup.peers {
            programs.extend([("GNU", None), ("BusyBox", Some(Path::new(BUSYBOX)))]);
        }
        rows.extend(measure(name, words, &programs, &text, setup.rounds)?);
    }
    Ok(rows)
}

/// Gives the rows of a command, one a peer.
fn measure(
    name: &str,
    words: &[&str],
    programs: &[(&str, Option<&Path>)],
    text: &Text,
    rounds: usize,
) -> Result<Vec<Row>> {
    let mut times = vec![Vec::new(); programs.len()];
    for _ in 0..rounds {
        for ((_, program), times) in programs.iter().zip(&mut times) {
            times.extend(text.run(*program, words)?);
        }
    }
    let [ours, theirs @ ..] = times.as_slice() else { return Ok(Vec::new()) };
    let row = Row::new(name, median(ours), "ms");
    if theirs.is_empty() {
        return Ok(vec![row]);
    }
    // A command that a peer has not has no times.
    let peers = programs.iter().skip(1).zip(theirs).filter(|(_, times)| !times.is_empty());
    Ok(peers.map(|((peer, _), times)| row.clone().against(*peer, median(times))).collect())
}

/// The text, which is gone when the measure is made.
struct Text(PathBuf);

impl Text {
    /// Writes lines of words that come again and again, each with a number behind a colon.
    fn make() -> Result<Self> {
        let text = Self(workspace::make_folder(&workspace::target().join("bench/applets"))?.join("text"));
        let mut file = BufWriter::new(File::create(&text.0).context("make the text")?);
        let mut state = 1_u64;
        let mut chance = |bound: u64| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            (state >> 33) % bound
        };
        let mut written = 0;
        while written < SIZE {
            let mut line = String::new();
            for _ in 0..3 + chance(12) {
                let word = chance(20_000);
                for at in 0..2 + word % 8 {
                    let letter = ((word >> at) ^ (word * (at + 3))) % 26;
                    line.push(char::from(b'a' + letter as u8));
                }
                line.push(' ');
            }
            line += &format!(":{}\n", chance(1_000_000));
            file.write_all(line.as_bytes()).context("write the text")?;
            written += line.len();
        }
        file.flush().context("write the text")?;
        Ok(text)
    }

    /// Runs a command once, and gives its milliseconds; nothing if the program does not have it.
    fn run(&self, program: Option<&Path>, words: &[&str]) -> Result<Option<f64>> {
        let input = File::open(&self.0).context("open the text")?;
        let mut command = match (program, words) {
            (Some(program), words) => {
                let mut command = Command::new(program);
                command.args(words);
                command
            }
            (None, [name, words @ ..]) => {
                let mut command = Command::new(name);
                command.args(words);
                command
            }
            (None, []) => return Ok(None),
        };
        command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C");
        // To /dev/null GNU's grep writes nothing, and ends with its first match.
        let output = File::options().write(true).open("/dev/zero").context("open /dev/zero")?;
        command.stdin(input).stdout(output).stderr(Stdio::null());
        let start = Instant::now();
        let Ok(status) = command.status() else { return Ok(None) };
        let time = start.elapsed().as_secs_f64() * 1e3;
        let finds_nothing = words.first() == Some(&"grep") && status.code() == Some(1);
        let is_well = status.success() || finds_nothing;
        if program.is_some_and(|program| program == Path::new(BUSYBOX)) && !is_well {
            return Ok(None);
        }
        ensure!(is_well, "{} ended with {status}", words.join(" "));
        Ok(Some(time))
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
