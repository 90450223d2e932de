//! open(2), close(2), access(2), umask(2), and who owns a descriptor.

use linux::Errno;
use linux::fd::{BorrowedFd, OwnedFd};
use linux::fs::{self, Access, Mode, fstat, open, read};

use crate::support::{READ, reading};

fn open_nofile() {
    assert_eq!(open("/tmp/file/that/does/not/exist", READ, Mode::empty()).map(drop), Err(Errno::NOENT));
}

fn close_invalid_fd() {
    // SAFETY: nobody has opened it.
    let nothing = unsafe { OwnedFd::from_raw(127) };
    assert_eq!(nothing.close(), Err(Errno::BADF));
}

fn open_valid() {
    let (one, two) = (reading("/dev/null"), reading("/dev/null"));
    let number = one.as_raw();
    assert!(two.as_raw() > number, "the lowest that is free");
    drop(one);
    assert_eq!(reading("/dev/null").as_raw(), number);
}

fn fd_cleared_on_close() {
    let one = reading("/dev/null");
    let number = one.as_raw();
    one.close().unwrap();
    // The compiler knows that `one` is gone: nothing can close the number's next owner.
    let two = reading("/dev/zero");
    assert_eq!(two.as_raw(), number);
    assert_eq!(read(&two, &mut [9; 4]), Ok(4));
}

fn double_close() {
    let file = reading("/dev/null");
    let number = file.as_raw();
    file.close().unwrap();
    // SAFETY: it is closed; this is what is tested.
    let again = unsafe { OwnedFd::from_raw(number) };
    assert_eq!(again.close(), Err(Errno::BADF));
}

// Who may do what is no question to root, but for what is no program.
fn access() {
    assert_eq!(fs::access("/dev/null", Access::READ), Ok(()));
    assert_eq!(fs::access("/dev/null", Access::WRITE | Access::READ), Ok(()));
    assert_eq!(fs::access("/dev/null", Access::EXECUTE), Err(Errno::ACCES));
}

fn fd_gc() {
    let number = reading("/dev/null").as_raw();
    // SAFETY: it is closed; this is what is tested.
    let gone = unsafe { BorrowedFd::from_raw(number) };
    assert_eq!(fstat(gone).map(drop), Err(Errno::BADF));
}

fn fd_nogc() {
    let number = reading("/dev/zero").into_raw();
    // SAFETY: nobody else owns it now.
    let kept = unsafe { OwnedFd::from_raw(number) };
    assert_eq!(read(&kept, &mut [0; 8]), Ok(8));
}

fn umask() {
    let before = fs::umask(Mode::octal(0o022));
    assert_eq!(fs::umask(Mode::octal(0o077)), Mode::octal(0o022));
    assert_eq!(fs::umask(before), Mode::octal(0o077));
}

tests![
    open_nofile,
    close_invalid_fd,
    open_valid,
    fd_cleared_on_close,
    double_close,
    access,
    fd_gc,
    fd_nogc,
    umask,
];
