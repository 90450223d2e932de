//! ptrace(2): another process, stopped at the beginning and at the end of each of its calls. Which of the two it is, the kernel tells.
//!
//! ```text
//! $ calls ptrace
//! call begins, call ends: as often, but for the last one
//! the child's getpgid of nobody gave: no such process
//! it ended with 3
//! ```

use spelunk::io::{Result, Write};
use spelunk::linux::process::{Ended, Pid, WaitFlags, WaitFor, getpgid, getpid, kill, spawn, waitid};
use spelunk::linux::signal::Signal;
use spelunk::linux::trace::{self, Call, Stops, Until};
use spelunk::linux::{Errno, retry};

/// No process has it: numbers end at 4194304.
const NOBODY: u64 = i32::MAX as u64;

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let child = spawn(|| {
        let _ = trace::trace_me();
        let _ = kill(getpid(), Some(Signal::STOP));
        let _ = getpgid(Pid::new(NOBODY as i32));
        3
    })?;
    let next = || retry(|| waitid(WaitFor::Process(child), WaitFlags::EXITED | WaitFlags::STOPPED));
    next()?;
    trace::set_stops(child, Stops::CALLS | Stops::KILL_AT_END)?;
    let (mut begun, mut done, mut is_ours, mut gave) = (0, 0, false, 0);
    let ended = loop {
        trace::resume(child, Until::Call, None)?;
        let ended = next()?.ok_or(Errno::CHILD)?.ended;
        if !matches!(ended, Ended::Stopped(_)) {
            break ended;
        }
        match trace::stop(child)?.call {
            Call::Entry { arguments, .. } => {
                begun += 1;
                is_ours = arguments[0] == NOBODY;
            }
            Call::Exit(word) => {
                done += 1;
                gave = if is_ours { word } else { gave };
                is_ours = false;
            }
            Call::None => {}
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
