//! A client of the network time protocol (RFC 5905) without sockets and clocks: answers and the time in, changes of the clock out.
//!
//! Each server is asked four times two seconds apart, then at intervals of one to 17 minutes: longer while the clock keeps within its
//! noise. Of a server's last eight answers the one with the shortest way counts. Of the servers those count that more than half
//! of all agree with, and of them the nearest to a clock. What is half a second off or more is stepped: at once the first time, later
//! only if three answers in a row say so. The rest is left to the kernel, which makes the clock faster or slower.
//!
//! Moments of the clock are nanoseconds since 1970, differences nanoseconds; other times are of a clock that is never set.

mod peer;
#[cfg(test)]
mod tests;

use alloc::vec::Vec;

use formats::time::Duration;
use formats::wire::ntp::{Packet, Stamp};

use peer::SECOND;
pub use peer::{Peer, Reading, Refused};

/// A clock is stepped that is so far off.
const STEP: i64 = SECOND / 2;

/// A set clock is stepped if that many answers in a row say so.
const INSISTENCE: u8 = 3;

/// The stratum of a clock that follows nobody.
pub const UNSET: u8 = 16;

/// The shortest and the longest interval of questions, as exponents of two of seconds.
const SHORTEST: i8 = 6;
const LONGEST: i8 = 10;

/// The interval changes when that many points have come together.
const POINTS: i32 = 30;

/// What is to be done with the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is to be set forward so far.
    Step(i64),
    /// It is to be led there.
    Slew {
        /// How far it is behind.
        offset: i64,
        /// The exponent of two of the seconds in which that is to be done (the kernel's time constant).
        constant: i8,
        /// How far readings differ.
        jitter: i64,
        /// How far it may be off at most.
        distance: i64,
        /// The leap second that is announced (1 more, 2 less).
        leap: u8,
    },
}

/// Whom the clock follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The number of the server.
    pub peer: usize,
    /// How far this clock is from one that is followed: one more than that server.
    pub stratum: u8,
    /// The last difference.
    pub offset: i64,
    /// The way to that clock and back.
    pub root_delay: i64,
    /// How far this clock may be off.
    pub root_dispersion: i64,
    /// The leap second that is announced.
    pub leap: u8,
    /// When it was last set.
    pub set: Stamp,
}

/// The client.
#[derive(Clone, Debug)]
pub struct Client {
    /// The servers.
    pub peers: Vec<Peer>,
    /// The interval of questions: the exponent of two of seconds.
    pub poll: i8,
    standing: Option<Standing>,
    /// When the answer came that was used last.
    used: Option<Duration>,
    /// How far offsets lie from each other.
    jitter: i64,
    /// What speaks for a longer interval, below zero for a shorter one.
    points: i32,
    /// How often in a row a set clock was found far off.
    insistence: u8,
}

impl Client {
    /// Makes a client of that many servers, all of which are to be asked now.
    pub fn new(count: usize, now: Duration) -> Self {
        Self {
            peers: alloc::vec![Peer::new(now); count],
            poll: SHORTEST,
            standing: None,
            used: None,
            jitter: 0,
            points: 0,
            insistence: 0,
        }
    }

    /// Gives when a server is to be asked next.
    pub fn deadline(&self) -> Option<Duration> {
        self.peers.iter().map(|peer| peer.next).min()
    }

    /// Gives a server whose time to be asked has come.
    pub fn due(&self, now: Duration) -> Option<usize> {
        self.peers.iter().position(|peer| peer.next <= now)
    }

    /// Gives the question for a server, sent at a moment of the clock; its answer must repeat the stamp, which nobody can guess.
    pub fn ask(&mut self, peer: usize, stamp: Stamp, clock: i64, now: Duration) -> Option<Packet> {
        let interval = Duration::from_secs(1 << self.poll);
        self.peers.get_mut(peer)?.ask(stamp, clock, now, interval);
        Some(Packet::question(stamp))
    }

