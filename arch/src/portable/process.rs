//! A system call that comes back twice: for threads, and for processes that share this one's memory.

/// A system call that comes back twice, and what is called on the second return; in memory, since the second one has
/// another stack.
#[repr(C)]
#[derive(Debug)]
pub struct Branch {
    /// The call's number: `clone` or `clone3`.
    pub number: usize,
    /// Its first five arguments; the new stack among them, its end a multiple of 16.
    pub arguments: [usize; 5],
    /// What the new thread calls there; it never returns.
    pub entry: unsafe extern "C" fn(usize) -> !,
    /// What it is given.
    pub argument: usize,
}

/// Defines `branch` from its instructions: they put the number and the arguments into their registers, make the call, return
/// in the old thread, and in the new one call the entry with its argument, without a frame above it.
macro_rules! define_branch {
    ($($instruction:literal),+ $(,)?) => {
        /// Makes the system call; gives the kernel's word in the old thread. The new one calls the entry.
        ///
        /// # Safety
        /// The call must be sound with its arguments; `branch` and the new stack must live until the new thread has
        /// another memory or has ended; a thread in this memory needs `branch` no longer than until its entry runs.
        #[unsafe(naked)]
        pub unsafe extern "C" fn branch(branch: *const Branch) -> isize {
            core::arch::naked_asm!($($instruction),+)
        }
    };
}

pub(crate) use define_branch;
