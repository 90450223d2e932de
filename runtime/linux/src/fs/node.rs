//! Device nodes and fifos: mknod(2), and the kernel's number for a device.

use super::{FileKind, Mode};
use crate::Result;
use crate::fd::{AsFd, CWD};
use crate::path::PathArg;

/// Makes a node: a device with this major and minor number, a fifo, a socket or an empty file.
///
/// # Errors
/// `EXIST`, `PERM` (devices need CAP_MKNOD), `NOENT`, `ROFS`, `INVAL`. See `mknod(2)`.
pub fn mknod<P: PathArg>(path: P, kind: FileKind, mode: Mode, device: (u32, u32)) -> Result<()> {
    mknod_at(CWD, path, kind, mode, device)
}

/// The same, at a path from a directory.
///
/// # Errors
/// Those of [`mknod`].
#[doc(alias = "mknodat")]
pub fn mknod_at<P: PathArg>(
    directory: impl AsFd,
    path: P,
    kind: FileKind,
    mode: Mode,
    device: (u32, u32),
) -> Result<()> {
    let mode = kind.mode_bits() | mode.bits();
    let device = device_number(device.0, device.1);
    path.with(&mut |path| {
        // SAFETY: the path is a terminated string that lives through the call.
        unsafe { syscall!(__NR_mknodat, directory.as_fd(), path.as_ptr(), mode, device) }
    })
    .map(drop)
}

/// Makes a fifo.
///
/// # Errors
/// `EXIST`, `NOENT`, `ACCES`, `ROFS`. See `mknod(2)`.
pub fn mkfifo<P: PathArg>(path: P, mode: Mode) -> Result<()> {
    mknod(path, FileKind::Fifo, mode, (0, 0))
}

/// Packs major (12 bits) and minor (20 bits) as the kernel's 32-bit number (`new_encode_dev`).
#[doc(alias = "makedev")]
pub const fn device_number(major: u32, minor: u32) -> u32 {
    (minor & 0xff) | ((major & 0xfff) << 8) | ((minor & !0xff) << 12)
}

/// Unpacks it again.
#[doc(alias = "major")]
#[doc(alias = "minor")]
pub const fn device_parts(number: u32) -> (u32, u32) {
    ((number >> 8) & 0xfff, (number & 0xff) | ((number >> 12) & 0xf_ff00))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_devices() {
        assert_eq!(device_number(5, 1), 0x501);
        assert_eq!(device_number(0xfff, 0xf_ffff), u32::MAX);
        for parts in [(5, 1), (259, 0), (8, 300), (0xfff, 0xf_ffff)] {
            assert_eq!(device_parts(device_number(parts.0, parts.1)), parts);
        }
    }
}
