//! The engine of newer kernels: io_uring(7) carries out whole operations, many with one call.
//!
//! An operation in flight is a record of the slab: what the kernel reads and writes lies in it or belongs to it, and stays there
//! until the completion comes. Its future only looks on. When the future is dropped the operation is cancelled, and what it
//! holds is dropped when the kernel has let go of it; a reactor that is dropped waits for that.

use core::cell::{Cell, UnsafeCell};
use core::fmt;
use core::mem::MaybeUninit;
use core::pin::Pin;
use core::ptr::NonNull;
use core::task::{Context, Poll, Waker};
use core::time::Duration;

use linux::fd::{BorrowedFd, RawFd};
use linux::poll::{Interest, PollFd, PollFlags, poll, read_event};
use linux::time::Timespec;
use linux::uring::{
    BufferRing, CancelFlags, Completion, CompletionFlags, Entry, EntryFlags, Features, Opcode, Probe, Ring,
    Setup, SetupFlags, probe,
};
use linux::{Errno, Result};

use super::operation::{Operation, ROOM};
use super::slab::{Record, Slab};
use super::watched::Way;

/// The key of the executor's bell.
const BELL: u64 = u64::MAX;
/// The key of what nobody wants to hear of.
const NOBODY: u64 = u64::MAX - 1;
/// How many completions find room.
const COMPLETIONS: u32 = 4096;
/// How many entries find room.
const ENTRIES: u32 = 256;

/// What sockets cannot do without: a kernel that lacks one of these is served by the other engine.
const NEEDED: [Opcode; 7] = [
    Opcode::POLL_ADD,
    Opcode::ASYNC_CANCEL,
    Opcode::LINK_TIMEOUT,
    Opcode::ACCEPT,
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

/// Drops an operation and its result; see [`drop_landed`].
type DropLanded = unsafe fn(NonNull<u8>, Completion);

/// An operation that the kernel has.
struct Flight {
    state: Cell<State>,
    waker: Cell<Option<Waker>>,
    outcome: Cell<Option<Completion>>,
    /// Drops what is in `room`, of which the kernel has let go.
    drop: Cell<Option<DropLanded>>,
    limit: UnsafeCell<Timespec>,
    room: UnsafeCell<MaybeUninit<Room>>,
}

#[repr(C, align(16))]
struct Room([u8; ROOM]);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nobody's.
    Free,
    /// The kernel has it, and its future waits.
    Flying,
    /// The kernel has let go of it, and its future has not heard yet.
    Landed,
    /// The kernel has it, and the future is gone.
    Orphaned,
}

impl Record for Flight {
    const EMPTY: Self = Self {
        state: Cell::new(State::Free),
        waker: Cell::new(None),
        outcome: Cell::new(None),
        drop: Cell::new(None),
        limit: UnsafeCell::new(Timespec { seconds: 0, nanoseconds: 0 }),
        room: UnsafeCell::new(MaybeUninit::uninit()),
    };
}

impl Flight {
    fn room(&self) -> NonNull<u8> {
        // SAFETY: a cell's place is somewhere.
        unsafe { NonNull::new_unchecked(self.room.get().cast()) }
    }
}

