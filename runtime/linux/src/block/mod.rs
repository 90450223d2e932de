//! Disks, their partitions and what stands for them: the requests of block devices, and of the file systems on them.

mod file_system;
mod looped;

pub use file_system::{freeze, thaw, trim};
pub use looped::{
    LoopFlags, LoopStatus, loop_attach, loop_detach, loop_free, loop_resize, loop_set, loop_status,
};

use crate::fd::AsFd;
use crate::{Result, ioctl};
use ioctl::block as request;

/// Gives the size of a device in bytes.
///
/// # Errors
/// `NOTTY` (no block device). See BLKGETSIZE64 in the kernel's `linux/fs.h`.
#[doc(alias = "BLKGETSIZE64")]
pub fn size(device: impl AsFd) -> Result<u64> {
    // SAFETY: it fills one number of 64 bits, whatever the word `size_t` in its definition says.
    unsafe { ioctl::get(device, request::BLKGETSIZE64) }
}

/// A property of a device that is a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// BLKSSZGET: the bytes of a sector, as the device counts them.
    SectorSize,
    /// BLKPBSZGET: the bytes of a sector, as it writes them.
    PhysicalSectorSize,
    /// BLKIOMIN: the fewest bytes that it likes to be asked for.
    SmallestTransfer,
    /// BLKIOOPT: how many it likes best; 0 if it does not say.
    BestTransfer,
    /// BLKROGET: whether nothing can be written.
    ReadOnly,
    /// BLKBSZGET: the bytes of a block, as the kernel keeps it.
    BlockSize,
    /// BLKALIGNOFF: how many bytes it begins beside a physical sector.
    AlignmentOffset,
    /// BLKDISCARDZEROES: whether what was discarded reads as zeros.
    DiscardZeroes,
}

/// Gives a property of a device.
///
/// # Errors
/// `NOTTY` (no block device).
pub fn property(device: impl AsFd, property: Property) -> Result<u32> {
    let number = match property {
        Property::SectorSize => request::BLKSSZGET,
        Property::PhysicalSectorSize => request::BLKPBSZGET,
        Property::SmallestTransfer => request::BLKIOMIN,
        Property::BestTransfer => request::BLKIOOPT,
        Property::ReadOnly => request::BLKROGET,
        Property::BlockSize => request::BLKBSZGET,
        Property::AlignmentOffset => request::BLKALIGNOFF,
        Property::DiscardZeroes => request::BLKDISCARDZEROES,
    };
    // SAFETY: each of these fills one `int`.
    unsafe { ioctl::get(device, number) }
}

/// Gives how many sectors of 512 bytes the kernel reads ahead.
///
/// # Errors
/// `NOTTY` (no block device).
#[doc(alias = "BLKRAGET")]
pub fn read_ahead(device: impl AsFd) -> Result<usize> {
    // SAFETY: it fills one `long`.
    unsafe { ioctl::get(device, request::BLKRAGET) }
}

/// Sets it.
///
/// # Errors
/// `NOTTY`, `ACCES`.
#[doc(alias = "BLKRASET")]
pub fn set_read_ahead(device: impl AsFd, sectors: usize) -> Result<()> {
    // SAFETY: it takes a number.
    unsafe { ioctl::with_number(device, request::BLKRASET, sectors) }.map(drop)
}

/// Gives how many sectors of 512 bytes are the most for one transfer.
///
/// # Errors
/// `NOTTY` (no block device).
#[doc(alias = "BLKSECTGET")]
pub fn most_sectors(device: impl AsFd) -> Result<u16> {
    // SAFETY: it fills one `unsigned short`.
    unsafe { ioctl::get(device, request::BLKSECTGET) }
}

/// Sets whether nothing can be written to a device.
///
/// # Errors
/// `NOTTY`, `ACCES`.
#[doc(alias = "BLKROSET")]
pub fn set_read_only(device: impl AsFd, is_read_only: bool) -> Result<()> {
    // SAFETY: it reads one `int`.
    unsafe { ioctl::set(device, request::BLKROSET, &i32::from(is_read_only)) }.map(drop)
}

