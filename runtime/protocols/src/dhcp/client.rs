//! The machine itself.
//!
//! # States
//!
//! - *No carrier*: nothing is sent. A lease from before is kept in mind: saved by an earlier run of the system (not in use), or
//!   held (in use: it stays configured while the carrier is away, until it ends).
//! - *Selecting*: DISCOVER is repeated until an offer is acceptable (RFC 2131 section 4.4.1), closely at first on a fresh link.
//! - *Requesting*: the offer is asked for; given up after eight seconds.
//! - *Rebooting* (with INIT-REBOOT in one): the known lease is asked for, and 60 ms later, in case the network is a new one whose
//!   servers are silent about it, DISCOVER is sent beside. The first answer wins, except that an offer of another
//!   address of the same network waits a second. Unanswered, a saved lease goes into use after ten seconds if it has not ended.
//! - *Probing*: granted, not used before the ARP questions of the full or short mode passed.
//! - *Bound*: configured. In the optimistic mode the ARP questions are asked now. From T1 on *Renewing* (to the server that
//!   granted it), from T2 on *Rebinding* (to all); at its end the lease is taken off the interface: *Selecting*.
//! - *Init*: waits: ten seconds after an address was declined, growing times after refusals.
//! - *IPv6 only*: the network asked for it (RFC 8925); waits that time.
//! - *Released*: stopped by the user until `Renew`.
//!
//! # Events and who causes them
//!
//! - `LinkUp`, `LinkDown`: the driver, from the kernel's link messages. Up always leads to *Selecting* or *Rebooting*.
//! - `Frame`: the network. A reply is believed only when it carries the number of the question that this state asked, for our
//!   station, from a server that this state asked, with an address that can be (see [`Drop`](super::Drop)). A refusal
//!   (NAK) leads to a new attempt from any state that asks; anything not asked for (FORCERENEW, too) changes nothing. An ARP
//!   packet of a station with our address leads to a defence, or to DECLINE and *Init*.
//! - `Deadline`: the driver's clock. It may jump forward (suspend): what has ended by then ends first.
//! - `Release`, `Renew`: the user.
//!
//! # What never happens
//!
//! More than a burst of 24 frames, then four a second, whatever the network does; an address configured that a host may not
//! have; a lease kept past its end; a deadline that stays in the past.

use alloc::rc::Rc;
use core::mem;
use formats::time::Duration;

use formats::file::lease::Lease;
use formats::wire::ethernet::Mac;

use super::conflict::Guard;
use super::desk::Desk;
use super::reply::{self, Incoming, may_be_host};
use super::state::{Held, Known, State};
use super::timing::Pace;
use super::{Action, Config, Drops, Event, Phase, Status};
use super::{answers, due, moves};

/// A DHCP client on one link.
#[derive(Clone, Debug)]
pub struct Client {
    state: State,
    since: Duration,
    desk: Desk,
}

/// The end of the machine's time, far enough from the end of numbers that sums do not meet it.
const END_OF_TIME: Duration = Duration::from_nanos(u64::MAX / 2);

/// Steps taken for one event: the most is a guard's and a lease's at once; the bound is for the reader.
const MOST_STEPS: usize = 8;

impl Client {
    /// Makes a client that waits for [`Event::LinkUp`].
    ///
    /// `saved` is a lease of before a reboot, its end on the clock of `now`: asked for first, used when a server confirms it, or,
    /// when all servers are silent, until it ends. `seed` should differ between machines and starts.
    pub fn new(config: Config, saved: Option<Rc<Lease>>, seed: u64) -> Self {
        let known = saved.filter(|lease| may_be_host(lease.address)).map(Known::Saved);
        Self {
            state: State::NoCarrier(known),
            since: Duration::ZERO,
            desk: Desk::new(config, Drops::default(), seed),
        }
    }

    /// Makes a client that carries on for one that ended: `lease` is configured on the interface now.
    ///
    /// Until the first `LinkUp` nothing is sent; then the lease is confirmed while the address stays in use.
    pub fn resume(config: Config, lease: Rc<Lease>, drops: Drops, seed: u64) -> Self {
        let held = Held { lease, station: None, guard: Guard::watching() };
        let state = State::NoCarrier(Some(Known::Held(held)));
        Self { state, since: Duration::ZERO, desk: Desk::new(config, drops, seed) }
    }

    /// Counts on from what a client that ended had counted.
    #[must_use]
    pub fn with_drops(mut self, drops: Drops) -> Self {
        self.desk.drops = drops;
        self
    }

