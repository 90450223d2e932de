//! Waiting for descriptors: poll(2), epoll(7), eventfd(2), select(2).

mod epoll;
mod event;
#[expect(clippy::module_inception, reason = "the room is named by its first call")]
mod poll;
mod select;

pub use epoll::{
    EpollEvent, EpollFlags, Interest, epoll_add, epoll_create, epoll_delete, epoll_modify, epoll_wait,
    epoll_wait_exact,
};
pub use event::{EventFlags, eventfd, read_event, write_event};
pub use poll::{PollFd, PollFlags, poll, ppoll};
pub use select::{Selection, pselect};
