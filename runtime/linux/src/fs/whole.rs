//! Whole buffers over short counts and interruptions.

use super::transfer::{read, write};
use crate::fd::AsFd;
use crate::{Errno, Result, retry};

/// Reads until the buffer is full or the file ends; gives how many bytes, repeating what a signal interrupts.
///
/// # Errors
/// Those of `read(2)` but `INTR`; what had been read by then is in the buffer and its count is lost.
pub fn read_full(file: impl AsFd, buffer: &mut [u8]) -> Result<usize> {
    let mut done = 0;
    while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match retry(|| read(&file, rest))? {
            0 => break,
            count => done += count,
        }
    }
    Ok(done)
}

/// Writes all bytes, repeating what a signal interrupts.
///
/// # Errors
/// Those of `write(2)` but `INTR`; `IO` if the file takes nothing.
pub fn write_all(file: impl AsFd, mut bytes: &[u8]) -> Result<()> {
    while !bytes.is_empty() {
        match retry(|| write(&file, bytes))? {
            0 => return Err(Errno::IO),
            count => bytes = bytes.get(count..).unwrap_or_default(),
        }
    }
    Ok(())
}
