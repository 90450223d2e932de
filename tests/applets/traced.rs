//! strace of ours against strace: what both show of the same programs differs in few lines, apart from addresses, process numbers
//! and chance.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::Ours;
use crate::live::Case;

/// All of them.
pub(crate) const CASES: [Case; 5] = [
    ("strace: cat is shown as strace shows it", |ours, folder| compare(ours, folder, &["cat", "a"])),
    ("strace: ls is shown as strace shows it", |ours, folder| compare(ours, folder, &["ls", "-l", "."])),
    ("strace: a shell is shown as strace shows it", |ours, folder| {
        compare(
            ours,
            folder,
            &["sh", "-c", "cd /; read line < /etc/passwd; trap : USR1; cat a | cat; exit 3"],
        )
    }),
    ("strace: what a program waits for is shown as strace shows it", |ours, folder| {
        compare(ours, folder, &["sh", "-c", "umask 077; ulimit -c 0; sleep 0 & wait; echo > b"])
    }),
    ("strace: times, links and names are shown as strace shows them", |ours, folder| {
        compare(ours, folder, &["cp", "-a", "a", "copy"])
    }),
];

/// So many lines of a trace may differ: the first says how many variables there are where strace has an address, too; and what
/// strace explains of dates and rare bits we leave out.
const MOST: usize = 4;

/// A trace with fewer lines would not tell anything.
const FEWEST: usize = 25;

/// Says why there is nothing to compare with, if so.
pub(crate) fn unfit(ours: &Ours) -> Option<&'static str> {
    if ours.emulator.is_some() {
        return Some("ptrace is not emulated");
    }
    if ours.is_narrow {
        return Some("the host's programs have another width");
    }
    let found = Command::new("strace").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    (!found.is_ok_and(|status| status.success())).then_some("strace is not installed")
}

fn compare(ours: &Ours, folder: &Path, words: &[&str]) -> Result<()> {
    fs::write(folder.join("a"), "text\n")?;
    let theirs = trace(Command::new("strace"), folder, words)?;
    let own = trace(ours.command(OsStr::new("strace")), folder, words)?;
    ensure!(theirs.len() >= FEWEST, "strace shows {} lines", theirs.len());
    let (theirs_alone, own_alone) = (missing(&theirs, &own), missing(&own, &theirs));
    let count = theirs_alone.len().max(own_alone.len());
    ensure!(
        count <= MOST,
        "{count} of {} lines differ; strace shows\n{}\nand ours\n{}",
        theirs.len(),
        theirs_alone.join("\n"),
        own_alone.join("\n")
    );
    Ok(())
}

/// Traces a command; gives the lines without what differs from run to run.
fn trace(mut strace: Command, folder: &Path, words: &[&str]) -> Result<Vec<String>> {
    let _ = fs::remove_file(folder.join("copy"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    strace.env_clear().env("PATH", path).env("LC_ALL", "C").current_dir(folder);
    strace.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let status = strace.args(["-o", "trace"]).args(words).status().context("start strace")?;
    ensure!(status.code().is_some(), "strace ended by {status}");
    let text = fs::read_to_string(folder.join("trace"))?;
    Ok(text.lines().map(plain).collect())
}

/// Gives the lines of one trace that another has not, however often it has them.
fn missing(lines: &[String], others: &[String]) -> Vec<String> {
    let mut left: Vec<&String> = others.iter().collect();
    let mut alone = Vec::new();
    for line in lines {
        match left.iter().position(|other| *other == line) {
            Some(at) => drop(left.swap_remove(at)),
            None => alone.push(line.clone()),
        }
    }
    alone
}

/// Calls that give or take process numbers.
const WITH_NUMBERS: [&str; 9] =
    ["clone", "fork", "vfork", "getpid", "getppid", "set_tid_address", "wait4", "rt_sigreturn", "kill"];

/// Takes out of a line what differs from run to run: addresses, chance, process numbers, the spaces before the result.
fn plain(line: &str) -> String {
    let has_numbers = WITH_NUMBERS.iter().any(|call| line.starts_with(call)) || line.contains("si_pid=");
    let mut plain = String::new();
    let mut rest = line;
    while let Some(letter) = rest.chars().next() {
        let count = |text: &str, is_it: fn(&char) -> bool| text.chars().take_while(is_it).count();
        let hexadecimal = rest.strip_prefix("0x").map_or(0, |digits| count(digits, char::is_ascii_hexdigit));
        let decimal = count(rest, char::is_ascii_digit);
        let (taken, shown) = if hexadecimal > 7 {
            (2 + hexadecimal, "ADDRESS")
        } else if let Some(text) = rest.strip_prefix("\"\\x") {
            (4 + text.find('"').unwrap_or(0), "CHANCE")
        } else if has_numbers && decimal > 2 {
            (decimal, "NUMBER")
        } else if rest.starts_with("  ") {
            (count(rest, |letter| *letter == ' '), " ")
        } else {
            (decimal.max(letter.len_utf8()), "")
        };
        let (this, behind) = rest.split_at(taken);
        plain += if shown.is_empty() { this } else { shown };
        rest = behind;
    }
    plain
}
