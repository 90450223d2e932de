//! The words of the command line.

use core::ffi::{CStr, c_char};

/// The program's arguments, the first being its own name; they live as long as the process.
///
/// There may be none at all: `execve` does not insist on a name.
#[derive(Clone, Copy, Debug)]
pub struct Arguments {
    next: *const *const c_char,
    left: usize,
}

impl Arguments {
    /// # Safety
    /// `first` points at `count` pointers to strings; pointers and strings live forever.
    pub(crate) const unsafe fn new(first: *const *const c_char, count: usize) -> Self {
        Self { next: first, left: count }
    }
}

impl Iterator for Arguments {
    type Item = &'static CStr;

    fn next(&mut self) -> Option<&'static CStr> {
        self.left = self.left.checked_sub(1)?;
        // SAFETY: at least one pointer was left.
        let word = unsafe { *self.next };
        // SAFETY: as above.
        self.next = unsafe { self.next.add(1) };
        // SAFETY: the kernel's string, which lives forever.
        Some(unsafe { CStr::from_ptr(word) })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Arguments {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_in_order_and_then_no_more() {
        let words = [c"ls".as_ptr(), c"".as_ptr()];
        // SAFETY: two strings.
        let mut arguments = unsafe { Arguments::new(words.as_ptr(), 2) };
        assert_eq!(arguments.len(), 2);
        assert_eq!(arguments.next(), Some(c"ls"));
        assert_eq!(arguments.next(), Some(c""));
        assert_eq!((arguments.next(), arguments.next()), (None, None));
    }

    #[test]
    fn there_may_be_none() {
        // SAFETY: no string is claimed.
        assert_eq!(unsafe { Arguments::new(core::ptr::null(), 0) }.next(), None);
    }
}
