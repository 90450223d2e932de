//! The memory of threads: stacks with a guard below them, a few of which are kept for the next threads.

use core::ptr;
use core::sync::atomic::{AtomicU32, Ordering};

use linux::mem::{self, MapFlags, Protection};
use linux::process::Pid;
use linux::signal::{self, MaskHow, SignalSet};
use linux::{Result, thread};

use crate::auxv;
use crate::sync::Mutex;

/// Bytes out of bounds below a stack, at least: more than most functions put on a stack at once.
const GUARD: usize = 16 << 10;

/// How many are kept at most; each with the pages that its thread has touched.
const MOST: usize = 16;
/// How many bytes those come to at most: of the usual stacks, all.
const LIMIT: usize = 40 << 20;

/// Where a thread's stack lies, and whether it was mapped for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    /// The first byte that may be used.
    bottom: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// Bytes out of bounds in front of it; none if the memory is the caller's.
    guard: Option<usize>,
}

/// Memory that a thread has left, or is about to leave.
struct Kept {
    memory: Memory,
    /// The address of the word that the kernel zeroes when the thread has left.
    number: usize,
}

static KEPT: Mutex<[Option<Kept>; MOST]> = Mutex::new([const { None }; MOST]);

impl Memory {
    /// Describes memory of the caller's, which has no guard and is never given back.
    pub(super) fn borrowed(bottom: usize, length: usize) -> Self {
        Self { bottom, end: bottom + length, guard: None }
    }

    /// Takes memory that is kept, or maps some.
    pub(super) fn take(length: usize) -> Result<Self> {
        if let Some(kept) = take_kept(length) {
            return Ok(kept);
        }
        let length = length.checked_next_multiple_of(auxv::page_size()).ok_or(linux::Errno::NOMEM)?;
        let (bottom, guard) = guarded(length)?;
        let bottom = bottom.expose_provenance();
        Ok(Self { bottom, end: bottom + length, guard: Some(guard) })
    }

    /// Gives how many bytes there are.
    pub(super) const fn length(&self) -> usize {
        self.end - self.bottom
    }

    /// Gives the whole mapping, if it is one.
    fn mapping(&self) -> Option<(usize, usize)> {
        self.guard.map(|guard| (self.bottom - guard, self.length() + guard))
    }
}

/// Maps a stack of whole pages; gives its lowest byte, and the bytes below it that are out of bounds.
pub(crate) fn guarded(length: usize) -> Result<(*mut u8, usize)> {
    let guard = GUARD.next_multiple_of(auxv::page_size());
    let flags = MapFlags::PRIVATE | MapFlags::STACK | MapFlags::NO_RESERVE;
    let whole = length.checked_add(guard).ok_or(linux::Errno::NOMEM)?;
    // SAFETY: new memory, at an address of the kernel's choice.
    let base = unsafe { mem::mmap_anonymous(ptr::null_mut(), whole, Protection::empty(), flags) }?;
    let bottom = base.wrapping_add(guard);
    // SAFETY: the upper part of that memory, which nobody uses yet.
    let opened = unsafe { mem::mprotect(bottom, length, Protection::READ | Protection::WRITE) };
    if let Err(errno) = opened {
        // SAFETY: nobody uses it.
        let _ = unsafe { mem::munmap(base, whole) };
        return Err(errno);
    }
    Ok((bottom, guard))
}

/// Takes memory of about this length that its thread has left.
fn take_kept(length: usize) -> Option<Memory> {
    let mut kept = KEPT.lock();
    let fits = |kept: &Kept| {
        let has = kept.memory.length();
        has >= length && has - length <= length / 4 && has_left(kept.number)
    };
    let slot = kept.iter_mut().find(|slot| slot.as_ref().is_some_and(fits))?;
    slot.take().map(|kept| kept.memory)
}

/// Says whether the thread whose number lies there has left its stack.
fn has_left(number: usize) -> bool {
    // SAFETY: the word lies in memory that is still mapped.
    let number = unsafe { &*ptr::with_exposed_provenance::<AtomicU32>(number) };
    number.load(Ordering::Acquire) == 0
}

/// Keeps memory that a thread has left, or is about to leave, for another one; says whether there was room. Memory of the
/// caller's is left alone.
pub(super) fn keep(memory: Memory, number: usize) -> bool {
    if memory.guard.is_none() {
        return true;
    }
    let mut kept = KEPT.lock();
    let held: usize = kept.iter().flatten().map(|kept| kept.memory.length()).sum();
    if held.saturating_add(memory.length()) > LIMIT {
        return false;
    }
    match kept.iter_mut().find(|slot| slot.is_none()) {
        Some(slot) => *slot = Some(Kept { memory, number }),
        None => return false,
    }
    true
}

/// Keeps memory for another thread, or unmaps it after `wait`, which waits until its thread has left.
pub(super) fn give_back(memory: Memory, number: usize, wait: impl FnOnce()) {
    if keep(memory, number) {
        return;
    }
    wait();
    if let Some((base, length)) = memory.mapping() {
        // SAFETY: nobody holds it, and its thread has left.
        let _ = unsafe { mem::munmap(ptr::with_exposed_provenance_mut(base), length) };
    }
}

/// Ends the running thread, which unmaps its own stack.
///
/// # Safety
/// The memory is this thread's, and nobody else uses it.
pub(super) unsafe fn leave(memory: Memory) -> ! {
    // A handler would run on a stack that is not there.
    let is_quiet = signal::sigprocmask(MaskHow::Set, Some(SignalSet::ALL)).is_ok();
    // SAFETY: there is no word to stay. The kernel would zero one in what may be somebody else's memory by then.
    let is_apart = unsafe { thread::set_tid_address(ptr::null()) } != Pid::UNKNOWN;
    if !is_quiet || !is_apart {
        // In a sandbox that refuses this the stack stays, which is better than the loss of another.
        // SAFETY: nothing of this thread has a destructor any more.
        unsafe { thread::exit() }
    }
    let (base, length) = memory.mapping().unwrap_or((0, 0));
    // SAFETY: no instruction.
    unsafe { arch::record_call!(__NR_munmap) };
    // SAFETY: no instruction.
    unsafe { arch::record_call!(__NR_exit) };
    // SAFETY: the caller's promise.
    unsafe { arch::thread::leave(base, length) }
}
