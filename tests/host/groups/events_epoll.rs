//! eventfd(2) and epoll(7).

use std::time::Duration;

use linux::Errno;
use linux::net::SocketKind;
use linux::poll::{self, EpollEvent, EpollFlags, EventFlags, Interest};

use crate::support::pair;

fn eventfd() {
    let counter = poll::eventfd(0, EventFlags::NONBLOCK | EventFlags::CLOSE_ON_EXEC).unwrap();
    assert_eq!(poll::read_event(&counter), Err(Errno::AGAIN));
    for number in [3, 6, 1] {
        poll::write_event(&counter, number).unwrap();
    }
    assert_eq!(poll::read_event(&counter), Ok(10));
    assert_eq!(poll::read_event(&counter), Err(Errno::AGAIN));
}

/// Waits for one end of a pair, before and after something came.
fn waited(limit: Duration) {
    let list = poll::epoll_create(EpollFlags::CLOSE_ON_EXEC).unwrap();
    let (one, other) = pair(SocketKind::STREAM);
    poll::epoll_add(&list, &one, Interest::IN, 8).unwrap();
    let mut events = [EpollEvent::EMPTY; 4];
    assert_eq!(poll::epoll_wait(&list, &mut events, Some(limit)).unwrap().len(), 0);
    linux::fs::write(&other, b"test").unwrap();
    let came = poll::epoll_wait(&list, &mut events, Some(limit)).unwrap();
    assert_eq!(came.iter().map(|event| (event.key(), event.came())).collect::<Vec<_>>(), [(8, Interest::IN)]);
}

fn epoll_wait() {
    waited(Duration::ZERO);
}

fn epoll_pwait() {
    waited(Duration::from_millis(1));
}

fn epoll_events_iter() {
    let list = poll::epoll_create(EpollFlags::CLOSE_ON_EXEC).unwrap();
    let counters: Vec<_> = (0..8).map(|_| poll::eventfd(1, EventFlags::CLOSE_ON_EXEC).unwrap()).collect();
    for (key, counter) in counters.iter().enumerate() {
        poll::epoll_add(&list, counter, Interest::IN, key as u64).unwrap();
    }
    let mut events = [EpollEvent::EMPTY; 16];
    let came = poll::epoll_wait(&list, &mut events, Some(Duration::ZERO)).unwrap();
    let mut keys: Vec<_> = came.iter().map(EpollEvent::key).collect();
    keys.sort_unstable();
    assert_eq!(keys, [0, 1, 2, 3, 4, 5, 6, 7]);
}

tests![eventfd, epoll_wait, epoll_pwait, epoll_events_iter];
