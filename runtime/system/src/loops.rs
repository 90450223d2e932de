//! Files as disks (`loop(4)`).

use alloc::vec::Vec;

use linux::block::{LoopFlags, LoopStatus, loop_attach, loop_free};
use linux::fd::OwnedFd;
use linux::fs::{FileKind, Mode, OpenFlags, mknod, open};
use linux::{Errno, retry};

/// How often a free device may be taken by another before we have it.
pub const TRIES: usize = 16;

/// Gives the path of a loop device by its number.
pub fn path(number: u64) -> Vec<u8> {
    let mut path = b"/dev/loop".to_vec();
    query::text::decimal(number, &mut path);
    path
}

/// Gives the number of a device that is free now.
///
/// # Errors
/// Those of opening `/dev/loop-control`; `NOSPC`.
pub fn free() -> linux::Result<u64> {
    let flags = OpenFlags::READ_WRITE | OpenFlags::CLOSE_ON_EXEC;
    let number = retry(|| open("/dev/loop-control", flags, Mode::empty())).and_then(loop_free)? as u64;
    let path = path(number);
    if linux::fs::stat(path.as_slice()).is_err() {
        // Where nobody makes nodes for new devices.
        let _ = mknod(path.as_slice(), FileKind::BlockDevice, Mode::octal(0o660), (7, number as u32));
    }
    Ok(number)
}

/// What a device is to show.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The file.
    pub file: &'a [u8],
    /// Where in it the device begins, in bytes.
    pub offset: u64,
    /// The device's size in bytes; 0 for all there is.
    pub limit: u64,
    /// Whether nothing can be written.
    pub is_read_only: bool,
}

/// Has a device, or one that is free, show a file for as long as it is used; gives its path, and itself to be kept open until then.
///
/// # Errors
/// Those of opening the file and of [`free`]; `BUSY` where the device is taken, or others are always faster.
pub fn attach(shown: &Shown<'_>, device: Option<&[u8]>) -> linux::Result<(Vec<u8>, OwnedFd)> {
    let access =
        if shown.is_read_only { OpenFlags::READ } else { OpenFlags::READ_WRITE } | OpenFlags::CLOSE_ON_EXEC;
    let file = retry(|| open(shown.file, access, Mode::empty()))?;
    let mut flags = LoopFlags::AUTOCLEAR;
    flags.set(LoopFlags::READ_ONLY, shown.is_read_only);
    let status = LoopStatus::new(shown.offset, shown.limit, flags, &crate::mounts::resolve(shown.file));
    for _ in 0..TRIES {
        let path = match device {
            Some(device) => device.to_vec(),
            None => path(free()?),
        };
        let opened = retry(|| open(path.as_slice(), access, Mode::empty()))?;
        match loop_attach(&opened, &file, 0, &status) {
            // Somebody else took it in between.
            Err(Errno::BUSY) if device.is_none() => {}
            done => return done.map(|()| (path, opened)),
        }
    }
    Err(Errno::BUSY)
}
