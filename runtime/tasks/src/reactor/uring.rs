//! The engine of newer kernels: io_uring(7) carries out whole operations, many with one call.
//!
//! An operation in flight is a record of the slab: what the kernel reads and writes lies in it or belongs to it, and stays there
//! until the completion comes. Its future only looks on. When the future is dropped the operation is cancelled, and what it
//! holds is dropped when the kernel has let go of it; a reactor that is dropped waits for that.

use core::cell::Cell;
use core::fmt;
use core::mem;
use core::task::Waker;
use core::time::Duration;

use linux::fd::{BorrowedFd, RawFd};
use linux::poll::{Interest, read_event};
use linux::uring::{
    CancelFlags, Completion, CompletionFlags, Entry, EntryFlags, Features, Opcode, Probe, Ring, Setup,
    SetupFlags, probe,
};
use linux::{Errno, Result};

use super::flight::{Flight, State, drop_landed, drop_one};
use super::flying::Flying;
use super::group::{Group, Groups};
use super::operation::{Operation, Repeated};
use super::places::Places;
use super::queue::Parcel;
use super::ready::Ready;
use super::slab::Slab;
use super::watched::Way;
use crate::operations::borrow;

/// The bit of the keys of executors' bells, of which each has a number: what is said of a former one is nobody's.
const BELL: u64 = 1 << 63;
/// The key of what nobody wants to hear of.
const NOBODY: u64 = u64::MAX - 1;
/// How many completions find room.
const COMPLETIONS: u32 = 4096;
/// How many entries find room.
const ENTRIES: u32 = 256;
/// How many results of what gives many may wait for their taker, before the kernel is to stop.
const MOST: u32 = 64;

/// What sockets cannot do without: a kernel that lacks one of these is served by the other engine.
const NEEDED: [Opcode; 6] = [
    Opcode::POLL_ADD,
    Opcode::ASYNC_CANCEL,
    Opcode::LINK_TIMEOUT,
    Opcode::CONNECT,
    Opcode::SEND,
    Opcode::RECV,
];

/// How rings are asked for, the best first: each needs a newer kernel than the next.
const WAYS: [SetupFlags; 3] = [
    SetupFlags::ONE_THREAD
        .union(SetupFlags::DEFER)
        .union(SetupFlags::TELL_WORK)
        .union(SetupFlags::SUBMIT_ALL),
    SetupFlags::COOPERATIVE.union(SetupFlags::TELL_WORK).union(SetupFlags::SUBMIT_ALL),
    SetupFlags::empty(),
];

/// How an operation is carried out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Manner {
    /// At most so long: then it is cancelled.
    pub(super) limit: Option<Duration>,
    /// On the file of this place, which is the one that it names.
    pub(super) place: Option<u32>,
}

/// The engine.
pub(super) struct Uring {
    ring: Ring,
    probe: Probe,
    pub(super) flights: Slab<Flight>,
    /// What came for those that give many results.
    parcels: Slab<Parcel<Completion>>,
    /// How many the kernel has.
    flying: Cell<u32>,
    groups: Groups,
    places: Places,
    /// The bell, while an executor has one.
    bell: Cell<Option<RawFd>>,
    /// How many bells there were.
    bells: Cell<u32>,
    /// Why nothing goes to the kernel any more, and nothing comes: it refuses, as in a sandbox that was closed later.
    dead: Cell<Option<Errno>>,
}

