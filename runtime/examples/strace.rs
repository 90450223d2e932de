//! Shows the system calls of a program, by their numbers on this processor, with what they gave, on standard error.
//!
//! ```text
//! $ strace echo hello 2> calls
//! hello
//! $ grep -c '^[0-9]*([0-9a-fx, ]*)' calls | sed 's/^[1-9][0-9]*$/many/'
//! many
//! $ tail -n 1 calls
//! exited 0
//! $ strace sh -c 'kill -TERM $$' 2>&1 | tail -n 2
//! SIGTERM comes
//! killed by SIGTERM
//! $ strace no-such-program; echo "status $?"
//! start no-such-program: execute: no such file or directory
//! status 1
//! ```

#![no_std]
#![no_main]

use core::fmt;

use spelunk::io::process::{Command, Ended, Pid};
use spelunk::io::{self, BufWriter, Errno, Result, Write};
use spelunk::linux::process::{WaitFlags, WaitFor, waitid};
use spelunk::linux::retry;
use spelunk::linux::trace::{self, Call, Stops, Until};
use spelunk::{Arguments, Environment};

spelunk::program!(main);

fn main(arguments: Arguments, environment: Environment) -> i32 {
    let mut words = arguments.skip(1).map(|word| word.to_bytes());
    let Some(program) = words.next() else { return fail(&"strace PROGRAM [ARGUMENT]...") };
    let mut command = Command::new(program);
    command.arguments(words).environment(environment).traced();
    let child = match command.start() {
        Ok(child) => child,
        Err(error) => return fail(&error),
    };
    let mut out = BufWriter::<_, 4096>::new(io::stderr());
    match follow(child.pid(), &mut out).and_then(|status| out.finish().map(|()| status)) {
        Ok(status) => status,
        Err(errno) => fail(&errno),
    }
}

fn fail(why: &dyn fmt::Display) -> i32 {
    // Nobody is left to be told of this one's failure.
    let _ = writeln!(io::stderr(), "{why}");
    1
}

/// Follows a program from the stop at its start to its end; gives its status as a shell shows it.
fn follow(pid: Pid, out: &mut impl Write) -> Result<i32> {
    let next = || retry(|| waitid(WaitFor::Process(pid), WaitFlags::EXITED | WaitFlags::STOPPED));
    next()?;
    trace::set_stops(pid, Stops::CALLS)?;
    let (mut signal, mut in_call) = (None, false);
    loop {
        trace::resume(pid, Until::Call, signal.take())?;
        let child = next()?.ok_or(Errno::CHILD)?;
        let call = match child.ended {
            Ended::Stopped(_) => trace::stop(pid)?.call,
            _ => Call::None,
        };
        if in_call && !matches!(call, Call::Exit(_)) {
            // It does not come back.
            writeln!(out)?;
        }
        in_call = matches!(call, Call::Entry { .. });
        match (child.ended, call) {
            (Ended::Stopped(stopped), Call::None) => {
                writeln!(out, "{stopped} comes")?;
                signal = Some(stopped);
            }
            (Ended::Stopped(_), call) => tell(call, out)?,
            (Ended::Exited(status), _) => writeln!(out, "exited {status}")?,
            (Ended::Killed(signal) | Ended::Dumped(signal), _) => writeln!(out, "killed by {signal}")?,
            (Ended::Continued, _) => continue,
        }
        if !matches!(child.ended, Ended::Stopped(_)) {
            return Ok(child.ended.shell_status());
        }
    }
}

/// Tells of a call: its number and arguments when it is made, on the same line what it gave.
fn tell(call: Call, out: &mut impl Write) -> Result<()> {
    match call {
        Call::Entry { number, arguments: [a, b, c, d, e, f] } => {
            write!(out, "{number}({a:#x}, {b:#x}, {c:#x}, {d:#x}, {e:#x}, {f:#x})")
        }
        Call::Exit(word @ -4095..0) => match Errno::from_word(word as isize).and_then(Errno::name) {
            Some(name) => writeln!(out, " = -{name}"),
            None => writeln!(out, " = {word}"),
        },
        Call::Exit(word) => writeln!(out, " = {word:#x}"),
        Call::None => Ok(()),
    }
}
