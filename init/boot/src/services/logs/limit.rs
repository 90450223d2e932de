//! How much each source may say, without I/O: so many messages within an interval, which begins with a message and ends when its time
//! is over. What comes beyond is counted, and told when the interval ends, or when the source is forgotten.

use alloc::vec::Vec;

use formats::time::Duration;

/// How many sources are remembered; the one whose interval began first makes room.
const SOURCES: usize = 64;

/// How many messages, within which interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bound {
    /// 0: any number.
    pub(super) burst: u32,
    pub(super) interval: Duration,
}

impl Bound {
    /// That of sources that say nothing of it.
    pub(super) const USUAL: Self = Self { burst: 5000, interval: Duration::from_secs(10) };
}

/// The sources that said something of late.
#[derive(Debug, Default)]
pub(super) struct Limits {
    sources: Vec<Source>,
}

#[derive(Debug)]
struct Source {
    name: Vec<u8>,
    until: Duration,
    count: u32,
    suppressed: u64,
}

/// A source, and how many of its messages were left out.
pub(super) type Told = (Vec<u8>, u64);

impl Limits {
    /// Says whether a source may say one more thing.
    pub(super) fn admits(&mut self, name: &[u8], bound: Bound, now: Duration, told: &mut Vec<Told>) -> bool {
        if bound.burst == 0 {
            return true;
        }
        self.end(now, told);
        let at = self.sources.iter().position(|source| source.name == name);
        let at = at.unwrap_or_else(|| {
            if self.sources.len() >= SOURCES {
                self.sources.remove(0).tell(told);
            }
            let until = now.saturating_add(bound.interval);
            self.sources.push(Source { name: name.into(), until, count: 0, suppressed: 0 });
            self.sources.len() - 1
        });
        let Some(source) = self.sources.get_mut(at) else { return true };
        if source.count < bound.burst {
            source.count += 1;
            return true;
        }
        source.suppressed += 1;
        false
    }

    /// Ends the intervals whose time is over.
    pub(super) fn end(&mut self, now: Duration, told: &mut Vec<Told>) {
        self.sources.retain_mut(|source| {
            let goes_on = now < source.until;
            if !goes_on {
                source.tell(told);
            }
            goes_on
        });
    }

    /// Gives when the next interval ends of which something is to be told.
    pub(super) fn deadline(&self) -> Option<Duration> {
        self.sources.iter().filter(|source| source.suppressed > 0).map(|source| source.until).min()
    }
}

impl Source {
    fn tell(&mut self, told: &mut Vec<Told>) {
        if self.suppressed > 0 {
            told.push((core::mem::take(&mut self.name), self.suppressed));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUND: Bound = Bound { burst: 2, interval: Duration::from_secs(10) };

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn what_is_beyond_the_bound_is_counted_and_told() {
        let (mut limits, mut told) = (Limits::default(), Vec::new());
        let said: Vec<bool> = (0..5).map(|_| limits.admits(b"a", BOUND, s(1), &mut told)).collect();
        assert_eq!(said, [true, true, false, false, false]);
        assert_eq!((limits.deadline(), told.len()), (Some(s(11)), 0));
        // Another one has its own bound.
        assert!(limits.admits(b"b", BOUND, s(2), &mut told));
        limits.end(s(10), &mut told);
        assert!(told.is_empty());
        limits.end(s(11), &mut told);
        assert_eq!(told, [(b"a".to_vec(), 3)]);
        assert_eq!(limits.deadline(), None);
        assert!(limits.admits(b"a", BOUND, s(11), &mut told));
    }

    #[test]
    fn a_message_after_the_end_has_it_told_too() {
        let (mut limits, mut told) = (Limits::default(), Vec::new());
        for _ in 0..4 {
            limits.admits(b"a", BOUND, s(0), &mut told);
        }
        assert!(limits.admits(b"a", BOUND, s(20), &mut told));
        assert_eq!(told, [(b"a".to_vec(), 2)]);
    }

    #[test]
    fn any_number_is_any_number() {
        let (mut limits, mut told) = (Limits::default(), Vec::new());
        let bound = Bound { burst: 0, ..BOUND };
        assert!((0..1000).all(|_| limits.admits(b"a", bound, s(0), &mut told)));
    }

    #[test]
    fn the_number_of_sources_is_bounded_and_nothing_is_forgotten_untold() {
        let (mut limits, mut told) = (Limits::default(), Vec::new());
        let mut suppressed = 0;
        for number in 0..1000_u32 {
            for _ in 0..3 {
                suppressed += u64::from(!limits.admits(&number.to_ne_bytes(), BOUND, s(0), &mut told));
            }
            assert!(limits.sources.len() <= SOURCES);
        }
        limits.end(s(99), &mut told);
        assert_eq!((suppressed, told.iter().map(|told| told.1).sum::<u64>()), (1000, 1000));
    }
}
