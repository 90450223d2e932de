//! Connecting to a name of several addresses ("happy eyeballs", RFC 8305): attempts begin one after the other, a quarter of a
//! second apart, families in turn, and the first that is connected wins.
//!
//! # States
//!
//! - *Waiting*: no attempt was made. With an IPv6 address, or when no more will come, the first begins at once; with IPv4 addresses
//!   alone, while IPv6 ones may come, it waits 50 ms for them.
//! - *Racing*: the next attempt begins when its time has come, or when the last one under way has failed. Addresses that come late
//!   take part.
//! - *Over*: one is connected, the others are given up; or all have failed and no more addresses will come.
//!
//! # Events and who causes them
//!
//! - `addresses`, `no_more`: the resolver. Addresses come in the order in which they are to be tried (RFC 6724).
//! - `connected`, `failed`: the kernel.
//! - `deadline_came`: the runner's clock.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::net::SocketAddr;

use formats::time::Duration;

/// How long IPv4 waits for IPv6 (section 3).
const RESOLUTION_DELAY: Duration = Duration::from_millis(50);
/// Between attempts (section 5).
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// What the runner has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Begin to connect a new socket.
    Connect {
        /// The number that its events carry.
        attempt: u32,
        /// Where to.
        address: SocketAddr,
    },
    /// Close the socket of an attempt.
    Abandon {
        /// The attempt.
        attempt: u32,
    },
}

/// How a race ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome<E> {
    /// This attempt is connected.
    Connected(u32),
    /// All have failed; this is what the first one failed of, none if there was no address.
    Failed(Option<E>),
}

/// A race; `E` is what an attempt fails of.
#[derive(Clone, Debug)]
pub struct Race<E> {
    /// Addresses not tried yet.
    waiting: VecDeque<SocketAddr>,
    tried: Vec<SocketAddr>,
    under_way: Vec<u32>,
    next_attempt: u32,
    last_was_ipv6: Option<bool>,
    complete: bool,
    next_at: Option<Duration>,
    first_failure: Option<E>,
    outcome: Option<Outcome<E>>,
    actions: VecDeque<Action>,
}

impl<E: Copy> Default for Race<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E: Copy> Race<E> {
    /// Begins without addresses.
    pub const fn new() -> Self {
        Self {
            waiting: VecDeque::new(),
            tried: Vec::new(),
            under_way: Vec::new(),
            next_attempt: 0,
            last_was_ipv6: None,
            complete: false,
            next_at: None,
            first_failure: None,
            outcome: None,
            actions: VecDeque::new(),
        }
    }

    /// Takes all addresses that are known by now, in the order in which they are to be tried; those that were tried stay so.
    pub fn addresses(&mut self, addresses: &[SocketAddr], now: Duration) {
        self.waiting.clear();
        for address in addresses {
            if !self.tried.contains(address) && !self.waiting.contains(address) {
                self.waiting.push_back(*address);
            }
        }
        self.go_on(now);
    }

    /// Hears that no more addresses will come.
    pub fn no_more(&mut self, now: Duration) {
        self.complete = true;
        self.go_on(now);
    }

    /// Hears that an attempt is connected; the first wins.
    pub fn connected(&mut self, attempt: u32) {
        if self.outcome.is_some() || !self.under_way.contains(&attempt) {
            return;
        }
        let losers = self.under_way.drain(..).filter(|other| *other != attempt);
        self.actions.extend(losers.map(|attempt| Action::Abandon { attempt }));
        (self.outcome, self.next_at) = (Some(Outcome::Connected(attempt)), None);
    }

    /// Hears that an attempt has failed; the next begins at once.
    pub fn failed(&mut self, attempt: u32, failure: E, now: Duration) {
        if !self.under_way.contains(&attempt) {
            return;
        }
        self.under_way.retain(|other| *other != attempt);
        self.first_failure.get_or_insert(failure);
        self.actions.push_back(Action::Abandon { attempt });
        self.next_at = self.next_at.map(|at| at.min(now));
        self.go_on(now);
    }

    /// Hears that the time of [`deadline`](Self::deadline) has come; too early does nothing.
    pub fn deadline_came(&mut self, now: Duration) {
        self.go_on(now);
    }

    /// Gives the next thing to do; ask until there is none after each event.
    pub fn next_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// Gives the time at which the machine wants to go on.
    pub fn deadline(&self) -> Option<Duration> {
        self.next_at.filter(|_| !self.waiting.is_empty())
    }

    /// Gives how the race ended, when it has.
    pub fn outcome(&self) -> Option<Outcome<E>> {
        self.outcome
    }