    /// Takes what a server said, which came at a moment of the clock; gives what it comes to, and what is to be done.
    pub fn receive(
        &mut self,
        peer: usize,
        packet: &Packet,
        clock: i64,
        now: Duration,
    ) -> Result<(Reading, Option<Change>), Refused> {
        let found = self.peers.get_mut(peer).ok_or(Refused::Foreign)?;
        let reading = found.receive(packet, clock, now)?;
        Ok((reading, self.decide(clock, now)))
    }

    /// Gives whom the clock follows; none before it was set, and when no server answers any more.
    pub fn standing(&self) -> Option<Standing> {
        self.standing.filter(|_| self.peers.iter().any(Peer::is_heard))
    }

    /// Gives how far the clock is from one that follows nobody: [`UNSET`] while it follows nobody itself.
    pub fn stratum(&self) -> u8 {
        self.standing().map_or(UNSET, |standing| standing.stratum)
    }

    fn decide(&mut self, clock: i64, now: Duration) -> Option<Change> {
        if self.standing.is_none() && self.peers.iter().any(Peer::is_open) {
            return None;
        }
        let (index, reading) = self.select(now)?;
        if self.used.is_some_and(|used| reading.at <= used) {
            return None;
        }
        self.used = Some(reading.at);
        let is_far = reading.offset.abs() >= STEP;
        if is_far && self.standing.is_some() {
            self.insistence += 1;
            if self.insistence < INSISTENCE {
                return None;
            }
        }
        self.insistence = 0;
        let distance = reading.distance(now);
        let offset = reading.offset;
        self.standing = Some(Standing {
            peer: index,
            stratum: reading.stratum.saturating_add(1),
            offset,
            root_delay: reading.root_delay.saturating_add(reading.delay),
            root_dispersion: distance,
            leap: reading.leap,
            set: Stamp::of(if is_far { clock.saturating_add(offset) } else { clock }),
        });
        if is_far {
            self.forget(now);
            return Some(Change::Step(offset));
        }
        self.weigh(offset);
        let jitter = self.jitter;
        Some(Change::Slew { offset, constant: self.poll, jitter, distance, leap: reading.leap })
    }

    /// Forgets what was measured by the clock as it was.
    fn forget(&mut self, now: Duration) {
        self.peers.iter_mut().for_each(|peer| peer.forget(now));
        (self.poll, self.points, self.jitter, self.used) = (SHORTEST, 0, 0, None);
    }

    /// Makes the interval longer while offsets lie within their noise, and shorter when they leave it.
    fn weigh(&mut self, offset: i64) {
        let far = offset.abs();
        let is_noise = far < 4 * self.jitter.max(SECOND / 1000);
        self.jitter += (far - self.jitter) / 4;
        self.points += if is_noise { i32::from(self.poll) } else { -2 * i32::from(self.poll) };
        if self.points.abs() > POINTS {
            let step = if self.points > 0 { 1 } else { -1 };
            self.poll = (self.poll + step).clamp(SHORTEST, LONGEST);
            self.points = 0;
        }
    }

    /// Gives the reading to follow: of those that lie where the most intervals of possible offsets overlap, if these are more than
    /// half, the nearest to a clock.
    fn select(&self, now: Duration) -> Option<(usize, Reading)> {
        let readings = self.peers.iter().enumerate();
        let readings: Vec<(usize, Reading)> =
            readings.filter_map(|(index, peer)| Some((index, peer.best(now)?))).collect();
        let holds = |reading: &Reading, offset: i64| (reading.offset - offset).abs() <= reading.distance(now);
        // The most of them overlap at the lower end of one.
        let ends = readings.iter().map(|(_, reading)| reading.offset - reading.distance(now));
        let count = |end: i64| readings.iter().filter(|(_, reading)| holds(reading, end)).count();
        let (agreed, end) = ends.map(|end| (count(end), end)).max_by_key(|(count, _)| *count)?;
        if agreed * 2 <= readings.len() {
            return None;
        }
        let agreeing = readings.into_iter().filter(|(_, reading)| holds(reading, end));
        agreeing.min_by_key(|(_, reading)| reading.distance(now) + i64::from(reading.stratum) * SECOND)
    }
}
