//! The machine as a whole: its memory, its load, the time since it was booted.

use formats::time::Duration;

use formats::proc::loadavg::{self, Load};
use formats::proc::meminfo::{self, Memory};
use formats::proc::stat::{self, Totals};
use linux::time::{Clock, clock_gettime};

use crate::{Error, Result, file};

/// Gives where the memory is.
///
/// # Errors
/// What the kernel says of /proc/meminfo, or what the file lacks.
pub fn memory() -> Result<Memory> {
    parsed(b"/proc/meminfo", meminfo::parse)
}

/// Gives the load averages.
///
/// # Errors
/// What the kernel says of /proc/loadavg, or what the file lacks.
pub fn load() -> Result<Load> {
    parsed(b"/proc/loadavg", loadavg::parse)
}

/// Gives what the processors did since boot.
///
/// # Errors
/// What the kernel says of /proc/stat, or what the file lacks.
pub fn totals() -> Result<Totals> {
    parsed(b"/proc/stat", stat::parse)
}

/// Gives how many processors the machine has or may get; those that work now, where the kernel does not say.
pub fn processors() -> u64 {
    let mut count = 0;
    let text = file::read(b"/sys/devices/system/cpu/possible").unwrap_or_default();
    if formats::sys::processors::parse(text.trim_ascii(), &mut |_| count += 1) && count > 0 {
        return count;
    }
    totals().map_or(1, |totals| totals.processors.into())
}

/// Gives the time since boot, sleep counted, on which deadlines are; needs no file.
#[inline(never)]
pub fn uptime() -> Duration {
    linux::time::boottime().into()
}

/// Gives the seconds since 1970.
pub fn now() -> i64 {
    clock_gettime(Clock::REALTIME).map_or(0, |time| time.seconds)
}

/// Gives when the machine was booted, in seconds since 1970, by today's clock; needs no file.
pub fn boot_time() -> i64 {
    boot_time_us().div_euclid(1_000_000)
}

/// Gives the same in microseconds.
pub fn boot_time_us() -> i64 {
    let now = clock_gettime(Clock::REALTIME).unwrap_or_default();
    let micros = now.seconds.saturating_mul(1_000_000).saturating_add(now.nanoseconds / 1000);
    micros.saturating_sub((uptime().as_nanos() / 1000) as i64)
}

fn parsed<T>(
    path: &'static [u8],
    parse: impl Fn(&[u8]) -> core::result::Result<T, formats::Error>,
) -> Result<T> {
    let bytes = file::read(path)?;
    parse(&bytes).map_err(|error| Error::new("read", path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sources_agree() {
        let memory = memory().unwrap();
        assert!(memory.total > memory.free && memory.available() <= memory.total);
        assert!(load().unwrap().threads >= 1);
        let totals = totals().unwrap();
        assert!(totals.boot_time.abs_diff(boot_time().unsigned_abs()) <= 2);
        assert!(totals.processors >= 1 && processors() >= u64::from(totals.processors));
    }
}
