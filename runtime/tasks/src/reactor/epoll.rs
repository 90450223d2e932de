//! The engine that every Linux has: epoll tells which descriptors are ready, and system calls do the rest.
//!
//! A descriptor is added once, for both ways and for changes alone (EPOLLET), so that waiting costs no call: what was told is
//! kept until a call finds that there is no more.

use core::cell::{Cell, RefCell};
use core::fmt;
use core::time::Duration;

use linux::fd::{BorrowedFd, OwnedFd};
use linux::poll::{
    EpollEvent, EpollFlags, Interest, epoll_add, epoll_create, epoll_delete, epoll_wait_exact,
};
use linux::{Errno, Result};

use super::slab::{Record, Slab};
use super::watched::Way;
use crate::wait::List;

/// How many events are taken at once.
const EVENTS: usize = 128;
/// The key of the executor's bell.
const BELL: u64 = u64::MAX;

/// What is known of a descriptor.
pub(super) struct Watch {
    /// Ways that were told to be ready, as bits.
    ready: Cell<u8>,
    /// Counts the users of this record, so that an event for a former one is known.
    user: Cell<u32>,
    waiting: [List; 2],
}

impl Record for Watch {
    const EMPTY: Self = Self { ready: Cell::new(0), user: Cell::new(0), waiting: [List::new(), List::new()] };
}

/// The other end has said all: reading gives its end, whatever else was heard.
const ENDED: u8 = 1 << 2;

impl Way {
    /// Gives the bits that make a call in this way worth its while.
    const fn wanted(self) -> u8 {
        match self {
            Self::In => self.bit() | ENDED,
            Self::Out => self.bit(),
        }
    }
}

/// The engine.
pub(super) struct Epoll {
    list: OwnedFd,
    watches: Slab<Watch>,
    events: RefCell<[EpollEvent; EVENTS]>,
}

impl Epoll {
    pub(super) fn new() -> Result<Self> {
        let list = epoll_create(EpollFlags::CLOSE_ON_EXEC)?;
        Ok(Self { list, watches: Slab::new(), events: RefCell::new([EpollEvent::EMPTY; EVENTS]) })
    }

    /// Adds the bell. Nobody reads its count: each addition is a change, and ends the wait.
    pub(super) fn hear(&self, bell: BorrowedFd<'_>) -> Result<()> {
        epoll_add(&self.list, bell, Interest::IN | Interest::EDGE, BELL)
    }

    /// Takes the bell out.
    pub(super) fn hear_no_more(&self, bell: BorrowedFd<'_>) {
        // It was added, and is open.
        let _ = epoll_delete(&self.list, bell);
    }

    /// Adds a descriptor; none for one that is always ready, such as a file's.
    pub(super) fn watch(&self, descriptor: BorrowedFd<'_>) -> Result<Option<u32>> {
        let index = self.watches.take()?;
        let user = self.watches.get(index).map_or(0, |watch| watch.user.get());
        let interest = Interest::IN | Interest::OUT | Interest::READ_HANG_UP | Interest::EDGE;
        let key = u64::from(user) << 32 | u64::from(index);
        match epoll_add(&self.list, descriptor, interest, key) {
            Ok(()) => {
                // New sockets can be written; whether there is something to read is told in a moment.
                if let Some(watch) = self.watches.get(index) {
                    watch.ready.set(Way::Out.bit());
                }
                Ok(Some(index))
            }
            Err(errno) => {
                self.watches.give_back(index);
                if errno == Errno::PERM { Ok(None) } else { Err(errno) }
            }
        }
    }

    /// Takes a descriptor out, which nobody waits for.
    pub(super) fn unwatch(&self, index: u32, descriptor: BorrowedFd<'_>) {
        // Whoever has the file open besides would be told of for ever.
        let _ = epoll_delete(&self.list, descriptor);
        if let Some(watch) = self.watches.get(index) {
            watch.user.set(watch.user.get().wrapping_add(1));
            watch.ready.set(0);
        }
        self.watches.give_back(index);
    }

    /// Waits until a call in this way is worth its while.
    pub(super) async fn ready(&self, index: u32, way: Way) {
        let Some(watch) = self.watches.get(index) else { return };
        while watch.ready.get() & way.wanted() == 0 {
            watch.waiting[way as usize].wait().await;
        }
    }

    /// Hears that there was no more.
    pub(super) fn is_over(&self, index: u32, way: Way) {
        if let Some(watch) = self.watches.get(index) {
            watch.ready.set(watch.ready.get() & !way.wanted());
        }
    }

    /// Waits for events at most as long as this, and wakes whom they concern.
    pub(super) fn wait(&self, limit: Option<Duration>, awake: impl FnOnce()) -> Result<()> {
        let mut events = self.events.borrow_mut();
        let came = epoll_wait_exact(&self.list, &mut events[..], limit);
        awake();
        let came = match came {
            Err(Errno::INTR) => return Ok(()),
            came => came?,
        };
        for event in came {
            self.tell(event);
        }
        Ok(())
    }

    fn tell(&self, event: &EpollEvent) {
        let Some(watch) = self.watches.get(event.key() as u32).filter(|_| event.key() != BELL) else {
            return;
        };
        if watch.user.get() != (event.key() >> 32) as u32 {
            return;
        }
        let came = event.came();
        // An error is told by the next call, in whichever way.
        let both = Interest::ERROR | Interest::HANG_UP;
        let mut told = 0;
        if came.intersects(Interest::IN | Interest::READ_HANG_UP | both) {
            told |= Way::In.bit();
        }
        if came.intersects(Interest::OUT | both) {
            told |= Way::Out.bit();
        }
        if came.intersects(Interest::READ_HANG_UP | Interest::HANG_UP) {
            told |= ENDED;
        }
        watch.ready.set(watch.ready.get() | told);
        for way in [Way::In, Way::Out] {
            if told & way.wanted() != 0 {
                watch.waiting[way as usize].wake_all();
            }
        }
    }
}

impl fmt::Debug for Epoll {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Epoll({:?}, {:?})", self.list, self.watches)
    }
}
