//! Messages of the domain name system, and the files that say whom to ask.

use formats::etc::{hosts, resolv_conf, services};
use formats::time::Duration;
use formats::wire::dns::{Data, Kind, Message, Name, Question, Record, emit_query};
use protocols::dns::{Action, Config, Event, Lookup};

/// Reads the bytes as a message: its names survive being written as text, its questions being asked. Reads them as
/// files, too.
pub(crate) fn dns(data: &[u8]) {
    files(data);
    lookup(data);
    let Ok(message) = Message::parse(data) else { return };
    let mut asked = Vec::new();
    for question in message.questions().flatten() {
        survives(&question.name);
        asked.clear();
        emit_query(&mut asked, message.id, &question, Some(1232));
        let again = Message::parse(&asked).unwrap();
        assert_eq!(again.questions().collect::<Vec<_>>(), [Ok::<Question, _>(question)]);
        assert!(again.records().all(|record| record.is_ok()));
    }
    for (_, record) in message.records().flatten() {
        let Record { name, data, .. } = record;
        survives(&name);
        match data {
            Data::Alias(name) | Data::NameServer(name) | Data::Pointer(name) => survives(&name),
            Data::Mail { host, .. } | Data::Service { host, .. } => survives(&host),
            Data::Texts(texts) => assert!(texts.iter().count() <= 65535),
            _ => {}
        }
    }
    let _ = message.code();
}

fn survives(name: &Name) {
    assert!(name.wire().len() <= 255 && name.is_within(name));
    assert_eq!(Name::parse(&name.to_string()).as_ref(), Ok(name));
}

fn files(text: &[u8]) {
    let read = resolv_conf::parse(text);
    assert!(
        read.servers.len() <= 8 && (1..=5).contains(&read.attempts) && (1..=30).contains(&read.timeout_s)
    );
    hosts::parse(text).for_each(|entry| assert!(entry.names().all(|name| entry.has(name))));
    let _ = services::port(text, "http", "tcp");
}

/// Gives the bytes as the answer to every question of a lookup, with its number; whatever they say, the lookup ends, and closes
/// what it has opened.
fn lookup(reply: &[u8]) {
    let config = Config::of(
        &resolv_conf::parse(b"nameserver 10.0.0.1\nnameserver 10.0.0.2\nsearch example\n"),
        |_| None,
    );
    let name = Message::parse(reply).ok().and_then(|message| message.questions().next()?.ok());
    let name = name.map_or_else(|| "cave".to_owned(), |question| question.name.to_string());
    let mut number = 0_u16;
    let random = move || {
        number = number.wrapping_add(1);
        number
    };
    let mut now = Duration::ZERO;
    let Ok(mut lookup) = Lookup::new(config, &name, &[Kind::A, Kind::AAAA], random, now) else { return };
    let (mut steps, mut open) = (0, Vec::new());
    while lookup.outcome().is_none() {
        while let Some(action) = lookup.next_action() {
            match action {
                Action::Close { exchange } => open.retain(|other| *other != exchange),
                Action::Open { exchange, server, messages, .. } => {
                    open.push(exchange);
                    for message in messages {
                        let mut bytes = reply.to_vec();
                        bytes.iter_mut().zip(&message).take(2).for_each(|(to, from)| *to = *from);
                        lookup.handle(Event::Datagram { exchange, from: server, bytes: &bytes }, now);
                        lookup.handle(Event::Message { exchange, bytes: &bytes }, now);
                    }
                }
            }
        }
        now = lookup.deadline().unwrap_or(now);
        lookup.handle(Event::Deadline, now);
        steps += 1;
        assert!(steps < 100, "a lookup that does not end");
    }
    while let Some(action) = lookup.next_action() {
        match action {
            Action::Close { exchange } => open.retain(|other| *other != exchange),
            Action::Open { exchange, .. } => open.push(exchange),
        }
    }
    assert!(open.is_empty() && lookup.deadline().is_none(), "a lookup that leaves sockets open");
    for kind in [Kind::A, Kind::AAAA] {
        assert!(lookup.answer(kind).is_none_or(|answer| answer.addresses().count() > 0));
    }
}
