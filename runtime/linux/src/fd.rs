//! Descriptors: one that is owned closes itself, one that is borrowed cannot outlive its owner.
//!
//! The types are our own because `core` has none. They have the size of the kernel's `int`, and -1, which is no
//! descriptor, makes `Option` free.

use crate::{Errno, Result};
use core::fmt;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::num::NonZeroI32;
use core::sync::atomic::{AtomicI32, Ordering};

/// The kernel's number of a descriptor.
pub type RawFd = i32;

/// The current directory, in the place of a directory's descriptor.
#[doc(alias = "AT_FDCWD")]
pub const CWD: BorrowedFd<'static> = BorrowedFd::constant(linux_raw_sys::general::AT_FDCWD);

/// Standard input.
///
/// Whether it is open is the caller's to know; a call on a closed one gives [`Errno::BADF`].
#[doc(alias = "STDIN_FILENO")]
pub const STDIN: BorrowedFd<'static> = BorrowedFd::constant(0);

/// Standard output.
#[doc(alias = "STDOUT_FILENO")]
pub const STDOUT: BorrowedFd<'static> = BorrowedFd::constant(1);

/// Standard error.
#[doc(alias = "STDERR_FILENO")]
pub const STDERR: BorrowedFd<'static> = BorrowedFd::constant(2);

/// An open descriptor that is closed when it is dropped.
#[repr(transparent)]
pub struct OwnedFd(Number);

/// A descriptor that someone else keeps open for `'fd`.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct BorrowedFd<'fd>(Number, PhantomData<&'fd OwnedFd>);

/// Things that have a descriptor.
pub trait AsFd {
    /// Borrows the descriptor.
    fn as_fd(&self) -> BorrowedFd<'_>;
}

impl OwnedFd {
    /// Takes over a descriptor by its number.
    ///
    /// # Safety
    /// The descriptor must be open and nobody else may close it.
    #[inline]
    pub const unsafe fn from_raw(number: RawFd) -> Self {
        Self(Number::new(number))
    }

    /// Gives the number away without closing it.
    #[inline]
    pub fn into_raw(self) -> RawFd {
        ManuallyDrop::new(self).0.get()
    }

    /// Gives the number, which means something only while the descriptor is open.
    #[inline]
    pub const fn as_raw(&self) -> RawFd {
        self.0.get()
    }

    /// Closes the descriptor and says what the kernel says.
    ///
    /// The descriptor is gone whatever the answer, after EINTR too, so there is nothing to repeat.
    ///
    /// # Errors
    /// `IO`, `NOSPC`, `DQUOT`: data written earlier was lost. See `close(2)`.
    pub fn close(self) -> Result<()> {
        close(self.into_raw())
    }

    /// Takes the descriptor that a system call has just made.
    #[inline(always)]
    pub(crate) fn made(word: usize) -> Self {
        Self(Number::new(word as RawFd))
    }
}

impl Drop for OwnedFd {
    #[inline]
    fn drop(&mut self) {
        // A destructor cannot report; `close` is there for those who want to know.
        let _ = close(self.as_raw());
    }
}

impl<'fd> BorrowedFd<'fd> {
    /// Borrows a descriptor by its number.
    ///
    /// # Safety
    /// The descriptor must stay open for `'fd`.
    #[inline]
    pub const unsafe fn from_raw(number: RawFd) -> Self {
        Self::constant(number)
    }

    /// Gives the number.
    #[inline]
    pub const fn as_raw(self) -> RawFd {
        self.0.get()
    }

    #[inline]
    const fn constant(number: RawFd) -> Self {
        Self(Number::new(number), PhantomData)
    }
}

impl AsFd for OwnedFd {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        BorrowedFd(self.0, PhantomData)
    }
}

impl AsFd for BorrowedFd<'_> {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        *self
    }
}

impl<T: AsFd + ?Sized> AsFd for &T {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        (**self).as_fd()
    }
}

impl<T: AsFd + ?Sized> AsFd for &mut T {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        (**self).as_fd()
    }
}

impl fmt::Debug for OwnedFd {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "OwnedFd({})", self.as_raw())
    }
}

impl fmt::Debug for BorrowedFd<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BorrowedFd({})", self.as_raw())
    }
}

/// A place for a descriptor that all of a program reach: in a static, it is what outlives a stack that is left behind, and what a
/// copy of the process can let go of.
#[derive(Debug)]
pub struct Slot(AtomicI32);

impl Slot {
    /// What stands for nothing: no open descriptor has this number.
    const EMPTY: RawFd = -1;

    /// Makes an empty one.
    #[must_use]
    pub const fn new() -> Self {
        Self(AtomicI32::new(Self::EMPTY))
    }

    /// Puts a descriptor there; the one that was there is closed.
    pub fn put(&self, file: OwnedFd) {
        drop(Self::owned(self.0.swap(file.into_raw(), Ordering::AcqRel)));
    }

    /// Takes out the descriptor, if one is there.
    pub fn take(&self) -> Option<OwnedFd> {
        Self::owned(self.0.swap(Self::EMPTY, Ordering::AcqRel))
    }

    fn owned(number: RawFd) -> Option<OwnedFd> {
        // SAFETY: whoever put it there owned it, and it is handed out once: the place holds another number by now.
        (number != Self::EMPTY).then(|| unsafe { OwnedFd::from_raw(number) })
    }
}

impl Default for Slot {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        drop(self.take());
    }
}

fn close(number: RawFd) -> Result<()> {
    // SAFETY: both callers own the descriptor and forget it here.
    match unsafe { syscall!(__NR_close, number) } {
        // Linux has freed the number before it can be interrupted.
        Err(Errno::INTR) | Ok(_) => Ok(()),
        Err(errno) => Err(errno),
    }
}

/// A descriptor's number with all bits turned round, so that -1 is the zero that cannot be.
#[derive(Clone, Copy)]
#[repr(transparent)]
struct Number(NonZeroI32);

impl Number {
    /// Takes any number; -1, which no open descriptor has, becomes another negative one, which fails in the same way.
    #[inline(always)]
    const fn new(number: RawFd) -> Self {
        match NonZeroI32::new(!number) {
            Some(turned) => Self(turned),
            None => Self(NonZeroI32::MAX),
        }
    }

    #[inline(always)]
    const fn get(self) -> RawFd {
        !self.0.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_descriptor_has_the_size_of_an_int_and_a_free_option() {
        assert_eq!(size_of::<OwnedFd>(), 4);
        assert_eq!(size_of::<Option<OwnedFd>>(), 4);
        assert_eq!(size_of::<Option<BorrowedFd<'_>>>(), 4);
        assert_eq!(size_of::<Result<OwnedFd>>(), 8);
    }

    #[test]
    fn a_slot_hands_out_what_was_put_there_once() {
        let slot = Slot::new();
        assert!(slot.take().is_none());
        let (reader, writer) = crate::fs::pipe(crate::fs::PipeFlags::CLOSE_ON_EXEC).unwrap();
        let number = reader.as_raw();
        slot.put(writer);
        slot.put(reader);
        let reader = slot.take().expect("what was put last");
        assert_eq!(reader.as_raw(), number);
        assert_eq!(
            crate::fs::read(&reader, &mut [0]),
            Ok(0),
            "nobody can write any more: the first is closed"
        );
        assert!(slot.take().is_none());
    }

    #[test]
    fn the_number_comes_back() {
        for number in [0, 1, 1023, i32::MAX, -100] {
            assert_eq!(Number::new(number).get(), number);
        }
        assert_eq!(Number::new(-1).get(), i32::MIN, "no number that is ever open");
    }
}
