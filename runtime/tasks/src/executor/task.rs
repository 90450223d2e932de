//! A task: a future with what the executor and its wakers must know of it, in one piece of memory.
//!
//! The piece is kept by whom it is counted for: the executor while the future lives, the handle of who waits for it, each waker,
//! and the list of tasks that are due. Only the fields that are atomic are touched by other threads; the future and its result
//! belong to the executor's thread, which has dropped them by the time when another thread lets go of the piece.

use core::alloc::Layout;
use core::cell::{Cell, UnsafeCell};
use core::mem::{self, ManuallyDrop};
use core::pin::Pin;
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use core::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

use super::hub::Hub;

/// What is known of every task.
pub(super) struct Header {
    /// The next one that is due.
    pub(super) next: AtomicPtr<Header>,
    is_due: AtomicBool,
    references: AtomicUsize,
    hub: NonNull<Hub>,
    table: &'static Table,
    pub(super) phase: Cell<Phase>,
    /// Whether somebody has a handle; else the result is dropped at once.
    pub(super) is_awaited: Cell<bool>,
    /// Who waits for the end.
    pub(super) joiner: Cell<Option<Waker>>,
    /// The list of all tasks of the executor that have not ended.
    newer: Cell<Option<NonNull<Header>>>,
    older: Cell<Option<NonNull<Header>>>,
}

/// How far a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The future is there, and is not being polled.
    Waiting,
    /// The future is being polled.
    Running,
    /// The same, and it is to be dropped when it comes back.
    Cancelled,
    /// The result is there.
    Ended,
    /// Neither is there.
    Empty,
}

