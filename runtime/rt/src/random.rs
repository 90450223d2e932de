//! Random bytes by the kernel's function in the vDSO, which keeps a state for each thread that asks.
//!
//! The states lie in pages of a kind that the kernel wipes in a child, and may drop when memory is short, so that no two
//! processes make the same bytes; they are never written to disk. A thread that ends leaves its state to the next one. The
//! function itself sees to a handler that asks while the thread it interrupted does: the handler's bytes come by the call.

use core::cell::Cell;
use core::ffi::c_uint;
use core::mem::transmute;
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering};

use linux::mem::{self, MapFlags, Protection};
use linux::random::{by_call, set_random_function};

use crate::auxv;
use crate::sync::Mutex;
use crate::thread::own_random;
use crate::vdso::Function;

/// The shape of the kernel's function: buffer, its length, flags, state, the state's length.
type Getrandom = unsafe extern "C" fn(*mut u8, usize, c_uint, *mut u8, usize) -> isize;

/// What the function says about its state when it is asked with a length of all ones (`uapi/linux/random.h`).
#[repr(C)]
#[derive(Default)]
struct Description {
    size: u32,
    protection: u32,
    flags: u32,
    reserved: [u32; 13],
}

/// Pages of states there may be: of 28 threads each on x86_64. Threads beyond them make calls.
const PAGES: usize = 64;

/// A thread's state.
pub(crate) struct Own {
    /// Its address, [`NONE`] if there is none. Handlers that interrupt this thread look at it, too: it is stored behind the size.
    place: AtomicUsize,
    /// Its size in bytes.
    size: Cell<usize>,
}

/// The thread has not asked, or nothing could be had.
const NONE: usize = 0;

impl Own {
    pub(crate) const fn new() -> Self {
        Self { place: AtomicUsize::new(NONE), size: Cell::new(0) }
    }
}

/// A page of states: its address, 0 for none, and a bit for each state in use.
#[derive(Clone, Copy)]
struct Page(usize, u32);

static STATES: Mutex<[Page; PAGES]> = Mutex::new([Page(0, 0); PAGES]);

/// Makes the first random bytes by the call, since a state takes a page and a call of its own; whoever wants more
/// gets one.
///
/// # Safety
/// There is room for `length` bytes at `buffer`.
pub(crate) unsafe extern "C" fn first(buffer: *mut u8, length: usize, flags: c_uint) -> isize {
    // SAFETY: it makes random bytes, from any thread.
    unsafe { set_random_function(getrandom) };
    // SAFETY: the caller's room.
    unsafe { by_call(buffer, length, flags) }
}

/// Makes random bytes without a call, if there is a state for this thread.
///
/// # Safety
/// There is room for `length` bytes at `buffer`.
unsafe extern "C" fn getrandom(buffer: *mut u8, length: usize, flags: c_uint) -> isize {
    static FUNCTION: Function = Function::new();
    if let Some(address) = FUNCTION.get(arch::vdso::GETRANDOM) {
        // SAFETY: the kernel's function of that name has this shape.
        let function = unsafe { transmute::<usize, Getrandom>(address) };
        let own = own_random();
        // A handler that comes in between has one made too; of the two the other is lost to the process, no more.
        if own.place.load(Ordering::Relaxed) == NONE
            && let Some((place, size)) = take(function)
        {
            own.size.set(size);
            own.place.store(place, Ordering::Release);
        }
        let (place, size) = (own.place.load(Ordering::Acquire), own.size.get());
        if place != NONE {
            let place = ptr::with_exposed_provenance_mut(place);
            // SAFETY: it writes the caller's room and its own state, which is this thread's.
            let count = unsafe { function(buffer, length, flags, place, size) };
            if count >= 0 {
                return count;
            }
        }
    }
    // SAFETY: the caller's room.
    unsafe { by_call(buffer, length, flags) }
}

/// Gives a state that no thread has. Whoever finds the table in use (a handler) gets none for now.
#[cold]
fn take(function: Getrandom) -> Option<(usize, usize)> {
    let mut wanted = Description::default();
    // SAFETY: with these lengths it only describes the state it wants.
    let answer = unsafe { function(ptr::null_mut(), 0, 0, (&raw mut wanted).cast(), usize::MAX) };
    let size = wanted.size as usize;
    // A state may not cross a page.
    let count = auxv::page_size().checked_div(size)?.min(32);
    if answer != 0 || count == 0 {
        return None;
    }
    let mut states = STATES.try_lock()?;
    let page = states.iter_mut().find(|page| (page.1.trailing_ones() as usize) < count)?;
    if page.0 == 0 {
        let protection = Protection::from_bits_retain(wanted.protection);
        let flags = MapFlags::from_bits_retain(wanted.flags);
        // SAFETY: a new mapping changes no memory in use.
        let mapped = unsafe { mem::mmap_anonymous(ptr::null_mut(), auxv::page_size(), protection, flags) };
        page.0 = mapped.ok()?.expose_provenance();
    }
    let free = page.1.trailing_ones();
    page.1 |= 1 << free;
    Some((page.0 + free as usize * size, size))
}

/// Leaves the state of a thread that ends to others.
pub(crate) fn leave(own: &Own) {
    // A handler that comes until the thread is gone finds none, for the next owner may be another thread at once.
    let (place, size) = (own.place.swap(NONE, Ordering::Relaxed), own.size.get());
    if place == NONE {
        return;
    }
    let within = |page: &&mut Page| page.0 != 0 && (page.0..page.0 + auxv::page_size()).contains(&place);
    if let Some(page) = STATES.lock().iter_mut().find(within) {
        page.1 &= !(1 << ((place - page.0) / size));
    }
}
