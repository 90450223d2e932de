//! The watchdog (`spelunk.watchdog`): the hardware starts the machine anew unless process 1 says in time that it is alive. It says so from
//! its loop alone, so that a loop that stands still is an end of it; and to the very end, so that an end that gets stuck is one too.
//!
//! The device lets itself be opened once. So process 1 holds it alone: children let go of it, or a successor of process 1 would find it
//! taken while nobody keeps it quiet.

use formats::time::Duration;
use linux::fd::{OwnedFd, Slot};
use linux::fs::{Mode, OpenFlags, open};
use linux::system::{keep_alive, set_watchdog_timeout};

use crate::log::Log;

/// How often a device that is not there yet is looked for, and for how long: its driver may be a module.
const AGAIN: Duration = Duration::from_secs(1);
const TRIES: u32 = 60;

/// The device. After a panic, it is all that is left of it.
static DEVICE: Slot = Slot::new();

/// Closes the device in a child of process 1.
pub(crate) fn let_go() {
    drop(DEVICE.take());
}

/// When the device is told next.
pub(super) struct Watchdog {
    /// How long it waits.
    limit: Duration,
    next: Option<Duration>,
    tries: u32,
    log: Log,
}

impl Watchdog {
    /// Takes the time after which the machine starts anew; none is for no watchdog.
    pub(super) fn new(limit: Option<Duration>, log: Log) -> Self {
        let next = limit.map(|_| Duration::ZERO);
        let mut watchdog = Self { limit: limit.unwrap_or_default(), next, tries: 0, log };
        if let Some(device) = DEVICE.take() {
            watchdog.keep(device);
        }
        watchdog
    }

    /// Tells the device how long it is to wait, and keeps it.
    fn keep(&mut self, device: OwnedFd) {
        let seconds = i32::try_from(self.limit.as_millis() / 1000).unwrap_or(i32::MAX);
        // One that has its own time is told as often as this one would be.
        if let Ok(seconds) = set_watchdog_timeout(&device, seconds) {
            self.limit = Duration::from_secs(u64::from(seconds.unsigned_abs()));
        }
        DEVICE.put(device);
    }

    pub(super) const fn deadline(&self) -> Option<Duration> {
        self.next
    }

    /// Says that all is well, if that is due.
    pub(super) fn tick(&mut self, now: Duration) {
        if self.next.is_none_or(|next| now < next) {
            return;
        }
        if let Some(device) = DEVICE.take() {
            if let Err(cause) = keep_alive(&device) {
                self.log.error(format_args!("watchdog: {cause}"));
            }
            DEVICE.put(device);
            self.next = Some(now.saturating_add(Duration::from_millis(self.limit.as_millis() / 3)));
            return;
        }
        match open("/dev/watchdog", OpenFlags::WRITE | OpenFlags::CLOSE_ON_EXEC, Mode::empty()) {
            Ok(device) => {
                self.keep(device);
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
