//! A run: packets out, answers in, until the count, the time or the user ends it.

use alloc::vec::Vec;
use core::fmt::Write as _;
use core::net::SocketAddr;
use core::time::Duration;

use formats::internet::Shown;
use formats::wire::icmp;
use linux::fd::AsFd;
use linux::signal::{Signal, SignalSet};
use linux::time::{Clock, clock_gettime, monotonic};

use super::super::held::Signals;
use super::super::probe::{Heard, News, Probe, milliseconds};
use super::tally::Tally;
use crate::{Io, Status};

/// The shortest interval: what is faster is a flood.
const LEAST_INTERVAL: Duration = Duration::from_millis(2);

/// What was asked for.
pub(super) struct Session {
    pub(super) probe: Probe,
    pub(super) to: SocketAddr,
    pub(super) payload: Vec<u8>,
    pub(super) count: Option<u64>,
    pub(super) interval: Duration,
    /// How long the last answers are waited for.
    pub(super) linger: Duration,
    pub(super) deadline: Option<Duration>,
    pub(super) is_adaptive: bool,
    pub(super) is_quiet: bool,
    pub(super) is_dated: bool,
}

impl Session {
    pub(super) fn run(mut self, io: &mut Io<'_>, host: &[u8]) -> Status {
        let signals = match Signals::hold(SignalSet::of(&[Signal::INT, Signal::TERM, Signal::QUIT])) {
            Ok(signals) => signals,
            Err(errno) => return io.complain(b"signals", &errno),
        };
        io.out.put(b"PING ");
        io.out.printable(host);
        let _ = writeln!(io.out, " ({}): {} data bytes", Shown(self.to.ip()), self.payload.len());
        io.out.flush();
        let mut tally = Tally::default();
        let start = monotonic();
        let end = self.deadline.map(|deadline| start.saturating_add(deadline));
        let mut next = Some(start);
        let mut last = None;
        while !io.out.is_broken() {
            let now = monotonic();
            let is_answered = self.count.is_some_and(|count| tally.received + tally.troubles >= count);
            if is_answered || end.into_iter().chain(last).any(|end| end <= now) {
                break;
            }
            if next.is_some_and(|next| next <= now) {
                if let Err(status) = self.send(io, &mut tally, now) {
                    return status;
                }
                let is_last = self.count.is_some_and(|count| tally.transmitted >= count);
                next = (!is_last).then(|| now + self.interval.max(LEAST_INTERVAL));
                last = is_last.then(|| now.saturating_add(self.linger));
            }
            let until = next.into_iter().chain(end).chain(last).min();
            self.probe.wait(until.map(|until| until.saturating_sub(monotonic())), Some(signals.as_fd()));
            let now = monotonic();
            while let Some(heard) = self.probe.hear() {
                self.tell(io, &mut tally, &heard, now);
                if self.is_adaptive && next.is_some() {
                    next = Some(now + LEAST_INTERVAL);
                }
            }
            match signals.take() {
                Some(Signal::QUIT) => tally.interim(io),
                Some(_) => break,
                None => {}
            }
        }
        let status = tally.show(io, host);
        let is_late = self.deadline.is_some() && self.count.is_some_and(|count| tally.received < count);
        status.and(Status::from(!is_late))
    }

    /// Sends the next packet. What is refused for now counts as sent and lost.
    fn send(&mut self, io: &mut Io<'_>, tally: &mut Tally, now: Duration) -> Result<(), Status> {
        let sequence = tally.send(now);
        let mut outcome = self.probe.send(self.to, sequence, &self.payload);
        if outcome.is_err() {
            // An error that waited on the socket was told in place of this one's.
            outcome = self.probe.send(self.to, sequence, &self.payload);
        }
        match outcome {
            Err(errno) if tally.transmitted == 1 => Err(io.complain(b"send", &errno)),
            Err(errno) => {
                io.complain(b"send", &errno);
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    fn tell(&self, io: &mut Io<'_>, tally: &mut Tally, heard: &Heard, now: Duration) {
        let from = heard.from.unwrap_or(self.to.ip());
        let sequence = heard.sequence;
        let mut line = Vec::new();
        if self.is_dated {
            let now = clock_gettime(Clock::REALTIME).unwrap_or_default();
            line.extend_from_slice(
                alloc::format!("[{}.{:06}] ", now.seconds, now.nanoseconds / 1000).as_bytes(),
            );
        }
        match &heard.what {
            News::Reply(bytes) => {
                let Some((time, again)) = tally.receive(sequence, now) else { return };
                line.extend_from_slice(
                    alloc::format!("{bytes} bytes from {}: seq={sequence}", Shown(from)).as_bytes(),
                );
                if let Some(hops) = heard.hops {
                    line.extend_from_slice(alloc::format!(" ttl={hops}").as_bytes());
                }
                line.extend_from_slice(b" time=");
                milliseconds(time, &mut line);
                line.extend_from_slice(if again { b" ms (DUP!)\n" } else { b" ms\n" });
            }
            News::Trouble(why) => {
                tally.troubles += 1;
                let what = icmp::describe(from.is_ipv6(), why.kind, why.code);
                let words = alloc::format!("From {}: seq={sequence} {what}\n", Shown(from));
                line.extend_from_slice(words.as_bytes());
            }
        }
        if !self.is_quiet {
            io.out.put(&line);
            io.out.flush();
        }
    }
}
