//! Starting a thread, and waiting for its result.

use core::alloc::Layout;
use core::fmt;
use core::mem::{self, MaybeUninit};
use core::ptr::{self, NonNull};

use linux::{Errno, Result};

use super::handle::Thread;
use super::local;
use super::memory::Memory;
use super::record::{self, Record};
use super::scope::Running;
use crate::relocate::{self, Part};
use crate::tls;
use crate::{fault, heap, random, recorder};

/// Bytes of a stack unless others are asked for. Pages count only once they are touched.
const STACK: usize = 2 << 20;

/// Bytes below which nothing useful runs: a signal's frame alone takes more than half of it.
const LEAST: usize = 16 << 10;

/// How a thread is to be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Builder<'a> {
    name: Option<&'a str>,
    stack_size: Option<usize>,
}

impl<'a> Builder<'a> {
    /// Begins with a thread without a name, whose stack has 2 MiB.
    pub const fn new() -> Self {
        Self { name: None, stack_size: None }
    }

    /// Gives it a name, as panics and `ps -L` show it: of more than 15 bytes, which the kernel keeps, the first ones.
    #[must_use]
    pub const fn name(self, name: &'a str) -> Self {
        Self { name: Some(name), ..self }
    }

    /// Gives it a stack of at least this many bytes, and at least 16 KiB. Below it lies a guard that nothing may touch.
    #[must_use]
    pub const fn stack_size(self, bytes: usize) -> Self {
        Self { stack_size: Some(bytes), ..self }
    }

    /// Starts the thread.
    ///
    /// # Errors
    /// `AGAIN` (limit of threads), `NOMEM`. See `clone(2)`, `mmap(2)`. The function is dropped.
    pub fn spawn<F, T>(self, body: F) -> Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        // SAFETY: neither borrows anything.
        unsafe { self.start(body, None) }.map(JoinHandle)
    }

    /// Starts the thread in memory of the caller's: nothing is allocated, and there is no guard. The stack size does not
    /// count.
    ///
    /// # Errors
    /// `INVAL` (less than 16 KiB beside what is to be run), `AGAIN`, `NOMEM`. See `clone(2)`. The function is dropped.
    pub fn spawn_on<F, T>(self, stack: &'static mut [MaybeUninit<u8>], body: F) -> Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let memory = Memory::borrowed(stack.as_mut_ptr().expose_provenance(), stack.len());
        // SAFETY: neither borrows anything; the memory is this thread's for ever.
        unsafe { self.start_on(memory, &relocate::variables(), body, None) }.map(JoinHandle)
    }

    /// Starts a thread in memory of its own.
    ///
    /// # Safety
    /// The thread ends before what the function and its result borrow.
    pub(super) unsafe fn start<F: FnOnce() -> T, T>(
        self,
        body: F,
        running: Option<NonNull<Running>>,
    ) -> Result<Joiner<T>> {
        let variables = relocate::variables();
        let stack = self.stack_size.unwrap_or(STACK).max(LEAST);
        let length = stack.checked_add(overhead::<F, T>(&variables)).ok_or(Errno::NOMEM)?;
        let memory = Memory::take(length)?;
        // SAFETY: the caller's promise; the memory is new.
        unsafe { self.start_on(memory, &variables, body, running) }
    }

    /// Starts a thread in this memory.
    ///
    /// # Safety
    /// As of [`start`](Self::start); the memory is nobody else's as long as the record is held.
    unsafe fn start_on<F: FnOnce() -> T, T>(
        self,
        memory: Memory,
        variables: &Part,
        body: F,
        running: Option<NonNull<Running>>,
    ) -> Result<Joiner<T>> {
        let places = Places::new(&memory, variables, Layout::new::<Packet<F, T>>()).ok_or(Errno::INVAL)?;
        let record = ptr::with_exposed_provenance_mut::<Record>(places.record);
        // SAFETY: the place is for it.
        unsafe { record.write(Record::of_new(self.name, memory)) };
        let packet = ptr::with_exposed_provenance_mut::<Packet<F, T>>(places.packet);
        let content = Packet { body: MaybeUninit::new(body), running, result: MaybeUninit::uninit() };
        // SAFETY: the place is for it.
        unsafe { packet.write(content) };
        // SAFETY: the room is for it.
        let pointer = unsafe { tls::set_up_another(variables, places.room, places.record) };
        // SAFETY: just written.
        let number = unsafe { &raw const (*record).number }.expose_provenance();
        let entry = enter::<F, T>;
        // SAFETY: no instruction.
        unsafe { arch::record_call!(__NR_clone) };
        // SAFETY: stack, thread pointer and number lie in memory that is the thread's.
        let word = unsafe { arch::thread::create(places.stack, number, pointer, entry, places.packet) };
        // SAFETY: just written.
        let record = unsafe { NonNull::new_unchecked(record) };
        // SAFETY: within the packet.
        let joiner = Joiner { record, result: unsafe { &raw mut (*packet).result }.cast() };
        if word < 0 {
            // SAFETY: within the packet.
            let body = unsafe { &raw mut (*packet).body }.cast::<F>();
            // SAFETY: no thread has taken it.
            unsafe { body.drop_in_place() };
            mem::forget(joiner);
            // SAFETY: for the thread that is not there.
            unsafe { record::release(record) };
            // SAFETY: for its joiner.
            unsafe { record::release(record) };
            return Err(Errno::new(word.unsigned_abs() as u16).unwrap_or(Errno::AGAIN));
        }
        Ok(joiner)
    }
}

