//! The console: descriptors 0 to 2, whatever the kernel or who started us made of them.

use core::ffi::CStr;

use linux::Errno;
use linux::fd::{BorrowedFd, STDERR, STDIN, STDOUT};
use linux::fs::{self, Mode, OpenFlags};

use crate::mounts;

/// Makes descriptors 0 to 2 exist, so that no file opened later is taken for the console by those who print.
///
/// The kernel opens `/dev/console` for process 1 where the image has that node; where it has not, the node comes with
/// `devtmpfs`. Without a console the descriptors lead nowhere.
pub(crate) fn ensure() {
    if missing().is_none() {
        return;
    }
    fill(c"/dev/console", OpenFlags::READ_WRITE);
    if missing().is_some() {
        mounts::devices();
        fill(c"/dev/console", OpenFlags::READ_WRITE);
        fill(c"/dev/null", OpenFlags::READ_WRITE);
        // A folder can be opened on every machine; reading and writing it fails, which is the truth.
        fill(c"/", OpenFlags::READ);
    }
}

fn missing() -> Option<BorrowedFd<'static>> {
    [STDIN, STDOUT, STDERR].into_iter().find(|fd| fs::descriptor_flags(fd) == Err(Errno::BADF))
}

/// Opens a file as often as needed; each opening takes the lowest number that is free.
fn fill(path: &CStr, flags: OpenFlags) {
    while missing().is_some() {
        match fs::open(path, flags | OpenFlags::NO_CONTROLLING_TERMINAL, Mode::empty()) {
            Ok(file) if file.as_raw() <= STDERR.as_raw() => {
                file.into_raw();
            }
            _ => return,
        }
    }
}
