//! Whether an address is ours alone (RFC 5227): questions before or behind the first use, claims, defence.

use core::net::Ipv4Addr;
use formats::time::Duration;

use formats::wire::arp::{Operation, Packet};
use formats::wire::ethernet::Mac;

use super::Conflict;
use super::timing::Random;

/// Before the first probe (PROBE_WAIT), so that machines that start together do not ask together.
const FIRST_PROBE_WITHIN: Duration = Duration::from_secs(1);
/// Probes (PROBE_NUM), and the time between two (PROBE_MIN to PROBE_MAX).
const PROBES: u8 = 3;
const PROBE_EVERY: Duration = Duration::from_secs(1);
const PROBE_JITTER: Duration = Duration::from_secs(1);
/// From the last probe to the first claim (ANNOUNCE_WAIT).
const LISTEN: Duration = Duration::from_secs(2);
/// The listening of the short mode: an answer on a link takes a millisecond, not two seconds.
const LISTEN_SHORT: Duration = Duration::from_millis(250);
/// Claims (ANNOUNCE_NUM) and the time between two (ANNOUNCE_INTERVAL).
const CLAIMS: u8 = 2;
const CLAIM_EVERY: Duration = Duration::from_secs(2);
/// A second conflict within this time ends the defence (DEFEND_INTERVAL).
const DEFENCE: Duration = Duration::from_secs(10);

/// How far the checks of an address have come.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    stage: Stage,
    /// Whether nobody answered the questions.
    passed: bool,
    defended: Option<Duration>,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    /// Asks who has the address: so many questions are left, the next at a time. None left: listens until then.
    Probe { left: u8, next: Duration, listen: Duration },
    /// Claims it: so many claims are left.
    Claim { left: u8, next: Duration },
    /// Speaks only when another does.
    Watch,
}

/// What a step of the guard asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing yet.
    Wait,
    /// Ask who has the address.
    Probe,
    /// Nobody answered: the address is free to use; claim it.
    Passed,
    /// Claim the address.
    Claim,
}

/// What a packet of another station means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing.
    Peace,
    /// It claims our address, for the first time in a while: claim it back.
    Defend,
    /// The address is not ours to use.
    Conflict,
}

impl Guard {
    /// Starts the questions of a mode.
    pub(super) fn new(mode: Conflict, now: Duration, random: &mut Random) -> Self {
        let (left, next, listen) = match mode {
            Conflict::Full => (PROBES, now.saturating_add(random.below(FIRST_PROBE_WITHIN)), LISTEN),
            Conflict::Short => (1, now, LISTEN_SHORT),
            Conflict::Optimistic => (PROBES, now, LISTEN),
        };
        Self { stage: Stage::Probe { left, next, listen }, passed: false, defended: None }
    }

    /// Starts without questions, for an address that was ours already.
    pub(super) const fn watching() -> Self {
        Self { stage: Stage::Watch, passed: false, defended: None }
    }

    /// Says whether the address was asked for by ARP, and nobody has it.
    pub(super) const fn passed(&self) -> bool {
        self.passed
    }

    /// Gives the time of the next step.
    pub(super) const fn next(&self) -> Option<Duration> {
        match self.stage {
            Stage::Probe { next, .. } | Stage::Claim { next, .. } => Some(next),
            Stage::Watch => None,
        }
    }

    /// Takes the step that is due.
    pub(super) fn step(&mut self, now: Duration, random: &mut Random) -> Step {
        match self.stage {
            Stage::Probe { next, .. } | Stage::Claim { next, .. } if now < next => Step::Wait,
            Stage::Probe { left: 0, .. } => {
                self.stage = Stage::Claim { left: CLAIMS - 1, next: now.saturating_add(CLAIM_EVERY) };
                self.passed = true;
                Step::Passed
            }
            Stage::Probe { left, listen, .. } => {
                let wait = if left > 1 { PROBE_EVERY + random.below(PROBE_JITTER) } else { listen };
                self.stage = Stage::Probe { left: left - 1, next: now.saturating_add(wait), listen };
                Step::Probe
            }
            Stage::Claim { left: 0, .. } => {
                self.stage = Stage::Watch;
                Step::Wait
            }
            Stage::Claim { left, .. } => {
                self.stage = Stage::Claim { left: left - 1, next: now.saturating_add(CLAIM_EVERY) };
                Step::Claim
            }
            Stage::Watch => Step::Wait,
        }
    }

