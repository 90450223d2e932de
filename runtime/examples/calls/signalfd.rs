//! signalfd(2): signals as something to read. They are held back first, else they come as signals.
//!
//! ```text
//! $ calls signalfd
//! SIGUSR1 comes over the list, sent by ourselves: true
//! SIGCHLD with the status 5
//! ```

use spelunk::io::{Result, Write};
use spelunk::linux::poll::{PollFd, PollFlags, poll};
use spelunk::linux::process::{WaitFlags, WaitFor, getpid, kill, spawn, waitid};
use spelunk::linux::retry;
use spelunk::linux::signal::{
    MaskHow, Signal, SignalSet, SignalfdFlags, read_signals, signalfd, sigprocmask,
};

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let set = SignalSet::of(&[Signal::USR1, Signal::CHLD]);
    let former = sigprocmask(MaskHow::Block, Some(set))?;
    let descriptor = signalfd(set, SignalfdFlags::CLOSE_ON_EXEC)?;
    let mut came = [None; 4];
    kill(getpid(), Some(Signal::USR1))?;
    retry(|| poll(&mut [PollFd::new(&descriptor, PollFlags::IN)], None))?;
    read_signals(&descriptor, &mut came)?;
    if let Some(one) = came[0] {
        let is_own = one.pid == getpid().get().cast_unsigned();
        writeln!(out, "{} comes over the list, sent by ourselves: {is_own}", one.signal)?;
    }
    let child = spawn(|| 5)?;
    read_signals(&descriptor, &mut came)?;
    if let Some(one) = came[0] {
        writeln!(out, "{} with the status {}", one.signal, one.status)?;
    }
    retry(|| waitid(WaitFor::Process(child), WaitFlags::EXITED))?;
    sigprocmask(MaskHow::Set, Some(former)).map(drop)
}
