//! Messages of the domain name system, and the files that say whom to ask.

use formats::etc::{hosts, resolv_conf, services};
use formats::wire::dns::{Data, Message, Name, Question, Record, emit_query};

/// Reads the bytes as a message: its names survive being written as text, its questions being asked. Reads them as
/// files, too.
pub(crate) fn dns(data: &[u8]) {
    files(data);
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
