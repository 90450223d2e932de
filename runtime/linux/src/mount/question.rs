//! Asking the kernel for mounts one by one: listmount(2), statmount(2) of Linux 6.8.

use crate::{Errno, Result};
use linux_raw_sys::general as kernel;

/// The number of a mount, which no other gets as long as the machine runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MountNumber(pub u64);

values! {
    MountNumber: u64 {
        /// LSMT_ROOT: the root of this process's namespace.
        const ROOT = kernel::LSMT_ROOT as i64 as u64;
    }
}

fn request(mount: MountNumber, parameter: u64) -> kernel::mnt_id_req {
    let size = kernel::MNT_ID_REQ_SIZE_VER0;
    kernel::mnt_id_req { size, spare: 0, mnt_id: mount.0, param: parameter, mnt_ns_id: 0 }
}

/// Lists the mounts below one, those behind `after` if it is given, as many as fit.
///
/// # Errors
/// `NOENT`, `PERM`; `NOSYS` before Linux 6.8. See `listmount(2)`.
pub fn listmount(
    below: MountNumber,
    after: Option<MountNumber>,
    buffer: &mut [u64],
) -> Result<impl Iterator<Item = MountNumber>> {
    let request = request(below, after.map_or(0, |after| after.0));
    let (start, length) = (buffer.as_mut_ptr(), buffer.len());
    // SAFETY: the kernel reads one structure, and writes at most so many numbers.
    let count = unsafe { syscall!(__NR_listmount, &raw const request, start, length, 0_u32) }?;
    Ok(buffer.get(..count).unwrap_or_default().iter().copied().map(MountNumber))
}

/// What the kernel tells of a mount, in the buffer that it was given.
#[derive(Clone, Copy, Debug)]
pub struct Mounted<'buffer>(&'buffer [u64]);

/// Asks for a mount: where it is, and what is mounted. The buffer has room for the structure (512 bytes) and the texts.
///
/// # Errors
/// `OVERFLOW` (the buffer is too short), `NOENT`, `PERM`; `NOSYS` before Linux 6.8. See `statmount(2)`.
pub fn statmount(mount: MountNumber, buffer: &mut [u64]) -> Result<Mounted<'_>> {
    let asked = kernel::STATMOUNT_SB_BASIC
        | kernel::STATMOUNT_MNT_BASIC
        | kernel::STATMOUNT_MNT_ROOT
        | kernel::STATMOUNT_MNT_POINT
        | kernel::STATMOUNT_FS_TYPE;
    if size_of_val(buffer) < size_of::<kernel::statmount>() {
        return Err(Errno::OVERFLOW);
    }
    let request = request(mount, asked.into());
    let (start, size) = (buffer.as_mut_ptr(), size_of_val(buffer));
    // SAFETY: the kernel reads one structure, and writes at most so many bytes.
    unsafe { syscall!(__NR_statmount, &raw const request, start, size, 0_u32) }?;
    Ok(Mounted(buffer))
}

impl<'buffer> Mounted<'buffer> {
    fn head(&self) -> &'buffer kernel::statmount {
        // SAFETY: the buffer is aligned and long enough, all of it is initialized, and the fields are numbers.
        unsafe { &*self.0.as_ptr().cast() }
    }

    /// Gives a text that lies so far behind the structure.
    fn text(&self, offset: u32) -> &'buffer [u8] {
        // SAFETY: the bytes of the same numbers.
        let bytes = unsafe { core::slice::from_raw_parts(self.0.as_ptr().cast::<u8>(), size_of_val(self.0)) };
        let text = bytes.get(size_of::<kernel::statmount>() + offset as usize..).unwrap_or_default();
        text.split(|byte| *byte == 0).next().unwrap_or_default()
    }

    /// Gives the number of the mount.
    pub fn number(&self) -> MountNumber {
        MountNumber(self.head().mnt_id)
    }

    /// Gives the number of the mount that it is on; of the root it is its own.
    pub fn parent(&self) -> MountNumber {
        MountNumber(self.head().mnt_parent_id)
    }

    /// Gives the device of the file system, major and minor number.
    pub fn device(&self) -> (u32, u32) {
        (self.head().sb_dev_major, self.head().sb_dev_minor)
    }

    /// Gives where it is, seen from this process's root.
    pub fn point(&self) -> &'buffer [u8] {
        self.text(self.head().mnt_point)
    }

    /// Gives which directory of the file system is its root.
    pub fn root(&self) -> &'buffer [u8] {
        self.text(self.head().mnt_root)
    }

    /// Gives the kind of file system, as /proc/filesystems has it.
    pub fn kind(&self) -> &'buffer [u8] {
        self.text(self.head().fs_type)
    }
}
