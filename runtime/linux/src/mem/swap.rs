//! Memory that lies on disks: swapoff(2).

use crate::Result;
use crate::path::PathArg;

/// Takes a device or file back from the kernel, which reads all of it into memory first.
///
/// # Errors
/// `INVAL` (not in use), `NOMEM` (too little room for what it holds), `PERM`, `NOENT`, `NOSYS`. See `swapoff(2)`.
pub fn swapoff<P: PathArg>(path: P) -> Result<()> {
    path.with(&mut |path| {
        // SAFETY: the path is a terminated string that lives through the call.
        unsafe { syscall!(__NR_swapoff, path.as_ptr()) }
    })
    .map(drop)
}
