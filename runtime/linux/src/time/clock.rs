//! Reading and setting clocks: clock_gettime(2) and clock_getres(2), through functions that the runtime may replace by
//! the vDSO's.

use super::Timespec;
#[cfg(target_pointer_width = "32")]
use super::narrow::Narrow;
use crate::{Errno, Result};
use core::ffi::c_int;
use core::mem::transmute;
use core::sync::atomic::{AtomicPtr, Ordering};
use core::time::Duration;
use linux_raw_sys::general as kernel;

/// A clock; open, since drivers have clocks too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Clock(pub i32);

values! {
    Clock: i32 {
        /// CLOCK_REALTIME: since 1970 UTC; can be set, and jumps.
        const REALTIME = kernel::CLOCK_REALTIME as i32;
        /// CLOCK_MONOTONIC: never goes back; stands still while the machine sleeps.
        const MONOTONIC = kernel::CLOCK_MONOTONIC as i32;
        /// CLOCK_BOOTTIME: since the boot, sleep included; leases are counted in it.
        const BOOTTIME = kernel::CLOCK_BOOTTIME as i32;
        /// CLOCK_MONOTONIC_RAW: not corrected by anyone.
        const MONOTONIC_RAW = kernel::CLOCK_MONOTONIC_RAW as i32;
        /// CLOCK_REALTIME_COARSE: as of the last tick.
        const REALTIME_COARSE = kernel::CLOCK_REALTIME_COARSE as i32;
        /// CLOCK_MONOTONIC_COARSE: as of the last tick.
        const MONOTONIC_COARSE = kernel::CLOCK_MONOTONIC_COARSE as i32;
        /// CLOCK_PROCESS_CPUTIME_ID: what this process used of processors.
        const PROCESS_CPU = kernel::CLOCK_PROCESS_CPUTIME_ID as i32;
        /// CLOCK_THREAD_CPUTIME_ID: what this thread used.
        const THREAD_CPU = kernel::CLOCK_THREAD_CPUTIME_ID as i32;
        /// CLOCK_TAI: REALTIME without leap seconds.
        const TAI = kernel::CLOCK_TAI as i32;
    }
}

/// The shape of the vDSO's `clock_gettime` and `clock_getres`: 0, or minus an error number.
pub type ClockFunction = unsafe extern "C" fn(clock: c_int, time: *mut Timespec) -> c_int;

/// The one thing that is remembered: who reads the clock. The system call, until the runtime has found a faster way.
static FUNCTION: AtomicPtr<()> = AtomicPtr::new(by_call as *mut ());

/// The same for the steps of clocks.
static STEP_FUNCTION: AtomicPtr<()> = AtomicPtr::new(step_by_call as *mut ());

/// Sets the function that reads clocks from now on, in all threads.
///
/// # Safety
/// The function must fill the time and give 0, or give minus an error number; at any time, in any thread.
pub unsafe fn set_clock_function(function: ClockFunction) {
    FUNCTION.store(function as *mut (), Ordering::Release);
}

/// Sets the function that gives the steps of clocks from now on, in all threads.
///
/// # Safety
/// As of [`set_clock_function`].
pub unsafe fn set_step_function(function: ClockFunction) {
    STEP_FUNCTION.store(function as *mut (), Ordering::Release);
}

/// Has all clocks read by the system call from now on: for a program that reads them so seldom that looking for the
/// vDSO's function costs more than it saves.
pub fn forgo_vdso() {
    FUNCTION.store(by_call as *mut (), Ordering::Release);
}

/// Reads a clock by the system call: what the runtime sets again where there is no vDSO.
///
/// # Safety
/// There is room for one structure at `time`.
pub unsafe extern "C" fn by_call(clock: c_int, time: *mut Timespec) -> c_int {
    let read = timed!(
        // SAFETY: the kernel writes one structure, for which our caller has room.
        unsafe { syscall!(__NR_clock_gettime | __NR_clock_gettime64, clock, time) },
        // SAFETY: our caller has room for one structure.
        read_narrow(Clock(clock)).map(|read| unsafe { time.write(read) }).map(|()| 0)
    );
    match read {
        Ok(_) => 0,
        Err(errno) => -c_int::from(errno.number()),
    }
}

/// Reads a clock.
///
/// # Errors
/// `INVAL` (no such clock). See `clock_gettime(2)`.
#[inline]
pub fn clock_gettime(clock: Clock) -> Result<Timespec> {
    let mut time = Timespec::default();
    let address = FUNCTION.load(Ordering::Acquire);
    // SAFETY: only functions of this type are ever stored.
    let function = unsafe { transmute::<*mut (), ClockFunction>(address) };
    // SAFETY: the function writes one structure.
    match unsafe { function(clock.0, &raw mut time) } {
        0 => Ok(time),
        _ => ask_kernel(clock),
    }
}

