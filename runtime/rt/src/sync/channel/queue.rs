//! The queue behind all channels: a ring under a lock, and two conditions.

use alloc::collections::VecDeque;

use linux::time::Timespec;

use crate::sync::{Condvar, Mutex, MutexGuard};

/// How long one waits.
#[derive(Clone, Copy)]
pub(super) enum Patience {
    None,
    Until(Timespec),
    Endless,
}

/// What was not sent, and whether it never will be.
pub(super) struct Refused<T> {
    pub(super) thing: T,
    pub(super) for_good: bool,
}

pub(super) struct Queue<T> {
    /// None: without a bound.
    bound: Option<usize>,
    state: Mutex<State<T>>,
    /// Something was sent, or nothing will be any more.
    sent: Condvar,
    /// Something was received, or nothing will be any more.
    received: Condvar,
}

struct State<T> {
    things: VecDeque<T>,
    senders: usize,
    receivers: usize,
    /// How many wait for `sent`.
    hungry: usize,
    /// How many wait for `received`.
    full: usize,
    /// How many things were sent and received in all. In a queue without room, a sender waits for its own.
    in_all: u64,
    out_all: u64,
}

impl<T> Queue<T> {
    /// Makes a queue of one sender and one receiver.
    pub(super) fn new(bound: Option<usize>) -> Self {
        let things = VecDeque::new();
        let state = State { things, senders: 1, receivers: 1, hungry: 0, full: 0, in_all: 0, out_all: 0 };
        Self { bound, state: Mutex::new(state), sent: Condvar::new(), received: Condvar::new() }
    }

    pub(super) fn send(&self, thing: T, patience: Patience) -> Result<(), Refused<T>> {
        let mut state = self.state.lock();
        let mut patience = patience;
        loop {
            if state.receivers == 0 {
                return Err(Refused { thing, for_good: true });
            }
            let has_room = match (self.bound, patience) {
                (None, _) => true,
                // Who does not wait sends only to one who does.
                (Some(0), Patience::None) => state.things.is_empty() && state.hungry > 0,
                (Some(0), _) => state.things.is_empty(),
                (Some(bound), _) => state.things.len() < bound,
            };
            if has_room {
                break;
            }
            if matches!(patience, Patience::None) {
                return Err(Refused { thing, for_good: false });
            }
            (state, patience) = self.wait_for_room(state, patience);
        }
        state.things.push_back(thing);
        state.in_all += 1;
        let own = state.in_all;
        if state.hungry > 0 {
            self.sent.notify_one();
        }
        // Without patience it went to a receiver that waits.
        if self.bound == Some(0) && !matches!(patience, Patience::None) {
            return self.hand_over(state, own, patience);
        }
        Ok(())
    }

    /// Waits until the thing with this number was received, in a queue without room.
    fn hand_over(
        &self,
        mut state: MutexGuard<'_, State<T>>,
        own: u64,
        mut patience: Patience,
    ) -> Result<(), Refused<T>> {
        while state.out_all < own {
            if state.receivers == 0 || matches!(patience, Patience::None) {
                let for_good = state.receivers == 0;
                // It is the only one: others wait until the queue is empty.
                let Some(thing) = state.things.pop_back() else { return Ok(()) };
                state.in_all -= 1;
                if state.full > 0 {
                    self.received.notify_all();
                }
                return Err(Refused { thing, for_good });
            }
            (state, patience) = self.wait_for_room(state, patience);
        }
        Ok(())
    }

    /// Waits until something was received; when the time is over there is no patience left.
    fn wait_for_room<'a>(
        &self,
        mut state: MutexGuard<'a, State<T>>,
        patience: Patience,
    ) -> (MutexGuard<'a, State<T>>, Patience) {
        state.full += 1;
        let patience = patience.after(|until| self.received.wait_until(&state, until));
        state.full -= 1;
        (state, patience)
    }

    /// Receives; what is refused is so for good or not.
    pub(super) fn receive(&self, patience: Patience) -> Result<T, bool> {
        let mut state = self.state.lock();
        let mut patience = patience;
        loop {
            if let Some(thing) = state.things.pop_front() {
                state.out_all += 1;
                let (waiting, all) = (state.full > 0, self.bound == Some(0));
                drop(state);
                match (waiting, all) {
                    (false, _) => {}
                    (true, false) => self.received.notify_one(),
                    // One waits for its own thing, others for room.
                    (true, true) => self.received.notify_all(),
                }
                return Ok(thing);
            }
            if state.senders == 0 {
                return Err(true);
            }
            if matches!(patience, Patience::None) {
                return Err(false);
            }
            state.hungry += 1;
            patience = patience.after(|until| self.sent.wait_until(&state, until));
            state.hungry -= 1;
        }
    }

    pub(super) fn add_sender(&self) {
        self.state.lock().senders += 1;
    }

    pub(super) fn add_receiver(&self) {
        self.state.lock().receivers += 1;
    }

    pub(super) fn drop_sender(&self) {
        let mut state = self.state.lock();
        state.senders -= 1;
        if state.senders == 0 {
            self.sent.notify_all();
        }
    }

    /// With the last receiver goes what nobody will receive; its destructors run without the lock.
    pub(super) fn drop_receiver(&self) {
        let mut state = self.state.lock();
        state.receivers -= 1;
        if state.receivers > 0 {
            return;
        }
        // What is handed over goes back to its sender.
        let left = if self.bound == Some(0) { VecDeque::new() } else { core::mem::take(&mut state.things) };
        self.received.notify_all();
        drop(state);
        drop(left);
    }
}

impl Patience {
    /// Waits by a function that is told until when, and says whether that was in time; gives what is left.
    fn after(self, wait: impl FnOnce(Option<Timespec>) -> bool) -> Self {
        let until = match self {
            Self::Until(time) => Some(time),
            Self::None | Self::Endless => None,
        };
        if wait(until) { self } else { Self::None }
    }
}
