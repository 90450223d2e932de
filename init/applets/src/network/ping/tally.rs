//! What has been sent, and what has come back.

use alloc::vec::Vec;
use core::fmt::Write as _;
use core::time::Duration;

use super::super::probe::milliseconds;
use crate::{Io, Output, Status};

/// So many of the last packets are remembered: what comes later is taken for one of them, or not counted.
const KEPT: usize = 1024;

/// The counts of a run.
#[derive(Default)]
pub(super) struct Tally {
    /// When each of the last packets was sent, and whether it was answered.
    sent: Vec<(Duration, bool)>,
    pub(super) transmitted: u64,
    pub(super) received: u64,
    pub(super) troubles: u64,
    duplicates: u64,
    shortest: Option<Duration>,
    longest: Duration,
    total: Duration,
}

impl Tally {
    /// Notes that the next packet is sent; gives its number.
    pub(super) fn send(&mut self, now: Duration) -> u16 {
        let number = self.transmitted;
        self.transmitted += 1;
        let entry = (now, false);
        match self.sent.get_mut(number as usize % KEPT) {
            Some(place) => *place = entry,
            None => self.sent.push(entry),
        }
        number as u16
    }

    /// Notes that a packet was answered; gives how long it took, and whether it was answered before. Nothing if it is
    /// unknown.
    pub(super) fn receive(&mut self, sequence: u16, now: Duration) -> Option<(Duration, bool)> {
        let back = (self.transmitted.wrapping_sub(1) as u16).wrapping_sub(sequence);
        if usize::from(back) >= self.sent.len() {
            return None;
        }
        let number = self.transmitted.checked_sub(1 + u64::from(back))?;
        let (sent, answered) = self.sent.get_mut(number as usize % KEPT)?;
        let (time, again) = (now.saturating_sub(*sent), core::mem::replace(answered, true));
        if again {
            self.duplicates += 1;
        } else {
            self.received += 1;
        }
        self.shortest = Some(self.shortest.map_or(time, |shortest| shortest.min(time)));
        self.longest = self.longest.max(time);
        self.total += time;
        Some((time, again))
    }

    fn loss(&self) -> u64 {
        (self.transmitted - self.received.min(self.transmitted)) * 100 / self.transmitted.max(1)
    }

    /// Shows the counts; gives the status that they mean.
    pub(super) fn show(&self, io: &mut Io<'_>, host: &[u8]) -> Status {
        let out = &mut io.out;
        out.put(b"\n--- ");
        out.printable(host);
        let (transmitted, received) = (self.transmitted, self.received);
        let _ = write!(
            out,
            " ping statistics ---\n{transmitted} packets transmitted, {received} packets received, "
        );
        if self.duplicates > 0 {
            let _ = write!(out, "{} duplicates, ", self.duplicates);
        }
        if self.troubles > 0 {
            let _ = write!(out, "+{} errors, ", self.troubles);
        }
        let _ = writeln!(out, "{}% packet loss", self.loss());
        let answers = u32::try_from(received + self.duplicates).unwrap_or(u32::MAX);
        if let Some(shortest) = self.shortest {
            out.put(b"round-trip min/avg/max = ");
            self.times(out, shortest, answers);
            out.put(b" ms\n");
        }
        Status::from(received > 0)
    }

    fn times(&self, out: &mut Output<'_>, shortest: Duration, answers: u32) {
        milliseconds(shortest, out);
        out.put(b"/");
        milliseconds(self.total / answers.max(1), out);
        out.put(b"/");
        milliseconds(self.longest, out);
    }

    /// Says in one line on standard error how it goes.
    pub(super) fn interim(&self, io: &mut Io<'_>) {
        io.out.flush();
        let (transmitted, received) = (self.transmitted, self.received);
        let _ = writeln!(io.err, "{received}/{transmitted} packets, {}% loss", self.loss());
        io.err.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_once() {
        let mut tally = Tally::default();
        let at = Duration::from_millis;
        assert_eq!(tally.receive(0, at(1)), None);
        assert_eq!((tally.send(at(1)), tally.send(at(2))), (0, 1));
        assert_eq!(tally.receive(2, at(3)), None);
        assert_eq!(tally.receive(0, at(4)), Some((at(3), false)));
        assert_eq!(tally.receive(0, at(5)), Some((at(4), true)));
        assert_eq!((tally.received, tally.duplicates, tally.loss()), (1, 1, 50));
        for _ in 0..70_000 {
            tally.send(at(6));
        }
        // The numbers begin anew after 65536; what is too long ago is unknown.
        assert_eq!(tally.receive((70_001_u32 - 65536) as u16, at(7)), Some((at(1), false)));
        assert_eq!(tally.receive((70_001_u32 - 65536 - 1024) as u16, at(7)), None);
    }
}
