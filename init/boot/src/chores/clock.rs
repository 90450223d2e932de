//! The clock at the start: what the kernel has not taken from the hardware (`CONFIG_RTC_HCTOSYS`) is taken now. The hardware's clock
//! keeps universal time.

use linux::fs::{Mode, OpenFlags, open};
use linux::time::{Clock, Timespec, clock_gettime, clock_settime, hardware_time};
use system::clock::date;

use crate::log::Log;

/// The first second of 2020: a clock before it was never set.
const PLAUSIBLE: i64 = 1_577_836_800;

pub(super) fn set(log: Log) {
    if clock_gettime(Clock::REALTIME).is_ok_and(|now| now.seconds >= PLAUSIBLE) {
        return;
    }
    // A machine without such a clock has none to read.
    let Ok(clock) = open("/dev/rtc0", OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC, Mode::empty()) else {
        return;
    };
    let seconds = hardware_time(&clock).ok().and_then(|time| date(&time)?.seconds());
    let Some(seconds) = seconds.filter(|seconds| *seconds >= PLAUSIBLE) else { return };
    if let Err(cause) = clock_settime(Clock::REALTIME, Timespec { seconds, nanoseconds: 0 }) {
        log.error(format_args!("set the clock: {cause}"));
    }
}