    /// Takes an event and queues what follows from it. A time before an earlier one counts as that one.
    pub fn handle(&mut self, event: Event<'_>, now: Duration) {
        self.desk.now = self.desk.now.max(now.min(END_OF_TIME));
        let phase = self.state.phase();
        for _ in 0..MOST_STEPS {
            if self.state.deadline().is_none_or(|deadline| deadline > self.desk.now) {
                break;
            }
            self.step(&mut due::on_time);
        }
        match event {
            Event::Deadline => {}
            Event::LinkUp { fresh } => self.step(&mut |desk, state| link_up(desk, state, fresh)),
            Event::LinkDown => self.step(&mut |_, state| link_down(state)),
            Event::Frame { bytes, checksum_ready } => self.frame(bytes, checksum_ready),
            Event::Release => self.step(&mut moves::release),
            Event::Renew => self.step(&mut renew),
        }
        if self.state.phase() != phase {
            self.since = self.desk.now;
        }
    }

    /// Names the hardware addresses of the machine's links. Where two of them are on one wire, the kernel answers questions
    /// about the address of one through the other as well (arp_ignore 0), which is no conflict.
    pub fn set_siblings(&mut self, stations: &[Mac]) {
        self.desk.siblings = stations.to_vec();
    }

    /// Gives the next thing to do; ask until there is none after each event.
    pub fn next_action(&mut self) -> Option<Action> {
        self.desk.actions.pop_front()
    }

    /// Gives the time at which the machine wants [`Event::Deadline`]; none when only other events matter.
    pub fn deadline(&self) -> Option<Duration> {
        self.state.deadline()
    }

    /// Shows state, lease and counters.
    pub fn status(&self) -> Status<'_> {
        let held = self.state.held();
        Status {
            phase: self.phase(),
            lease: held.map(|held| &held.lease),
            checked: held.is_some_and(|held| held.guard.passed()),
            since: self.since,
            sent: self.desk.sent,
            used: self.desk.used,
            drops: &self.desk.drops,
        }
    }

    fn phase(&self) -> Phase {
        self.state.phase()
    }

    /// Takes one step; a call, not a copy a kind of step: a state is large.
    fn step(&mut self, transition: &mut dyn FnMut(&mut Desk, State) -> State) {
        let state = mem::replace(&mut self.state, State::Released);
        self.state = transition(&mut self.desk, state);
    }

    fn frame(&mut self, bytes: &[u8], checksum_ready: bool) {
        match reply::read(bytes, checksum_ready, self.desk.config.hardware, &self.desk.client_id) {
            Ok(Incoming::Reply(reply)) => {
                self.step(&mut |desk, state| answers::on_reply(desk, state, &reply))
            }
            Ok(Incoming::Arp(packet, broadcast)) => {
                self.step(&mut |desk, state| answers::on_arp(desk, state, &packet, broadcast));
            }
            Ok(Incoming::Other) => {}
            Err(reason) => self.desk.drops.count(reason),
        }
    }
}

fn link_up(desk: &mut Desk, state: State, fresh: bool) -> State {
    if matches!(state, State::Released) {
        return state;
    }
    // Another network, perhaps: what the last one refused says nothing.
    desk.setbacks = 0;
    let pace = if fresh { Pace::Fresh } else { Pace::Steady };
    match state.known() {
        Some(known) => moves::reboot(desk, known, pace),
        None => {
            let wanted = desk.config.wanted_address;
            moves::select(desk, pace, wanted)
        }
    }
}

fn link_down(state: State) -> State {
    match state {
        State::Released => State::Released,
        state => State::NoCarrier(state.known()),
    }
}

/// The user is in a hurry.
fn renew(desk: &mut Desk, state: State) -> State {
    match state {
        State::Bound { held, .. } | State::Renewing { held, .. } => moves::renew(desk, held, None),
        State::Rebinding { held, .. } => moves::rebind(desk, held, None),
        State::Rebooting(rebooting) => moves::reboot(desk, rebooting.known, Pace::Fresh),
        State::Init { .. } | State::Selecting(_) | State::Ipv6Only { .. } | State::Released => {
            desk.setbacks = 0;
            let wanted = desk.config.wanted_address;
            moves::select(desk, Pace::Fresh, wanted)
        }
        state @ (State::NoCarrier(_) | State::Requesting(_) | State::Probing(_)) => state,
    }
}
