//! Files as disks: the loop devices (`loop(4)`).

use crate::fd::AsFd;
use crate::{Errno, Result, ioctl};
use core::fmt;
use ioctl::block as request;
use linux_raw_sys::loop_device as kernel;

flags! {
    /// How a file stands for a disk.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct LoopFlags: u32 {
        /// LO_FLAGS_READ_ONLY: nothing can be written.
        const READ_ONLY = 1;
        /// LO_FLAGS_AUTOCLEAR: only as long as somebody uses it.
        const AUTOCLEAR = 4;
        /// LO_FLAGS_PARTSCAN: its partitions are devices too.
        const PARTITIONS = 8;
        /// LO_FLAGS_DIRECT_IO: past the kernel's memory of the file.
        const DIRECT = 16;
        const _ = !0;
    }
}

/// What a loop device shows, and how.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct LoopStatus(kernel::loop_info64);

impl fmt::Debug for LoopStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("LoopStatus");
        debug.field("offset", &self.offset()).field("limit", &self.limit()).field("flags", &self.flags());
        debug.finish()
    }
}

impl LoopStatus {
    /// Says how a file is to be shown: from an offset on, so many bytes (0: all), under a name that others see.
    pub fn new(offset: u64, limit: u64, flags: LoopFlags, name: &[u8]) -> Self {
        let mut info = kernel::loop_info64 {
            lo_device: 0,
            lo_inode: 0,
            lo_rdevice: 0,
            lo_offset: offset,
            lo_sizelimit: limit,
            lo_number: 0,
            lo_encrypt_type: 0,
            lo_encrypt_key_size: 0,
            lo_flags: flags.bits(),
            lo_file_name: [0; 64],
            lo_crypt_name: [0; 64],
            lo_encrypt_key: [0; 32],
            lo_init: [0; 2],
        };
        // The last byte stays a zero.
        for (to, from) in info.lo_file_name.iter_mut().take(63).zip(name) {
            *to = *from;
        }
        Self(info)
    }

    /// Gives where in the file it begins.
    pub const fn offset(&self) -> u64 {
        self.0.lo_offset
    }

    /// Gives how many bytes of the file it shows at most; 0: all.
    pub const fn limit(&self) -> u64 {
        self.0.lo_sizelimit
    }

    /// Gives how it shows the file.
    pub const fn flags(&self) -> LoopFlags {
        LoopFlags::from_bits_retain(self.0.lo_flags)
    }

    /// Gives the file's number, and of the device that it lies on.
    pub const fn file(&self) -> (u64, u64) {
        (self.0.lo_inode, self.0.lo_device)
    }

    /// Gives the name that was said when it was made, without its end if it was long.
    pub fn name(&self) -> &[u8] {
        self.0.lo_file_name.split(|byte| *byte == 0).next().unwrap_or_default()
    }
}

/// Gives the number of a loop device that is free, made if need be; `control` is /dev/loop-control.
///
/// # Errors
/// `NODEV`, `NOMEM`.
#[doc(alias = "LOOP_CTL_GET_FREE")]
pub fn loop_free(control: impl AsFd) -> Result<usize> {
    // SAFETY: it takes nothing.
    unsafe { ioctl::plain(control, request::LOOP_CTL_GET_FREE) }
}

/// Has a loop device show a file, in one step (Linux 5.8); in two, so that programs may see it half made, on older kernels.
/// A `sector` of 0 is what fits the file.
///
/// # Errors
/// `BUSY` (it shows one already), `BADF`, `INVAL`.
#[doc(alias = "LOOP_CONFIGURE")]
pub fn loop_attach(device: impl AsFd, file: impl AsFd, sector: u32, status: &LoopStatus) -> Result<()> {
    let number = file.as_fd().as_raw();
    let config = kernel::loop_config {
        fd: number.cast_unsigned(),
        block_size: sector,
        info: status.0,
        __reserved: [0; 8],
    };
    // SAFETY: it reads one such structure.
    match unsafe { ioctl::set(&device, request::LOOP_CONFIGURE, &config) } {
        Err(Errno::INVAL | Errno::NOTTY) => {}
        other => return other.map(drop),
    }
    // SAFETY: it takes the number of a descriptor, which lives through the call.
    unsafe { ioctl::with_number(&device, request::LOOP_SET_FD, number.unsigned_abs() as usize) }?;
    if sector != 0 {
        // SAFETY: it takes a number.
        unsafe { ioctl::with_number(&device, request::LOOP_SET_BLOCK_SIZE, sector as usize) }?;
    }
    let result = loop_set(&device, status);
    if result.is_err() {
        let _ = loop_detach(&device);
    }
    result
}

/// Changes what a loop device shows of its file, and how.
///
/// # Errors
/// `NXIO` (it shows none), `AGAIN`, `INVAL`.
#[doc(alias = "LOOP_SET_STATUS64")]
pub fn loop_set(device: impl AsFd, status: &LoopStatus) -> Result<()> {
    // SAFETY: it reads one such structure.
    unsafe { ioctl::set(device, request::LOOP_SET_STATUS64, &status.0) }.map(drop)
}

/// Gives what a loop device shows.
///
/// # Errors
/// `NXIO` (it shows no file), `NOTTY`.
#[doc(alias = "LOOP_GET_STATUS64")]
pub fn loop_status(device: impl AsFd) -> Result<LoopStatus> {
    // SAFETY: it fills one such structure.
    unsafe { ioctl::get(device, request::LOOP_GET_STATUS64) }.map(LoopStatus)
}

/// Frees a loop device from its file; while somebody uses it, when the last of them ends.
///
/// # Errors
/// `NXIO` (it shows no file), `BUSY`, `NOTTY`.
#[doc(alias = "LOOP_CLR_FD")]
pub fn loop_detach(device: impl AsFd) -> Result<()> {
    // SAFETY: it takes nothing.
    unsafe { ioctl::plain(device, request::LOOP_CLR_FD) }.map(drop)
}

/// Has a loop device see that its file has another size now.
///
/// # Errors
/// `NXIO` (it shows no file), `NOTTY`.
#[doc(alias = "LOOP_SET_CAPACITY")]
pub fn loop_resize(device: impl AsFd) -> Result<()> {
    // SAFETY: it takes nothing.
    unsafe { ioctl::plain(device, request::LOOP_SET_CAPACITY) }.map(drop)
}
