//! mq_open(2), mq_timedsend(2), mq_timedreceive(2): messages by priority. The kernel's names have no slash; the C library's have
//! one, which it takes away.
//!
//! ```text
//! $ calls queue
//! first comes 9: high
//! then comes 1: low
//! a full queue, and a time that is past: timed out
//! ```

use alloc::format;

use spelunk::io::{Result, Write};
use spelunk::linux::fs::{Mode, OpenFlags};
use spelunk::linux::ipc::{QueueAttributes, mq_open, mq_receive, mq_send, mq_unlink};
use spelunk::linux::process::getpid;
use spelunk::linux::time::Timespec;

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let name = format!("spelunk-calls-{}", getpid().get());
    let name = name.as_str();
    let how = OpenFlags::READ_WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::CLOSE_ON_EXEC;
    let queue = mq_open(name, how, Mode::octal(0o600), Some(&QueueAttributes::new(2, 16)))?;
    // It goes with the descriptor.
    mq_unlink(name)?;
    mq_send(&queue, b"low", 1, None)?;
    mq_send(&queue, b"high", 9, None)?;
    let past = Some(Timespec { seconds: 1, nanoseconds: 0 });
    let full = mq_send(&queue, b"more", 0, past);
    let mut buffer = [0; 16];
    for word in ["first", "then"] {
        let (count, priority) = mq_receive(&queue, &mut buffer, None)?;
        let text = buffer.get(..count).and_then(|bytes| str::from_utf8(bytes).ok());
        writeln!(out, "{word} comes {priority}: {}", text.unwrap_or("?"))?;
    }
    match full {
        Ok(()) => writeln!(out, "there was room"),
        Err(errno) => writeln!(out, "a full queue, and a time that is past: {errno}"),
    }
}