impl Uring {
    /// Makes a ring; with a time, a thread of the kernel submits, which sleeps after so long without work.
    pub(super) fn new(submit_thread: Option<Duration>) -> Result<Self> {
        let ring = match submit_thread {
            Some(idle) => {
                let idle_ms = u32::try_from(idle.as_millis()).unwrap_or(u32::MAX);
                make(SetupFlags::SUBMIT_THREAD, idle_ms)?
            }
            None => WAYS
                .iter()
                .map(|flags| make(*flags, 0))
                .find(|made| !matches!(made, Err(Errno::INVAL)))
                .unwrap_or(Err(Errno::INVAL))?,
        };
        let probe = probe(&ring).map_err(|_| Errno::OPNOTSUPP)?;
        let needed = Features::LIMIT | Features::STABLE | Features::FAST_POLL;
        if !ring.features().contains(needed) || !NEEDED.iter().all(|opcode| probe.has(*opcode)) {
            return Err(Errno::OPNOTSUPP);
        }
        // There are sandboxes that allow rings to be made, and no more.
        ring.submit_and_wait(Some(Duration::ZERO))?;
        Ok(Self {
            ring,
            probe,
            flights: Slab::new(),
            parcels: Slab::new(),
            flying: Cell::new(0),
            groups: Groups::default(),
            places: Places::new(),
            bell: Cell::new(None),
            bells: Cell::new(0),
            dead: Cell::new(None),
        })
    }

    pub(super) fn has(&self, opcode: Opcode) -> bool {
        self.probe.has(opcode)
    }

    /// Makes a group of buffers among which the kernel chooses; none before Linux 5.19.
    pub(super) fn buffers(&self, count: u16, size: u32) -> Option<Group> {
        self.groups.make(&self.ring, count, size)
    }

    /// Keeps a file at hand; gives its place, if there is one.
    pub(super) fn keep(&self, file: BorrowedFd<'_>) -> Option<u32> {
        self.places.take(&self.ring, file)
    }

    /// Keeps it no more; what names it must have been flushed.
    pub(super) fn keep_no_more(&self, place: u32) {
        self.places.give_back(&self.ring, place);
    }

    /// Begins to hear a bell.
    pub(super) fn hear(&self, bell: BorrowedFd<'_>) -> Result<()> {
        self.bells.set(self.bells.get().wrapping_add(1));
        self.bell.set(Some(bell.as_raw()));
        self.listen()
    }

    /// Gives the key of the bell.
    fn bell_key(&self) -> u64 {
        BELL | u64::from(self.bells.get())
    }

    /// Waits for the next stroke of the bell.
    fn listen(&self) -> Result<()> {
        let Some(bell) = self.bell.get() else { return Ok(()) };
        self.push(&[Entry::poll_add(bell, Interest::IN).key(self.bell_key())])
    }

    pub(super) fn hear_no_more(&self) {
        self.bell.set(None);
        self.cancel(self.bell_key());
        self.flush();
    }

    /// Has the kernel let go of what has a key.
    pub(super) fn cancel(&self, key: u64) {
        // A ring that takes nothing any more is never told what to let go of.
        let _ = self.push(&[Entry::async_cancel(key, CancelFlags::empty()).key(NOBODY)]);
    }

    /// Adds entries that belong together. What they point to lies in flights, or is nothing.
    fn push(&self, entries: &[Entry]) -> Result<()> {
        self.alive()?;
        while (self.ring.room() as usize) < entries.len() {
            self.judge(self.ring.make_room())?;
        }
        for entry in entries {
            // SAFETY: flights lie still until the last completion of their entries has come, see `tell`.
            unsafe { self.ring.push(entry) };
        }
        Ok(())
    }

    /// Tells the kernel of all that was added: before a descriptor is closed, whose number might become another's.
    pub(super) fn flush(&self) {
        while self.ring.is_pending() && self.alive().is_ok() {
            // What it refuses for good is known from now on.
            let _ = self.judge(self.ring.submit());
        }
    }

    fn alive(&self) -> Result<()> {
        self.dead.get().map_or(Ok(()), Err)
    }

    /// Judges an answer of the kernel: its refusals pass, or end the ring, which is the error then.
    fn judge(&self, answer: Result<()>) -> Result<()> {
        match answer {
            // For want of memory, which passes.
            Ok(()) | Err(Errno::INTR | Errno::AGAIN | Errno::NOMEM) => Ok(()),
            // Completions that found no room are to be taken first.
            Err(Errno::BUSY) => {
                self.look();
                Ok(())
            }
            Err(errno) => {
                self.dead.set(Some(errno));
                Err(errno)
            }
        }
    }

