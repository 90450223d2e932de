//! clone(2): a process has a copy of the memory, a thread has the memory itself, and a descriptor stands for either.
//!
//! ```text
//! $ calls clone
//! a process counted; here it is still 0
//! its descriptor became ready when it ended with 3
//! a thread counted; here it is 1
//! ```

use core::sync::atomic::{AtomicU32, Ordering};

use spelunk::io::{Result, Write};
use spelunk::linux::poll::{PollFd, PollFlags, poll};
use spelunk::linux::process::{PidfdFlags, WaitFlags, WaitFor, pidfd_open, spawn, waitid};
use spelunk::linux::{Errno, retry};
use spelunk::thread;

static COUNT: AtomicU32 = AtomicU32::new(0);

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let child = spawn(|| {
        COUNT.fetch_add(1, Ordering::Relaxed);
        3
    })?;
    let descriptor = pidfd_open(child, PidfdFlags::empty())?;
    retry(|| poll(&mut [PollFd::new(&descriptor, PollFlags::IN)], None))?;
    let ended = retry(|| waitid(WaitFor::Process(child), WaitFlags::EXITED))?.ok_or(Errno::CHILD)?.ended;
    writeln!(out, "a process counted; here it is still {}", COUNT.load(Ordering::Relaxed))?;
    writeln!(out, "its descriptor became ready when it ended with {}", ended.shell_status())?;
    // The kernel clears a word of the thread's when it ends, and wakes who joins it.
    thread::spawn(|| COUNT.fetch_add(1, Ordering::Relaxed))?.join();
    writeln!(out, "a thread counted; here it is {}", COUNT.load(Ordering::Relaxed))
}
