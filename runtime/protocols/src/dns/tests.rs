//! Lookups in simulated time, against servers that are tables.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::vec::Vec;

use formats::etc::resolv_conf;
use formats::time::Duration;
use formats::wire::dns::{Kind, Message, Name, Question};

use super::{Action, Config, Event, Failure, Lookup, Transport};

/// How a server treats a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// It answers by its table.
    Knows,
    /// It says nothing.
    Silent,
    /// Nobody listens there.
    Closed,
    /// It gives this code.
    Code(u8),
    /// It cuts what it sends in datagrams.
    Cuts,
    /// It does not understand the extension.
    Old,
    /// Something before it throws away what has the extension.
    Guarded,
    /// It answers after this many milliseconds.
    Slow(u64),
    /// It refers to other servers.
    Refers,
    /// Others answer with its number before it: another sender, another number, another question; then it does.
    Forged,
}

/// Records: name, kind, data; a number as data of SOA is its negative time.
type Zone = &'static [(&'static str, Kind, &'static str)];

const ZONE: Zone = &[
    ("cave.example", Kind::A, "10.7.0.1"),
    ("cave.example", Kind::A, "10.7.0.2"),
    ("cave.example", Kind::AAAA, "fd00::7"),
    ("www.cave.example", Kind::CNAME, "cave.example"),
    ("four.example", Kind::A, "10.7.0.4"),
    ("far.example", Kind::CNAME, "elsewhere.test"),
    ("elsewhere.test", Kind::A, "10.8.0.1"),
    ("loop.example", Kind::CNAME, "pool.example"),
    ("pool.example", Kind::CNAME, "loop.example"),
    ("deep.inner.example", Kind::A, "10.7.0.9"),
];

/// An exchange, the sender of a datagram, and what comes; nothing is a failure.
type Coming = (u32, Option<SocketAddr>, Option<Vec<u8>>);

struct World {
    lookup: Lookup<Box<dyn FnMut() -> u16>>,
    servers: Vec<Manner>,
    now: Duration,
    /// What will happen, by time in nanoseconds and order.
    coming: BTreeMap<(u64, usize), Coming>,
    open: Vec<u32>,
    /// What was asked: server, transport, name, kind, whether with the extension.
    asked: Vec<(usize, Transport, String, Kind, bool)>,
}

impl World {
    fn new(name: &str, kinds: &[Kind], servers: &[Manner], options: &str) -> Self {
        let mut text = format!("options {options}\nsearch inner.example example\n");
        for at in 0..servers.len() {
            text += &format!("nameserver 10.0.0.{at}\n");
        }
        let config = Config::of(&resolv_conf::parse(text.as_bytes()), |_| None);
        let mut number = 0_u16;
        let random: Box<dyn FnMut() -> u16> = Box::new(move || {
            number += 1;
            number
        });
        let lookup = Lookup::new(config, name, kinds, random, Duration::ZERO).unwrap();
        let (now, servers) = (Duration::ZERO, servers.to_vec());
        Self { lookup, servers, now, coming: BTreeMap::new(), open: Vec::new(), asked: Vec::new() }
    }

    /// Runs to the end; gives the addresses.
    fn run(&mut self) -> Result<Vec<String>, Failure> {
        for _ in 0..1000 {
            while let Some(action) = self.lookup.next_action() {
                self.act(action);
            }
            if let Some(outcome) = self.lookup.outcome() {
                assert_eq!((self.open.len(), self.lookup.deadline()), (0, None), "all is closed at the end");
                outcome?;
                let answers = [Kind::A, Kind::AAAA].map(|kind| self.lookup.answer(kind));
                let mut found: Vec<IpAddr> =
                    answers.iter().flatten().flat_map(|answer| answer.addresses()).collect();
                found.sort();
                return Ok(found.iter().map(ToString::to_string).collect());
            }
            let deadline = self.lookup.deadline().unwrap().as_nanos();
            match self.coming.first_key_value() {
                Some(((at, _), _)) if *at <= deadline => self.happen(),
                _ => {
                    self.now = Duration::from_nanos(deadline);
                    self.lookup.handle(Event::Deadline, self.now);
                }
            }
        }
        panic!("no end")
    }

