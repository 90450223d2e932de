//! What the runtime keeps for each thread, at the top of its stack; the control block leads there.

use core::cell::UnsafeCell;
use core::ffi::CStr;
use core::fmt;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

use linux::futex::Sharing;

use super::local::Locals;
use super::memory::{self, Memory};
use crate::sync::{Parker, sleep};
use crate::{fault, heap, panic, random, recorder};

/// Nobody has asked for the result yet, and there is none.
const RUNNING: u32 = 0;
/// There is a result.
const ENDED: u32 = 1;
/// Nobody will ask.
const DETACHED: u32 = 2;

/// More handles than that are forgotten ones.
const MOST_HOLDERS: u32 = i32::MAX as u32;

/// The bytes of a name that the kernel keeps, the zero at its end included.
const NAME: usize = 16;

/// One thread.
pub(crate) struct Record {
    /// The kernel's number of it; the kernel zeroes it when the thread has left its stack, and wakes who waits here.
    pub(super) number: AtomicU32,
    /// How many hold it: the thread itself, the one that will join it, and each handle.
    holders: AtomicU32,
    /// What has become of the result.
    result: AtomicU32,
    /// The number that no other thread of this process has or had.
    pub(super) id: u64,
    /// Its place to sleep.
    pub(super) parker: Parker,
    /// Its name, cut to what the kernel keeps.
    name: [u8; NAME],
    /// Where all this lies; none for the main thread.
    memory: Option<Memory>,
    /// Its thread-local values, which it alone touches.
    locals: UnsafeCell<Locals>,
    /// What it has of the heap, which it alone touches.
    pub(super) heap: heap::Own,
    /// The state of its random bytes, which it alone touches.
    pub(super) random: random::Own,
    /// What it has for its handlers, which it alone touches.
    pub(super) handlers: fault::Own,
    /// What the kernel and it tell each other of the processor that it runs on.
    #[cfg(feature = "processor")]
    pub(super) area: arch::processor::Area,
    /// Its last system calls.
    #[allow(dead_code, reason = "without the feature there is nothing in it")]
    pub(crate) calls: recorder::Own,
}

// SAFETY: what can change is atomic, or is the thread's own (`locals`, `heap`, `random`, `handlers`).
unsafe impl Sync for Record {}

/// The main thread's, which nobody gives back. Its control block, made before anything else, says nothing of it.
static MAIN: Record = Record::new(1, *b"main\0\0\0\0\0\0\0\0\0\0\0\0", None, 1);

/// The last number given to a thread.
static LAST: AtomicU64 = AtomicU64::new(1);

impl Record {
    const fn new(id: u64, name: [u8; NAME], memory: Option<Memory>, holders: u32) -> Self {
        Self {
            number: AtomicU32::new(0),
            holders: AtomicU32::new(holders),
            result: AtomicU32::new(RUNNING),
            id,
            parker: Parker::new(),
            name,
            memory,
            locals: UnsafeCell::new(Locals::NEW),
            heap: heap::Own::new(),
            random: random::Own::new(),
            handlers: fault::Own::new(),
            #[cfg(feature = "processor")]
            area: arch::processor::Area::new(),
            calls: recorder::Own::new(),
        }
    }

    /// Makes the record of a thread that is about to begin: held by itself and by the one that will join it.
    pub(super) fn of_new(name: Option<&str>, memory: Memory) -> Self {
        let mut kept = [0; NAME];
        let name = name.unwrap_or_default();
        let mut end = name.len().min(NAME - 1);
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        for (to, from) in kept.iter_mut().zip(name.bytes().take(end)) {
            *to = from;
        }
        Self::new(LAST.fetch_add(1, Ordering::Relaxed) + 1, kept, Some(memory), 2)
    }

    /// Gives the name, if the thread has one.
    pub(super) fn name(&self) -> Option<&CStr> {
        CStr::from_bytes_until_nul(&self.name).ok().filter(|name| !name.is_empty())
    }

    /// Gives the name, or the number of a thread without one.
    pub(crate) fn title(&self) -> impl fmt::Display {
        Title(self)
    }

    /// Says that there is a result; false if nobody will ask for it.
    pub(super) fn end(&self) -> bool {
        self.result.swap(ENDED, Ordering::AcqRel) != DETACHED
    }

    /// Says that nobody will ask for the result; true if there is one already.
    pub(super) fn detach(&self) -> bool {
        self.result.swap(DETACHED, Ordering::AcqRel) == ENDED
    }

    /// Says whether there is a result.
    pub(super) fn has_ended(&self) -> bool {
        self.result.load(Ordering::Acquire) == ENDED
    }

    /// Waits until the thread has left its stack.
    pub(super) fn wait(&self) {
        loop {
            match self.number.load(Ordering::Acquire) {
                0 => return,
                // The kernel wakes as if other processes could wait.
                number => drop(sleep(&self.number, number, Sharing::Shared, None)),
            }
        }
    }

