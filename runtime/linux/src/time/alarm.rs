//! A timer that sends SIGALRM: setitimer(2).

use crate::Result;
use core::mem::MaybeUninit;
use core::time::Duration;
use linux_raw_sys::general as kernel;

/// Has the kernel send SIGALRM after `first`, and from then on every `every`; zero: not at all, or once only. Gives what was
/// left of the time before. What is shorter than a microsecond counts as one.
///
/// The timer is the process's own: execve keeps it, a child does not have it.
///
/// # Errors
/// `INVAL`: more seconds than the kernel's word holds. See `setitimer(2)`, ITIMER_REAL.
#[doc(alias = "setitimer")]
#[doc(alias = "alarm")]
pub fn set_alarm(first: Duration, every: Duration) -> Result<Duration> {
    let new = kernel::__kernel_old_itimerval { it_interval: to_kernel(every), it_value: to_kernel(first) };
    let mut former = MaybeUninit::<kernel::__kernel_old_itimerval>::uninit();
    // SAFETY: the kernel reads one structure and writes another.
    unsafe { syscall!(__NR_setitimer, kernel::ITIMER_REAL, &raw const new, former.as_mut_ptr()) }?;
    // SAFETY: the call succeeded, so the structure is filled.
    let left = unsafe { former.assume_init() }.it_value;
    Ok(Duration::from_secs(left.tv_sec as u64) + Duration::from_micros(left.tv_usec as u64))
}

fn to_kernel(time: Duration) -> kernel::__kernel_old_timeval {
    // Zero would stop the timer.
    let least = u32::from(!time.is_zero() && time < Duration::from_micros(1));
    kernel::__kernel_old_timeval {
        // The kernel refuses what does not fit, which is negative by then.
        tv_sec: time.as_secs().try_into().unwrap_or(-1),
        tv_usec: (time.subsec_micros() + least) as _,
    }
}

/// Gives what is left of the time that [`set_alarm`] has set; zero: none is set.
///
/// # Errors
/// None in practice. See `getitimer(2)`, ITIMER_REAL.
#[doc(alias = "getitimer")]
pub fn alarm_left() -> Result<Duration> {
    let mut left = MaybeUninit::<kernel::__kernel_old_itimerval>::uninit();
    // SAFETY: the kernel writes one structure.
    unsafe { syscall!(__NR_getitimer, kernel::ITIMER_REAL, left.as_mut_ptr()) }?;
    // SAFETY: the call succeeded, so the structure is filled.
    let left = unsafe { left.assume_init() }.it_value;
    Ok(Duration::from_secs(left.tv_sec as u64) + Duration::from_micros(left.tv_usec as u64))
}