    fn happen(&mut self) {
        let ((at, _), (exchange, from, bytes)) = self.coming.pop_first().unwrap();
        self.now = Duration::from_nanos(at.max(self.now.as_nanos()));
        let event = match (&bytes, from) {
            (Some(bytes), Some(from)) => Event::Datagram { exchange, from, bytes },
            (Some(bytes), None) => Event::Message { exchange, bytes },
            (None, _) => Event::Failed { exchange },
        };
        self.lookup.handle(event, self.now);
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Close { exchange } => self.open.retain(|open| *open != exchange),
            Action::Open { exchange, server, transport, messages } => {
                self.open.push(exchange);
                let IpAddr::V4(address) = server.ip() else { panic!("{server}") };
                let at = usize::from(address.octets()[3]);
                for message in messages {
                    self.serve(exchange, at, server, transport, &message);
                }
            }
        }
    }

    fn serve(&mut self, exchange: u32, at: usize, server: SocketAddr, transport: Transport, query: &[u8]) {
        let message = Message::parse(query).unwrap();
        let question = message.questions().next().unwrap().unwrap();
        let extended = message.records().count() == 1;
        self.asked.push((at, transport, question.name.to_string(), question.kind, extended));
        let from = (transport == Transport::Datagram).then_some(server);
        let mut later = |after_ms: u64, from, bytes| {
            let order = self.coming.len() + self.asked.len() * 100;
            self.coming.insert(
                ((self.now + Duration::from_millis(after_ms)).as_nanos(), order),
                (exchange, from, bytes),
            );
        };
        let honest = || reply(message.id, &question, 0x8180, 0);
        match self.servers[at] {
            Manner::Knows => later(10, from, Some(honest())),
            Manner::Silent => {}
            Manner::Guarded if extended => {}
            Manner::Closed => later(1, from, None),
            Manner::Code(code) => later(10, from, Some(reply(message.id, &question, 0x8180, code))),
            Manner::Cuts if transport == Transport::Datagram => {
                later(
                    10,
                    from,
                    Some(
                        reply(message.id, &question, 0x8380, 0)[..12 + question.name.wire().len() + 4]
                            .to_vec(),
                    ),
                );
            }
            Manner::Old if extended => later(10, from, Some(reply(message.id, &question, 0x8180, 1))),
            Manner::Cuts | Manner::Old | Manner::Guarded => later(10, from, Some(honest())),
            Manner::Slow(after_ms) => later(after_ms, from, Some(honest())),
            Manner::Refers => {
                let mut bytes =
                    reply(message.id, &Question { name: Name::root(), ..question.clone() }, 0x8000, 0)[..12]
                        .to_vec();
                (bytes[3], bytes[5]) = (0, 1);
                bytes[7] = 0;
                bytes[9] = 1;
                bytes.extend(question.name.wire());
                bytes.extend([0, question.kind.0 as u8, 0, 1]);
                bytes.extend(b"\0\0\x02\0\x01\0\0\0\x09\0\x01\0");
                later(10, from, Some(bytes));
            }
            Manner::Forged => {
                let wrong = |text: &str| Question { name: Name::parse(text).unwrap(), kind: question.kind };
                later(1, Some("10.0.0.99:53".parse().unwrap()), Some(honest()));
                later(2, Some("10.0.0.0:54".parse().unwrap()), Some(honest()));
                later(3, from, Some(reply(message.id ^ 0x100, &question, 0x8183, 0)));
                later(4, from, Some(reply(message.id, &wrong("four.example"), 0x8183, 0)));
                later(5, from, Some(query.to_vec()));
                later(6, from, Some(honest()[..11].to_vec()));
                later(10, from, Some(honest()));
            }
        }
    }
}