    /// Adds a holder.
    pub(super) fn hold(&self) {
        if self.holders.fetch_add(1, Ordering::Relaxed) > MOST_HOLDERS {
            // Handles were forgotten until their count is about to run over, which would free what is still held.
            panic::abort();
        }
    }
}

/// A thread by its name, or its number.
struct Title<'a>(&'a Record);

impl fmt::Display for Title<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.name().and_then(|name| name.to_str().ok()) {
            Some(name) => formatter.write_str(name),
            None => write!(formatter, "{}", self.0.id),
        }
    }
}

/// Gives the record of the running thread.
#[inline(always)]
pub(super) fn own() -> NonNull<Record> {
    NonNull::new(core::ptr::with_exposed_provenance_mut(word())).unwrap_or(NonNull::from_ref(&MAIN))
}

/// Gives the thread-local values of the running thread; only that thread may use what it points at.
#[inline(always)]
pub(super) fn own_locals() -> *mut Locals {
    // SAFETY: a thread's record lives as long as the thread.
    unsafe { own().as_ref() }.locals.get()
}

/// Gives the record of the running thread, which is there as long as the thread.
#[cfg(feature = "recorder")]
pub(crate) fn own_record() -> &'static Record {
    // SAFETY: as said.
    unsafe { own().as_ref() }
}

/// Gives what the running thread has of the heap; only that thread may use it.
#[cfg(all(feature = "caches", not(test)))]
#[inline(always)]
pub(crate) fn own_heap() -> &'static heap::Own {
    // SAFETY: a thread's record lives as long as the thread.
    &unsafe { own().as_ref() }.heap
}

/// Gives the state of the running thread's random bytes; only that thread may use it.
pub(crate) fn own_random() -> &'static random::Own {
    // SAFETY: a thread's record lives as long as the thread.
    &unsafe { own().as_ref() }.random
}

/// Gives what the running thread and the kernel tell each other, as long as the thread lives.
#[cfg(feature = "processor")]
pub(crate) fn own_area() -> &'static arch::processor::Area {
    // SAFETY: a thread's record lives as long as the thread.
    &unsafe { own().as_ref() }.area
}

/// Gives what the running thread has for its handlers; only that thread may use it.
pub(crate) fn own_handlers() -> &'static fault::Own {
    // SAFETY: a thread's record lives as long as the thread.
    &unsafe { own().as_ref() }.handlers
}

/// Says whether this is the main thread.
pub(super) fn is_main() -> bool {
    word() == 0
}

/// Gives the word of the control block that is the thread's own: 0 in the main thread.
#[cfg(not(test))]
#[inline(always)]
fn word() -> usize {
    // SAFETY: start-up has set the thread pointer before any code that could ask.
    unsafe { arch::thread::record() }
}

/// Unit tests run in a program of another runtime, whose control block is not ours: all is the main thread.
#[cfg(test)]
fn word() -> usize {
    0
}

/// Lets go of a record; who does so last gives its memory back, once the thread has left it.
///
/// # Safety
/// The caller is a holder, which it is no longer; it is not the thread itself.
pub(super) unsafe fn release(record: NonNull<Record>) {
    // SAFETY: the caller holds it.
    if let Some((memory, number)) = unsafe { let_go(record) } {
        memory::give_back(memory, number, || {
            // SAFETY: nobody else holds it, and it has not been given back yet.
            unsafe { record.as_ref() }.wait();
        });
    }
}

/// Ends the running thread, which is not the main one.
///
/// # Safety
/// Nothing that lies on its stack is used any more.
pub(super) unsafe fn leave(record: NonNull<Record>) -> ! {
    // SAFETY: the thread holds its own record.
    if let Some((memory, number)) = unsafe { let_go(record) }
        && !memory::keep(memory, number)
    {
        // SAFETY: nobody else holds the memory, and the caller is done with what is on it.
        unsafe { memory::leave(memory) }
    }
    // SAFETY: as above; who holds the memory waits until the kernel has zeroed the number.
    unsafe { linux::thread::exit() }
}

/// Takes a holder off; the last one gets what there is to give back: the memory, and the address of the number in it.
///
/// # Safety
/// The caller is a holder.
unsafe fn let_go(record: NonNull<Record>) -> Option<(Memory, usize)> {
    // SAFETY: the caller still holds it.
    let this = unsafe { record.as_ref() };
    // Read before others can give the memory back.
    let (memory, number) = (this.memory, this.number.as_ptr().expose_provenance());
    if this.holders.fetch_sub(1, Ordering::Release) != 1 {
        return None;
    }
    fence(Ordering::Acquire);
    memory.map(|memory| (memory, number))
}
