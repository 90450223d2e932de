//! ppoll(2): waiting with another mask of signals.

use std::time::Duration;

use linux::net::SocketKind;
use linux::poll::{self, PollFd, PollFlags};
use linux::signal::{Signal, SignalSet};

use crate::support::pair;

fn ppoll() {
    let (one, other) = pair(SocketKind::STREAM);
    let mask = Some(SignalSet::of(&[Signal::USR1]));
    let mut list = [PollFd::new(&one, PollFlags::IN)];
    assert_eq!(poll::ppoll(&mut list, Some(Duration::ZERO), mask), Ok(0));
    linux::fs::write(&other, b"test").unwrap();
    assert_eq!(poll::ppoll(&mut list, Some(Duration::ZERO), mask), Ok(1));
    assert_eq!(list[0].came(), PollFlags::IN);
}

tests![ppoll];