/// Makes the reply that the zone has.
fn reply(id: u16, question: &Question, flags: u16, code: u8) -> Vec<u8> {
    let (mut name, mut records, count) = (question.name.clone(), Vec::new(), Cell::new(0_u16));
    let mut put = |name: &Name, kind: Kind, data: &[u8]| {
        records.extend(name.wire());
        records.extend(kind.0.to_be_bytes());
        records.extend(b"\0\x01\0\0\0\x3c");
        records.extend((data.len() as u16).to_be_bytes());
        records.extend(data);
        count.set(count.get() + 1);
    };
    let alias = |name: &Name| {
        ZONE.iter().find(|(owner, kind, _)| Name::parse(owner).as_ref() == Ok(name) && *kind == Kind::CNAME)
    };
    for _ in 0..2 {
        // "elsewhere.test" is known, but not told along with an alias.
        let Some((_, _, target)) = alias(&name) else { break };
        let target = Name::parse(target).unwrap();
        put(&name, Kind::CNAME, target.wire());
        name = target;
    }
    let known = ZONE.iter().any(|(owner, ..)| Name::parse(owner).as_ref() == Ok(&name));
    let told = question.name == name || name.is_within(&Name::parse("example").unwrap());
    for (owner, kind, data) in ZONE.iter().filter(|_| told) {
        if Name::parse(owner).as_ref() == Ok(&name) && *kind == question.kind && code == 0 {
            match data.parse().unwrap() {
                IpAddr::V4(address) => put(&name, *kind, &address.octets()),
                IpAddr::V6(address) => put(&name, *kind, &address.octets()),
            }
        }
    }
    let code = if known || code != 0 { code } else { 3 };
    let answers = count.get();
    let told_nothing = answers == 0 || (known && told && alias(&question.name).is_some());
    let mut authorities = 0_u16;
    if told_nothing && matches!(code, 0 | 3) {
        put(
            &Name::parse("example").unwrap(),
            Kind::SOA,
            b"\0\0\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0\x04\0\0\0\x1e",
        );
        authorities = 1;
    }
    let mut bytes = Vec::new();
    for word in [id, flags | u16::from(code), 1, answers, authorities, 0] {
        bytes.extend(word.to_be_bytes());
    }
    bytes.extend(question.name.wire());
    bytes.extend(question.kind.0.to_be_bytes());
    bytes.extend(b"\0\x01");
    bytes.extend(records);
    bytes
}

const BOTH: &[Kind] = &[Kind::A, Kind::AAAA];
const CAVE: [&str; 3] = ["10.7.0.1", "10.7.0.2", "fd00::7"];

fn found(name: &str, servers: &[Manner], options: &str) -> (Result<Vec<String>, Failure>, World) {
    let mut world = World::new(name, BOTH, servers, options);
    (world.run(), world)
}

#[test]
fn both_families_come_from_one_exchange() {
    let (addresses, world) = found("cave.example.", &[Manner::Knows], "");
    assert_eq!(
        (addresses.unwrap(), world.asked.len(), world.now),
        (CAVE.map(String::from).to_vec(), 2, Duration::from_millis(10))
    );
    assert_eq!(world.lookup.answer(Kind::A).unwrap().ttl_s, 60);
    let (addresses, world) = found("four.example.", &[Manner::Knows], "");
    assert_eq!((addresses.unwrap(), world.asked.len()), (vec!["10.7.0.4".to_owned()], 2));
}

#[test]
fn aliases_are_followed_in_the_message_and_beyond() {
    let (addresses, world) = found("www.cave.example.", &[Manner::Knows], "");
    assert_eq!(addresses.unwrap(), CAVE);
    assert_eq!(world.lookup.answer(Kind::A).unwrap().name.to_string(), "cave.example");
    let (addresses, world) = found("far.example.", &[Manner::Knows], "");
    assert_eq!((addresses.unwrap(), world.asked.len()), (vec!["10.8.0.1".to_owned()], 4));
    assert_eq!(found("loop.example.", &[Manner::Knows], "").0, Err(Failure::Aliases));
}

#[test]
fn short_names_are_searched() {
    let (addresses, world) = found("deep", &[Manner::Knows], "");
    assert_eq!((addresses.unwrap(), world.asked.len()), (vec!["10.7.0.9".to_owned()], 2));
    let (addresses, world) = found("cave", &[Manner::Knows], "");
    assert_eq!((addresses.unwrap().len(), world.asked.len()), (3, 4));
    let (addresses, world) = found("cave.example", &[Manner::Knows], "ndots:2");
    assert_eq!((addresses.unwrap().len(), world.asked.len()), (3, 6));
    let (nothing, world) = found("missing", &[Manner::Knows], "");
    assert_eq!((nothing, world.asked.len()), (Err(Failure::NoName(Some(30))), 6));
    let mut world = World::new("four.example", &[Kind::AAAA], &[Manner::Knows], "");
    assert_eq!(world.run(), Err(Failure::NoRecords(Some(30))), "that the name is there says more");
}