/// The engine.
pub(super) struct Uring {
    ring: Ring,
    probe: Probe,
    flights: Slab<Flight>,
    /// How many the kernel has.
    flying: Cell<u32>,
    /// How many groups of buffers there were.
    groups: Cell<u16>,
    /// The bell, while an executor has one.
    bell: Cell<Option<RawFd>>,
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
        let (flights, flying) = (Slab::new(), Cell::new(0));
        Ok(Self { ring, probe, flights, flying, groups: Cell::new(0), bell: Cell::new(None) })
    }

    pub(super) fn has(&self, opcode: Opcode) -> bool {
        self.probe.has(opcode)
    }

    /// Makes a group of buffers among which the kernel chooses; none before Linux 5.19.
    pub(super) fn buffers(&self, count: u16, size: u32) -> Option<(BufferRing, u16)> {
        let group = self.groups.get();
        // SAFETY: each operation that chooses from it holds it until it has completed, see `ReceiveChunk`.
        let made = unsafe { BufferRing::new(&self.ring, group, count, size) }.ok()?;
        self.groups.set(group.checked_add(1)?);
        Some((made, group))
    }

    /// Begins to hear a bell.
    pub(super) fn hear(&self, bell: BorrowedFd<'_>) {
        self.bell.set(Some(bell.as_raw()));
        self.listen();
    }

    /// Waits for the next stroke of the bell.
    fn listen(&self) {
        if let Some(bell) = self.bell.get() {
            self.push(&[Entry::poll_add(bell, Interest::IN).key(BELL)]);
        }
    }

    pub(super) fn hear_no_more(&self) {
        self.bell.set(None);
        self.push(&[Entry::async_cancel(BELL, CancelFlags::empty()).key(NOBODY)]);
        self.flush();
    }

    /// Adds entries that belong together. What they point to lies in flights, or is nothing.
    fn push(&self, entries: &[Entry]) {
        while (self.ring.room() as usize) < entries.len() {
            // Completions that found no room are to be taken first; any other refusal is for want of memory, and passes.
            if self.ring.make_room() == Err(Errno::BUSY) {
                self.look();
            }
        }
        for entry in entries {
            // SAFETY: flights lie still until the last completion of their entries has come, see `tell`.
            unsafe { self.ring.push(entry) };
        }
    }

    /// Tells the kernel of all that was added: before a descriptor is closed, whose number might become another's.
    pub(super) fn flush(&self) {
        while self.ring.is_pending() {
            if self.ring.submit() == Err(Errno::BUSY) {
                self.look();
            }
        }
    }

    /// Waits for completions at most as long as this, and wakes whom they concern.
    pub(super) fn wait(&self, limit: Option<Duration>, awake: impl FnOnce()) -> Result<()> {
        let waited = if limit == Some(Duration::ZERO) || self.ring.has_completion() {
            self.ring.submit_and_look()
        } else {
            self.ring.submit_and_wait(limit)
        };
        awake();
        self.look();
        match waited {
            Ok(()) | Err(Errno::INTR | Errno::BUSY | Errno::AGAIN) => Ok(()),
            Err(errno) => Err(errno),
        }
    }

    /// Takes the completions that are there.
    fn look(&self) {
        while let Some(completion) = self.ring.complete() {
            self.tell(completion);
        }
    }

    fn tell(&self, completion: Completion) {
        if completion.key == BELL {
            if let Some(bell) = self.bell.get() {
                // SAFETY: the executor keeps it open while the reactor hears it.
                let _ = read_event(unsafe { BorrowedFd::from_raw(bell) });
                self.listen();
            }
            return;
        }
        let Some(flight) = self.flights.get(completion.key as u32).filter(|_| completion.key != NOBODY)
        else {
            return;
        };
        if !completion.flags.contains(CompletionFlags::NOTIFICATION) {
            flight.outcome.set(Some(completion));
        }
        if completion.flags.contains(CompletionFlags::MORE) {
            return;
        }
        self.flying.set(self.flying.get() - 1);
        if flight.state.replace(State::Landed) == State::Orphaned {
            self.bury(completion.key as u32, flight);
        } else if let Some(waker) = flight.waker.take() {
            waker.wake();
        }
    }

    /// Drops an operation that has landed, and whose result nobody wants.
    fn bury(&self, index: u32, flight: &Flight) {
        if let (Some(drop), Some(outcome)) = (flight.drop.take(), flight.outcome.take()) {
            // SAFETY: the function belongs to what is in the room, of which the kernel has let go.
            unsafe { drop(flight.room(), outcome) };
        }
        self.free(index, flight);
    }

    fn free(&self, index: u32, flight: &Flight) {
        flight.state.set(State::Free);
        flight.waker.set(None);
        flight.outcome.set(None);
        flight.drop.set(None);
        self.flights.give_back(index);
    }

    /// Gives an operation to the kernel; or back, if there is no room for it.
    fn start<O: Operation>(
        &self,
        operation: O,
        limit: Option<Duration>,
        waker: &Waker,
    ) -> core::result::Result<u32, O> {
        const { assert!(size_of::<O>() <= ROOM && align_of::<O>() <= align_of::<Room>()) };
        let Ok(index) = self.flights.take() else { return Err(operation) };
        let Some(flight) = self.flights.get(index) else { return Err(operation) };
        let place = flight.room().cast::<O>();
        // SAFETY: there is room, and it is nobody's.
        unsafe { place.write(operation) };
        // SAFETY: written above; the kernel does not have it yet.
        let entry = unsafe { &mut *place.as_ptr() }.entry().key(index.into());
        flight.drop.set(Some(drop_landed::<O>));
        flight.waker.set(Some(waker.clone()));
        flight.state.set(State::Flying);
        self.flying.set(self.flying.get() + 1);
        match limit {
            None => self.push(&[entry]),
            Some(limit) => {
                // SAFETY: the flight is not in the kernel's hands yet.
                unsafe { *flight.limit.get() = limit.into() };
                let limit = Entry::link_timeout(flight.limit.get()).key(NOBODY);
                self.push(&[entry.with(EntryFlags::LINK), limit]);
            }
        }
        Ok(index)
    }

    /// Begins an operation, whose future gives its result.
    pub(super) const fn fly<O: Operation>(&self, operation: O, limit: Option<Duration>) -> Flying<'_, O> {
        Flying { uring: self, limit, stage: Stage::Held(operation) }
    }

    /// Waits until a call in this way is worth its while.
    pub(super) async fn ready(&self, descriptor: BorrowedFd<'_>, way: Way) -> Result<()> {
        self.fly(Ready { descriptor: descriptor.as_raw(), way }, None).await
    }
}