    /// Waits for completions at most as long as this, and wakes whom they concern.
    pub(super) fn wait(&self, limit: Option<Duration>, awake: impl FnOnce()) -> Result<()> {
        self.alive()?;
        let waited = if limit == Some(Duration::ZERO) || self.ring.has_completion() {
            self.ring.submit_and_look()
        } else {
            self.ring.submit_and_wait(limit)
        };
        awake();
        self.look();
        self.judge(waited)
    }

    /// Takes the completions that are there.
    fn look(&self) {
        while let Some(completion) = self.ring.complete() {
            self.tell(completion);
        }
    }

    fn tell(&self, completion: Completion) {
        if let Some(bell) = self.bell.get().filter(|_| completion.key == self.bell_key()) {
            // The executor keeps it open while the reactor hears it.
            let _ = read_event(borrow(bell));
            // If the ring takes nothing any more, the next wait says so.
            let _ = self.listen();
            return;
        }
        let Ok(index) = u32::try_from(completion.key) else { return };
        let Some(flight) = self.flights.get(index) else { return };
        if flight.drop_one.get().is_some() {
            self.sort_in(flight, completion);
        } else if !completion.flags.contains(CompletionFlags::NOTIFICATION) {
            flight.outcome.set(Some(completion));
        }
        if !completion.flags.contains(CompletionFlags::MORE) {
            self.flying.set(self.flying.get() - 1);
            if flight.state.replace(State::Landed) == State::Orphaned {
                self.bury(index, flight);
            } else if let Some(waker) = flight.waker.take() {
                waker.wake();
            }
        }
    }

    /// Keeps one of many results for who waits, if anybody does.
    fn sort_in(&self, flight: &Flight, one: Completion) {
        if flight.state.get() == State::Orphaned {
            flight.drop_one(one);
            return;
        }
        if let Err(errno) = flight.came.push(&self.parcels, one) {
            // Something is lost, which nobody may go on without.
            flight.drop_one(one);
            self.dead.set(Some(errno));
        }
        if flight.came.length() == MOST && one.flags.contains(CompletionFlags::MORE) {
            self.cancel(one.key);
        }
        if let Some(waker) = flight.waker.take() {
            waker.wake();
        }
    }

    /// Takes the oldest of many results.
    pub(super) fn take_one(&self, flight: &Flight) -> Option<Completion> {
        flight.came.pop(&self.parcels)
    }

    /// Drops an operation that has landed, and whose result nobody wants.
    pub(super) fn bury(&self, index: u32, flight: &Flight) {
        flight.bury(&self.parcels);
        self.free(index, flight);
    }

    pub(super) fn free(&self, index: u32, flight: &Flight) {
        flight.state.set(State::Free);
        flight.waker.set(None);
        flight.outcome.set(None);
        flight.drop.set(None);
        flight.drop_one.set(None);
        self.flights.give_back(index);
    }

    /// Hears that nobody wants the result of an operation any more.
    pub(super) fn abandon(&self, index: u32) {
        let Some(flight) = self.flights.get(index) else { return };
        flight.waker.set(None);
        if flight.state.get() == State::Landed {
            self.bury(index, flight);
        } else {
            flight.state.set(State::Orphaned);
            self.cancel(index.into());
            // At once: what comes from now on is for others.
            self.flush();
        }
    }

    /// Gives an operation that gives many results to the kernel; or back.
    pub(super) fn start_many<O: Repeated>(
        &self,
        operation: O,
        waker: &Waker,
    ) -> core::result::Result<u32, (O, Errno)> {
        let index = self.start(operation, Manner::default(), waker)?;
        if let Some(flight) = self.flights.get(index) {
            flight.drop_one.set(Some(drop_one::<O>));
        }
        Ok(index)
    }