/// What is done in one way for each type of future.
struct Table {
    layout: Layout,
    /// Polls; says whether it has ended, with the result in the future's place.
    poll: unsafe fn(NonNull<Header>, &mut Context<'_>) -> bool,
    /// Drops the future or its result.
    clear: unsafe fn(NonNull<Header>),
    /// Moves the result to where the pointer points.
    take: unsafe fn(NonNull<Header>, *mut ()),
}

#[repr(C)]
struct Task<F: Future> {
    header: Header,
    stage: UnsafeCell<Stage<F>>,
}

enum Stage<F: Future> {
    Future(F),
    Output(F::Output),
    Nothing,
}

impl<F: Future> Task<F> {
    const TABLE: Table =
        Table { layout: Layout::new::<Self>(), poll: poll::<F>, clear: clear::<F>, take: take::<F> };
}

/// Makes a task, kept for two: the executor and a handle. None, and the future is dropped, if there is no room.
pub(super) fn make<F: Future>(hub: NonNull<Hub>, future: F) -> Option<NonNull<Header>> {
    // SAFETY: who spawns a task holds the hub.
    let held = unsafe { hub.as_ref() };
    let task = held.storage.take(Layout::new::<Task<F>>())?.cast::<Task<F>>();
    held.acquire();
    let header = Header {
        next: AtomicPtr::new(ptr::null_mut()),
        is_due: AtomicBool::new(false),
        references: AtomicUsize::new(2),
        hub,
        table: &Task::<F>::TABLE,
        phase: Cell::new(Phase::Waiting),
        is_awaited: Cell::new(true),
        joiner: Cell::new(None),
        newer: Cell::new(None),
        older: Cell::new(None),
    };
    let older = held.newest.replace(Some(task.cast()));
    header.older.set(older);
    // SAFETY: the storage gave room for one task.
    unsafe { task.write(Task { header, stage: UnsafeCell::new(Stage::Future(future)) }) };
    if let Some(older) = older {
        // SAFETY: tasks in the list are alive.
        unsafe { older.as_ref() }.newer.set(Some(task.cast()));
    }
    Some(task.cast())
}

/// Gives the future or result of a task.
///
/// # Safety
/// The task is of this type and alive, this is the executor's thread, and nothing else has the stage.
unsafe fn stage<'a, F: Future>(task: NonNull<Header>) -> &'a mut Stage<F> {
    // SAFETY: the header is the first field of a task of this type.
    let task = unsafe { task.cast::<Task<F>>().as_ref() };
    // SAFETY: as the caller says.
    unsafe { &mut *task.stage.get() }
}

unsafe fn poll<F: Future>(task: NonNull<Header>, context: &mut Context<'_>) -> bool {
    // SAFETY: the table belongs to the type; `run` polls one at a time.
    let stage = unsafe { stage::<F>(task) };
    let Stage::Future(future) = stage else { return false };
    // SAFETY: the future does not move until `clear` drops it where it lies.
    let future = unsafe { Pin::new_unchecked(future) };
    let Poll::Ready(output) = future.poll(context) else { return false };
    *stage = Stage::Output(output);
    true
}

unsafe fn clear<F: Future>(task: NonNull<Header>) {
    // SAFETY: the table belongs to the type; the phase tells others that nothing is there.
    let stage = unsafe { stage::<F>(task) };
    *stage = Stage::Nothing;
}

unsafe fn take<F: Future>(task: NonNull<Header>, to: *mut ()) {
    // SAFETY: the table belongs to the type; the result is there, so nobody polls.
    let stage = unsafe { stage::<F>(task) };
    if let Stage::Output(output) = mem::replace(stage, Stage::Nothing) {
        // SAFETY: the caller has room for the result.
        unsafe { to.cast::<F::Output>().write(output) };
    }
}

impl Header {
    /// Runs a task that was due, and lets go of it for the list of those.
    ///
    /// # Safety
    /// This is the executor's thread, and the list held the task.
    pub(super) unsafe fn run(task: NonNull<Self>) {
        // SAFETY: the list held it.
        let this = unsafe { task.as_ref() };
        // From here on waking makes it due again. What was written before a waking that found it due is seen by the poll below.
        this.is_due.swap(false, Ordering::AcqRel);
        if this.phase.get() == Phase::Waiting {
            this.phase.set(Phase::Running);
            let raw = RawWaker::new(task.as_ptr().cast(), &TASK);
            // SAFETY: the functions of the table do what wakers do; clones keep the task.
            let waker = ManuallyDrop::new(unsafe { Waker::from_raw(raw) });
            let panicked = Panicked(task);
            // SAFETY: the table is the task's own, and it is not being polled.
            let is_ready = unsafe { (this.table.poll)(task, &mut Context::from_waker(&waker)) };
            mem::forget(panicked);
            let was_cancelled = this.phase.get() == Phase::Cancelled;
            if is_ready || was_cancelled {
                this.phase.set(if is_ready { Phase::Ended } else { Phase::Waiting });
                if was_cancelled || !this.is_awaited.get() {
                    // SAFETY: this is the executor's thread, and the poll is over.
                    unsafe { Self::clear(task) };
                }
                // SAFETY: it is in the list, which it leaves once: its phase is not that of a future any more.
                unsafe { Self::leave(task) };
                this.joiner.take().into_iter().for_each(Waker::wake);
            } else {
                this.phase.set(Phase::Waiting);
            }
        }
        // SAFETY: the list held it, and does no more.
        unsafe { Self::release(task) };
    }

    /// Ends a task whose result nobody wants: its future is dropped now, or when its poll comes back.
    ///
    /// # Safety
    /// This is the executor's thread, and the caller holds the task.
    pub(super) unsafe fn cancel(task: NonNull<Self>) {
        // SAFETY: the caller holds it.
        let was_waiting = unsafe { task.as_ref() }.phase.get() == Phase::Waiting;
        // SAFETY: as the caller says.
        unsafe { Self::clear(task) };
        if was_waiting {
            // SAFETY: a task that waits is in the list, and waits no more.
            unsafe { Self::leave(task) };
        }
        // Who waited for the result does so no more, and may be waiting for ever: its waker would keep it.
        // SAFETY: the caller holds it.
        drop(unsafe { task.as_ref() }.joiner.take());
    }

    /// Takes a task out of the list of all that have not ended, which holds it no more.
    ///
    /// # Safety
    /// It is in the list, this is the executor's thread, and somebody else holds the task, too.
    unsafe fn leave(task: NonNull<Self>) {
        // SAFETY: the caller holds it.
        let this = unsafe { task.as_ref() };
        let (newer, older) = (this.newer.take(), this.older.take());
        if let Some(older) = older {
            // SAFETY: tasks in the list are alive.
            unsafe { older.as_ref() }.newer.set(newer);
        }
        match newer {
            // SAFETY: tasks in the list are alive.
            Some(newer) => unsafe { newer.as_ref() }.older.set(older),
            // SAFETY: the task holds its hub.
            None => unsafe { this.hub.as_ref() }.newest.set(older),
        }
        // SAFETY: the list held it.
        unsafe { Self::release(task) };
    }

