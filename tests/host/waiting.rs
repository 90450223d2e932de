//! Waiting for descriptors: poll, epoll, eventfd.

use crate::child::{check, in_child, ok};
use linux::Errno;
use linux::fs::{PipeFlags, pipe, write};
use linux::poll::{
    EpollEvent, EpollFlags, EventFlags, Interest, PollFd, PollFlags, Selection, epoll_add, epoll_create,
    epoll_delete, epoll_modify, epoll_wait, eventfd, poll, ppoll, pselect, read_event, write_event,
};
use linux::process::{Fork, PidfdFlags, exit_group, fork, getpid, kill, pidfd_open};
use linux::signal::{MaskHow, Signal, SignalSet, sigprocmask};
use std::time::{Duration, Instant};

#[test]
fn a_pipe_becomes_ready_and_hangs_up() {
    let (reader, writer) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
    let mut list =
        [PollFd::new(&reader, PollFlags::IN), PollFd::new(&writer, PollFlags::OUT), PollFd::nothing()];
    assert_eq!(poll(&mut list, Some(Duration::ZERO)), Ok(1));
    assert!(!list[0].is_ready() && list[1].came() == PollFlags::OUT && !list[2].is_ready());
    write(&writer, b"x").unwrap();
    assert_eq!(poll(&mut list, None), Ok(2));
    assert_eq!(list[0].came(), PollFlags::IN);
    drop(writer);
    let mut list = [PollFd::new(&reader, PollFlags::IN)];
    assert_eq!(poll(&mut list, None), Ok(1));
    assert_eq!(list[0].came(), PollFlags::IN | PollFlags::HANG_UP);
}

#[test]
fn the_limit_is_kept() {
    let (reader, _writer) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
    let mut list = [PollFd::new(&reader, PollFlags::IN)];
    let start = Instant::now();
    assert_eq!(poll(&mut list, Some(Duration::from_millis(20))), Ok(0));
    assert!(start.elapsed() >= Duration::from_millis(20));
    assert_eq!(poll(&mut [], Some(Duration::from_nanos(1))), Ok(0));
}

#[test]
fn a_closed_number_is_shown() {
    // SAFETY: no process of ours opens so many files.
    let closed = unsafe { linux::fd::BorrowedFd::from_raw(i32::MAX) };
    let mut list = [PollFd::borrowed(closed, PollFlags::IN)];
    assert_eq!(poll(&mut list, Some(Duration::ZERO)), Ok(1));
    assert_eq!(list[0].came(), PollFlags::INVALID);
}

#[test]
fn a_signal_gets_through_while_it_waits() {
    unsafe extern "C" fn nothing(_signal: std::ffi::c_int) {}
    in_child(|| {
        let action = linux::signal::Action {
            handler: linux::signal::Handler::Call(nothing),
            flags: linux::signal::ActionFlags::empty(),
            mask: SignalSet::EMPTY,
        };
        // SAFETY: the handler does nothing.
        ok!(unsafe { linux::signal::sigaction(Signal::USR1, action) });
        ok!(sigprocmask(MaskHow::Block, Some(SignalSet::of(&[Signal::USR1]))));
        ok!(kill(getpid(), Some(Signal::USR1)));
        check!(poll(&mut [], Some(Duration::from_millis(1))) == Ok(0));
        check!(ppoll(&mut [], None, Some(SignalSet::EMPTY)) == Err(Errno::INTR));
        Ok(())
    });
}

