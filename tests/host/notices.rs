//! Being told of what happens to files.

use crate::emulator::is_missing;
use crate::scratch::Scratch;
use crate::skip::skipped;
use linux::Errno;
use linux::fd::CWD;
use linux::fs::{
    About, Change, FileEvents, GroupFlags, MarkFlags, Mode, NotifyEvents, NotifyFlags, NotifyGroup,
    OpenFlags, inotify_add_watch, inotify_init, inotify_read, inotify_rm_watch, name_to_handle_at, open,
    read,
};
use linux::poll::{PollFd, PollFlags, poll};
use linux::process::{Ended, Fork, WaitFlags, WaitFor, exit_group, fork, waitid};
use std::time::Duration;

#[test]
fn a_watch_tells_of_a_new_file() {
    let scratch = Scratch::new();
    let watcher = inotify_init(NotifyFlags::CLOSE_ON_EXEC | NotifyFlags::NONBLOCK).unwrap();
    let path = scratch.path().to_str().unwrap().to_owned();
    let number = inotify_add_watch(&watcher, path.as_str(), NotifyEvents::CREATE).unwrap();
    let mut buffer = [0; 256];
    assert_eq!(read(&watcher, &mut buffer), Err(Errno::AGAIN));
    std::fs::write(scratch.at("new"), b"").unwrap();
    let changes: Vec<_> = inotify_read(&watcher, &mut buffer).unwrap().collect();
    assert_eq!(changes, [Change { watch: number, events: NotifyEvents::CREATE, cookie: 0, name: b"new" }]);
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
    // Its end alone is told.
    let changes: Vec<_> = inotify_read(&watcher, &mut buffer).unwrap().map(|change| change.events).collect();
    assert_eq!(changes, [NotifyEvents::ENDED]);
    assert_eq!(inotify_rm_watch(&watcher, number), Err(Errno::INVAL));
}

/// Makes a group that tells without waiting, or says why there is none.
fn group(more: GroupFlags) -> Option<NotifyGroup> {
    let group = NotifyGroup::new(GroupFlags::CLOSE_ON_EXEC | GroupFlags::NONBLOCK | more);
    match group {
        _ if is_missing(&group, "fanotify_init") => None,
        Err(errno @ (Errno::PERM | Errno::INVAL)) => {
            skipped(&format!("fanotify_init {more}: {errno}"));
            None
        }
        group => Some(group.unwrap()),
    }
}

#[test]
fn a_mark_tells_of_a_new_file_by_directory_and_name() {
    let scratch = Scratch::new();
    let Some(group) = group(GroupFlags::TELL_DIRECTORY | GroupFlags::TELL_NAME) else { return };
    let path = scratch.path().to_str().unwrap().to_owned();
    let events = FileEvents::CREATE | FileEvents::DELETE | FileEvents::OF_DIRECTORIES;
    match group.mark(MarkFlags::ADD, events, path.as_str()) {
        Err(errno @ (Errno::NODEV | Errno::XDEV | Errno::OPNOTSUPP)) => {
            return skipped(&format!("the file system has no handles: {errno}"));
        }
        answer => answer.unwrap(),
    }
    let mut buffer = [0; 1024];
    assert_eq!(group.read(&mut buffer).err(), Some(Errno::AGAIN));
    std::fs::write(scratch.at("new"), b"").unwrap();
    std::fs::create_dir(scratch.at("folder")).unwrap();
    std::fs::remove_file(scratch.at("new")).unwrap();
    let (handle, _) = name_to_handle_at(CWD, path.as_str()).unwrap();
    let mut told = Vec::new();
    for event in group.read(&mut buffer).unwrap() {
        let about: Vec<_> = event.about().collect();
        let [About::Name(directory, name)] = about[..] else { panic!("{about:?}") };
        assert_eq!(directory, handle);
        assert!(event.file.is_none());
        told.push((event.events, String::from_utf8(name.to_vec()).unwrap()));
    }
    let new = (FileEvents::CREATE, "new".to_owned());
    let folder = (FileEvents::CREATE | FileEvents::OF_DIRECTORIES, "folder".to_owned());
    let gone = (FileEvents::DELETE, "new".to_owned());
    // The first and the last may be told as one.
    let both = (FileEvents::CREATE | FileEvents::DELETE, "new".to_owned());
    assert!(told == [new, folder.clone(), gone] || told == [both, folder], "{told:?}");
    group.mark(MarkFlags::FLUSH, FileEvents::empty(), path.as_str()).unwrap();
    std::fs::write(scratch.at("late"), b"").unwrap();
    assert_eq!(group.read(&mut buffer).err(), Some(Errno::AGAIN));
}

