//! Being told of what happens to files.

use crate::scratch::Scratch;
use linux::Errno;
use linux::fs::{NotifyEvents, NotifyFlags, inotify_add_watch, inotify_init, read};

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