    /// Judges a packet of another station. `used`: the kernel answers for the address already.
    pub(super) fn judge(
        &mut self,
        packet: &Packet,
        broadcast: bool,
        address: Ipv4Addr,
        used: bool,
        now: Duration,
    ) -> Verdict {
        let probing = matches!(self.stage, Stage::Probe { .. });
        if packet.sender == address {
            let recent = self.defended.is_some_and(|last| now.saturating_sub(last) < DEFENCE);
            if probing || recent {
                return Verdict::Conflict;
            }
            self.defended = Some(now);
            return Verdict::Defend;
        }
        // Another that asks as we do means to use it, too. Not so once the kernel answers its question, and not so when only
        // we were asked: switches that track devices send such questions to one station.
        let same_question = packet.operation == Operation::REQUEST
            && packet.sender.is_unspecified()
            && packet.target == address;
        if probing && same_question && broadcast && !used { Verdict::Conflict } else { Verdict::Peace }
    }
}

/// Says whether a packet is from another station, which can be one.
pub(super) fn from_another(packet: &Packet, us: Mac) -> bool {
    packet.sender_hardware != us && packet.sender_hardware.is_unicast()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 9, 0, 50);
    const OTHER: Mac = Mac([2, 0, 0, 0, 0, 9]);

    fn steps(mode: Conflict) -> Vec<(Step, Duration)> {
        let mut random = Random::new(5);
        let mut guard = Guard::new(mode, Duration::ZERO, &mut random);
        let mut steps = Vec::new();
        while let Some(next) = guard.next() {
            let before = guard.passed();
            let step = guard.step(next, &mut random);
            assert_eq!(guard.passed(), before || step == Step::Passed);
            steps.push((step, next));
        }
        assert!(guard.passed());
        steps
    }

    #[test]
    fn each_mode_has_its_times() {
        use Step::{Claim, Passed, Probe, Wait};
        let kinds = |mode| steps(mode).iter().map(|(step, _)| *step).collect::<Vec<_>>();
        assert_eq!(kinds(Conflict::Full), [Probe, Probe, Probe, Passed, Claim, Wait]);
        assert_eq!(kinds(Conflict::Optimistic), [Probe, Probe, Probe, Passed, Claim, Wait]);
        assert_eq!(kinds(Conflict::Short), [Probe, Passed, Claim, Wait]);
        let passed =
            |mode| steps(mode).iter().find(|(step, _)| *step == Passed).map(|(_, time)| *time).unwrap();
        assert_eq!(passed(Conflict::Short), LISTEN_SHORT);
        let full = passed(Conflict::Full);
        assert!(full >= Duration::from_secs(4) && full <= Duration::from_secs(7), "{full:?}");
        assert_eq!(steps(Conflict::Optimistic)[0].1, Duration::ZERO);
    }

    #[test]
    fn who_answers_a_probe_has_the_address() {
        let mut random = Random::new(5);
        let claim = Packet::announcement(OTHER, ADDRESS);
        let question = Packet::probe(OTHER, ADDRESS);
        let elsewhere = Packet::announcement(OTHER, Ipv4Addr::new(10, 9, 0, 51));
        let mut guard = Guard::new(Conflict::Full, Duration::ZERO, &mut random);
        let now = Duration::from_secs(1);
        assert_eq!(guard.judge(&elsewhere, true, ADDRESS, false, now), Verdict::Peace);
        assert_eq!(guard.judge(&question, false, ADDRESS, false, now), Verdict::Peace);
        assert_eq!(guard.judge(&question, true, ADDRESS, true, now), Verdict::Peace);
        assert_eq!(guard.judge(&question, true, ADDRESS, false, now), Verdict::Conflict);
        assert_eq!(guard.judge(&claim, false, ADDRESS, false, now), Verdict::Conflict);
    }

    #[test]
    fn an_address_in_use_is_defended_once_in_ten_seconds() {
        let claim = Packet::announcement(OTHER, ADDRESS);
        let question = Packet::probe(OTHER, ADDRESS);
        let mut guard = Guard::watching();
        let judge =
            |guard: &mut Guard, second| guard.judge(&claim, true, ADDRESS, true, Duration::from_secs(second));
        assert_eq!(guard.judge(&question, true, ADDRESS, true, Duration::ZERO), Verdict::Peace);
        assert_eq!(judge(&mut guard, 100), Verdict::Defend);
        assert_eq!(judge(&mut guard, 110), Verdict::Defend);
        assert_eq!(judge(&mut guard, 119), Verdict::Conflict);
    }

    #[test]
    fn our_own_packets_and_those_of_no_station_are_not_others() {
        let us = Mac([2, 0, 0, 0, 0, 1]);
        assert!(!from_another(&Packet::announcement(us, ADDRESS), us));
        assert!(!from_another(&Packet::announcement(Mac::ZERO, ADDRESS), us));
        assert!(!from_another(&Packet::announcement(Mac::BROADCAST, ADDRESS), us));
        assert!(from_another(&Packet::announcement(OTHER, ADDRESS), us));
    }
}
