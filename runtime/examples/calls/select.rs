//! select(2): a bit for each descriptor below 1024. One that is higher is refused here; in C it writes past the set. What is left of
//! the limit comes back.
//!
//! ```text
//! $ calls select
//! nothing to read: 0 ready, nothing left of 5 ms: true
//! with a byte in the pipe: 2 ready, some of 1000 s left: true
//! the descriptor 1024: invalid argument
//! ```

use core::time::Duration;

use spelunk::io::{Result, Write};
use spelunk::linux::fs::{PipeFlags, dup_at_least, pipe, write};
use spelunk::linux::poll::{Selection, pselect};

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let (reader, writer) = pipe(PipeFlags::CLOSE_ON_EXEC)?;
    let (mut readable, mut writable) = (Selection::EMPTY, Selection::EMPTY);
    readable.add(&reader)?;
    let (count, left) = pselect(&mut readable, &mut writable, Some(Duration::from_millis(5)))?;
    writeln!(out, "nothing to read: {count} ready, nothing left of 5 ms: {}", left == Some(Duration::ZERO))?;
    write(&writer, b"x")?;
    // What was not ready has gone out of the set.
    readable.add(&reader)?;
    writable.add(&writer)?;
    let (count, left) = pselect(&mut readable, &mut writable, Some(Duration::from_secs(1000)))?;
    let is_left = left.is_some_and(|left| left > Duration::ZERO);
    writeln!(out, "with a byte in the pipe: {count} ready, some of 1000 s left: {is_left}")?;
    match dup_at_least(&reader, 1024).and_then(|high| readable.add(high)) {
        Ok(()) => writeln!(out, "it has room"),
        Err(errno) => writeln!(out, "the descriptor 1024: {errno}"),
    }
}