#[test]
fn a_group_is_asked_for_leave() {
    // Whoever opens a marked file waits for the answer, so that it is another process: and only root may be asked.
    let Some(group) = group(GroupFlags::ASKED | GroupFlags::TELL_PIDFD) else { return };
    let scratch = Scratch::new();
    let path = scratch.at("asked");
    std::fs::write(&path, b"secret").unwrap();
    match group.mark(MarkFlags::ADD, FileEvents::ASK_OPEN, path.as_str()) {
        Err(errno @ Errno::INVAL) => return skipped(&format!("this kernel asks nobody: {errno}")),
        answer => answer.unwrap(),
    }
    for may in [true, false] {
        // SAFETY: the child makes system calls only.
        let Fork::Parent(reader) = (unsafe { fork() }).unwrap() else {
            let opened = open(path.as_str(), OpenFlags::READ, Mode::empty());
            exit_group(match opened {
                Ok(_) => 0,
                Err(errno) => i32::from(errno.number()),
            });
        };
        let mut list = [PollFd::new(&group, PollFlags::IN)];
        assert_eq!(poll(&mut list, Some(Duration::from_secs(20))), Ok(1));
        let mut buffer = [0; 1024];
        for event in group.read(&mut buffer).unwrap() {
            assert_eq!((event.events, event.process), (FileEvents::ASK_OPEN, reader.get()));
            assert!(event.pidfd.is_some() && event.file.is_some());
            event.answer(&group, may).unwrap();
        }
        let ended =
            linux::retry(|| waitid(WaitFor::Process(reader), WaitFlags::EXITED)).unwrap().unwrap().ended;
        let expected = if may { 0 } else { Errno::PERM.number().into() };
        assert_eq!(ended, Ended::Exited(expected));
    }
}

#[test]
fn a_whole_file_system_is_marked_at_once() {
    let scratch = Scratch::new();
    let more = GroupFlags::TELL_DIRECTORY | GroupFlags::TELL_NAME | GroupFlags::TELL_HANDLE;
    let Some(group) = group(more) else { return };
    let path = scratch.path().to_str().unwrap().to_owned();
    let events = FileEvents::RENAME | FileEvents::CREATE | FileEvents::OF_DIRECTORIES;
    match group.mark(MarkFlags::ADD | MarkFlags::FILE_SYSTEM, events, path.as_str()) {
        Err(errno @ (Errno::PERM | Errno::INVAL | Errno::NODEV | Errno::XDEV | Errno::OPNOTSUPP)) => {
            return skipped(&format!("no mark of a whole file system, or none with RENAME: {errno}"));
        }
        answer => answer.unwrap(),
    }
    // A folder that is new is told of like any other.
    std::fs::create_dir(scratch.at("folder")).unwrap();
    std::fs::write(scratch.at("folder/spelunk-one"), b"").unwrap();
    std::fs::rename(scratch.at("folder/spelunk-one"), scratch.at("spelunk-two")).unwrap();
    let folder = name_to_handle_at(CWD, scratch.at("folder").as_str()).unwrap().0;
    let above = name_to_handle_at(CWD, path.as_str()).unwrap().0;
    let (mut moves, mut buffer) = (0, vec![0; 1 << 16]);
    while let Ok(events) = group.read(&mut buffer) {
        for event in events.filter(|event| event.events.contains(FileEvents::RENAME)) {
            let from = About::From(folder, b"spelunk-one");
            let to = About::To(above, b"spelunk-two");
            let about: Vec<_> = event.about().collect();
            moves += usize::from(about.contains(&from) && about.contains(&to));
        }
    }
    assert_eq!(moves, 1);
}
