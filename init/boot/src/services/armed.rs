//! What has a service run that is armed, waited for in a child that ends when it has come: a date, or someone at a socket of it.

use alloc::vec::Vec;
use core::ffi::CStr;
use core::time::Duration;

use ::services::Service;
use ::time::{TimeZone, schedule};
use formats::etc::crontab::Schedule;
use linux::fd::OwnedFd;
use linux::poll::{self, PollFd, PollFlags};
use linux::time::{self, Clock};
use linux::{Errno, retry};

use crate::child;

/// The process's name, for people and for a successor of process 1.
pub(super) const NAME: &CStr = c"armed";

/// The clock is looked at that often: someone may set it.
const LOOK: Duration = Duration::from_secs(30);

/// Who comes has come already when it begins to look.
pub(super) const OVERDUE: i32 = 2;

/// A service that ends without having taken what came for it is not started more often than that.
const PAUSE: Duration = Duration::from_millis(50);

/// Waits; gives the child's status.
pub(super) fn wait(service: &Service, sockets: &[OwnedFd]) -> i32 {
    child::begin(NAME);
    match Schedule::parse(service.timer_at.as_bytes()) {
        Some(dates) => wait_for_date(&dates, service.timer_offset.as_millis() as i64),
        None => wait_for_someone(sockets).unwrap_or(1),
    }
}

/// Waits for the next date. When the clock was set forward beyond it that is once; when it was set back, the date that comes
/// next by the new time counts.
fn wait_for_date(dates: &Schedule, offset_ms: i64) -> i32 {
    let mut last_ms = now_ms();
    let mut next = None;
    loop {
        let now_ms = now_ms();
        if now_ms < last_ms || next.is_none() {
            // A file of the zone that cannot be read is none.
            let zone = TimeZone::of(None).unwrap_or_else(|_| TimeZone::utc());
            next = schedule::next(dates, (now_ms - offset_ms).div_euclid(1000), &zone);
        }
        last_ms = now_ms;
        // A date that no year has never comes.
        let left_ms =
            next.map_or(i64::MAX, |next| next.saturating_mul(1000).saturating_add(offset_ms) - now_ms);
        let Ok(left_ms) = u64::try_from(left_ms) else { return 0 };
        if left_ms == 0 {
            return 0;
        }
        time::sleep(Duration::from_millis(left_ms).min(LOOK));
    }
}

fn now_ms() -> i64 {
    let now = time::clock_gettime(Clock::REALTIME).unwrap_or_default();
    now.seconds.saturating_mul(1000).saturating_add(now.nanoseconds / 1_000_000)
}

fn wait_for_someone(sockets: &[OwnedFd]) -> linux::Result<i32> {
    let mut entries: Vec<PollFd<'_>> =
        sockets.iter().map(|socket| PollFd::new(socket, PollFlags::IN)).collect();
    if entries.is_empty() {
        return Err(Errno::BADF);
    }
    let is_overdue = retry(|| poll::poll(&mut entries, Some(Duration::ZERO)))? > 0;
    time::sleep(PAUSE);
    retry(|| poll::poll(&mut entries, None))?;
    Ok(if is_overdue { OVERDUE } else { 0 })
}
