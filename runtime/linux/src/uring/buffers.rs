//! Buffers that the kernel takes when it has something to put into them, so that a connection that waits holds none.

use super::pages::Pages;
use super::register::register;
use super::ring::Ring;
use crate::fd::AsFd;
use crate::mem::{MapFlags, Protection, mmap_anonymous};
use crate::{Errno, Result};
use core::cell::Cell;
use core::fmt;
use core::ptr;
use core::sync::atomic::{AtomicU16, Ordering};
use linux_raw_sys::io_uring as kernel;
use linux_raw_sys::io_uring::io_uring_register_op as operation;

/// A group of buffers, in a ring of its own (Linux 5.19).
pub struct BufferRing {
    /// The ring, and behind it the buffers.
    pages: Pages,
    count: u16,
    size: u32,
    tail: Cell<u16>,
}

/// Where the tail lies: in a field that the first buffer's description does not use (`struct io_uring_buf_ring`).
const TAIL: usize = core::mem::offset_of!(kernel::io_uring_buf, resv);

impl BufferRing {
    /// Makes a group of so many buffers, a power of two, of so many bytes, and gives all to the kernel.
    ///
    /// # Safety
    /// It is not dropped before the last operation has completed that chooses from it, and none chooses from it afterwards; see
    /// [`unregister_group`].
    ///
    /// # Errors
    /// `INVAL` (no power of two, more than 32768, or before Linux 5.19), `EXIST` (the group), `NOMEM`.
    #[doc(alias = "IORING_REGISTER_PBUF_RING")]
    pub unsafe fn new(ring: &Ring, group: u16, count: u16, size: u32) -> Result<Self> {
        if !count.is_power_of_two() {
            return Err(Errno::INVAL);
        }
        let each = size_of::<kernel::io_uring_buf>().checked_add(size as usize).ok_or(Errno::NOMEM)?;
        let length = each.checked_mul(count.into()).ok_or(Errno::NOMEM)?;
        let protection = Protection::READ | Protection::WRITE;
        // SAFETY: the kernel chooses the address.
        let start = unsafe { mmap_anonymous(ptr::null_mut(), length, protection, MapFlags::PRIVATE) }?;
        // SAFETY: it was made for this.
        let pages = unsafe { Pages::own(start, length) }?;
        let this = Self { pages, count, size, tail: Cell::new(0) };
        // SAFETY: the structure is plain numbers, of which zero is one.
        let mut about: kernel::io_uring_buf_reg = unsafe { core::mem::zeroed() };
        about.ring_addr = this.pages.start().as_ptr().expose_provenance() as u64;
        about.ring_entries = count.into();
        about.bgid = group;
        // SAFETY: the kernel reads the structure; the ring that it leads to stays mapped until this is dropped.
        unsafe { register(ring, operation::IORING_REGISTER_PBUF_RING, &raw const about, 1) }?;
        (0..count).for_each(|number| this.give(number));
        Ok(this)
    }

    /// Gives how long each buffer is.
    pub const fn size(&self) -> u32 {
        self.size
    }

    /// Gives where a buffer lies.
    pub fn buffer(&self, number: u16) -> *mut u8 {
        let ring = size_of::<kernel::io_uring_buf>() * usize::from(self.count);
        let place = ring + self.size as usize * usize::from(number % self.count);
        // SAFETY: it lies in the mapping.
        unsafe { self.pages.start().as_ptr().add(place) }
    }

    /// Gives a buffer to the kernel, which it took for a completion, and which nobody uses any more.
    pub fn give(&self, number: u16) {
        let tail = self.tail.get();
        let description = self.pages.start().cast::<kernel::io_uring_buf>().as_ptr();
        // SAFETY: it lies in the mapping.
        let description = unsafe { description.add(usize::from(tail % self.count)) };
        // SAFETY: it lies in the mapping; the kernel does not look at it before the tail moves.
        let mut described = unsafe { description.read() };
        // What else is in there, the tail in the first one, stays.
        described.addr = self.buffer(number).expose_provenance() as u64;
        described.len = self.size;
        described.bid = number;
        // SAFETY: as above.
        unsafe { description.write(described) };
        self.tail.set(tail.wrapping_add(1));
        // SAFETY: it lies in the mapping.
        let word = unsafe { self.pages.start().as_ptr().add(TAIL) }.cast::<AtomicU16>();
        // SAFETY: both sides use it as an atomic word.
        unsafe { &*word }.store(self.tail.get(), Ordering::Release);
    }
}

/// Has the kernel forget a group of buffers, whose number is free then.
///
/// # Errors
/// `INVAL` (before Linux 5.19, or other buffers have this number), `NOENT` (there is no such group).
#[doc(alias = "IORING_UNREGISTER_PBUF_RING")]
pub fn unregister_group(ring: impl AsFd, group: u16) -> Result<()> {
    // SAFETY: the structure is plain numbers, of which zero is one.
    let mut about: kernel::io_uring_buf_reg = unsafe { core::mem::zeroed() };
    about.bgid = group;
    // SAFETY: the kernel reads the structure.
    unsafe { register(ring, operation::IORING_UNREGISTER_PBUF_RING, &raw const about, 1) }.map(drop)
}

impl fmt::Debug for BufferRing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BufferRing({} of {} bytes)", self.count, self.size)
    }
}
