//! One packet after the other, with more and more hops, until the host answers.

use alloc::vec::Vec;
use core::fmt::Write as _;
use core::net::{IpAddr, SocketAddr};
use core::ops::RangeInclusive;
use core::time::Duration;

use formats::internet::Shown;
use formats::wire::icmp::{v4, v6};
use linux::net::Undelivered;
use linux::time::{monotonic, sleep};

use super::super::names::Names;
use super::super::probe::{Heard, News, Probe, milliseconds};
use crate::{Io, Status};

/// What was asked for.
pub(super) struct Trip {
    pub(super) probe: Probe,
    pub(super) to: SocketAddr,
    pub(super) payload: Vec<u8>,
    pub(super) queries: u64,
    pub(super) wait: Duration,
    pub(super) pause: Duration,
    pub(super) names: Names,
    pub(super) shows_hops: bool,
}

/// What an answer means for the trip.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// A router on the way.
    OnTheWay,
    /// The host itself.
    Arrived,
    /// Nobody comes further; the letter says why (`!H`).
    Refused(&'static str),
}

impl Trip {
    pub(super) fn run(
        mut self,
        io: &mut Io<'_>,
        host: &[u8],
        bytes: u64,
        hops: RangeInclusive<u64>,
    ) -> Status {
        io.out.put(b"traceroute to ");
        io.out.printable(host);
        let _ = writeln!(io.out, " ({}), {} hops max, {bytes} byte packets", Shown(self.to.ip()), hops.end());
        let mut sequence = 0_u16;
        for hops in hops {
            if let Err(errno) = self.probe.limit_hops(hops as i32) {
                return io.complain(b"socket", &errno);
            }
            let _ = write!(io.out, "{hops:>2}  ");
            let (mut teller, mut arrived, mut refused, mut goes_on) = (None, false, false, false);
            for query in 0..self.queries {
                if query > 0 || sequence > 0 {
                    sleep(self.pause);
                }
                io.out.flush();
                let sent = monotonic();
                let mut outcome = self.probe.send(self.to, sequence, &self.payload);
                if outcome.is_err() {
                    // An error that waited on the socket was told in place of this one's.
                    outcome = self.probe.send(self.to, sequence, &self.payload);
                }
                if let Err(errno) = outcome {
                    io.out.put(b"\n");
                    return io.complain(b"send", &errno);
                }
                match self.answer(sequence, sent) {
                    Some((heard, time)) => match self.tell(io, &mut teller, query, &heard, time) {
                        End::OnTheWay => goes_on = true,
                        End::Arrived => arrived = true,
                        End::Refused(_) => refused = true,
                    },
                    None => io.out.put(if query > 0 { b"  *" } else { b"*" }),
                }
                sequence = sequence.wrapping_add(1);
            }
            io.out.put(b"\n");
            io.out.flush();
            if arrived || refused && !goes_on || io.out.is_broken() {
                break;
            }
        }
        Status::SUCCESS
    }

    /// Waits for what is said of a packet; gives it, and how long it took.
    fn answer(&mut self, sequence: u16, sent: Duration) -> Option<(Heard, Duration)> {
        loop {
            while let Some(heard) = self.probe.hear() {
                if heard.sequence == sequence {
                    return Some((heard, monotonic().saturating_sub(sent)));
                }
            }
            let left = self.wait.checked_sub(monotonic().saturating_sub(sent))?;
            self.probe.wait(Some(left), None);
        }
    }

    /// Shows an answer, and who gave it unless he gave the one before.
    fn tell(
        &mut self,
        io: &mut Io<'_>,
        teller: &mut Option<IpAddr>,
        query: u64,
        heard: &Heard,
        time: Duration,
    ) -> End {
        let from = heard.from.unwrap_or(self.to.ip());
        if *teller != Some(from) {
            // Behind the answers of another one.
            io.out.put(if query > 0 { b"  " } else { b"" });
            *teller = Some(from);
            match self.names.name(from) {
                Some(name) => {
                    io.out.printable(name.as_bytes());
                    let _ = write!(io.out, " ({})", Shown(from));
                }
                None => {
                    let _ = write!(io.out, "{}", Shown(from));
                    if !self.names.is_numeric() {
                        let _ = write!(io.out, " ({})", Shown(from));
                    }
                }
            }
        }
        io.out.put(b"  ");
        milliseconds(time, &mut io.out);
        io.out.put(b" ms");
        if let Some(hops) = heard.hops.filter(|_| self.shows_hops) {
            let _ = write!(io.out, " ({hops})");
        }
        let end = match &heard.what {
            News::Reply(_) => End::Arrived,
            News::Trouble(why) => end(why, self.to.is_ipv6()),
        };
        if let End::Refused(letter) = end {
            let _ = write!(io.out, " {letter}");
        }
        end
    }
}

/// Says what a message of a router means.
fn end(why: &Undelivered, is_ipv6: bool) -> End {
    match (is_ipv6, why.kind, why.code) {
        (false, v4::TIME_EXCEEDED, _) | (true, v6::TIME_EXCEEDED, _) => End::OnTheWay,
        (false, v4::UNREACHABLE, 3) | (true, v6::UNREACHABLE, 4) => End::Arrived,
        (false, v4::UNREACHABLE, 0) | (true, v6::UNREACHABLE, 0) => End::Refused("!N"),
        (false, v4::UNREACHABLE, 1) | (true, v6::UNREACHABLE, 3) => End::Refused("!H"),
        (false, v4::UNREACHABLE, 2) => End::Refused("!P"),
        (false, v4::UNREACHABLE, 4) | (true, v6::TOO_BIG, _) => End::Refused("!F"),
        (false, v4::UNREACHABLE, 5) => End::Refused("!S"),
        _ => End::Refused("!X"),
    }
}
