//! What is done to the clock, and the program that is told of it.

use alloc::vec::Vec;
use core::fmt;

use linux::time::{AdjustFlags, Adjustment, Clock, ClockStatus, clock_adjtime};
use protocols::ntp::{Change, Client};

use crate::Io;
use crate::process::launch;

/// Nanoseconds of a second.
const SECOND: i64 = 1_000_000_000;

/// A difference, shown as `+0.000123`: seconds.
pub(super) struct Seconds(pub(super) i64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { '-' } else { '+' };
        let micros = self.0.unsigned_abs() / 1000;
        write!(f, "{sign}{}.{:06}", micros / 1_000_000, micros % 1_000_000)
    }
}

/// Gives what the clock shows, in nanoseconds since 1970.
pub(super) fn clock() -> i64 {
    let now = linux::time::clock_gettime(Clock::REALTIME).unwrap_or_default();
    now.seconds.saturating_mul(SECOND).saturating_add(now.nanoseconds)
}

/// Changes the clock; gives how much faster it goes by itself, in millionths times 65536.
pub(super) fn apply(change: Change) -> linux::Result<i64> {
    let mut adjustment = Adjustment::default();
    match change {
        Change::Step(offset) => {
            adjustment.flags = AdjustFlags::SET_OFFSET | AdjustFlags::NANOSECONDS | AdjustFlags::STATUS;
            adjustment.time = [offset.div_euclid(SECOND), offset.rem_euclid(SECOND)];
            adjustment.status = ClockStatus::LED;
        }
        Change::Slew { offset, constant, jitter, distance, leap } => {
            adjustment.flags = AdjustFlags::OFFSET
                | AdjustFlags::NANOSECONDS
                | AdjustFlags::STATUS
                | AdjustFlags::TIME_CONSTANT
                | AdjustFlags::MAXIMUM_ERROR
                | AdjustFlags::ESTIMATED_ERROR;
            adjustment.offset = offset;
            adjustment.time_constant = constant.into();
            (adjustment.estimated_error, adjustment.maximum_error) = (jitter / 1000, distance / 1000);
            adjustment.status = ClockStatus::LED
                | match leap {
                    1 => ClockStatus::INSERT,
                    2 => ClockStatus::DELETE,
                    _ => ClockStatus::empty(),
                };
        }
    }
    clock_adjtime(Clock::REALTIME, &mut adjustment)?;
    Ok(adjustment.frequency)
}

/// Runs the program to its end, with BusyBox's word and variables; says why it could not be run.
pub(super) fn tell(io: &mut Io<'_>, program: &[u8], word: &str, client: &Client, frequency: i64) {
    let standing = client.standing();
    let ppm = Seconds(frequency.saturating_mul(SECOND) >> 16);
    let mut environment: Vec<Vec<u8>> = io.environment.iter().map(|entry| entry.to_vec()).collect();
    environment.push(alloc::format!("freq_drift_ppm={ppm}").into_bytes());
    environment.push(alloc::format!("poll_interval={}", 1_u64 << client.poll).into_bytes());
    environment.push(alloc::format!("stratum={}", client.stratum()).into_bytes());
    let offset = Seconds(standing.map_or(0, |standing| standing.offset));
    environment.push(alloc::format!("offset={offset}").into_bytes());
    let environment: Vec<&[u8]> = environment.iter().map(Vec::as_slice).collect();
    launch::tell(io, &[program, word.as_bytes()], &environment);
}
