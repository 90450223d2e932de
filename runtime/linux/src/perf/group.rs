//! Counters that are on and off together, so that what they show is of the same time.

use super::{Counter, CounterFlags, Event, Whose, format, numbers};
use crate::fd::AsFd;
use crate::fs::read;
use crate::{Errno, Result};
use core::array;

/// The most of a group.
const MOST: usize = 16;

/// So many counters, one for each event, in their order. They are off until [`Group::start`].
#[derive(Debug)]
pub struct Group<const COUNT: usize>([Option<Counter>; COUNT]);

/// What a group shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupReading<const COUNT: usize> {
    /// How much was counted of each event.
    pub counts: [u64; COUNT],
    /// How many nanoseconds the group was on.
    pub on_ns: u64,
    /// And how many of them it had a place in the processor.
    pub run_ns: u64,
}

impl<const COUNT: usize> GroupReading<COUNT> {
    /// Gives what each count would be had the group had its place all the time: kernels let groups take turns where there are too many.
    pub fn scaled(&self) -> [u64; COUNT] {
        let (on, run) = (u128::from(self.on_ns), u128::from(self.run_ns.max(1)));
        self.counts.map(|count| {
            if self.run_ns >= self.on_ns {
                count
            } else {
                u64::try_from(u128::from(count) * on / run).unwrap_or(u64::MAX)
            }
        })
    }
}

impl<const COUNT: usize> Group<COUNT> {
    /// Makes counters for the events; the flags are those of all of them.
    ///
    /// # Errors
    /// Those of [`Counter::new`]: of the first event that there is no counter for.
    pub fn new(events: [Event; COUNT], whose: Whose, flags: CounterFlags) -> Result<Self> {
        const { assert!(COUNT > 0 && COUNT <= MOST) }
        let what = format::GROUP | format::TIME_ON | format::TIME_RUN;
        let mut counters = array::from_fn(|_| None);
        for (at, event) in events.into_iter().enumerate() {
            let (before, rest) = counters.split_at_mut(at);
            let leader = before.first().and_then(Option::as_ref);
            // The first is off, and the others follow it.
            let flags = if leader.is_none() { flags | CounterFlags::OFF } else { flags - CounterFlags::OFF };
            let made = Counter::open(event, whose, flags, what, 0, leader.map(AsFd::as_fd))?;
            if let Some(place) = rest.first_mut() {
                *place = Some(made);
            }
        }
        Ok(Self(counters))
    }

    fn leader(&self) -> Result<&Counter> {
        self.0.first().and_then(Option::as_ref).ok_or(Errno::BADF)
    }

    /// Begins to count.
    ///
    /// # Errors
    /// None in practice.
    pub fn start(&self) -> Result<()> {
        self.leader()?.start()
    }

    /// Counts no more.
    ///
    /// # Errors
    /// None in practice.
    pub fn stop(&self) -> Result<()> {
        self.leader()?.stop()
    }

    /// Begins at zero again; the times go on.
    ///
    /// # Errors
    /// None in practice.
    pub fn reset(&self) -> Result<()> {
        self.leader()?.reset()
    }

    /// Reads all counts at once.
    ///
    /// # Errors
    /// See `read(2)`.
    pub fn read(&self) -> Result<GroupReading<COUNT>> {
        // How many, the two times, the counts.
        let mut bytes = [0; 8 * (3 + MOST)];
        let length = read(self.leader()?, &mut bytes)?;
        let [count, on_ns, run_ns, values @ ..]: [u64; 3 + MOST] = numbers(&bytes);
        if count != COUNT as u64 || length != 8 * (3 + COUNT) {
            return Err(Errno::IO);
        }
        let counts = array::from_fn(|at| values.get(at).copied().unwrap_or_default());
        Ok(GroupReading { counts, on_ns, run_ns })
    }

    /// Counts what is done meanwhile.
    ///
    /// # Errors
    /// Those of [`Self::read`]; it is done all the same.
    pub fn during<T>(&self, work: impl FnOnce() -> T) -> (T, Result<GroupReading<COUNT>>) {
        let started = self.start();
        let done = work();
        (done, started.and_then(|()| self.stop()).and_then(|()| self.read()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_had_half_its_time_is_doubled() {
        let reading = GroupReading { counts: [10, u64::MAX], on_ns: 100, run_ns: 50 };
        assert_eq!(reading.scaled(), [20, u64::MAX]);
        assert_eq!(GroupReading { run_ns: 100, ..reading }.scaled(), reading.counts);
        assert_eq!(GroupReading { counts: [0], on_ns: 5, run_ns: 0 }.scaled(), [0]);
    }
}
