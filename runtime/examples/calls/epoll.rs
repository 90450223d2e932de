//! epoll(7): a list of descriptors that the kernel keeps, and tells which of them are ready.
//!
//! ```text
//! $ calls epoll
//! nothing yet: 0 ready
//! key 7 is ready as often as it is asked: 1, 1
//! at the edge it is told once: 1, 0
//! ```

use core::time::Duration;

use spelunk::io::{Result, Write};
use spelunk::linux::Errno;
use spelunk::linux::fs::write;
use spelunk::linux::net::{Family, SocketFlags, SocketKind, socketpair};
use spelunk::linux::poll::{
    EpollEvent, EpollFlags, Interest, epoll_add, epoll_create, epoll_modify, epoll_wait,
};

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let list = epoll_create(EpollFlags::CLOSE_ON_EXEC)?;
    let (one, other) = socketpair(Family::UNIX, SocketKind::STREAM, SocketFlags::CLOSE_ON_EXEC)?;
    epoll_add(&list, &other, Interest::IN, 7)?;
    let mut events = [EpollEvent::EMPTY; 4];
    let mut ready = || Ok::<_, Errno>(epoll_wait(&list, &mut events, Some(Duration::ZERO))?.len());
    writeln!(out, "nothing yet: {} ready", ready()?)?;
    write(&one, b"x")?;
    writeln!(out, "key 7 is ready as often as it is asked: {}, {}", ready()?, ready()?)?;
    epoll_modify(&list, &other, Interest::IN | Interest::EDGE, 7)?;
    writeln!(out, "at the edge it is told once: {}, {}", ready()?, ready()?)
}
