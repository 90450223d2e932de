//! Being told of what happens to files.

use crate::emulator::is_missing;
use crate::scratch::Scratch;
use crate::skip::skipped;
use linux::Errno;
use linux::fd::CWD;
use linux::fs::{
    FileEvents, GroupFlags, MarkFlags, NotifyEvents, NotifyFlags, fanotify_init, fanotify_mark,
    inotify_add_watch, inotify_init, inotify_rm_watch, read,
};

#[test]
fn a_watch_tells_of_a_new_file() {
    let scratch = Scratch::new();
    let watcher = inotify_init(NotifyFlags::CLOSE_ON_EXEC | NotifyFlags::NONBLOCK).unwrap();
    let path = scratch.path().to_str().unwrap().to_owned();
    let number = inotify_add_watch(&watcher, path.as_str(), NotifyEvents::CREATE).unwrap();
    let mut buffer = [0; 256];
    assert_eq!(read(&watcher, &mut buffer), Err(Errno::AGAIN));
    std::fs::write(scratch.at("new"), b"").unwrap();
    let count = read(&watcher, &mut buffer).unwrap();
    // struct inotify_event: number, events, cookie, length of the name, name.
    let word = |at: usize| u32::from_ne_bytes(buffer[at..at + 4].try_into().unwrap());
    assert_eq!((word(0), word(4)), (number.cast_unsigned(), NotifyEvents::CREATE.bits()));
    assert!(buffer[16..count].starts_with(b"new\0"));
    let missing = scratch.at("missing");
    assert_eq!(inotify_add_watch(&watcher, missing.as_str(), NotifyEvents::CREATE), Err(Errno::NOENT));
}

#[test]
fn a_watch_that_ended_tells_no_more() {
    let scratch = Scratch::new();
    let watcher = inotify_init(NotifyFlags::CLOSE_ON_EXEC | NotifyFlags::NONBLOCK).unwrap();
    let path = scratch.path().to_str().unwrap().to_owned();
    let number = inotify_add_watch(&watcher, path.as_str(), NotifyEvents::CREATE).unwrap();
    inotify_rm_watch(&watcher, number).unwrap();
    std::fs::write(scratch.at("new"), b"").unwrap();
    let mut buffer = [0; 256];
    // Its end alone is told: IN_IGNORED.
    assert_eq!(read(&watcher, &mut buffer), Ok(16));
    assert_eq!(u32::from_ne_bytes(buffer[4..8].try_into().unwrap()), 0x8000);
    assert_eq!(inotify_rm_watch(&watcher, number), Err(Errno::INVAL));
}

#[test]
fn a_mark_tells_of_a_new_file() {
    let scratch = Scratch::new();
    let flags = GroupFlags::CLOSE_ON_EXEC | GroupFlags::NONBLOCK | GroupFlags::TELL_HANDLE;
    let group = fanotify_init(flags);
    if is_missing(&group, "fanotify_init") {
        return;
    }
    let group = match group {
        Err(errno @ (Errno::PERM | Errno::INVAL)) => {
            return skipped(&format!("this kernel has no groups for everyone: {errno}"));
        }
        group => group.unwrap(),
    };
    let path = scratch.path().to_str().unwrap().to_owned();
    match fanotify_mark(&group, MarkFlags::ADD, FileEvents::CREATE, CWD, path.as_str()) {
        Err(errno @ (Errno::NODEV | Errno::XDEV | Errno::OPNOTSUPP)) => {
            return skipped(&format!("the file system has no handles: {errno}"));
        }
        answer => answer.unwrap(),
    }
    let mut buffer = [0; 256];
    assert_eq!(read(&group, &mut buffer), Err(Errno::AGAIN));
    std::fs::write(scratch.at("new"), b"").unwrap();
    let count = read(&group, &mut buffer).unwrap();
    // struct fanotify_event_metadata: length, version, reserved, length of the head, events of 64 bits.
    assert!(count >= 24);
    assert_eq!(u64::from_ne_bytes(buffer[8..16].try_into().unwrap()), FileEvents::CREATE.bits());
    fanotify_mark(&group, MarkFlags::FLUSH, FileEvents::empty(), CWD, path.as_str()).unwrap();
}
