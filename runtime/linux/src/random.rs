//! Random bytes: getrandom(2), through a function that the runtime may replace by the vDSO's.

use crate::fd::AsFd;
use crate::ioctl::devices::RNDADDENTROPY;
use crate::ioctl::{Set, Typed};
use crate::{Result, call, ioctl};
use core::ffi::c_uint;
use core::mem::transmute;
use core::sync::atomic::{AtomicPtr, Ordering};
use linux_raw_sys::general as kernel;

flags! {
    /// Where the bytes come from.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct RandomFlags: u32 {
        /// GRND_NONBLOCK: gives `AGAIN` where it would wait for the pool to be ready.
        const NONBLOCK = kernel::GRND_NONBLOCK;
        /// GRND_RANDOM: as /dev/random.
        const RANDOM = kernel::GRND_RANDOM;
        /// GRND_INSECURE: does not wait for the pool, and so may be guessed early in a boot.
        const INSECURE = kernel::GRND_INSECURE;
        const _ = !0;
    }
}

/// The shape of a function that gives random bytes: how many it has written, or minus an error number.
pub type RandomFunction = unsafe extern "C" fn(buffer: *mut u8, length: usize, flags: c_uint) -> isize;

/// Who gives the bytes: the system call, until the runtime has found a faster way.
static FUNCTION: AtomicPtr<()> = AtomicPtr::new(by_call as *mut ());

/// Sets the function that gives random bytes from now on, in all threads.
///
/// # Safety
/// The function must write no more than the length, and give the count or minus an error number; at any time, in any
/// thread.
pub unsafe fn set_random_function(function: RandomFunction) {
    FUNCTION.store(function as *mut (), Ordering::Release);
}

/// Asks for random bytes by the system call.
///
/// # Safety
/// There is room for `length` bytes at `buffer`.
pub unsafe extern "C" fn by_call(buffer: *mut u8, length: usize, flags: c_uint) -> isize {
    // SAFETY: the kernel writes at most `length` bytes, for which our caller has room.
    match unsafe { syscall!(__NR_getrandom, buffer, length, flags) } {
        Ok(count) => count as isize,
        Err(errno) => -(errno.number() as isize),
    }
}

/// Fills the buffer from its start; gives how many bytes, all of them up to 256.
///
/// # Errors
/// `AGAIN`, `INTR`; `INVAL` for INSECURE before Linux 5.6; `NOSYS` before 3.17. See `getrandom(2)`.
pub fn getrandom(buffer: &mut [u8], flags: RandomFlags) -> Result<usize> {
    let address = FUNCTION.load(Ordering::Acquire);
    // SAFETY: only functions of this type are ever stored.
    let function = unsafe { transmute::<*mut (), RandomFunction>(address) };
    // SAFETY: the function writes at most `len` bytes into the borrowed slice.
    call::result(unsafe { function(buffer.as_mut_ptr(), buffer.len(), flags.bits()) })
}

/// The bytes of a seed that [`credit_random`] takes.
pub const SEED_BYTES: usize = 32;

/// A seed and what it is worth: `struct rand_pool_info` of `linux/random.h`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
struct Pool {
    bits: i32,
    bytes: i32,
    seed: [u8; SEED_BYTES],
}

abi!(Pool starts "struct rand_pool_info" { bits: "entropy_count", bytes: "buf_size" });

/// Gives the kernel a seed that nobody knows, and has all its bits count, so that nobody waits for chance.
///
/// # Errors
/// `PERM` (needs CAP_SYS_ADMIN), `NOTTY` (not /dev/random or /dev/urandom). See `random(4)`, RNDADDENTROPY.
#[doc(alias = "RNDADDENTROPY")]
pub fn credit_random(device: impl AsFd, seed: &[u8; SEED_BYTES]) -> Result<()> {
    let pool = Pool { bits: SEED_BYTES as i32 * 8, bytes: SEED_BYTES as i32, seed: *seed };
    // SAFETY: the request reads the head and as many bytes behind it as the head says.
    unsafe { ioctl::set(device, Typed::<Set<Pool>>::new(RNDADDENTROPY.request()), &pool) }.map(drop)
}
