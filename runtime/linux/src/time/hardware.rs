//! The clock of the machine's hardware, which goes on while it is off (rtc(4)).

use crate::fd::AsFd;
use crate::{Result, ioctl};
use ioctl::devices as request;

/// A date and time of day as such a clock has them; in which zone, it does not know (`struct rtc_time` in `linux/rtc.h`).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HardwareTime {
    /// 0 to 60.
    pub second: i32,
    /// 0 to 59.
    pub minute: i32,
    /// 0 to 23.
    pub hour: i32,
    /// 1 to 31.
    pub day: i32,
    /// 0 to 11.
    pub month: i32,
    /// Since 1900.
    pub year: i32,
    /// 0 to 6, Sunday first; not all clocks have it.
    pub weekday: i32,
    /// Not used by the kernel.
    pub day_of_year: i32,
    /// Not used by the kernel.
    pub is_summer_time: i32,
}

abi!(HardwareTime = "struct rtc_time" {
    second: "tm_sec", minute: "tm_min", hour: "tm_hour", day: "tm_mday", month: "tm_mon", year: "tm_year",
});

/// Reads such a clock.
///
/// # Errors
/// `NOTTY` (no such clock), `INVAL` (it shows no time). See `rtc(4)`, RTC_RD_TIME.
#[doc(alias = "RTC_RD_TIME")]
pub fn hardware_time(clock: impl AsFd) -> Result<HardwareTime> {
    // SAFETY: RTC_RD_TIME fills one such structure.
    unsafe { ioctl::get(clock, request::RTC_RD_TIME) }
}

/// Sets it.
///
/// # Errors
/// `NOTTY`, `INVAL`, `ACCES` (needs CAP_SYS_TIME). See `rtc(4)`, RTC_SET_TIME.
#[doc(alias = "RTC_SET_TIME")]
pub fn set_hardware_time(clock: impl AsFd, time: &HardwareTime) -> Result<()> {
    // SAFETY: RTC_SET_TIME reads one such structure.
    unsafe { ioctl::set(clock, request::RTC_SET_TIME, time) }.map(drop)
}
