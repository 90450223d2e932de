//! POSIX message queues.

use std::time::Duration;

use linux::Errno;
use linux::fd::OwnedFd;
use linux::fs::{Mode, OpenFlags};
use linux::ipc::{self, QueueAttributes, mq_attributes, mq_open, mq_receive, mq_send, mq_unlink};
use linux::process::{getpid, kill};
use linux::signal::{MaskHow, Signal, SignalSet, sigprocmask, sigtimedwait};
use linux::time::{Clock, Timespec, clock_gettime};

use crate::support::have;

const NEW: OpenFlags = OpenFlags::READ_WRITE
    .union(OpenFlags::CREATE)
    .union(OpenFlags::EXCLUSIVE)
    .union(OpenFlags::NONBLOCK)
    .union(OpenFlags::CLOSE_ON_EXEC);

/// Makes a queue for ten messages of 512 bytes, whose name is gone at once.
fn queue() -> OwnedFd {
    let name = format!("spelunk-{}", std::process::id());
    let made = mq_open(name.as_str(), NEW, Mode::octal(0o600), Some(&QueueAttributes::new(10, 512)));
    let queue = have(made, &[Errno::NOSYS, Errno::MFILE], "message queues");
    mq_unlink(name.as_str()).unwrap();
    queue
}

fn mq_open_close_unlink() {
    let queue = queue();
    assert_eq!(mq_unlink("spelunk-none"), Err(Errno::NOENT));
    assert_eq!(queue.close(), Ok(()));
}

fn mq_getsetattr() {
    let queue = queue();
    let found = mq_attributes(&queue).unwrap();
    assert_eq!((found.most, found.bytes, found.is_nonblock()), (10, 512, true));
    ipc::mq_set_nonblock(&queue, false).unwrap();
    assert!(!mq_attributes(&queue).unwrap().is_nonblock());
}

fn mq_send_receive() {
    let queue = queue();
    mq_send(&queue, b"a", 0, None).unwrap();
    mq_send(&queue, b"b", 10, None).unwrap();
    let mut buffer = [0; 512];
    assert_eq!((mq_receive(&queue, &mut buffer, None), buffer[0]), (Ok((1, 10)), b'b'));
    assert_eq!((mq_receive(&queue, &mut buffer, None), buffer[0]), (Ok((1, 0)), b'a'));
    assert_eq!(mq_receive(&queue, &mut buffer, None), Err(Errno::AGAIN));
    ipc::mq_set_nonblock(&queue, false).unwrap();
    let past = Timespec { seconds: 1, ..clock_gettime(Clock::REALTIME).unwrap() };
    assert_eq!(mq_receive(&queue, &mut buffer, Some(past)), Err(Errno::TIMEDOUT));
}

fn mq_notify() {
    let queue = queue();
    let set = SignalSet::of(&[Signal::USR1]);
    sigprocmask(MaskHow::Block, Some(set)).unwrap();
    ipc::mq_notify(&queue, Some(Signal::USR1)).unwrap();
    mq_send(&queue, b"first", 0, None).unwrap();
    assert_eq!(sigtimedwait(set, Some(Duration::from_secs(20))), Ok(Signal::USR1));
    // Once, and no more.
    mq_receive(&queue, &mut [0; 512], None).unwrap();
    mq_send(&queue, b"second", 0, None).unwrap();
    assert_eq!(sigtimedwait(set, Some(Duration::ZERO)), Err(Errno::AGAIN));
    assert_eq!(kill(getpid(), None), Ok(()));
}

tests![mq_open_close_unlink, mq_getsetattr, mq_send_receive, mq_notify];
