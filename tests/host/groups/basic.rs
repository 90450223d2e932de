//! What the other groups stand on: errors, descriptors, numbers of devices.

use linux::Errno;
use linux::fd::{AsFd, BorrowedFd, CWD};
use linux::fs::{OpenFlags, device_number, device_parts};
use linux::time::Clock;

use crate::support::reading;

fn major_minor() {
    assert_eq!(device_parts(device_number(2, 3)), (2, 3));
    assert_eq!(device_parts(device_number(4095, 0xf_ffff)), (4095, 0xf_ffff));
}

fn fd_nums() {
    // SAFETY: nothing is done with it.
    let file = unsafe { BorrowedFd::from_raw(18) };
    assert_eq!(file.as_raw(), 18);
}

fn error_string() {
    assert_eq!(Errno::NOENT.to_string(), "no such file or directory");
    assert_eq!(format!("{:?}", Errno::NOENT), "ENOENT");
}

fn missing_error_string() {
    assert_eq!(Errno::new(0), None);
    let unknown = Errno::new(4000).unwrap();
    assert_eq!((unknown.name(), unknown.text()), (None, None));
    assert!(unknown.to_string().contains("4000"), "a number survives: {unknown}");
}

fn no_missing_error_strings() {
    // 41 and 58 are other names of EAGAIN and EDEADLK; 133 is the last.
    for number in (1..=133).filter(|number| ![41, 58].contains(number)) {
        let errno = Errno::new(number).unwrap();
        assert!(errno.name().is_some() && errno.text().is_some(), "{number}");
        assert_eq!(errno.name().and_then(Errno::from_name), Some(errno));
    }
}

fn constants() {
    for text in ["RDONLY", "rdonly", "RdOnly", "O_RDONLY", "0"] {
        assert_eq!(text.parse(), Ok(OpenFlags::READ), "{text}");
    }
    assert_eq!("CLOCK_MONOTONIC".parse(), Ok(Clock::MONOTONIC));
    assert!("RDONLYX".parse::<OpenFlags>().is_err(), "nothing is dropped silently");
}

fn multiflags() {
    let flags: OpenFlags = "creat, rdwr, excl".parse().unwrap();
    assert_eq!(flags, OpenFlags::CREATE | OpenFlags::READ_WRITE | OpenFlags::EXCLUSIVE);
}

fn multiflags_negation() {
    let flags: OpenFlags = "creat,excl,~creat".parse().unwrap();
    assert_eq!(flags, OpenFlags::EXCLUSIVE);
    assert_eq!("~creat".parse(), Ok(OpenFlags::empty()));
}

fn at_flags() {
    assert_eq!(CWD.as_raw(), -100);
    let file = reading("/dev/null");
    assert_eq!(file.as_fd().as_raw(), file.as_raw());
}

tests![
    major_minor,
    fd_nums,
    error_string,
    missing_error_string,
    no_missing_error_strings,
    at_flags,
    constants,
    multiflags,
    multiflags_negation
];
