//! Runs programs in a row, joined by pipes, for a limited time: the milliseconds, then the programs with `:` between them.
//!
//! They are started as by vfork, so that it costs the same however large this program is; a step that fails is told.
//!
//! ```text
//! $ spawn 10000 echo a b a : tr ' ' '\n' : sort -u
//! a
//! b
//! exited 0, exited 0, exited 0
//! $ spawn 100 sleep 60
//! killed by SIGKILL
//! $ spawn 1000 true : no-such-program; echo "status $?"
//! start no-such-program: execute: no such file or directory
//! status 1
//! ```

#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;
use core::error::Error;
use core::time::Duration;

use alloc::boxed::Box;
use spelunk::io::process::{Command, Ended, pipeline};
use spelunk::io::{self, Errno, Write};
use spelunk::linux::signal::Signal;
use spelunk::linux::time;
use spelunk::{Arguments, Environment};

spelunk::program!(main);

fn main(arguments: Arguments, environment: Environment) -> i32 {
    match run(arguments, environment) {
        Ok(()) => 0,
        Err(error) => {
            // Nobody is left to be told of this one's failure.
            let _ = writeln!(io::stderr(), "{error}");
            1
        }
    }
}

fn run(arguments: Arguments, environment: Environment) -> Result<(), Box<dyn Error>> {
    let words: Vec<&[u8]> = arguments.skip(1).map(|word| word.to_bytes()).collect();
    let (limit, words) =
        words.split_first().ok_or("spawn MILLISECONDS PROGRAM [ARGUMENT]... [: PROGRAM...]...")?;
    let limit = Duration::from_millis(core::str::from_utf8(limit)?.parse()?);
    let end = time::monotonic() + limit;
    let mut commands = Vec::new();
    for words in words.split(|word| *word == b":") {
        let (program, arguments) = words.split_first().ok_or("a program is missing")?;
        let mut command = Command::new(program);
        command.arguments(arguments).environment(environment);
        commands.push(command);
    }
    let mut row = pipeline(&mut commands)?;
    let said = |errno: Errno| Box::<dyn Error>::from(errno.text().unwrap_or("an unknown error"));
    let mut ends = Vec::new();
    for child in &mut row.children {
        let left = end.saturating_sub(time::monotonic());
        let ended = match child.wait_for(left).map_err(said)? {
            Some(ended) => ended,
            None => {
                child.signal(Signal::KILL).map_err(said)?;
                child.wait().map_err(said)?
            }
        };
        ends.push(ended);
    }
    let mut out = io::stdout();
    for (number, ended) in ends.iter().enumerate() {
        let separator = if number > 0 { ", " } else { "" };
        let written = match ended {
            Ended::Exited(status) => write!(out, "{separator}exited {status}"),
            Ended::Killed(signal) | Ended::Dumped(signal) => write!(out, "{separator}killed by {signal}"),
            other => write!(out, "{separator}{other:?}"),
        };
        written.map_err(said)?;
    }
    writeln!(out).and_then(|()| out.finish()).map_err(said)
}
