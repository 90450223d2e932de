//! Programs in a row, each reading what the one before it writes.

use alloc::vec::Vec;

use linux::Result;
use linux::fs::{PipeFlags, pipe};
use linux::process::Ended;
use linux::signal::Signal;

use super::{Child, Command, StartError, Stdio};

/// Programs that run in a row.
#[derive(Debug)]
pub struct Pipeline {
    /// The programs, the first one first; it has the pipe to standard input, the last one those of its output.
    pub children: Vec<Child>,
}

/// Starts programs in a row: each one's standard output leads to the next one's standard input.
///
/// If one cannot be started, those before it are killed and waited for.
///
/// # Errors
/// Those of [`Command::start`].
pub fn pipeline(commands: &mut [Command]) -> core::result::Result<Pipeline, StartError> {
    let mut line = Pipeline { children: Vec::with_capacity(commands.len()) };
    let mut rest = commands.iter_mut().peekable();
    while let Some(command) = rest.next() {
        if let Some(next) = rest.peek_mut() {
            match pipe(PipeFlags::CLOSE_ON_EXEC) {
                Ok((reader, writer)) => {
                    command.stdout(writer);
                    next.stdin(reader);
                }
                Err(errno) => {
                    line.kill();
                    return Err(StartError::new(command.name(), "make a pipe", errno));
                }
            }
        }
        let started = command.start();
        // Our ends of the pipes must go, or nobody would ever see the end of one.
        if rest.peek().is_some() {
            command.stdout(Stdio::Inherit);
        }
        if !line.children.is_empty() {
            command.stdin(Stdio::Inherit);
        }
        match started {
            Ok(child) => line.children.push(child),
            Err(error) => {
                line.kill();
                return Err(error);
            }
        }
    }
    Ok(line)
}

impl Pipeline {
    /// Waits until all have ended; gives how, in their order.
    ///
    /// # Errors
    /// Those of [`Child::wait`].
    pub fn wait(&mut self) -> Result<Vec<Ended>> {
        self.children.iter_mut().map(Child::wait).collect()
    }

    fn kill(&mut self) {
        for child in &mut self.children {
            // One that has ended by itself is as good.
            let _ = child.signal(Signal::KILL);
            let _ = child.wait();
        }
    }
}
