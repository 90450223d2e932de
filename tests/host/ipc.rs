//! Queues, semaphores and memory that processes share by numbers and names.

use crate::child::{become_root, check, in_child, ok};
use crate::emulator::{is_missing, lacks};
use linux::Errno;
use linux::fs::{Mode, OpenFlags, open, read_full};
use linux::ipc::{
    AttachFlags, GetFlags, MessageQueue, MessageQueueFlags, Operation, PRIVATE, Queue, QueueAttributes,
    Semaphores, SharedMemory, mq_attributes, mq_notify, mq_open, mq_receive, mq_send, mq_set_nonblock,
    mq_unlink, msgget, msgrcv, msgremove, msgsnd, semget, semop, semremove, semset, semvalue, shmat, shmdt,
    shmget_private, shmremove,
};
use linux::process::{Ended, Fork, Namespaces, WaitFlags, WaitFor, exit_group, fork, waitid};
use linux::signal::{MaskHow, Signal, SignalSet, sigprocmask, sigtimedwait};
use linux::time::Timespec;
use std::sync::atomic::Ordering;
use std::time::Duration;

const OWN: Mode = Mode::octal(0o600);

#[test]
fn messages_come_by_priority() {
    let name = format!("spelunk-host-{}", std::process::id());
    let flags = OpenFlags::READ_WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE;
    let queue = mq_open(name.as_str(), flags, OWN, Some(&QueueAttributes::new(4, 16)));
    // qemu-user takes the byte before the name for the slash of the C library's names.
    if is_missing(&queue, "mq_open") || (queue.is_err() && lacks("mq_open with the kernel's names")) {
        return;
    }
    let queue = queue.unwrap();
    assert_eq!(mq_open(name.as_str(), flags, OWN, None).err(), Some(Errno::EXIST));
    let found = mq_attributes(&queue).unwrap();
    assert_eq!((found.most, found.bytes, found.count, found.is_nonblock()), (4, 16, 0, false));
    let past = Some(Timespec { seconds: 1, nanoseconds: 0 });
    let mut buffer = [0; 16];
    assert_eq!(mq_receive(&queue, &mut buffer, past), Err(Errno::TIMEDOUT));
    mq_send(&queue, b"low", 1, None).unwrap();
    mq_send(&queue, b"high", 9, None).unwrap();
    assert_eq!(mq_send(&queue, &[0; 17], 0, None), Err(Errno::MSGSIZE));
    assert_eq!(mq_receive(&queue, &mut buffer[..4], None), Err(Errno::MSGSIZE));
    assert_eq!(mq_receive(&queue, &mut buffer, None), Ok((4, 9)));
    assert_eq!(&buffer[..4], b"high");
    assert_eq!(mq_receive(&queue, &mut buffer, None), Ok((3, 1)));
    mq_set_nonblock(&queue, true).unwrap();
    assert!(mq_attributes(&queue).unwrap().is_nonblock());
    assert_eq!(mq_receive(&queue, &mut buffer, None), Err(Errno::AGAIN));
    mq_unlink(name.as_str()).unwrap();
    assert_eq!(mq_unlink(name.as_str()), Err(Errno::NOENT));
}

#[test]
fn a_first_message_sends_a_signal() {
    if is_missing(&mq_open("spelunk-host-none", OpenFlags::READ_WRITE, OWN, None), "mq_open") {
        return;
    }
    // The signal goes to the process, and would end one whose other threads do not hold it back.
    in_child(|| {
        become_root(Namespaces::IPC)?;
        let flags = OpenFlags::READ_WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE;
        let queue = ok!(mq_open("spelunk-host", flags, OWN, None));
        let signals = SignalSet::of(&[Signal::USR1]);
        ok!(sigprocmask(MaskHow::Block, Some(signals)));
        ok!(mq_notify(&queue, Some(Signal::USR1)));
        check!(mq_notify(&queue, Some(Signal::USR1)) == Err(Errno::BUSY));
        ok!(mq_send(&queue, b"first", 1, None));
        check!(ok!(sigtimedwait(signals, None)) == Signal::USR1);
        ok!(mq_notify(&queue, Some(Signal::USR1)));
        ok!(mq_notify(&queue, None));
        ok!(mq_unlink("spelunk-host"));
        Ok(())
    });
}

#[test]
fn messages_come_by_their_kind() {
    let queue = msgget(PRIVATE, GetFlags::CREATE, OWN);
    if is_missing(&queue, "msgget") {
        return;
    }
    let queue = queue.unwrap();
    let flags = MessageQueueFlags::NO_WAIT;
    msgsnd(queue, 1, b"one", flags).unwrap();
    msgsnd(queue, 2, b"two", flags).unwrap();
    assert_eq!(msgsnd(queue, 0, b"", flags), Err(Errno::INVAL));
    assert_eq!(msgsnd(queue, 1, &[0; 9000], flags), Err(Errno::INVAL));
    let mut buffer = [0; 8];
    assert_eq!(msgrcv(queue, 2, &mut buffer, flags), Ok((2, 3)));
    assert_eq!(&buffer[..3], b"two");
    assert_eq!(msgrcv(queue, 2, &mut buffer, flags), Err(Errno::NOMSG));
    assert_eq!(msgrcv(queue, 0, &mut buffer[..2], flags), Err(Errno::TOOBIG));
    assert_eq!(msgrcv(queue, 0, &mut buffer[..2], flags | MessageQueueFlags::CUT), Ok((1, 2)));
    msgremove(queue).unwrap();
    assert!(msgremove(queue).is_err());
}

