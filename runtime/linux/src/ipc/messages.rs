//! Queues of System V, whose messages have a kind each: msgget(2), msgop(2).

use super::{GetFlags, NO_WAIT, REMOVE};
use crate::fs::Mode;
use crate::{Errno, Result};
use core::mem::MaybeUninit;

/// The longest message that is sent and received here: what kernels allow unless they are told otherwise (msgmax).
pub const MESSAGE_BYTES: usize = 8192;

flags! {
    /// How a message is sent or received.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct MessageQueueFlags: u32 {
        /// IPC_NOWAIT: `AGAIN` (sending) or `NOMSG` (receiving) in place of waiting.
        const NO_WAIT = NO_WAIT;
        /// MSG_NOERROR: a message that is too long is cut.
        const CUT = 0o10000;
        const _ = !0;
    }
}

/// A message in the kernel's shape.
#[repr(C)]
struct Message {
    kind: isize,
    bytes: [MaybeUninit<u8>; MESSAGE_BYTES],
}

abi!(Message starts "struct msgbuf" { kind: "mtype" });

/// Finds the queue of a key, or makes it; gives its number.
///
/// # Errors
/// `NOENT`, `EXIST`, `ACCES`, `NOSPC`, `NOMEM`; `NOSYS` in a kernel without it. See `msgget(2)`.
pub fn msgget(key: i32, flags: GetFlags, mode: Mode) -> Result<i32> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_msgget, key, flags.bits() | mode.bits()) }.map(|number| number as i32)
}

/// Sends a message of a kind, a positive number.
///
/// # Errors
/// `AGAIN`, `INVAL` (the kind, the length, the number), `ACCES`, `IDRM`, `INTR`. See `msgsnd(2)`.
pub fn msgsnd(number: i32, kind: isize, bytes: &[u8], flags: MessageQueueFlags) -> Result<()> {
    let mut message = Message { kind, bytes: [MaybeUninit::uninit(); MESSAGE_BYTES] };
    let room = message.bytes.get_mut(..bytes.len()).ok_or(Errno::INVAL)?;
    for (to, from) in room.iter_mut().zip(bytes) {
        to.write(*from);
    }
    // SAFETY: the kernel reads the kind and so many bytes, which were written.
    unsafe { syscall!(__NR_msgsnd, number, &raw const message, bytes.len(), flags.bits()) }.map(drop)
}

/// Receives the first message of a kind (0: of any; less than 0: of the least kind up to that), and gives its kind and its
/// length.
///
/// # Errors
/// `NOMSG`, `2BIG` (longer than the buffer), `ACCES`, `IDRM`, `INTR`, `INVAL`. See `msgrcv(2)`.
pub fn msgrcv(
    number: i32,
    kind: isize,
    buffer: &mut [u8],
    flags: MessageQueueFlags,
) -> Result<(isize, usize)> {
    let mut message = Message { kind: 0, bytes: [MaybeUninit::uninit(); MESSAGE_BYTES] };
    let room = buffer.len().min(MESSAGE_BYTES);
    // SAFETY: the kernel writes the kind and at most so many bytes.
    let count =
        unsafe { syscall!(__NR_msgrcv, number, &raw mut message, room, kind as usize, flags.bits()) }?;
    for (to, from) in buffer.iter_mut().zip(message.bytes).take(count) {
        // SAFETY: the kernel has written so many.
        *to = unsafe { from.assume_init() };
    }
    Ok((message.kind, count))
}

/// Removes a queue; who waits gets `IDRM`.
///
/// # Errors
/// `INVAL`, `PERM`, `IDRM`. See `msgctl(2)`, IPC_RMID.
#[doc(alias = "msgctl")]
pub fn msgremove(number: i32) -> Result<()> {
    // SAFETY: integers only; no structure is asked for.
    unsafe { syscall!(__NR_msgctl, number, REMOVE, 0_usize) }.map(drop)
}