#[test]
fn silent_servers_give_way_to_others() {
    let (addresses, world) = found("cave.example.", &[Manner::Silent, Manner::Knows], "timeout:3");
    assert_eq!((addresses.unwrap().len(), world.now), (3, Duration::from_millis(3010)));
    let (nothing, world) = found("cave", &[Manner::Silent; 2], "timeout:3 attempts:2");
    // Two waits of three seconds, then two that share six.
    assert_eq!((nothing, world.now, world.asked.len()), (Err(Failure::Silence), Duration::from_secs(12), 8));
    let (addresses, world) = found("cave.example.", &[Manner::Closed, Manner::Knows], "");
    assert_eq!((addresses.unwrap().len(), world.now), (3, Duration::from_millis(11)));
    let (addresses, world) = found("cave.example.", &[Manner::Slow(6000), Manner::Silent], "");
    assert_eq!((addresses.unwrap().len(), world.now), (3, Duration::from_secs(6)), "a late answer counts");
}

#[test]
fn servers_that_cannot_tell_give_way_to_others() {
    for useless in [Manner::Code(2), Manner::Code(5), Manner::Refers] {
        let (addresses, world) = found("cave.example.", &[useless, Manner::Knows], "");
        assert_eq!((addresses.unwrap().len(), world.now), (3, Duration::from_millis(20)), "{useless:?}");
    }
    let (nothing, _) = found("missing.example.", &[Manner::Code(5), Manner::Knows], "");
    assert_eq!(nothing, Err(Failure::NoName(Some(30))), "another server knew");
    let (nothing, world) = found("cave", &[Manner::Code(2)], "attempts:1");
    assert!(matches!(nothing, Err(Failure::Refused(_))) && world.asked.len() == 6, "{nothing:?}");
}

#[test]
fn what_is_cut_is_fetched_over_a_stream() {
    let (addresses, world) = found("cave.example.", &[Manner::Cuts], "");
    assert_eq!((addresses.unwrap().len(), world.now), (3, Duration::from_millis(20)));
    assert_eq!(world.asked.iter().filter(|asked| asked.1 == Transport::Stream).count(), 2);
    let (addresses, world) = found("cave.example.", &[Manner::Cuts], "use-vc");
    assert!(addresses.is_ok() && world.asked.iter().all(|asked| asked.1 == Transport::Stream));
}

#[test]
fn old_servers_are_asked_again_without_the_extension() {
    let (addresses, world) = found("cave.example.", &[Manner::Old], "");
    assert_eq!(addresses.unwrap().len(), 3);
    let extended: Vec<_> = world.asked.iter().map(|asked| asked.4).collect();
    assert_eq!(extended, [true, true, false, false]);
    let (addresses, world) = found("cave.example.", &[Manner::Guarded], "timeout:3");
    assert_eq!(
        (addresses.unwrap().len(), world.now),
        (3, Duration::from_millis(3010)),
        "silence may be of the extension"
    );
}

#[test]
fn forged_answers_change_nothing() {
    let (addresses, world) = found("cave.example.", &[Manner::Forged], "");
    assert_eq!((addresses.unwrap().len(), world.now), (3, Duration::from_millis(10)));
}

#[test]
fn servers_take_turns() {
    let first = |options| found("cave.example.", &[Manner::Knows; 3], options).1.asked[0].0;
    assert_eq!((first(""), first("rotate")), (0, 1), "the first random number is 1");
}

#[test]
fn what_one_family_has_is_seen_before_the_end() {
    let mut world = World::new("cave.example.", BOTH, &[Manner::Silent], "");
    let Some(Action::Open { exchange, server, messages, .. }) = world.lookup.next_action() else {
        panic!("no question")
    };
    let query = Message::parse(&messages[0]).unwrap();
    let question = query.questions().next().unwrap().unwrap();
    assert!(world.lookup.is_open(Kind::A) && world.lookup.answer(Kind::A).is_none());
    let bytes = reply(query.id, &question, 0x8180, 0);
    world.lookup.handle(Event::Datagram { exchange, from: server, bytes: &bytes }, Duration::from_millis(1));
    assert_eq!(world.lookup.answer(Kind::A).unwrap().addresses().count(), 2);
    assert!(!world.lookup.is_open(Kind::A) && world.lookup.is_open(Kind::AAAA));
    assert_eq!(world.run().unwrap().len(), 2, "the other family never comes");
}

#[test]
fn without_servers_there_is_nothing_to_ask() {
    let file = resolv_conf::parse(b"nameserver fe80::1%gone\n");
    let config = Config::of(&file, |_| None);
    let mut lookup = Lookup::new(config.clone(), "a", BOTH, || 1, Duration::ZERO).unwrap();
    assert_eq!((lookup.outcome(), lookup.next_action()), (Some(Err(Failure::NoServer)), None));
    assert!(Lookup::new(config, "a..b", BOTH, || 1, Duration::ZERO).is_err());
}
