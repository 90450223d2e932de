//! Registers of devices in memory (`/dev/mem`): each read and write is one access of exactly its width.

use super::map::{MapFlags, Protection, mmap, munmap};
use crate::fd::AsFd;
use crate::{Errno, Result};
use core::ptr;

/// How wide an access is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// 8 bits.
    Byte,
    /// 16 bits.
    Half,
    /// 32 bits.
    Word,
    /// 64 bits; on processors of 32 bits in two accesses, the lower half first.
    Double,
}

impl Width {
    /// Gives how many bytes that are.
    pub const fn bytes(self) -> usize {
        match self {
            Self::Byte => 1,
            Self::Half => 2,
            Self::Word => 4,
            Self::Double => 8,
        }
    }
}

/// More than any page, and a power of two: what is mapped begins at a multiple of it.
const WINDOW: u64 = 64 << 10;

/// Reads what stands at an address of a file that is memory.
///
/// # Errors
/// `INVAL` (not a multiple of the width), `PERM`, `OVERFLOW` (beyond what can be addressed). See `mmap(2)`, `mem(4)`.
pub fn read_register(memory: impl AsFd, address: u64, width: Width) -> Result<u64> {
    access(memory, address, width, None)
}

/// Writes it.
///
/// # Errors
/// Those of [`read_register`].
pub fn write_register(memory: impl AsFd, address: u64, width: Width, value: u64) -> Result<()> {
    access(memory, address, width, Some(value)).map(drop)
}

fn access(memory: impl AsFd, address: u64, width: Width, value: Option<u64>) -> Result<u64> {
    if !address.is_multiple_of(width.bytes() as u64) {
        return Err(Errno::INVAL);
    }
    let (base, offset) = (address / WINDOW * WINDOW, (address % WINDOW) as usize);
    let protection = if value.is_some() { Protection::READ | Protection::WRITE } else { Protection::READ };
    let length = WINDOW as usize;
    // SAFETY: the kernel chooses the address, and nobody else knows it.
    let start = unsafe { mmap(ptr::null_mut(), length, protection, MapFlags::SHARED, memory, base) }?;
    let place = start.wrapping_add(offset);
    // SAFETY: the place lies in the mapping, since it is aligned to its width; what it means is the caller's to know.
    let result = unsafe { touch(place, width, value) };
    // SAFETY: the mapping is ours, and nothing points into it any more.
    unsafe { munmap(start, length) }?;
    Ok(result)
}

/// # Safety
/// The place must be mapped, writable where a value is given, and aligned.
unsafe fn touch(place: *mut u8, width: Width, value: Option<u64>) -> u64 {
    macro_rules! as_type {
        ($type:ty) => {{
            let place = place.cast::<$type>();
            match value {
                Some(value) => {
                    // SAFETY: as the caller says.
                    unsafe { place.write_volatile(value as $type) };
                    0
                }
                // SAFETY: as the caller says.
                None => unsafe { place.read_volatile() }.into(),
            }
        }};
    }
    match width {
        Width::Byte => as_type!(u8),
        Width::Half => as_type!(u16),
        Width::Word => as_type!(u32),
        Width::Double => as_type!(u64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::{MemoryFileFlags, ftruncate, memfd_create, pread};

    #[test]
    fn a_file_in_memory_is_read_and_written() {
        let file = memfd_create("registers", MemoryFileFlags::empty()).unwrap();
        ftruncate(&file, 2 * WINDOW).unwrap();
        for (width, value) in
            [(Width::Byte, 0x12), (Width::Half, 0x1234), (Width::Word, 0x1234_5678), (Width::Double, 1 << 60)]
        {
            write_register(&file, WINDOW + 16, width, value).unwrap();
            assert_eq!(read_register(&file, WINDOW + 16, width), Ok(value));
        }
        let mut bytes = [0; 8];
        pread(&file, &mut bytes, WINDOW + 16).unwrap();
        assert_eq!(u64::from_ne_bytes(bytes), 1 << 60);
        assert_eq!(read_register(&file, 2, Width::Word), Err(Errno::INVAL));
    }
}
