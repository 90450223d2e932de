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
use spelunk::linux::retry;
use spelunk::linux::trace::{Halt, Stops, Tracee, Until};
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
    let mut tracee = Tracee::started(pid, Stops::CALLS)?;
    let (mut signal, mut in_call) = (None, false);
    loop {
        tracee.resume(Until::Call, signal.take())?;
        let halt = retry(|| tracee.wait())?;
        if in_call && !matches!(halt, Halt::Exit(_)) {
            // It does not come back.
            writeln!(out)?;
        }
        in_call = matches!(halt, Halt::Entry { .. });
        match halt {
            Halt::Entry { number, arguments: [a, b, c, d, e, f] } => {
                write!(out, "{number}({a:#x}, {b:#x}, {c:#x}, {d:#x}, {e:#x}, {f:#x})")?;
            }
            Halt::Exit(word @ -4095..0) => match Errno::from_word(word as isize).and_then(Errno::name) {
                Some(name) => writeln!(out, " = -{name}")?,
                None => writeln!(out, " = {word}")?,
            },
            Halt::Exit(word) => writeln!(out, " = {word:#x}")?,
            Halt::Signal(comes) => {
                writeln!(out, "{comes} comes")?;
                signal = Some(comes);
            }
            Halt::Ended(ended) => {
                match ended {
                    Ended::Killed(signal) | Ended::Dumped(signal) => writeln!(out, "killed by {signal}")?,
                    ended => writeln!(out, "exited {}", ended.shell_status())?,
                }
                return Ok(ended.shell_status());
            }
            _ => {}
        }
    }
}
