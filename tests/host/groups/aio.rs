//! Reading and writing without waiting: by io_uring, which takes the place of io_submit(2) and its relatives.

use std::time::Duration;

use linux::Errno;
use linux::fs::{self, pwrite};
use linux::poll::{self, EpollEvent, EpollFlags, EventFlags, Interest};
use linux::uring::{CancelFlags, Completion, Entry, Ring, Setup};

use crate::scratch::Scratch;
use crate::support::{file, have};

fn ring() -> Ring {
    let missing = [Errno::NOSYS, Errno::PERM, Errno::OPNOTSUPP];
    have(Ring::new(8, &Setup::PLAIN), &missing, "rings of io_uring")
}

/// Adds an entry and gives what comes of it.
///
/// What it points to must live until then.
fn done(ring: &Ring, entry: Entry) -> Completion {
    // SAFETY: the callers keep everything until the completion is here.
    assert!(unsafe { ring.push(&entry) });
    linux::retry(|| ring.submit_and_wait(None)).unwrap();
    ring.complete().unwrap()
}

fn aio_setup() {
    let ring = ring();
    assert_eq!((ring.room(), ring.has_completion()), (8, false));
}

fn aio() {
    let (ring, scratch) = (ring(), Scratch::new());
    let file = file(&scratch.at("file"));
    pwrite(&file, &[7; 4096], 0).unwrap();
    let mut buffer = vec![0; 4096];
    let entry = Entry::read(file.as_raw(), buffer.as_mut_ptr(), 4096, Some(0)).key(42);
    let completion = done(&ring, entry);
    assert_eq!((completion.key, completion.result()), (42, Ok(4096)));
    assert_eq!(buffer, [7; 4096]);
}

fn aio_error() {
    let (ring, scratch) = (ring(), Scratch::new());
    let file = file(&scratch.at("file"));
    pwrite(&file, &[7; 64], 0).unwrap();
    let nowhere = Entry::read(file.as_raw(), std::ptr::null_mut(), 64, Some(0));
    assert_eq!(done(&ring, nowhere).result(), Err(Errno::FAULT));
    let mut buffer = [0; 8];
    let closed = Entry::read(9_999, buffer.as_mut_ptr(), 8, None);
    assert_eq!(done(&ring, closed).result(), Err(Errno::BADF));
}

fn aio_cancel() {
    let ring = ring();
    let (reader, _writer) = fs::pipe(fs::PipeFlags::CLOSE_ON_EXEC).unwrap();
    // SAFETY: it points to nothing.
    assert!(unsafe { ring.push(&Entry::poll_add(reader.as_raw(), Interest::IN).key(1)) });
    // SAFETY: as above.
    assert!(unsafe { ring.push(&Entry::async_cancel(1, CancelFlags::empty()).key(2)) });
    let mut came = Vec::new();
    while came.len() < 2 {
        linux::retry(|| ring.submit_and_wait(None)).unwrap();
        came.extend(std::iter::from_fn(|| ring.complete()).map(|one| (one.key, one.result())));
    }
    came.sort_unstable_by_key(|(key, _)| *key);
    assert_eq!(came, [(1, Err(Errno::CANCELED)), (2, Ok(0))]);
}

fn aio_eventfd() {
    let ring = ring();
    let list = poll::epoll_create(EpollFlags::CLOSE_ON_EXEC).unwrap();
    poll::epoll_add(&list, &ring, Interest::IN, 5).unwrap();
    let counter = poll::eventfd(1, EventFlags::CLOSE_ON_EXEC).unwrap();
    let mut events = [EpollEvent::EMPTY; 2];
    assert!(poll::epoll_wait(&list, &mut events, Some(Duration::ZERO)).unwrap().is_empty());
    // SAFETY: it points to nothing.
    assert!(unsafe { ring.push(&Entry::poll_add(counter.as_raw(), Interest::IN).key(42)) });
    ring.submit().unwrap();
    let came = poll::epoll_wait(&list, &mut events, Some(Duration::from_secs(20))).unwrap();
    assert_eq!(came.iter().map(EpollEvent::key).collect::<Vec<_>>(), [5]);
    assert_eq!(ring.complete().map(|one| one.key), Some(42));
}

fn aio_drop() {
    let before = std::fs::read_to_string("/proc/self/maps").unwrap().lines().count();
    drop(ring());
    let after = std::fs::read_to_string("/proc/self/maps").unwrap().lines().count();
    assert_eq!(before, after, "its memory is given back; the runner looks after its descriptor");
}

fn aio_fdsync() {
    let (ring, scratch) = (ring(), Scratch::new());
    let file = file(&scratch.at("file"));
    pwrite(&file, b"x", 0).unwrap();
    assert_eq!(done(&ring, Entry::fsync(file.as_raw())).result(), Ok(0));
}

tests![aio_setup, aio, aio_error, aio_cancel, aio_eventfd, aio_drop, aio_fdsync];
