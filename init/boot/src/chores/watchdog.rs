//! The watchdog (`spelunk.watchdog`): the hardware starts the machine anew unless process 1 says in time that it is alive. It says so from
//! its loop alone, so that a loop that stands still is an end of it; and to the very end, so that an end that gets stuck is one too.

use formats::time::Duration;
use linux::fd::OwnedFd;
use linux::fs::{Mode, OpenFlags, open};
use linux::system::{keep_alive, set_watchdog_timeout};

use crate::log::Log;

/// How often a device that is not there yet is looked for, and for how long: its driver may be a module.
const AGAIN: Duration = Duration::from_secs(1);
const TRIES: u32 = 60;

/// The device, and when it is told next.
pub(super) struct Watchdog {
    /// How long it waits.
    limit: Duration,
    device: Option<OwnedFd>,
    next: Option<Duration>,
    tries: u32,
    log: Log,
}

impl Watchdog {
    /// Takes the time after which the machine starts anew; none is for no watchdog.
    pub(super) fn new(limit: Option<Duration>, log: Log) -> Self {
        let next = limit.map(|_| Duration::ZERO);
        Self { limit: limit.unwrap_or_default(), device: None, next, tries: 0, log }
    }

    pub(super) const fn deadline(&self) -> Option<Duration> {
        self.next
    }

    /// Says that all is well, if that is due.
    pub(super) fn tick(&mut self, now: Duration) {
        if self.next.is_none_or(|next| now < next) {
            return;
        }
        if let Some(device) = &self.device {
            if let Err(cause) = keep_alive(device) {
                self.log.error(format_args!("watchdog: {cause}"));
            }
            self.next = Some(now.saturating_add(Duration::from_millis(self.limit.as_millis() / 3)));
            return;
        }
        match open("/dev/watchdog", OpenFlags::WRITE | OpenFlags::CLOSE_ON_EXEC, Mode::empty()) {
            Ok(device) => {
                let seconds = i32::try_from(self.limit.as_millis() / 1000).unwrap_or(i32::MAX);
                // One that has its own time is told as often as this one would be.
                if let Ok(seconds) = set_watchdog_timeout(&device, seconds) {
                    self.limit = Duration::from_secs(u64::from(seconds.unsigned_abs()));
                }
                self.device = Some(device);
                self.next = Some(now);
            }
            Err(cause) => {
                self.tries += 1;
                self.next = (self.tries < TRIES).then(|| now.saturating_add(AGAIN));
                if self.next.is_none() {
                    self.log.error(format_args!("watchdog: open /dev/watchdog: {cause}"));
                }
            }
        }
    }
}
