//! Secure mode (AT_SECURE): the program has rights that its caller lacks, so what the caller chose is suspect.
//!
//! The environment is reduced by [`crate::env`]. Here: a caller may have closed descriptors 0 to 2, so that the
//! first file the program opens takes the place of standard error and receives its messages.

use linux::Errno;
use linux::fd::{OwnedFd, STDERR, STDIN, STDOUT};
use linux::fs::{self, Mode, OpenFlags};

/// Makes descriptors 0 to 2 exist, as /dev/null where they do not; traps if that cannot be done.
#[cold]
pub(crate) fn open_standard() {
    for (number, standard) in (0..).zip([STDIN, STDOUT, STDERR]) {
        if fs::descriptor_flags(standard) == Err(Errno::BADF) {
            // The lowest number that is free is this one, since those below exist by now. It is never closed.
            let opened = fs::open(c"/dev/null", OpenFlags::READ_WRITE, Mode::empty());
            if opened.map(OwnedFd::into_raw) != Ok(number) {
                arch::start::trap();
            }
        }
    }
}
