//! How deep the program may recurse: what is nested deeper than the stack has room for is refused, not a crash.

use core::hint::black_box;

/// The stack's use, measured from where the shell began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Depth {
    top: usize,
    room: usize,
}

impl Depth {
    /// Begins here, with so many bytes of stack to use.
    pub(crate) fn new(room: usize) -> Self {
        Self { top: address(), room }
    }

    /// Says whether the room is used up.
    pub(crate) fn is_spent(self) -> bool {
        self.top.saturating_sub(address()) > self.room
    }
}

/// Gives an address on the stack, which grows downwards on every processor that Linux runs on here.
#[inline(never)]
fn address() -> usize {
    let mark = 0_u8;
    black_box(&raw const mark).addr()
}
