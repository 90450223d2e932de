//! Who takes which signals: the kernel gives each signal to one reader alone, and here all hear of it who asked.
//!
//! Every hearer has a descriptor of its own (signalfd(2)), which says when there is something to read. Whoever reads a signal first
//! puts it into the queues of the others that take it, and wakes them: their descriptors are not ready any more. As in the kernel, of a
//! signal that is not one of the real-time ones a queue holds one at most.

use core::cell::Cell;

use linux::Result;
use linux::signal::{MaskHow, Received, SignalSet, sigprocmask};

use super::queue::{Parcel, Queue};
use super::slab::{Record, Slab};
use crate::wait::List;

/// The first signal of which several may wait (SIGRTMIN, as the kernel has it).
const FIRST_QUEUED: i32 = 32;

/// All hearers of a reactor.
pub(crate) struct Hearers {
    hearers: Slab<Hearer>,
    parcels: Slab<Parcel<Received>>,
    /// Signals that are held back for hearers alone: they were not before.
    added: Cell<SignalSet>,
}

struct Hearer {
    signals: Cell<SignalSet>,
    came: Queue<Received>,
    /// Standard signals in the queue.
    waiting: Cell<SignalSet>,
    list: List,
}

impl Record for Hearer {
    const EMPTY: Self = Self {
        signals: Cell::new(SignalSet::EMPTY),
        came: Queue::new(),
        waiting: Cell::new(SignalSet::EMPTY),
        list: List::new(),
    };
}

impl Hearers {
    pub(super) const fn new() -> Self {
        Self { hearers: Slab::new(), parcels: Slab::new(), added: Cell::new(SignalSet::EMPTY) }
    }

    /// Adds a hearer, and holds its signals back; gives its number.
    pub(crate) fn add(&self, signals: SignalSet) -> Result<u32> {
        let number = self.hearers.take()?;
        let held =
            sigprocmask(MaskHow::Block, Some(signals)).inspect_err(|_| self.hearers.give_back(number))?;
        self.added.set(self.added.get().union(signals.difference(held)));
        if let Some(hearer) = self.hearers.get(number) {
            hearer.signals.set(signals);
        }
        Ok(number)
    }

    /// Lets a hearer go, and those of its signals come again that no other one takes.
    pub(crate) fn remove(&self, number: u32) {
        let Some(hearer) = self.hearers.get(number) else { return };
        let signals = hearer.signals.replace(SignalSet::EMPTY);
        while self.take(number).is_some() {}
        self.hearers.give_back(number);
        let others =
            self.all().map(|(_, other)| other.signals.get()).fold(SignalSet::EMPTY, SignalSet::union);
        let over = signals.intersection(self.added.get()).difference(others);
        self.added.set(self.added.get().difference(over));
        // There is no reason for which it could fail.
        let _ = sigprocmask(MaskHow::Unblock, Some(over));
    }

    /// Takes what others have read for a hearer.
    fn take(&self, number: u32) -> Option<Received> {
        let hearer = self.hearers.get(number)?;
        let received = hearer.came.pop(&self.parcels)?;
        hearer.waiting.set(hearer.waiting.get().without(received.signal));
        Some(received)
    }

    /// Tells the others what a hearer has read.
    ///
    /// # Errors
    /// `NOMEM`: not all of them have heard of it.
    pub(crate) fn tell(&self, number: u32, received: Received) -> Result<()> {
        let mut told = Ok(());
        let signal = received.signal;
        for (_, other) in self.all().filter(|(other, _)| *other != number) {
            if !other.signals.get().contains(signal) || other.waiting.get().contains(signal) {
                continue;
            }
            told = told.and(other.came.push(&self.parcels, received));
            if signal.number() < FIRST_QUEUED {
                other.waiting.set(other.waiting.get().with(signal));
            }
            other.list.wake_all();
        }
        told
    }

    /// Waits for a signal that others have read for a hearer.
    pub(crate) async fn heard(&self, number: u32) -> Received {
        loop {
            if let Some(received) = self.take(number) {
                return received;
            }
            match self.hearers.get(number) {
                Some(hearer) => hearer.list.wait().await,
                None => core::future::pending().await,
            }
        }
    }

    fn all(&self) -> impl Iterator<Item = (u32, &Hearer)> {
        (0..).map_while(|number| Some((number, self.hearers.get(number)?)))
    }
}