    /// Gives an operation to the kernel; or back, if there is no room for it, or the ring takes nothing any more.
    pub(super) fn start<O: Operation>(
        &self,
        operation: O,
        manner: Manner,
        waker: &Waker,
    ) -> core::result::Result<u32, (O, Errno)> {
        let Ok(index) = self.flights.take() else { return Err((operation, Errno::NOMEM)) };
        let Some(flight) = self.flights.get(index) else { return Err((operation, Errno::NOMEM)) };
        let place = flight.room::<O>();
        // SAFETY: there is room, and it is nobody's.
        unsafe { place.write(operation) };
        // SAFETY: written above; the kernel does not have it yet.
        let entry = unsafe { &mut *place.as_ptr() }.entry().key(index.into());
        let entry = manner.place.map_or(entry, |place| entry.registered(place));
        let pushed = match manner.limit {
            None => self.push(&[entry]),
            Some(limit) => {
                // SAFETY: the flight is not in the kernel's hands yet.
                unsafe { *flight.limit.get() = limit.into() };
                let limit = Entry::link_timeout(flight.limit.get()).key(NOBODY);
                self.push(&[entry.with(EntryFlags::LINK), limit])
            }
        };
        if let Err(errno) = pushed {
            self.free(index, flight);
            // SAFETY: written above, and the kernel has not heard of it.
            return Err((unsafe { place.read() }, errno));
        }
        flight.drop.set(Some(drop_landed::<O>));
        flight.waker.set(Some(waker.clone()));
        flight.state.set(State::Flying);
        self.flying.set(self.flying.get() + 1);
        Ok(index)
    }

    /// Begins an operation, whose future gives its result.
    pub(super) const fn fly<O: Operation>(&self, operation: O, manner: Manner) -> Flying<'_, O> {
        Flying::new(self, operation, manner)
    }

    /// Waits until a call in this way is worth its while.
    pub(super) async fn ready(&self, descriptor: BorrowedFd<'_>, way: Way) -> Result<()> {
        self.fly(Ready { descriptor: descriptor.as_raw(), way }, Manner::default()).await
    }
}

fn make(flags: SetupFlags, idle_ms: u32) -> Result<Ring> {
    let flags = flags | SetupFlags::CLAMP | SetupFlags::COMPLETIONS;
    Ring::new(ENTRIES, &Setup { flags, completions: COMPLETIONS, idle_ms })
}

impl Drop for Uring {
    fn drop(&mut self) {
        // Futures that were never dropped have left their operations.
        let mut index = 0;
        while let Some(flight) = self.flights.get(index) {
            match flight.state.get() {
                State::Flying | State::Orphaned => {
                    flight.state.set(State::Orphaned);
                    self.cancel(index.into());
                }
                State::Landed => self.bury(index, flight),
                State::Free => {}
            }
            index += 1;
        }
        while self.flying.get() > 0 && self.alive().is_ok() {
            // What it refuses for good is known from now on.
            let _ = self.judge(self.ring.submit_and_wait(None));
            self.look();
        }
        if self.flying.get() > 0 {
            // Nobody will say when the kernel has let go of them: the memory is its own for good.
            mem::forget(mem::replace(&mut self.flights, Slab::new()));
        }
    }
}

impl fmt::Debug for Uring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Uring({:?}, {} in flight)", self.ring, self.flying.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linux::poll::{EventFlags, eventfd};

    #[test]
    fn a_former_executor_leaves_nothing_behind() {
        let Ok(uring) = Uring::new(None) else { return };
        for _ in 0..3 {
            let bell = eventfd(0, EventFlags::CLOSE_ON_EXEC | EventFlags::NONBLOCK).unwrap();
            uring.hear(linux::fd::AsFd::as_fd(&bell)).unwrap();
            uring.wait(Some(Duration::ZERO), || ()).unwrap();
            assert!(
                !uring.ring.is_pending(),
                "what is heard of the former bell has this one waited for twice"
            );
            uring.hear_no_more();
        }
    }
}
