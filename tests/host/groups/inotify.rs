//! inotify(7).

use linux::Errno;
use linux::fs::{NotifyEvents, NotifyFlags, inotify_add_watch, inotify_init, inotify_rm_watch, read};

use crate::scratch::Scratch;

fn inotify() {
    let scratch = Scratch::new();
    let watcher = inotify_init(NotifyFlags::CLOSE_ON_EXEC | NotifyFlags::NONBLOCK).unwrap();
    let both = NotifyEvents::CREATE | NotifyEvents::DELETE;
    let number = inotify_add_watch(&watcher, scratch.at("").as_str(), both).unwrap();
    let mut buffer = [0; 512];
    assert_eq!(read(&watcher, &mut buffer), Err(Errno::AGAIN));
    std::fs::write(scratch.at("file"), b"").unwrap();
    std::fs::remove_file(scratch.at("file")).unwrap();
    let count = read(&watcher, &mut buffer).unwrap();
    // Number, events, cookie, length of the name, name; each event is 16 bytes and 16 of the name.
    let events: Vec<_> = buffer[..count].chunks(32).collect();
    let word = |event: &[u8], at: usize| u32::from_ne_bytes(event[at..at + 4].try_into().unwrap());
    let told: Vec<_> = events.iter().map(|event| (word(event, 0), word(event, 4), &event[16..21])).collect();
    let [create, delete] = [NotifyEvents::CREATE, NotifyEvents::DELETE].map(|event| event.bits());
    let number = number.cast_unsigned();
    assert_eq!(told, [(number, create, b"file\0".as_slice()), (number, delete, b"file\0")]);
    inotify_rm_watch(&watcher, number.cast_signed()).unwrap();
}

tests![inotify];
