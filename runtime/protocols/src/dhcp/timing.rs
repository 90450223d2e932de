//! When to ask again, and how often at most.

use formats::time::Duration;

/// Pseudo-random numbers (splitmix64): to spread machines over time and to make transaction numbers that off-path senders
/// must guess. Not for keys.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Gives a transaction number; never zero, which some servers use for what nobody asked.
    pub(super) const fn transaction(&mut self) -> u32 {
        (self.next() >> 32) as u32 | 1
    }

    /// Gives a time from zero up to, but not with, a limit.
    pub(super) fn below(&mut self, limit: Duration) -> Duration {
        Duration::from_nanos(self.next() % limit.as_nanos().max(1))
    }
}

/// How the waits between two tries grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// The link just came up: switch and server may need a moment, so the first tries follow each other closely, 250, 500,
    /// 1000, 1250, 1500, 2000 and 3000 ms after the first; then as `Steady`. A server that is a second late is met within
    /// a quarter of a second, which the 4 s of RFC 2131 would make four.
    Fresh,
    /// 4, 8, 16, 32, 64, 64... seconds, each a second more or less (RFC 2131 section 4.1).
    Steady,
    /// A server answered just now: what is lost is repeated soon, and given up after about eight seconds, since another
    /// server may answer where this one went.
    Answered,
}

const FRESH_MS: [u64; 7] = [250, 250, 500, 250, 250, 500, 1000];
const ANSWERED_MS: [u64; 6] = [250, 250, 500, 1000, 2000, 4000];
const STEADY_S: [u64; 5] = [4, 8, 16, 32, 64];

impl Pace {
    /// Gives the wait after so many tries; none when it is time to give up.
    fn wait(self, tries: u32, random: &mut Random) -> Option<Duration> {
        let index = (tries.max(1) - 1) as usize;
        let close = |list: &[u64], random: &mut Random| {
            // Up to 10 ms less: apart from other machines, still not later than promised.
            let wait = Duration::from_millis(*list.get(index)?);
            Some(wait - random.below(Duration::from_millis(10)))
        };
        match self {
            Self::Fresh => close(&FRESH_MS, random).or_else(|| Some(steady(index - FRESH_MS.len(), random))),
            Self::Steady => Some(steady(index, random)),
            Self::Answered => close(&ANSWERED_MS, random),
        }
    }
}

fn steady(index: usize, random: &mut Random) -> Duration {
    let seconds = STEADY_S.get(index).or(STEADY_S.last()).copied().unwrap_or(64);
    Duration::from_secs(seconds - 1) + random.below(Duration::from_secs(2))
}

/// A question that is repeated until it is answered.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    /// The number that answers carry.
    pub(super) transaction: u32,
    /// When the first try was made, for the `secs` field.
    pub(super) began: Duration,
    /// When the last try was made: a lease counts from there.
    pub(super) asked: Duration,
    /// Tries made.
    pub(super) tries: u32,
    /// When the next try is due.
    pub(super) next: Duration,
}

impl Ask {
    /// Starts; the first try is due now.
    pub(super) fn new(now: Duration, random: &mut Random) -> Self {
        Self { transaction: random.transaction(), began: now, asked: now, tries: 0, next: now }
    }

    /// Notes a try and plans the next one; false when there is to be none.
    pub(super) fn tried(&mut self, now: Duration, pace: Pace, random: &mut Random) -> bool {
        self.tries = self.tries.saturating_add(1);
        self.asked = now;
        match pace.wait(self.tries, random) {
            Some(wait) => {
                self.next = now.saturating_add(wait);
                true
            }
            None => false,
        }
    }

    /// Notes a try of a renewal: the next comes after half of the time that is left, but not within a minute (RFC 2131
    /// section 4.4.5). For leases of minutes, of which the RFC does not speak, the minute shrinks with the lease.
    pub(super) fn tried_until(&mut self, now: Duration, end: Duration, lease: Duration) {
        self.tries = self.tries.saturating_add(1);
        self.asked = now;
        let shortest = (lease / 16).clamp(Duration::from_secs(2), Duration::from_secs(60));
        let half = end.saturating_sub(now) / 2;
        self.next = now.saturating_add(half.max(shortest));
    }

    /// Gives the `secs` field.
    pub(super) fn seconds(&self) -> u16 {
        u16::try_from(self.asked.saturating_sub(self.began).as_secs()).unwrap_or(u16::MAX)
    }
}