#[test]
fn semaphores_are_taken_and_given() {
    let set = semget(PRIVATE, 2, GetFlags::CREATE, OWN);
    if is_missing(&set, "semget") {
        return;
    }
    let set = set.unwrap();
    semset(set, 0, 3).unwrap();
    let both = [Operation::new(0, -2), Operation::new(1, 1).undone_at_end()];
    semop(set, &both, None).unwrap();
    assert_eq!((semvalue(set, 0), semvalue(set, 1)), (Ok(1), Ok(1)));
    assert_eq!(semop(set, &[Operation::new(0, -2).without_waiting()], None), Err(Errno::AGAIN));
    let soon = Some(Duration::from_millis(1));
    match semop(set, &both, soon) {
        // Kernels of 32 bits before Linux 5.1.
        Err(Errno::NOSYS) => {}
        answer => assert_eq!(answer, Err(Errno::AGAIN)),
    }
    assert_eq!(semvalue(set, 1), Ok(1), "all or nothing");
    assert_eq!(semvalue(set, 9), Err(Errno::INVAL));
    semremove(set).unwrap();
    assert!(semvalue(set, 0).is_err());
}

#[test]
fn memory_is_seen_at_two_places() {
    let memory = shmget_private(4096, OWN);
    if is_missing(&memory, "shmget") {
        return;
    }
    let memory = memory.unwrap();
    let one = shmat(memory, AttachFlags::empty()).unwrap();
    let two = shmat(memory, AttachFlags::READ_ONLY).unwrap();
    shmremove(memory).unwrap();
    assert_ne!(one, two);
    // SAFETY: both mappings are of a page of this test alone.
    unsafe { one.write_volatile(7) };
    // SAFETY: as above.
    assert_eq!(unsafe { two.read_volatile() }, 7);
    for address in [one, two] {
        // SAFETY: nobody uses them any more.
        assert_eq!(unsafe { shmdt(address) }, Ok(()));
        // SAFETY: nothing is there.
        assert_eq!(unsafe { shmdt(address) }, Err(Errno::INVAL));
    }
}

#[test]
fn objects_go_with_their_values() {
    if is_missing(&msgget(PRIVATE, GetFlags::CREATE, OWN).and_then(msgremove), "msgget") {
        return;
    }
    in_child(|| {
        // Alone: who else is in this namespace would be counted.
        become_root(Namespaces::IPC)?;
        let count = |name| Ok::<_, crate::child::Failure>(ok!(lines(name)));
        {
            let memory = ok!(SharedMemory::new(2));
            let words = memory.words();
            check!(words.len() == 2);
            let set = ok!(Semaphores::new(&[1, 0]));
            let queue = ok!(MessageQueue::new());
            check!(count("/proc/sysvipc/sem")? == 2 && count("/proc/sysvipc/msg")? == 2);
            // SAFETY: the child makes system calls only.
            let Fork::Parent(pid) = ok!(unsafe { fork() }) else {
                words[0].store(7, Ordering::SeqCst);
                let sent = queue.send(3, b"from the child", MessageQueueFlags::empty());
                drop(queue);
                // What it takes and does not give back, the kernel gives back.
                let taken = set.take(0, None);
                exit_group(i32::from(sent.is_err() || taken.is_err()));
            };
            let mut buffer = [0; 32];
            check!(ok!(queue.receive(0, &mut buffer, MessageQueueFlags::empty())) == (3, b"from the child"));
            let ended = ok!(waitid(WaitFor::Process(pid), WaitFlags::EXITED));
            check!(ended.is_some_and(|child| child.ended == Ended::Exited(0)));
            check!(words[0].load(Ordering::SeqCst) == 7);
            check!(ok!(set.value(0)) == 1);
            ok!(set.take(0, None));
            match set.take(0, Some(Duration::from_millis(1))) {
                // Kernels of 32 bits before Linux 5.1.
                Err(Errno::NOSYS) => {}
                answer => check!(answer == Err(Errno::AGAIN)),
            }
            ok!(set.give(0));
            check!(count("/proc/sysvipc/shm")? == 2);
        }
        for name in ["/proc/sysvipc/shm", "/proc/sysvipc/sem", "/proc/sysvipc/msg"] {
            check!(count(name)? == 1);
        }
        Ok(())
    });
}

/// Counts the lines of a file, of which the first is a head; allocates nothing.
fn lines(path: &str) -> linux::Result<usize> {
    let mut buffer = [0; 4096];
    let count = read_full(open(path, OpenFlags::READ, Mode::empty())?, &mut buffer)?;
    Ok(buffer[..count].iter().filter(|byte| **byte == b'\n').count())
}

#[test]
fn the_name_of_a_queue_goes_with_the_value_that_has_made_it() {
    let name = format!("spelunk-host-own-{}", std::process::id());
    let like = QueueAttributes::new(2, 8);
    let queue = Queue::new(name.as_str(), OWN, Some(&like));
    if is_missing(&queue, "mq_open") || (queue.is_err() && lacks("mq_open with the kernel's names")) {
        return;
    }
    let queue = queue.unwrap();
    assert_eq!(Queue::new(name.as_str(), OWN, None).err(), Some(Errno::EXIST));
    let other = Queue::open(name.as_str()).unwrap();
    other.send(b"low", 1, None).unwrap();
    other.send(b"high", 9, None).unwrap();
    let past = Some(Timespec { seconds: 1, nanoseconds: 0 });
    assert_eq!(other.send(b"more", 1, past), Err(Errno::TIMEDOUT));
    let mut buffer = [0; 8];
    assert_eq!(queue.receive(&mut buffer, None), Ok((b"high".as_slice(), 9)));
    assert_eq!(queue.attributes().unwrap().count, 1);
    drop(other);
    assert!(Queue::open(name.as_str()).is_ok());
    drop(queue);
    assert_eq!(Queue::open(name.as_str()).err(), Some(Errno::NOENT));
}