/// Starts a thread: [`Builder::spawn`] without a name.
///
/// # Errors
/// `AGAIN` (limit of threads), `NOMEM`. See `clone(2)`, `mmap(2)`.
pub fn spawn<F, T>(body: F) -> Result<JoinHandle<T>>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    Builder::new().spawn(body)
}

/// What a thread is given, and gives.
struct Packet<F, T> {
    /// What it runs; taken when it begins.
    body: MaybeUninit<F>,
    /// Who counts it, if a scope does.
    running: Option<NonNull<Running>>,
    /// There when the record says so.
    result: MaybeUninit<T>,
}

/// Where things lie in a thread's memory, from its end downwards.
struct Places {
    /// Room of the thread-local variables.
    room: usize,
    record: usize,
    packet: usize,
    /// Where the stack begins, which grows downwards.
    stack: usize,
}

/// What all places and the stack itself are aligned to, at least.
const ALIGN: usize = 16;

impl Places {
    fn new(memory: &Memory, variables: &Part, packet: Layout) -> Option<Self> {
        let below = |end: usize, size: usize, align: usize| Some(end.checked_sub(size)? & !(align - 1));
        let (size, align) = tls::room(variables);
        let room = below(memory.end, size, align)?;
        let record = below(room, size_of::<Record>(), align_of::<Record>())?;
        let packet = below(record, packet.size(), packet.align())?;
        let stack = below(packet, 0, ALIGN)?;
        let left = memory.length().checked_sub(memory.end - stack)?;
        (left >= LEAST).then_some(Self { room, record, packet, stack })
    }
}

/// Gives the most bytes that all but the stack takes.
fn overhead<F, T>(variables: &Part) -> usize {
    let packet = Layout::new::<Packet<F, T>>();
    let (size, align) = tls::room(variables);
    size + align + size_of::<Record>() + align_of::<Record>() + packet.size() + packet.align() + ALIGN
}

/// The first function of a thread.
///
/// # Safety
/// `packet` is the address of this thread's packet, whose body is there.
unsafe extern "C" fn enter<F: FnOnce() -> T, T>(packet: usize) -> ! {
    let packet = ptr::with_exposed_provenance_mut::<Packet<F, T>>(packet);
    let own = record::own();
    // SAFETY: a thread's record lives as long as the thread.
    let record = unsafe { own.as_ref() };
    recorder::enter(record);
    if let Some(name) = record.name() {
        let _ = linux::process::set_name(name);
    }
    // SAFETY: within the packet, which is there until the record is let go.
    let body = unsafe { &raw mut (*packet).body }.cast::<F>();
    // SAFETY: as above.
    let result = unsafe { &raw mut (*packet).result }.cast::<T>();
    // SAFETY: as above.
    let running = unsafe { (*packet).running };
    // SAFETY: nobody else takes it, nor did before.
    let body = unsafe { body.read() };
    let value = body();
    // SAFETY: nobody looks at the result before `end`.
    unsafe { result.write(value) };
    if !record.end() {
        // SAFETY: nobody will ask for it.
        unsafe { result.drop_in_place() };
    }
    local::destroy();
    heap::leave(&record.heap);
    random::leave(&record.random);
    recorder::leave(record);
    fault::leave(&record.handlers);
    #[cfg(feature = "processor")]
    crate::processor::leave(&record.area);
    if let Some(running) = running {
        // SAFETY: the scope waits for this thread, and so is still there.
        unsafe { Running::end(running) };
    }
    // SAFETY: nothing of this frame is used any more.
    unsafe { record::leave(own) }
}

/// The one that may wait for a thread's end and have its result.
pub(super) struct Joiner<T> {
    record: NonNull<Record>,
    /// Where the result lies when the record says so.
    result: *mut T,
}

// SAFETY: it carries the result from one thread to another.
unsafe impl<T: Send> Send for Joiner<T> {}
// SAFETY: a shared one gives no access to the result.
unsafe impl<T: Send> Sync for Joiner<T> {}

impl<T> Joiner<T> {
    fn record(&self) -> &Record {
        // SAFETY: the joiner is one of its holders.
        unsafe { self.record.as_ref() }
    }

    /// Gives a handle of the thread.
    pub(super) fn thread(&self) -> Thread {
        // SAFETY: the joiner is one of its holders.
        unsafe { Thread::of(self.record) }
    }

    pub(super) fn is_finished(&self) -> bool {
        self.record().has_ended()
    }

    pub(super) fn join(self) -> T {
        self.record().wait();
        // SAFETY: the thread has ended, and wrote its result before; the place is there as long as this joiner holds it.
        let result = unsafe { self.result.read() };
        let record = self.record;
        mem::forget(self);
        // SAFETY: for the joiner that was forgotten.
        unsafe { record::release(record) };
        result
    }
}

/// Detaches the thread.
impl<T> Drop for Joiner<T> {
    fn drop(&mut self) {
        if self.record().detach() {
            // SAFETY: the thread has written its result, and leaves it to us.
            unsafe { self.result.drop_in_place() };
        }
        // SAFETY: the joiner goes.
        unsafe { record::release(self.record) };
    }
}

/// The right to wait for a thread and have its result. Dropping it detaches the thread, which then goes on alone.
pub struct JoinHandle<T>(Joiner<T>);

impl<T> JoinHandle<T> {
    /// Waits until the thread has ended, its thread-local values with it, and gives its result.
    pub fn join(self) -> T {
        self.0.join()
    }

    /// Gives a handle of the thread.
    pub fn thread(&self) -> Thread {
        self.0.thread()
    }

    /// Says whether the thread's function has returned: [`join`](Self::join) takes no time then, or nearly none.
    pub fn is_finished(&self) -> bool {
        self.0.is_finished()
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("JoinHandle").field(&self.thread()).finish()
    }
}
