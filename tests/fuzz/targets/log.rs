//! What programs send to the log, in both of its languages, and the entries that are made of it.

use std::borrow::Cow;

use formats::file::journal::{Entry, Origin};
use formats::time::Duration;
use formats::wire::journald::Messages;
use formats::wire::syslog;

/// Reads the bytes as each; what was sent must come back from the line that it becomes.
pub(crate) fn log(data: &[u8]) {
    for message in Messages::new(data) {
        survives(message.priority, message.tag, message.text);
    }
    let message = syslog::parse(data);
    let said = syslog::said(message.text);
    survives(message.priority, said.tag, said.text);
    if let Some(entry) = Entry::parse(data) {
        let mut line = Vec::new();
        entry.emit(&mut line);
        assert_eq!(
            Entry::parse(&line[..line.len() - 1]).as_ref(),
            Some(&entry),
            "an entry does not come back"
        );
    }
}

fn survives(priority: u8, tag: &[u8], text: &[u8]) {
    assert!(priority < 192, "no such facility");
    let entry = Entry {
        time: Duration::from_micros(1),
        priority,
        pid: 1,
        origin: Origin::Journal,
        service: b"",
        tag: Cow::Borrowed(tag),
        message: Cow::Borrowed(text),
    };
    let mut line = Vec::new();
    entry.emit(&mut line);
    let (end, line) = line.split_last().unwrap();
    assert!(*end == b'\n' && !line.contains(&b'\n'), "an entry is not a line");
    assert_eq!(Entry::parse(line), Some(entry), "an entry does not come back");
}