    fn go_on(&mut self, now: Duration) {
        if self.outcome.is_some() {
            return;
        }
        if self.next_attempt == 0 {
            let settled = self.complete || self.waiting.iter().any(SocketAddr::is_ipv6);
            match self.next_at {
                _ if settled => self.next_at = Some(now),
                None if !self.waiting.is_empty() => self.next_at = Some(now + RESOLUTION_DELAY),
                _ => {}
            }
        }
        if self.next_at.is_some_and(|at| at <= now)
            && let Some(address) = self.pick()
        {
            let attempt = self.next_attempt;
            self.next_attempt += 1;
            self.last_was_ipv6 = Some(address.is_ipv6());
            self.tried.push(address);
            self.under_way.push(attempt);
            self.next_at = Some(now + ATTEMPT_DELAY);
            self.actions.push_back(Action::Connect { attempt, address });
        }
        if self.complete && self.under_way.is_empty() && self.waiting.is_empty() {
            (self.outcome, self.next_at) = (Some(Outcome::Failed(self.first_failure)), None);
        }
    }

    /// Takes the next address: of the other family than the last one's, if there is one.
    fn pick(&mut self) -> Option<SocketAddr> {
        let other = |address: &SocketAddr| self.last_was_ipv6.is_some_and(|last| address.is_ipv6() != last);
        let at = self.waiting.iter().position(other).unwrap_or(0);
        self.waiting.remove(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    fn places<const N: usize>(texts: [&str; N]) -> Vec<SocketAddr> {
        texts.iter().map(|text| SocketAddr::new(text.parse().unwrap(), 80)).collect()
    }

    /// Gives the addresses that are to be connected now, and the attempts to be given up.
    fn acts(race: &mut Race<u8>) -> (Vec<String>, Vec<u32>) {
        let (mut connect, mut abandon) = (Vec::new(), Vec::new());
        while let Some(action) = race.next_action() {
            match action {
                Action::Connect { address, .. } => connect.push(address.ip().to_string()),
                Action::Abandon { attempt } => abandon.push(attempt),
            }
        }
        (connect, abandon)
    }

    fn begun<const N: usize>(race: &mut Race<u8>) -> [String; N] {
        acts(race).0.try_into().unwrap()
    }

    #[test]
    fn families_take_turns_a_quarter_second_apart() {
        let mut race = Race::new();
        race.addresses(&places(["fd00::1", "fd00::2", "10.0.0.1", "10.0.0.2"]), ms(0));
        race.no_more(ms(0));
        for (at, address) in [(0, "fd00::1"), (250, "10.0.0.1"), (500, "fd00::2"), (750, "10.0.0.2")] {
            if at > 0 {
                assert_eq!(race.deadline(), Some(ms(at)));
                race.deadline_came(ms(at - 1));
                assert!(acts(&mut race).0.is_empty());
                race.deadline_came(ms(at));
            }
            assert_eq!(begun(&mut race), [address]);
        }
        assert_eq!(race.deadline(), None);
        race.connected(2);
        assert_eq!((race.outcome(), acts(&mut race).1), (Some(Outcome::Connected(2)), vec![0, 1, 3]));
        race.connected(1);
        race.failed(3, 9, ms(900));
        assert_eq!(race.outcome(), Some(Outcome::Connected(2)));
    }

    #[test]
    fn ipv4_waits_a_little_for_ipv6() {
        let mut race = Race::new();
        race.addresses(&places(["10.0.0.1"]), ms(10));
        assert_eq!((acts(&mut race).0.len(), race.deadline()), (0, Some(ms(60))));
        let mut late = race.clone();
        race.addresses(&places(["fd00::1", "10.0.0.1"]), ms(30));
        assert_eq!(begun(&mut race), ["fd00::1"]);
        late.deadline_came(ms(60));
        assert_eq!(begun(&mut late), ["10.0.0.1"]);
        late.addresses(&places(["fd00::1", "10.0.0.1"]), ms(100));
        assert_eq!((acts(&mut late).0.len(), late.deadline()), (0, Some(ms(310))));
        late.deadline_came(ms(310));
        assert_eq!(begun(&mut late), ["fd00::1"]);
    }

    #[test]
    fn a_failure_hurries_the_next_one() {
        let mut race = Race::new();
        race.addresses(&places(["10.0.0.1", "10.0.0.2"]), ms(0));
        race.no_more(ms(5));
        assert_eq!(begun(&mut race), ["10.0.0.1"]);
        race.failed(0, 7, ms(20));
        assert_eq!(acts(&mut race), (vec!["10.0.0.2".to_owned()], vec![0]));
        assert_eq!(race.outcome(), None);
        race.failed(1, 8, ms(30));
        assert_eq!(race.outcome(), Some(Outcome::Failed(Some(7))));
    }

    #[test]
    fn a_race_without_addresses_ends() {
        let mut race = Race::<u8>::new();
        assert_eq!((race.deadline(), race.outcome()), (None, None));
        race.no_more(ms(1));
        assert_eq!(race.outcome(), Some(Outcome::Failed(None)));
        let mut race = Race::<u8>::new();
        race.addresses(&places(["fd00::1", "fd00::1"]), ms(0));
        race.failed(0, 3, ms(1));
        assert_eq!(race.outcome(), None, "more may come");
        race.addresses(&places(["fd00::1", "10.0.0.1"]), ms(2));
        assert_eq!(acts(&mut race).0, ["fd00::1", "10.0.0.1"]);
    }
}