#[test]
fn a_list_tells_what_came_by_its_key() {
    let list = epoll_create(EpollFlags::CLOSE_ON_EXEC).unwrap();
    let (reader, writer) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
    epoll_add(&list, &reader, Interest::IN, 70).unwrap();
    assert_eq!(epoll_add(&list, &reader, Interest::IN, 71), Err(Errno::EXIST));
    let mut events = [EpollEvent::EMPTY; 4];
    assert!(epoll_wait(&list, &mut events, Some(Duration::ZERO)).unwrap().is_empty());
    write(&writer, b"x").unwrap();
    let came = epoll_wait(&list, &mut events, None).unwrap();
    assert_eq!((came.len(), came[0].key(), came[0].came()), (1, 70, Interest::IN));
    epoll_modify(&list, &reader, Interest::IN | Interest::EDGE, u64::MAX).unwrap();
    let came = epoll_wait(&list, &mut events, None).unwrap();
    assert_eq!(came[0].key(), u64::MAX);
    assert!(epoll_wait(&list, &mut events, Some(Duration::from_micros(1))).unwrap().is_empty());
    epoll_delete(&list, &reader).unwrap();
    assert_eq!(epoll_delete(&list, &reader), Err(Errno::NOENT));
    assert_eq!(epoll_wait(&list, &mut [], None).map(<[EpollEvent]>::len), Err(Errno::INVAL));
    let file =
        linux::fs::open("/proc/self/exe", linux::fs::OpenFlags::READ, linux::fs::Mode::empty()).unwrap();
    assert_eq!(epoll_add(&list, &file, Interest::IN, 0), Err(Errno::PERM));
}

#[test]
fn a_counter_counts() {
    let counter = eventfd(3, EventFlags::CLOSE_ON_EXEC | EventFlags::NONBLOCK).unwrap();
    write_event(&counter, 4).unwrap();
    assert_eq!(read_event(&counter), Ok(7));
    assert_eq!(read_event(&counter), Err(Errno::AGAIN));
    assert_eq!(write_event(&counter, u64::MAX), Err(Errno::INVAL));
    let semaphore = eventfd(2, EventFlags::SEMAPHORE | EventFlags::NONBLOCK).unwrap();
    assert_eq!((read_event(&semaphore), read_event(&semaphore)), (Ok(1), Ok(1)));
    assert_eq!(read_event(&semaphore), Err(Errno::AGAIN));
}

#[test]
fn a_process_becomes_ready_when_it_ends() {
    in_child(|| {
        let (reader, writer) = ok!(pipe(PipeFlags::empty()));
        // SAFETY: the child makes system calls only.
        let Fork::Parent(pid) = ok!(unsafe { fork() }) else {
            drop(writer);
            let _ = linux::fs::read(&reader, &mut [0; 1]);
            exit_group(0);
        };
        let process = ok!(pidfd_open(pid, PidfdFlags::empty()));
        let mut list = [PollFd::new(&process, PollFlags::IN)];
        check!(poll(&mut list, Some(Duration::ZERO)) == Ok(0));
        drop(writer);
        check!(poll(&mut list, Some(Duration::from_secs(5))) == Ok(1));
        check!(list[0].came() == PollFlags::IN);
        Ok(())
    });
}

#[test]
fn a_selection_knows_what_is_ready_and_what_it_cannot_hold() {
    let (reader, writer) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
    let set = |descriptor: &linux::fd::OwnedFd| {
        let mut set = Selection::EMPTY;
        set.add(descriptor).unwrap();
        set
    };
    let (mut readable, mut writable) = (set(&reader), Selection::EMPTY);
    let short = Some(Duration::from_millis(5));
    assert_eq!(pselect(&mut readable, &mut writable, short), Ok((0, Some(Duration::ZERO))));
    assert_eq!(readable, Selection::EMPTY);
    write(&writer, b"x").unwrap();
    (readable, writable) = (set(&reader), set(&writer));
    let (count, left) = pselect(&mut readable, &mut writable, Some(Duration::from_secs(1000))).unwrap();
    assert_eq!((count, readable.contains(&reader), writable.contains(&writer)), (2, true, true));
    // An emulator may leave the time as it was.
    assert!(left.is_some_and(|left| left > Duration::from_secs(900)));
    if let Ok(high) = linux::fs::dup_at_least(&reader, 1024) {
        assert_eq!(writable.add(&high), Err(Errno::INVAL));
        assert!(!readable.contains(&high));
    }
}