fn make(flags: SetupFlags, idle_ms: u32) -> Result<Ring> {
    let flags = flags | SetupFlags::CLAMP | SetupFlags::COMPLETIONS;
    Ring::new(ENTRIES, &Setup { flags, completions: COMPLETIONS, idle_ms })
}

/// Drops an operation and its result.
///
/// # Safety
/// There is an `O` in the room, of which the kernel has let go.
unsafe fn drop_landed<O: Operation>(room: NonNull<u8>, outcome: Completion) {
    // SAFETY: as the caller says.
    let operation = unsafe { room.cast::<O>().read() };
    drop(operation.finish(outcome.result(), outcome.flags));
}

impl Drop for Uring {
    fn drop(&mut self) {
        // Futures that were never dropped have left their operations.
        let mut index = 0;
        while let Some(flight) = self.flights.get(index) {
            match flight.state.get() {
                State::Flying | State::Orphaned => {
                    flight.state.set(State::Orphaned);
                    self.push(&[Entry::async_cancel(index.into(), CancelFlags::empty()).key(NOBODY)]);
                }
                State::Landed => self.bury(index, flight),
                State::Free => {}
            }
            index += 1;
        }
        while self.flying.get() > 0 {
            // Whatever is said: the memory is the kernel's until the completions have come.
            let _ = self.ring.submit_and_wait(None);
            self.look();
        }
    }
}

impl fmt::Debug for Uring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Uring({:?}, {} in flight)", self.ring, self.flying.get())
    }
}

/// The future of an operation.
pub(crate) struct Flying<'r, O: Operation> {
    uring: &'r Uring,
    limit: Option<Duration>,
    stage: Stage<O>,
}

enum Stage<O> {
    Held(O),
    Flying(u32),
    Done,
}

impl<O: Operation> Future for Flying<'_, O> {
    type Output = O::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<O::Output> {
        let this = self.get_mut();
        match core::mem::replace(&mut this.stage, Stage::Done) {
            Stage::Held(operation) => match this.uring.start(operation, this.limit, context.waker()) {
                Ok(index) => this.stage = Stage::Flying(index),
                Err(operation) => {
                    return Poll::Ready(operation.finish(Err(Errno::NOMEM), CompletionFlags::empty()));
                }
            },
            Stage::Flying(index) => {
                let Some(flight) = this.uring.flights.get(index) else { return Poll::Pending };
                let landed = flight.state.get() == State::Landed;
                if let Some(outcome) = flight.outcome.get().filter(|_| landed) {
                    // SAFETY: `start` has put an `O` there, and the kernel has let go of it.
                    let operation = unsafe { flight.room().cast::<O>().read() };
                    this.uring.free(index, flight);
                    let is_over = this.limit.is_some() && outcome.result() == Err(Errno::CANCELED);
                    let result = if is_over { Err(Errno::TIMEDOUT) } else { outcome.result() };
                    return Poll::Ready(operation.finish(result, outcome.flags));
                }
                let known = flight.waker.take().filter(|waker| waker.will_wake(context.waker()));
                flight.waker.set(known.or_else(|| Some(context.waker().clone())));
                this.stage = Stage::Flying(index);
            }
            Stage::Done => {}
        }
        Poll::Pending
    }
}

impl<O: Operation> Drop for Flying<'_, O> {
    fn drop(&mut self) {
        let Stage::Flying(index) = self.stage else { return };
        let Some(flight) = self.uring.flights.get(index) else { return };
        flight.waker.set(None);
        if flight.state.get() == State::Landed {
            self.uring.bury(index, flight);
        } else {
            flight.state.set(State::Orphaned);
            self.uring.push(&[Entry::async_cancel(index.into(), CancelFlags::empty()).key(NOBODY)]);
            // At once: what comes from now on is for others.
            self.uring.flush();
        }
    }
}

/// Waits until a call is worth its while.
struct Ready {
    descriptor: RawFd,
    way: Way,
}

// SAFETY: the entry points to nothing.
unsafe impl Operation for Ready {
    type Output = Result<()>;

    const OPCODE: Opcode = Opcode::POLL_ADD;

    fn entry(&mut self) -> Entry {
        let interest = match self.way {
            Way::In => Interest::IN | Interest::READ_HANG_UP,
            Way::Out => Interest::OUT,
        };
        Entry::poll_add(self.descriptor, interest)
    }

    fn attempt(&mut self) -> Result<u32> {
        let wanted = match self.way {
            Way::In => PollFlags::IN,
            Way::Out => PollFlags::OUT,
        };
        // SAFETY: whoever waits keeps it open.
        let descriptor = unsafe { BorrowedFd::from_raw(self.descriptor) };
        match poll(&mut [PollFd::new(&descriptor, wanted)], Some(Duration::ZERO))? {
            0 => Err(Errno::AGAIN),
            _ => Ok(0),
        }
    }

    fn finish(self, result: Result<u32>, _flags: CompletionFlags) -> Result<()> {
        result.map(drop)
    }
}