/// Sets the bytes of a block, as the kernel keeps it while the device is open.
///
/// # Errors
/// `NOTTY`, `INVAL`, `BUSY`.
#[doc(alias = "BLKBSZSET")]
pub fn set_block_size(device: impl AsFd, bytes: u32) -> Result<()> {
    // SAFETY: it reads one `int`, whatever the word `size_t` in its definition says.
    unsafe { ioctl::set(device, request::BLKBSZSET, &bytes) }.map(drop)
}

/// Writes out what the kernel keeps of a device, and forgets it.
///
/// # Errors
/// `NOTTY`, `ACCES`.
#[doc(alias = "BLKFLSBUF")]
pub fn flush(device: impl AsFd) -> Result<()> {
    // SAFETY: it takes nothing.
    unsafe { ioctl::plain(device, request::BLKFLSBUF) }.map(drop)
}

/// Has the kernel read a disk's table of partitions again.
///
/// # Errors
/// `BUSY` (a partition is in use), `INVAL` (it can have none), `ACCES`, `NOTTY`.
#[doc(alias = "BLKRRPART")]
pub fn reread_partitions(disk: impl AsFd) -> Result<()> {
    // SAFETY: it takes nothing.
    unsafe { ioctl::plain(disk, request::BLKRRPART) }.map(drop)
}

/// How room of a device is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discard {
    /// BLKDISCARD: it may read as anything from now on.
    Plain,
    /// BLKSECDISCARD: so that no copy of it remains.
    Secure,
    /// BLKZEROOUT: it reads as zeros.
    Zero,
}

/// Gives room of a device back: what was there is lost.
///
/// # Errors
/// `OPNOTSUPP` (it cannot), `INVAL` (not whole sectors, or beyond the end), `BADF`, `NOTTY`.
#[doc(alias = "BLKDISCARD")]
pub fn discard(device: impl AsFd, how: Discard, offset: u64, length: u64) -> Result<()> {
    let number = match how {
        Discard::Plain => request::BLKDISCARD,
        Discard::Secure => request::BLKSECDISCARD,
        Discard::Zero => request::BLKZEROOUT,
    };
    // SAFETY: each of these reads two numbers of 64 bits.
    unsafe { ioctl::set(device, number, &[offset, length]) }.map(drop)
}

/// Has a drive put out its medium (CDROMEJECT), or draw it in (CDROMCLOSETRAY).
///
/// # Errors
/// `NOTTY` (not such a drive), `BUSY`, `IO`.
#[doc(alias = "CDROMEJECT")]
pub fn move_tray(drive: impl AsFd, out: bool) -> Result<()> {
    let request = if out { request::CDROMEJECT } else { request::CDROMCLOSETRAY };
    // SAFETY: neither takes anything.
    unsafe { ioctl::plain(drive, request) }.map(drop)
}

/// Locks the medium of a drive in, or lets it go.
///
/// # Errors
/// `NOTTY`, `BUSY`, and those of the drive.
#[doc(alias = "CDROM_LOCKDOOR")]
pub fn lock_tray(drive: impl AsFd, is_locked: bool) -> Result<()> {
    // SAFETY: it takes a number.
    unsafe { ioctl::with_number(drive, request::CDROM_LOCKDOOR, is_locked.into()) }.map(drop)
}

/// Says whether a drive's tray is out.
///
/// # Errors
/// `NOTTY`, `NOSYS` (the drive does not know).
#[doc(alias = "CDROM_DRIVE_STATUS")]
pub fn is_tray_out(drive: impl AsFd) -> Result<bool> {
    /// CDS_TRAY_OPEN.
    const TRAY_OPEN: usize = 2;
    /// CDSL_CURRENT: the slot that is looked at.
    const CURRENT: usize = i32::MAX as usize;
    // SAFETY: it takes a number.
    unsafe { ioctl::with_number(drive, request::CDROM_DRIVE_STATUS, CURRENT) }
        .map(|status| status == TRAY_OPEN)
}
