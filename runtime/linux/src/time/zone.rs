//! What the kernel knows of the machine's zone: settimeofday(2), of which `clock_settime` has the rest.

use linux_raw_sys::general::{timeval, timezone};

use crate::Result;

/// Tells the kernel how many minutes the machine's zone lies west of universal time: FAT and clocks of hardware may keep local time.
/// If the first call since the boot gives another number than 0, the kernel has set its clock by local time, and moves it by so much.
///
/// # Errors
/// `PERM` (needs CAP_SYS_TIME), `INVAL` (more than 15 hours). See `settimeofday(2)`.
#[doc(alias = "settimeofday")]
pub fn set_zone(minutes_west: i32) -> Result<()> {
    let zone = timezone { tz_minuteswest: minutes_west, tz_dsttime: 0 };
    // SAFETY: the kernel reads one structure, and of the other, which is not there, nothing.
    unsafe { syscall!(__NR_settimeofday, core::ptr::null::<timeval>(), &raw const zone) }.map(drop)
}
