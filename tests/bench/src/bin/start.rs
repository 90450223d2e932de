//! Measures how long programs take from execve to exit: each argument is a program, run with its output dropped.
//!
//! Prints a line a program: least and median microseconds of a run. The order changes every round, so that a busy
//! host shifts all alike.

use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

/// Runs of each program.
const ROUNDS: usize = 400;

fn main() -> ExitCode {
    let programs: Vec<String> = std::env::args().skip(1).collect();
    let mut times = vec![Vec::with_capacity(ROUNDS); programs.len()];
    let mut order: Vec<usize> = (0..programs.len()).collect();
    for round in 0..ROUNDS {
        // A different neighbour each round.
        let count = order.len().max(1);
        order.rotate_left(1 % count);
        order.swap(round % count, (round * 7 + 3) % count);
        for &at in &order {
            match run(&programs[at]) {
                Ok(time) => times[at].push(time),
                Err(error) => {
                    eprintln!("start: {}: {error}", programs[at]);
                    return ExitCode::FAILURE;
                }
            }
        }
    }
    for times in &mut times {
        times.sort_by(f64::total_cmp);
        println!("{:.2} {:.2}", times[0], times[times.len() / 2]);
    }
    ExitCode::SUCCESS
}

fn run(program: &str) -> std::io::Result<f64> {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).env_clear();
    let start = Instant::now();
    command.status()?;
    Ok(start.elapsed().as_secs_f64() * 1e6)
}
