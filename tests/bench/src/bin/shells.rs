//! Measures shells on one script: the arguments are how often, the script, and each shell, whose words spaces separate.
//!
//! Prints a line a shell: the least milliseconds on the processor, those of its children included, and the last number that
//! the script has printed, or 0. The shells take turns, so that a busy host shifts all alike.

use std::io::{Error, Read, Result};
use std::process::{Command, ExitCode, Stdio};

use linux::process::{Ended, Pid, WaitFlags, wait4};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [rounds, script, shells @ ..] = words.as_slice() else { return ExitCode::FAILURE };
    let mut least = vec![(f64::MAX, 0.0); shells.len()];
    for _ in 0..rounds.parse().unwrap_or(1) {
        for (least, shell) in least.iter_mut().zip(shells) {
            match run(shell, script) {
                Ok((time, number)) => *least = (least.0.min(time), number),
                Err(error) => {
                    eprintln!("shells: {shell} {script}: {error}");
                    return ExitCode::FAILURE;
                }
            }
        }
    }
    for (time, number) in least {
        println!("{time:.3} {number}");
    }
    ExitCode::SUCCESS
}

fn run(shell: &str, script: &str) -> Result<(f64, f64)> {
    let mut words = shell.split(' ');
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).arg(script).stdin(Stdio::null()).stdout(Stdio::piped());
    command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C");
    let mut child = command.spawn()?;
    let mut text = String::new();
    if let Some(mut output) = child.stdout.take() {
        output.read_to_string(&mut text)?;
    }
    let pid = i32::try_from(child.id()).ok().and_then(Pid::new);
    let ended = wait4(pid, WaitFlags::empty()).map_err(|errno| Error::other(errno.to_string()))?;
    let Some((_, Ended::Exited(0), usage)) = ended else {
        return Err(Error::other(format!("ended with {ended:?}")));
    };
    let number = text.lines().next_back().and_then(|line| line.parse().ok()).unwrap_or(0.0);
    Ok(((usage.user + usage.system).as_secs_f64() * 1e3, number))
}