/// Reads a clock by the system call: for who has time for it, in a program that may do without a reader of the vDSO. It has the
/// last word on a clock that the vDSO refuses, too: some kernels' objects give ENOSYS or EINVAL for clocks that the call knows.
///
/// # Errors
/// `INVAL` (no such clock). See `clock_gettime(2)`.
#[cold]
pub fn ask_kernel(clock: Clock) -> Result<Timespec> {
    let mut time = Timespec::default();
    // SAFETY: there is room for one structure.
    match unsafe { by_call(clock.0, &raw mut time) } {
        0 => Ok(time),
        word => Err(Errno::from_word(word as isize).unwrap_or(Errno::INVAL)),
    }
}

#[cfg(target_pointer_width = "32")]
fn read_narrow(clock: Clock) -> Result<Timespec> {
    let mut time = Narrow::ZERO;
    // SAFETY: the kernel writes one structure.
    unsafe { syscall!(__NR_clock_gettime, clock.0, &raw mut time) }?;
    Ok(time.wide())
}

/// Reads CLOCK_BOOTTIME: the time since the boot, sleep included.
#[inline]
#[doc(alias = "CLOCK_BOOTTIME")]
pub fn boottime() -> Duration {
    clock_gettime(Clock::BOOTTIME).map_or(Duration::ZERO, Timespec::since_zero)
}

/// Reads CLOCK_MONOTONIC: the time since the boot, without sleep.
#[inline]
#[doc(alias = "CLOCK_MONOTONIC")]
pub fn monotonic() -> Duration {
    clock_gettime(Clock::MONOTONIC).map_or(Duration::ZERO, Timespec::since_zero)
}

/// Asks for the step of a clock by the system call.
///
/// # Safety
/// There is room for one structure at `step`.
pub unsafe extern "C" fn step_by_call(clock: c_int, step: *mut Timespec) -> c_int {
    let read = timed!(
        // SAFETY: the kernel writes one structure, for which our caller has room.
        unsafe { syscall!(__NR_clock_getres | __NR_clock_getres_time64, clock, step) },
        // SAFETY: our caller has room for one structure.
        step_narrow(Clock(clock)).map(|read| unsafe { step.write(read) }).map(|()| 0)
    );
    match read {
        Ok(_) => 0,
        Err(errno) => -c_int::from(errno.number()),
    }
}

#[cfg(target_pointer_width = "32")]
fn step_narrow(clock: Clock) -> Result<Timespec> {
    let mut step = Narrow::ZERO;
    // SAFETY: the kernel writes one structure.
    unsafe { syscall!(__NR_clock_getres, clock.0, &raw mut step) }?;
    Ok(step.wide())
}

/// Gives the step of a clock.
///
/// # Errors
/// `INVAL` (no such clock). See `clock_getres(2)`.
pub fn clock_getres(clock: Clock) -> Result<Timespec> {
    let mut step = Timespec::default();
    let address = STEP_FUNCTION.load(Ordering::Acquire);
    // SAFETY: only functions of this type are ever stored.
    let function = unsafe { transmute::<*mut (), ClockFunction>(address) };
    // SAFETY: the function writes one structure.
    match unsafe { function(clock.0, &raw mut step) } {
        0 => Ok(step),
        _ => ask_kernel_step(clock),
    }
}

/// The last word on a step, as [`ask_kernel`] has it on a time.
#[cold]
fn ask_kernel_step(clock: Clock) -> Result<Timespec> {
    let mut step = Timespec::default();
    // SAFETY: there is room for one structure.
    match unsafe { step_by_call(clock.0, &raw mut step) } {
        0 => Ok(step),
        word => Err(Errno::from_word(word as isize).unwrap_or(Errno::INVAL)),
    }
}

/// Sets a clock.
///
/// # Errors
/// `PERM` (needs CAP_SYS_TIME), `INVAL` (a clock that cannot be set, a time that cannot be), `OVERFLOW` (after 2038, on a
/// 32-bit kernel before Linux 5.1). See `clock_settime(2)`.
pub fn clock_settime(clock: Clock, time: Timespec) -> Result<()> {
    timed!(
        // SAFETY: the kernel reads one structure.
        unsafe { syscall!(__NR_clock_settime | __NR_clock_settime64, clock.0, &raw const time) },
        Narrow::exact(time).and_then(|time| {
            // SAFETY: the kernel reads one structure.
            unsafe { syscall!(__NR_clock_settime, clock.0, &raw const time) }
        })
    )
    .map(drop)
}
