//! What stands between a thread and the kernel: every system call goes through it. Tests answer calls in the kernel's place; the
//! recorder has them made, and notes them.

use core::mem::transmute;
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

use arch::syscall::syscall6;

/// A system call as it is about to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its number (`__NR_…`).
    pub number: u32,
    /// Its arguments; those that it does not have are 0.
    pub arguments: [usize; 6],
    /// How many of them it has.
    pub count: usize,
}

/// The shape of a function that answers a call with the kernel's word: a result, or minus an error number. It may make the call, by
/// [`Call::make`], or not; it is the caller's affair that calls of its own, made by this crate, come to it again.
///
/// # Safety
/// The call is sound with its arguments; an answer writes no more than the kernel would.
pub type Door = unsafe fn(Call) -> isize;

/// The door of all threads; null: none.
static DOOR: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

/// Has all calls of all threads go through this door from now on, in place of the one before; with none, straight to the kernel.
///
/// # Safety
/// What the door answers without the call being made, the kernel could have answered, and what a success says is so: that bytes were
/// written, that memory is there and nobody else's, that a descriptor is open. Safe functions rely on it.
pub unsafe fn open(door: Option<Door>) {
    DOOR.store(door.map_or(ptr::null_mut(), |door| door as *mut ()), Ordering::Release);
}

impl Call {
    /// Has the kernel make the call.
    ///
    /// # Safety
    /// The call is sound with these arguments.
    pub unsafe fn make(self) -> isize {
        let [a, b, c, d, e, f] = self.arguments;
        // SAFETY: the caller's; the kernel does not look at more arguments than the call has.
        unsafe { syscall6(self.number, a, b, c, d, e, f) }
    }
}

/// Makes a call through the door, if there is one.
///
/// # Safety
/// The call is sound with its arguments.
pub(crate) unsafe fn perform<const N: usize>(number: u32, own: [usize; N]) -> isize {
    let mut arguments = [0; 6];
    for (argument, own) in arguments.iter_mut().zip(own) {
        *argument = own;
    }
    let call = Call { number, arguments, count: N };
    let door = DOOR.load(Ordering::Acquire);
    // SAFETY: only functions of this type are stored, and null is none.
    match unsafe { transmute::<*mut (), Option<Door>>(door) } {
        // SAFETY: the caller's.
        Some(door) => unsafe { door(call) },
        // SAFETY: the caller's.
        None => unsafe { call.make() },
    }
}
