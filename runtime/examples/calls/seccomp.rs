//! seccomp(2): a process that may read, write and exit, and no more; and one whose calls a filter answers.
//!
//! In the strict mode exit(2) is left, exit_group(2) is not: a C library's `_exit` is killed.
//!
//! ```text
//! $ calls seccomp
//! strict, exit: ended with 0
//! strict, exit_group: killed by SIGKILL
//! a filter's answer to getpgid(4711): no space left on device
//! ```

use core::fmt;

use spelunk::io::{Result, Write};
use spelunk::linux::net::FilterInstruction;
use spelunk::linux::process::{
    Ended, Pid, WaitFlags, WaitFor, exit_group, getpgid, set_no_new_privileges, spawn, waitid,
};
use spelunk::linux::security::{self, Filter, Refusal};
use spelunk::linux::{Errno, retry, thread};

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let exit = child(|| match security::set_strict() {
        // SAFETY: a child has this thread alone, and nothing to leave in order.
        Ok(()) => unsafe { thread::exit() },
        Err(_) => 1,
    })?;
    writeln!(out, "strict, exit: {}", Shown(exit))?;
    let group = child(|| match security::set_strict() {
        Ok(()) => exit_group(0),
        Err(_) => 1,
    })?;
    writeln!(out, "strict, exit_group: {}", Shown(group))?;
    let filtered = child(|| match filtered() {
        Ok(answer) => answer.err().map_or(0, |errno| i32::from(errno.number())),
        Err(_) => 255,
    })?;
    let errno = u16::try_from(filtered.shell_status()).ok().and_then(Errno::new);
    match errno {
        Some(errno) => writeln!(out, "a filter's answer to getpgid(4711): {errno}"),
        None => writeln!(out, "the filter let it through"),
    }
}

/// Has a filter answer all calls whose first argument is 4711; gives what such a call gives, and another does not.
fn filtered() -> Result<Result<()>> {
    /// Load a word: the low one of the first argument, on little-endian processors.
    const LOAD_ARGUMENT: FilterInstruction = instruction(0x20, 16);
    /// End with a word.
    const RETURN: u16 = 0x06;
    set_no_new_privileges()?;
    security::set_filter(Filter::new(&[
        LOAD_ARGUMENT,
        FilterInstruction { jump_false: 1, ..instruction(0x15, 4711) },
        instruction(RETURN, Refusal::Error(Errno::NOSPC).word()),
        instruction(RETURN, security::ALLOW),
    ])?)?;
    getpgid(None)?;
    Ok(getpgid(Pid::new(4711)).map(drop))
}

const fn instruction(code: u16, k: u32) -> FilterInstruction {
    FilterInstruction { code, jump_true: 0, jump_false: 0, k }
}

fn child(body: impl FnOnce() -> i32) -> Result<Ended> {
    let child = spawn(body)?;
    Ok(retry(|| waitid(WaitFor::Process(child), WaitFlags::EXITED))?.ok_or(Errno::CHILD)?.ended)
}

struct Shown(Ended);

impl fmt::Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Ended::Killed(signal) | Ended::Dumped(signal) => write!(formatter, "killed by {signal}"),
            other => write!(formatter, "ended with {}", other.shell_status()),
        }
    }
}
