//! Files of settings that people and other programs write.

use formats::etc::{accounts, crontab, fstab, httpd_conf, interfaces, syslog_conf, udhcpd_conf};

/// Reads a text as each of them. What they give are parts of it, and there are no more of these than lines; a user that is added is
/// found, and a day is one of a schedule's or is not.
pub(crate) fn settings(data: &[u8]) {
    let lines = data.split(|byte| *byte == b'\n').count();
    let joined = interfaces::join(data);
    assert!(joined.len() <= data.len());
    if let Ok(entries) = interfaces::parse(&joined) {
        assert!(entries.len() <= lines);
    }
    if let Ok(config) = udhcpd_conf::parse(data) {
        assert!(config.options.len() <= lines && config.fixed.len() <= lines);
    }
    let mut last = 0;
    for (number, line) in crontab::lines(data) {
        assert!(last < number && number <= lines);
        last = number;
        if let Some(crontab::Line::Job(job)) = line {
            assert!(!job.command.is_empty() && !job.words.is_empty());
            if let crontab::When::At(schedule) = job.when {
                assert!((0..24).any(|hour| (0..60).any(|minute| schedule.has_time(hour, minute))));
                let _ = schedule.has_day(2, 29, 1);
            }
        }
    }
    for rule in syslog_conf::parse(data) {
        match rule {
            Ok(rule) => assert!(
                (0..=u8::MAX).filter(|priority| rule.covers(*priority)).all(|priority| priority < 192)
            ),
            Err(line) => assert!(!line.is_empty() && line.len() <= data.len()),
        }
    }
    assert!(httpd_conf::parse(data).count() <= lines);
    assert!(fstab::parse(data).count() <= lines);
    for entry in accounts::entries(data) {
        let name = entry.first().copied().unwrap_or_default();
        assert!(accounts::find(data, name).is_some(), "an entry that is not found");
    }
    let added = accounts::add(data, &[b"spelunk-new", b"x", b"77777"]);
    assert!(
        accounts::entries(&added).any(|entry| entry == [&b"spelunk-new"[..], b"x", b"77777"]),
        "no entry of its own"
    );
}