/// Gives the wait before a new attempt after so many that a server let fail (refusals, offers without a grant).
pub(super) fn setback(failures: u32, random: &mut Random) -> Duration {
    match failures {
        0 | 1 => Duration::ZERO,
        more => {
            Duration::from_secs(1 << more.saturating_sub(2).min(6)) - random.below(Duration::from_millis(500))
        }
    }
}

/// The most that is sent, whatever happens: a flapping link, a server that refuses in a circle, a user with a loop.
#[derive(Clone, Debug)]
pub(super) struct Allowance {
    frames: u32,
    since: Duration,
}

impl Allowance {
    /// Frames that may follow each other at once.
    pub(super) const BURST: u32 = 24;
    /// How long it takes to earn one more.
    pub(super) const EACH: Duration = Duration::from_millis(250);

    pub(super) const fn new() -> Self {
        Self { frames: Self::BURST, since: Duration::ZERO }
    }

    /// Takes one frame; false when none is left now.
    pub(super) fn take(&mut self, now: Duration) -> bool {
        let each = Self::EACH.as_nanos();
        let earned = u32::try_from(now.saturating_sub(self.since).as_nanos() / each).unwrap_or(u32::MAX);
        self.frames = self.frames.saturating_add(earned);
        if self.frames >= Self::BURST {
            self.frames = Self::BURST;
            self.since = now;
        } else {
            self.since += Self::EACH * earned;
        }
        let allowed = self.frames > 0;
        self.frames = self.frames.saturating_sub(1);
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tries(pace: Pace, count: u32) -> Vec<Duration> {
        let mut random = Random::new(7);
        let mut ask = Ask::new(Duration::ZERO, &mut random);
        let mut now = Duration::ZERO;
        let mut times = Vec::new();
        for _ in 0..count {
            times.push(now);
            if !ask.tried(now, pace, &mut random) {
                break;
            }
            now = ask.next;
        }
        times
    }

    #[test]
    fn a_fresh_link_is_asked_at_these_times() {
        let times = tries(Pace::Fresh, 9);
        for (time, expected) in times.iter().zip([0, 250, 500, 1000, 1250, 1500, 2000, 3000_u64]) {
            let late = Duration::from_millis(expected).saturating_sub(*time);
            assert!(
                *time <= Duration::from_millis(expected) && late <= Duration::from_millis(70),
                "{time:?}"
            );
        }
        let gap = times[8] - times[7];
        assert!((3..5).contains(&gap.as_secs()), "{gap:?}");
    }

    #[test]
    fn the_waits_double_up_to_a_minute() {
        let times = tries(Pace::Steady, 9);
        for (pair, expected) in times.windows(2).zip([4, 8, 16, 32, 64, 64, 64, 64_u64]) {
            let gap = pair[1] - pair[0];
            assert!(
                gap >= Duration::from_secs(expected - 1) && gap <= Duration::from_secs(expected + 1),
                "{gap:?}"
            );
        }
        assert_eq!(tries(Pace::Answered, 99).len(), 7);
    }

    #[test]
    fn renewals_wait_half_of_what_is_left_but_a_minute() {
        let mut ask = Ask::new(Duration::ZERO, &mut Random::new(1));
        let hours = |hours: u64| Duration::from_secs(3600 * hours);
        ask.tried_until(hours(1), hours(3), hours(4));
        assert_eq!(ask.next, hours(2));
        ask.tried_until(hours(3) - Duration::from_secs(1), hours(3), hours(4));
        assert_eq!(ask.next, hours(3) + Duration::from_secs(59));
        ask.tried_until(hours(0), Duration::from_secs(1), Duration::from_secs(10));
        assert_eq!(ask.next, Duration::from_secs(2));
    }

    #[test]
    fn no_more_than_the_allowance_is_sent() {
        let mut allowance = Allowance::new();
        let mut sent = 0;
        for millisecond in 0..10_000 {
            sent += u32::from(allowance.take(Duration::from_millis(millisecond)));
        }
        assert_eq!(sent, Allowance::BURST + 39);
        assert!(allowance.take(Duration::MAX));
    }

    #[test]
    fn failures_are_followed_by_longer_and_longer_waits() {
        let mut random = Random::new(3);
        assert_eq!(setback(1, &mut random), Duration::ZERO);
        for (failures, seconds) in [(2, 1), (3, 2), (8, 64), (u32::MAX, 64)] {
            let wait = setback(failures, &mut random);
            assert!(
                wait <= Duration::from_secs(seconds)
                    && wait + Duration::from_millis(500) > Duration::from_secs(seconds)
            );
        }
    }
}
