//! poll(2), select(2), pselect(2) on a pair of sockets.

use std::time::Duration;

use linux::net::SocketKind;
use linux::poll::{self, PollFd, PollFlags, Selection};

use crate::support::pair;

fn poll() {
    let (one, other) = pair(SocketKind::STREAM);
    let mut list = [PollFd::new(&one, PollFlags::IN)];
    assert_eq!(poll::poll(&mut list, Some(Duration::ZERO)), Ok(0));
    linux::fs::write(&other, b"test").unwrap();
    assert_eq!(poll::poll(&mut list, Some(Duration::ZERO)), Ok(1));
    assert_eq!(list[0].came(), PollFlags::IN);
}

fn selected(limit: Duration) {
    let (one, other) = pair(SocketKind::STREAM);
    let asked = || {
        let (mut readable, mut writable) = (Selection::EMPTY, Selection::EMPTY);
        readable.add(&one).unwrap();
        let (count, _) = poll::pselect(&mut readable, &mut writable, Some(limit)).unwrap();
        (count, readable.contains(&one))
    };
    assert_eq!(asked(), (0, false));
    linux::fs::write(&other, b"test").unwrap();
    assert_eq!(asked(), (1, true));
}

fn select() {
    selected(Duration::ZERO);
}

fn pselect() {
    selected(Duration::from_millis(1));
}

tests![poll, select, pselect];