    /// Drops the future or the result, if there is any; a future that is being polled, when it comes back.
    ///
    /// # Safety
    /// This is the executor's thread, and the caller holds the task.
    unsafe fn clear(task: NonNull<Self>) {
        // SAFETY: the caller holds it.
        let this = unsafe { task.as_ref() };
        match this.phase.get() {
            Phase::Waiting | Phase::Ended => {
                this.phase.set(Phase::Empty);
                // SAFETY: the table is the task's own; nothing else has the stage, as the phase says.
                unsafe { (this.table.clear)(task) };
            }
            Phase::Running => this.phase.set(Phase::Cancelled),
            Phase::Cancelled | Phase::Empty => {}
        }
    }

    /// Moves the result of an ended task out.
    ///
    /// # Safety
    /// This is the executor's thread, the phase is `Ended`, and there is room for the type of the result.
    pub(super) unsafe fn take(task: NonNull<Self>, to: *mut ()) {
        // SAFETY: the caller holds it.
        let this = unsafe { task.as_ref() };
        this.phase.set(Phase::Empty);
        // SAFETY: as the caller says.
        unsafe { (this.table.take)(task, to) };
    }

    /// Makes a task due.
    ///
    /// # Safety
    /// The caller holds the task.
    pub(super) unsafe fn wake(task: NonNull<Self>) {
        // SAFETY: the caller holds it.
        let this = unsafe { task.as_ref() };
        if this.is_due.swap(true, Ordering::AcqRel) {
            return;
        }
        this.acquire();
        // SAFETY: the task holds its hub.
        if !unsafe { this.hub.as_ref() }.push(task) {
            // SAFETY: held two lines above, for a list that does not take it.
            unsafe { Self::release(task) };
        }
    }

    /// Keeps a task for one more.
    pub(super) fn acquire(&self) {
        super::hub::add(&self.references);
    }

    /// Lets go of a task; the last one frees its memory.
    ///
    /// # Safety
    /// The caller held it, and does no more.
    pub(super) unsafe fn release(task: NonNull<Self>) {
        // SAFETY: the caller holds it.
        let this = unsafe { task.as_ref() };
        if this.references.fetch_sub(1, Ordering::AcqRel) != 1 {
            return;
        }
        let (hub, layout) = (this.hub, this.table.layout);
        // SAFETY: the task held its hub.
        let storage = unsafe { hub.as_ref() }.storage;
        // SAFETY: nobody has the task; what it held was dropped when the executor let go of it.
        unsafe { storage.give_back(task.cast(), layout) };
        // SAFETY: the task held it, and is gone.
        unsafe { Hub::release(hub) };
    }
}

/// A task whose poll does not come back, where panics unwind: it waits then, for the end of all tasks.
struct Panicked(NonNull<Header>);

impl Drop for Panicked {
    fn drop(&mut self) {
        // SAFETY: the list of those that are due held it.
        unsafe { self.0.as_ref() }.phase.set(Phase::Waiting);
        // SAFETY: as above, and it does no more; the list of all tasks holds it still.
        unsafe { Header::release(self.0) };
    }
}

/// What the waker of a task does; its data is the header.
static TASK: RawWakerVTable = RawWakerVTable::new(clone_task, wake_task, wake_task_by_ref, drop_task);

fn header(data: *const ()) -> NonNull<Header> {
    // SAFETY: the data of our wakers is a header, which is somewhere.
    unsafe { NonNull::new_unchecked(data.cast_mut().cast()) }
}

unsafe fn clone_task(data: *const ()) -> RawWaker {
    // SAFETY: the waker holds the task.
    unsafe { header(data).as_ref() }.acquire();
    RawWaker::new(data, &TASK)
}

unsafe fn wake_task(data: *const ()) {
    // SAFETY: the waker holds the task.
    unsafe { Header::wake(header(data)) };
    // SAFETY: the waker held it, and is gone.
    unsafe { Header::release(header(data)) };
}

unsafe fn wake_task_by_ref(data: *const ()) {
    // SAFETY: the waker holds the task.
    unsafe { Header::wake(header(data)) };
}

unsafe fn drop_task(data: *const ()) {
    // SAFETY: the waker held it, and is gone.
    unsafe { Header::release(header(data)) };
}
