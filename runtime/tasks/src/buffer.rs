//! Memory that is given away to the kernel, and comes back.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem::MaybeUninit;

/// Bytes that can be given away to be written.
///
/// # Safety
/// The bytes are valid until the value is dropped, and stay where they are when it is moved.
pub unsafe trait OwnedBytes: Unpin + 'static {
    /// Gives the bytes.
    fn bytes(&self) -> &[u8];
}

/// A buffer that can be given away to be read into.
///
/// # Safety
/// As of [`OwnedBytes`], also for the room; and nobody else has the room.
pub unsafe trait OwnedBuffer: OwnedBytes {
    /// Gives the room, from its start, whatever it holds.
    fn room(&mut self) -> &mut [MaybeUninit<u8>];

    /// Hears that so many bytes were written, from its start.
    ///
    /// # Safety
    /// They were.
    unsafe fn filled(&mut self, count: usize);
}

// SAFETY: the heap's memory stays where it is.
unsafe impl OwnedBytes for Vec<u8> {
    fn bytes(&self) -> &[u8] {
        self
    }
}

/// What it held is replaced: its capacity is the room.
// SAFETY: as above.
unsafe impl OwnedBuffer for Vec<u8> {
    fn room(&mut self) -> &mut [MaybeUninit<u8>] {
        self.clear();
        self.spare_capacity_mut()
    }

    unsafe fn filled(&mut self, count: usize) {
        // SAFETY: as the caller says, they were written.
        unsafe { self.set_len(count) };
    }
}

macro_rules! slices {
    ($($kind:ty),*) => {$(
        // SAFETY: the bytes are not in the value itself.
        unsafe impl OwnedBytes for $kind {
            fn bytes(&self) -> &[u8] {
                self
            }
        }

        /// All of it is room, and stays to be seen.
        // SAFETY: as above.
        unsafe impl OwnedBuffer for $kind {
            fn room(&mut self) -> &mut [MaybeUninit<u8>] {
                let bytes: &mut [u8] = self;
                // SAFETY: whoever writes there writes bytes.
                unsafe { &mut *(core::ptr::from_mut(bytes) as *mut [MaybeUninit<u8>]) }
            }

            unsafe fn filled(&mut self, _count: usize) {}
        }
    )*};
}

slices!(Box<[u8]>, &'static mut [u8]);

// SAFETY: a constant.
unsafe impl OwnedBytes for &'static [u8] {
    fn bytes(&self) -> &[u8] {
        self
    }
}
