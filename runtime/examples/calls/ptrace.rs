//! ptrace(2): another process, stopped at the beginning and at the end of each of its calls. Which of the two it is, the kernel tells.
//!
//! ```text
//! $ calls ptrace
//! call begins, call ends: as often, but for the last one
//! the child's getpgid of nobody gave: no such process
//! it ended with 3
//! ```

use spelunk::io::{Result, Write};
use spelunk::linux::process::{Pid, getpgid, getpid, kill, spawn};
use spelunk::linux::signal::Signal;
use spelunk::linux::trace::{Halt, Stops, Tracee, Until, trace_me};
use spelunk::linux::{Errno, retry};

/// No process has it: numbers end at 4194304.
const NOBODY: u64 = i32::MAX as u64;

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let child = spawn(|| {
        let _ = trace_me();
        let _ = kill(getpid(), Some(Signal::STOP));
        let _ = getpgid(Pid::new(NOBODY as i32));
        3
    })?;
    let mut tracee = Tracee::started(child, Stops::CALLS | Stops::KILL_AT_END)?;
    let (mut begun, mut done, mut is_ours, mut gave) = (0, 0, false, 0);
    let ended = loop {
        tracee.resume(Until::Call, None)?;
        match retry(|| tracee.wait())? {
            Halt::Ended(ended) => break ended,
            Halt::Entry { arguments, .. } => {
                begun += 1;
                is_ours = arguments[0] == NOBODY;
            }
            Halt::Exit(word) => {
                done += 1;
                gave = if is_ours { word } else { gave };
                is_ours = false;
            }
            _ => {}
        }
    };
    // It does not come back from exit.
    let is_even = begun == done + 1 || begun == done;
    writeln!(
        out,
        "call begins, call ends: {}",
        if is_even { "as often, but for the last one" } else { "not as often" }
    )?;
    let errno = Errno::from_word(gave as isize).ok_or(Errno::IO)?;
    writeln!(out, "the child's getpgid of nobody gave: {errno}")?;
    writeln!(out, "it ended with {}", ended.shell_status())
}
