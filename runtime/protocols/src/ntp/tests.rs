//! Servers whose clocks are known, against a clock that is not.

use super::*;
use formats::wire::ntp::Mode;

const START: i64 = 1_700_000_000 * SECOND;

/// A server whose clock is so far before ours, and so far away.
#[derive(Clone, Copy)]
struct World {
    offset: i64,
    way: i64,
    stratum: u8,
}

impl World {
    fn answer(self, question: &Packet, clock: i64) -> Packet {
        let came = Stamp::of(clock + self.way / 2 + self.offset);
        Packet {
            mode: Mode::Server,
            stratum: self.stratum,
            origin: question.sent,
            received: came,
            sent: came,
            ..*question
        }
    }
}

/// Lets servers answer until a moment; gives all changes with when they were made.
fn play(client: &mut Client, worlds: &mut [Option<World>], until: u64) -> Vec<(u64, Change)> {
    let mut changes = Vec::new();
    while let Some(now) = client.deadline().filter(|now| now.as_secs() < until) {
        let index = client.due(now).unwrap();
        let clock = START + now.as_secs() as i64 * SECOND;
        let stamp = Stamp(now.as_secs() << 8 | index as u64 | 1 << 60);
        let question = client.ask(index, stamp, clock, now).unwrap();
        let Some(world) = worlds[index] else { continue };
        let answer = world.answer(&question, clock);
        let (_, change) = client.receive(index, &answer, clock + world.way, now).unwrap();
        if let Some(change) = change {
            changes.push((now.as_secs(), change));
            let moved = match change {
                Change::Step(offset) | Change::Slew { offset, .. } => offset,
            };
            worlds.iter_mut().flatten().for_each(|world| world.offset -= moved);
        }
    }
    changes
}

fn world(offset: i64) -> Option<World> {
    Some(World { offset, way: SECOND / 100, stratum: 2 })
}

fn near(found: i64, expected: i64) -> bool {
    (found - expected).abs() < 100
}

#[test]
fn a_clock_far_off_is_stepped_by_the_first_answer() {
    let mut client = Client::new(1, Duration::ZERO);
    assert_eq!(client.standing(), None);
    let changes = play(&mut client, &mut [world(-3600 * SECOND)], 20_000);
    let (0, Change::Step(offset)) = changes[0] else { panic!("{changes:?}") };
    assert!(near(offset, -3600 * SECOND), "{offset}");
    assert!(
        changes[1..]
            .iter()
            .all(|(_, change)| matches!(change, Change::Slew { offset, .. } if near(*offset, 0)))
    );
    assert_eq!((client.poll, client.standing().unwrap().stratum), (LONGEST, 3));
}

#[test]
fn the_majority_is_believed() {
    for liar in 0..3 {
        let mut worlds = [world(SECOND / 10); 3];
        worlds[liar] = world(60 * SECOND);
        let mut client = Client::new(3, Duration::ZERO);
        let changes = play(&mut client, &mut worlds, 5);
        let Some((0, Change::Slew { offset, .. })) = changes.first() else { panic!("{liar}: {changes:?}") };
        assert!(near(*offset, SECOND / 10), "{liar}: {offset}");
    }
    let mut client = Client::new(2, Duration::ZERO);
    assert_eq!(play(&mut client, &mut [world(0), world(60 * SECOND)], 5000), []);
    assert_eq!(client.standing(), None);
}

#[test]
fn the_nearest_to_a_clock_is_followed() {
    let mut client = Client::new(2, Duration::ZERO);
    let far = World { stratum: 5, way: 2, ..world(0).unwrap() };
    play(&mut client, &mut [Some(far), world(0)], 100);
    assert_eq!(client.standing().unwrap().peer, 1);
}

#[test]
fn a_silent_server_is_waited_for_a_little() {
    let mut client = Client::new(2, Duration::ZERO);
    let changes = play(&mut client, &mut [None, world(0)], 60);
    assert_eq!(changes.first().map(|change| change.0), Some(4));
    // Nobody answers any more.
    play(&mut client, &mut [None, None], 40_000);
    assert_eq!(client.standing(), None);
}

#[test]
fn a_set_clock_is_stepped_when_several_answers_say_so() {
    let mut client = Client::new(1, Duration::ZERO);
    let mut worlds = [world(0)];
    play(&mut client, &mut worlds, 1000);
    worlds = [world(10 * SECOND)];
    let asked = client.deadline().unwrap().as_secs();
    let changes = play(&mut client, &mut worlds, 10_000);
    let step = changes.iter().find(|(_, change)| matches!(change, Change::Step(_))).unwrap();
    assert!(step.0 >= asked + 2 * 64, "{changes:?}");
}

#[test]
fn what_does_not_count() {
    let now = Duration::ZERO;
    let mut client = Client::new(1, now);
    let mut ask = |change: &dyn Fn(&mut Packet)| {
        let question = client.ask(0, Stamp(77), START, now).unwrap();
        let mut answer = world(0).unwrap().answer(&question, START);
        change(&mut answer);
        client.receive(0, &answer, START + 1, now).map(drop)
    };
    assert_eq!(ask(&|_| {}), Ok(()));
    assert_eq!(ask(&|answer| answer.origin = Stamp(78)), Err(Refused::Foreign));
    assert_eq!(ask(&|answer| answer.mode = Mode::Client), Err(Refused::Foreign));
    assert_eq!(ask(&|answer| answer.leap = 3), Err(Refused::Unset));
    assert_eq!(ask(&|answer| answer.stratum = UNSET), Err(Refused::Unset));
    assert_eq!(ask(&|answer| answer.sent = Stamp(0)), Err(Refused::Unset));
    assert_eq!(ask(&|answer| answer.root_dispersion = 17 * SECOND), Err(Refused::Distant));
    let away = |answer: &mut Packet| (answer.leap, answer.stratum, answer.reference) = (3, 0, *b"RATE");
    assert_eq!(ask(&away), Err(Refused::Away(*b"RATE")));
    assert_eq!(client.deadline(), Some(Duration::from_secs(3600)));
    // An answer comes twice.
    let question = client.ask(0, Stamp(79), START, now).unwrap();
    let answer = world(0).unwrap().answer(&question, START);
    assert!(client.receive(0, &answer, START, now).is_ok());
    assert_eq!(client.receive(0, &answer, START, now).map(drop), Err(Refused::Foreign));
}

#[test]
fn names_that_are_not_found_are_tried_later_each_time() {
    let mut client = Client::new(1, Duration::ZERO);
    for seconds in [4, 12, 24] {
        let now = client.deadline().unwrap();
        client.peers[0].failed(now);
        assert_eq!(client.deadline(), Some(Duration::from_secs(seconds)));
    }
}
