//! Measures a process's start, from the call to the end of its program, by our way and by that of Rust's std: the argument is
//! the program; the second one is how many MiB this process holds meanwhile.
//!
//! Prints the least microseconds of each. The two take turns, so that a busy host shifts both alike.

use std::hint::black_box;
use std::os::unix::ffi::OsStrExt;
use std::process::ExitCode;
use std::time::Instant;

/// Runs of each.
const ROUNDS: usize = 600;

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    let Some(program) = words.first() else { return ExitCode::FAILURE };
    let held = words.get(1).and_then(|word| word.to_str()?.parse::<usize>().ok()).unwrap_or(0);
    let memory = vec![1_u8; held << 20];
    let mut ours = io::process::Command::new(program.as_bytes());
    ours.stdout(io::process::Stdio::Null);
    let mut theirs = std::process::Command::new(program);
    theirs.stdout(std::process::Stdio::null()).env_clear();
    let (mut least, mut their_least) = (f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let ended = ours.start().map(|mut child| child.wait());
        least = least.min(start.elapsed().as_secs_f64() * 1e6);
        if !matches!(ended, Ok(Ok(io::process::Ended::Exited(0)))) {
            eprintln!("spawn: {ended:?}");
            return ExitCode::FAILURE;
        }
        let start = Instant::now();
        let ended = theirs.status();
        their_least = their_least.min(start.elapsed().as_secs_f64() * 1e6);
        if !ended.is_ok_and(|status| status.success()) {
            return ExitCode::FAILURE;
        }
    }
    black_box(&memory);
    println!("{least:.2} {their_least:.2}");
    ExitCode::SUCCESS
}
