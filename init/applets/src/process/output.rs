//! What a command prints, taken whole.

use alloc::vec::Vec;

use linux::fd::{AsFd, OwnedFd};
use linux::fs::{PipeFlags, pipe};
use linux::process::{CloneFlags, Step};

use super::launch;
use crate::{Input, Io, Status};

/// Runs a command and gives all that it prints on these descriptors, and its status.
pub(crate) fn of(io: &mut Io<'_>, words: &[&[u8]], taken: &[i32]) -> Result<(Vec<u8>, Status), Status> {
    let failed = |io: &mut Io<'_>, errno| io.complain(b"pipe", &errno);
    let (reader, writer): (OwnedFd, OwnedFd) =
        pipe(PipeFlags::CLOSE_ON_EXEC).map_err(|errno| failed(io, errno))?;
    let steps: Vec<Step<'_>> = taken.iter().map(|number| Step::Put(writer.as_fd(), *number)).collect();
    // Without /bin/sh there may be our own.
    let own = words.get(1..).map(|rest| [&[&b"sh"[..]], rest].concat()).unwrap_or_default();
    let has_shell = words.first() != Some(&&b"/bin/sh"[..]) || linux::fs::stat("/bin/sh").is_ok();
    let child = launch::child(io, if has_shell { words } else { &own }, &steps, CloneFlags::empty(), None)?;
    drop(writer);
    let mut output = Vec::new();
    let read = Input::Descriptor(reader.as_fd()).read_all(&mut output);
    read.map_err(|errno| failed(io, errno))?;
    Ok((output, launch::end(io, child)))
}
