//! What a new process that shares this one's memory is told.

/// A system call that comes back twice, and what is called on the second return; in memory, since the second one has
/// another stack.
#[repr(C)]
#[derive(Debug)]
pub struct Branch {
    /// The call's number: `clone` or `clone3`.
    pub number: usize,
    /// Its first five arguments; the new stack among them, its end a multiple of 16.
    pub arguments: [usize; 5],
    /// What the new process calls there; it never returns.
    pub entry: unsafe extern "C" fn(usize) -> !,
    /// What it is given.
    pub argument: usize,
}
