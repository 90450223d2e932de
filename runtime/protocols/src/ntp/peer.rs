//! One server: when it is asked, what of its answers is believed, and which of them counts.

use formats::time::Duration;
use formats::wire::ntp::{Mode, Packet, Stamp};

use super::UNSET;

/// Nanoseconds of a second.
pub(super) const SECOND: i64 = 1_000_000_000;

/// Questions of the beginning, and what lies between two of them.
const BURST: u8 = 4;
const BURST_PAUSE: Duration = Duration::from_secs(2);

/// A server that has left that many questions without an answer is not waited for.
const SILENCE: u8 = 2;

/// A server that sends us away is left alone for so long.
const AWAY: Duration = Duration::from_secs(3600);

/// Ways longer than this, and clocks further off, say nothing.
const MOST: i64 = 16 * SECOND;

/// So many answers are remembered.
const REMEMBERED: usize = 8;

/// Why an answer does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is no answer to our question.
    Foreign,
    /// The server has no time itself.
    Unset,
    /// It took too long, or the server is too far from a clock.
    Distant,
    /// The server wants to be left alone: its word for it (`RATE`, `DENY`, ...).
    Away([u8; 4]),
}

/// What an answer comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// When it came.
    pub at: Duration,
    /// How far our clock is behind.
    pub offset: i64,
    /// How long question and answer travelled.
    pub delay: i64,
    /// How far the server is from a clock.
    pub stratum: u8,
    /// Its way to that and back.
    pub root_delay: i64,
    /// How far it may be off.
    pub root_dispersion: i64,
    /// Whom it follows.
    pub reference: [u8; 4],
    /// The leap second that it announces.
    pub leap: u8,
}

impl Reading {
    /// Gives how far the offset may be from the truth.
    pub fn distance(&self, now: Duration) -> i64 {
        let own = (self.delay + self.root_delay) / 2 + drift(now.saturating_sub(self.at));
        own.saturating_add(self.root_dispersion).saturating_add(SECOND / 1000)
    }
}

/// Gives how far a clock can have drifted by itself in a time: 15 millionths.
pub(super) fn drift(time: Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX / SECOND).saturating_mul(15_000)
}

/// A question that has no answer yet.
#[derive(Clone, Copy, Debug)]
struct Question {
    stamp: Stamp,
    clock: i64,
}

/// A server.
#[derive(Clone, Debug)]
pub struct Peer {
    /// When it is to be asked next.
    pub next: Duration,
    /// A bit for each of the last eight questions that was answered; the lowest is the last.
    pub reach: u8,
    question: Option<Question>,
    /// How many questions it was asked since the beginning, up to the first four.
    asked: u8,
    /// How often in a row it could not be asked.
    failures: u8,
    readings: [Option<Reading>; REMEMBERED],
}

impl Peer {
    pub(super) const fn new(now: Duration) -> Self {
        Self { next: now, reach: 0, question: None, asked: 0, failures: 0, readings: [None; REMEMBERED] }
    }

    pub(super) fn ask(&mut self, stamp: Stamp, clock: i64, now: Duration, interval: Duration) {
        self.asked = self.asked.saturating_add(1).min(BURST);
        self.reach <<= 1;
        self.question = Some(Question { stamp, clock });
        self.next = now + if self.asked < BURST { BURST_PAUSE } else { interval };
    }

    /// Notes that it could not be asked, by its name or by the network; it is tried again a little later each time.
    pub fn failed(&mut self, now: Duration) {
        self.failures = self.failures.saturating_add(1);
        self.reach <<= 1;
        self.next = now + Duration::from_secs(4 * u64::from(self.failures.min(15)));
    }

    /// Says whether the last questions were answered.
    pub fn is_heard(&self) -> bool {
        self.reach != 0
    }

    /// Says whether its first answer is worth waiting for.
    pub(super) fn is_open(&self) -> bool {
        let is_silent = self.asked > SILENCE || self.failures > 0;
        self.reach == 0 && !is_silent && self.next != Duration::MAX
    }

    pub(super) fn receive(&mut self, packet: &Packet, clock: i64, now: Duration) -> Result<Reading, Refused> {
        let question = self.question.filter(|question| question.stamp == packet.origin);
        let question = question.filter(|_| packet.mode == Mode::Server).ok_or(Refused::Foreign)?;
        self.question = None;
        self.failures = 0;
        if packet.stratum == 0 && matches!(&packet.reference, b"DENY" | b"RSTR" | b"RATE") {
            self.next = now + AWAY;
            return Err(Refused::Away(packet.reference));
        }
        if packet.leap == 3 || !(1..UNSET).contains(&packet.stratum) || packet.sent == Stamp(0) {
            return Err(Refused::Unset);
        }
        let (came, went) = (packet.received.nanoseconds(), packet.sent.nanoseconds());
        let offset = ((came - question.clock) + (went - clock)) / 2;
        let delay = ((clock - question.clock) - (went - came)).max(0);
        let Packet { stratum, root_delay, root_dispersion, reference, leap, .. } = *packet;
        if delay > MOST || root_delay / 2 + root_dispersion > MOST {
            return Err(Refused::Distant);
        }
        self.reach |= 1;
        let reading =
            Reading { at: now, offset, delay, stratum, root_delay, root_dispersion, reference, leap };
        self.readings.rotate_right(1);
        self.readings[0] = Some(reading);
        Ok(reading)
    }

    /// Gives the answer that counts: that of the shortest way, as long as the server is heard.
    pub fn best(&self, now: Duration) -> Option<Reading> {
        let readings = self.readings.iter().flatten().filter(|_| self.is_heard());
        readings.min_by_key(|reading| reading.distance(now)).copied()
    }

    /// Forgets what was measured by a clock that was set since, and asks anew.
    pub(super) fn forget(&mut self, now: Duration) {
        self.readings = [None; REMEMBERED];
        self.question = None;
        if self.is_heard() {
            (self.asked, self.next) = (0, now + BURST_PAUSE);
        }
    }
}
