//! Zones, dates and their text, held against what GNU `date` prints.

use std::string::String;
use std::vec::Vec;

use query::Date;

use crate::format::{HTTP, RFC_2822, RFC_3339, format};
use crate::{Local, Moment, SystemTime, TimeZone, parse};

/// A row a zone: its name in the table, and its file.
macro_rules! zones {
    ($($name:literal)*) => {
        fn zone(name: &str) -> TimeZone {
            let bytes: &[u8] = match name {
                $($name => include_bytes!(concat!("../../../tests/samples/fuzz/tzif/", $name)),)*
                other => panic!("no zone {other}"),
            };
            TimeZone::parse(bytes).unwrap()
        }
    };
}

zones! { "Apia" "Berlin" "Casablanca" "Dublin" "Kolkata" "Lord_Howe" "New_York" "Nuuk" }

fn text(pattern: &str, seconds: i64, zone: &TimeZone) -> String {
    let mut out = Vec::new();
    format(pattern, &Moment::of(SystemTime::new(seconds, 120_000_000), zone), &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn dates_are_what_date_prints() {
    let table = include_str!("../../../tests/samples/time/dates");
    let mut lines = table.lines().skip(1);
    let pattern = lines.next().unwrap();
    let mut count = 0;
    for line in lines {
        let mut parts = line.splitn(3, '|');
        let mut part = || parts.next().unwrap();
        let (name, seconds, expected) = (part(), part().parse().unwrap(), part());
        let mut out = Vec::new();
        format(pattern, &Moment::of(SystemTime::new(seconds, 0), &zone(name)), &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), expected, "{name} at {seconds}");
        count += 1;
    }
    assert!(count > 300);
}

#[test]
fn patterns_with_flags_and_nonsense() {
    let utc = TimeZone::utc();
    let at = |pattern| text(pattern, 1_795_250_522, &utc);
    assert_eq!(at("%3N %-N %N %12N"), "120 12 120000000 120000000000");
    assert_eq!(at("%^B|%10a|%010Y|%-10d|%_5H|%#Z"), "NOVEMBER|       Sat|0000002026|21|    8|utc");
    assert_eq!(at("%%%n%t%Q %Ey %Od %5"), "%\n\t%Q 26 21 %5");
    assert_eq!((at(""), at("%"), at("100%")), (String::new(), "%".into(), "100%".into()));
    assert_eq!(at("%99999999999d").len(), 1024);
    assert_eq!(at(RFC_3339), "2026-11-21T08:42:02+00:00");
    assert_eq!(
        (at(RFC_2822), at(HTTP)),
        ("Sat, 21 Nov 2026 08:42:02 +0000".into(), "Sat, 21 Nov 2026 08:42:02 GMT".into())
    );
    for seconds in [i64::MIN, i64::MAX] {
        assert!(!text("%c %s %U %V %G", seconds, &zone("Berlin")).is_empty());
    }
}

fn date(year: i64, month: u32, day: u32, hour: u32, minute: u32) -> Date {
    Date { year, month, day, weekday: 0, hour, minute, second: 0 }
}

/// The expected numbers come from GNU `date -d`, which gives one of two, and refuses what is not shown.
#[test]
fn local_dates_that_are_there_once_twice_and_never() {
    let berlin = zone("Berlin");
    assert_eq!(berlin.times(&date(2026, 11, 21, 9, 42)), Some(Local::Once(1_795_250_520)));
    assert_eq!(
        berlin.times(&date(2026, 10, 25, 2, 30)),
        Some(Local::Twice { first: 1_792_888_200, second: 1_792_891_800 })
    );
    let never = berlin.times(&date(2026, 3, 29, 2, 30)).unwrap();
    assert_eq!(never, Local::Never { before: 1_774_747_800, after: 1_774_744_200 });
    // A clock that is set forward shows half past three.
    assert_eq!((never.usual(), text("%H:%M", never.usual(), &berlin).as_str()), (1_774_747_800, "03:30"));
    // Far ahead the rule holds; 2100 is no leap year.
    assert_eq!(berlin.times(&date(2100, 7, 1, 12, 0)), Some(Local::Once(4_118_119_200)));
    // Samoa had no 30 December 2011.
    assert!(matches!(zone("Apia").times(&date(2011, 12, 30, 12, 0)), Some(Local::Never { .. })));
    assert_eq!(berlin.times(&date(2026, 2, 29, 0, 0)), None);
    for seconds in (0..4_000_000_000).step_by(12_345_678) {
        let shown = Moment::of(SystemTime::new(seconds, 0), &berlin).date;
        let times = berlin.times(&shown).unwrap();
        let hit = matches!(times, Local::Twice { first, second } if first == seconds || second == seconds);
        assert!(times == Local::Once(seconds) || hit, "{seconds}: {times:?}");
    }
}

#[test]
fn zones_of_the_variable() {
    let of = |value| TimeZone::of(Some(value));
    let at = |value, seconds| text("%H:%M %Z %z", seconds, &of(value).unwrap());
    assert_eq!(at("", 0), "00:00 UTC +0000");
    assert_eq!(at("XYZ-3:30", 0), "03:30 XYZ +0330");
    assert_eq!(at("<-00>0", 0), "00:00 -00 -0000");
    assert_eq!(at(":EST5EDT,M3.2.0,M11.1.0", 1_800_000_000), "03:00 EST -0500");
    assert_eq!(at("EST5EDT,M3.2.0,M11.1.0", 1_780_000_000), "16:26 EDT -0400");
    // Daylight saving time all year, as RFC 9636 writes it.
    for seconds in [1_767_225_599, 1_767_225_600, 1_780_000_000, 1_767_240_000] {
        assert!(at("XXX3EDT4,0/0,J365/23", seconds).ends_with("EDT -0400"), "{seconds}");
    }
    assert_eq!(of("No/Such_Zone").map(drop), Err(linux::Errno::NOENT));
    assert_eq!(of("../../etc/passwd").map(drop), Err(linux::Errno::NOENT));
    assert_eq!(of("/etc/passwd").map(drop), Err(linux::Errno::INVAL));
    assert!(TimeZone::of(None).is_ok());
}

#[test]
fn times_of_protocols() {
    let table = [
        ("2026-11-21T08:42:02Z", Some((1_795_250_522, 0, 0))),
        ("2026-11-21t09:42:02.5+01:00", Some((1_795_250_522, 500_000_000, 3600))),
        ("2026-11-21 04:12:02.1234567899-04:30", Some((1_795_250_522, 123_456_789, -16_200))),
        ("1969-12-31T23:59:59z", Some((-1, 0, 0))),
        ("0000-01-01T00:00:00Z", Some((-62_167_219_200, 0, 0))),
        ("2016-12-31T23:59:60Z", Some((1_483_228_800, 0, 0))),
        ("2026-11-21T08:42:02", None),
        ("2026-02-29T08:42:02Z", None),
        ("2026-11-21T24:00:00Z", None),
        ("2026-11-21T08:42:02.Z", None),
        ("2026-11-21T08:42:02+24:00", None),
        ("2026-11-21T08:42:02+0100", None),
        ("26-11-21T08:42:02Z", None),
        ("+026-11-21T08:42:02Z", None),
        ("", None),
    ];
    for (text, expected) in table {
        let read = parse::rfc_3339(text).map(|(time, offset)| (time.seconds(), time.nanoseconds(), offset));
        assert_eq!(read, expected, "{text}");
    }
    let table = [
        ("Sat, 21 Nov 2026 08:42:02 +0000", Some((1_795_250_522, 0))),
        ("21 nov 2026 09:42 +0100 (a comment)", Some((1_795_250_520, 3600))),
        ("Sat, 21 Nov 2026 08:42:02 GMT", Some((1_795_250_522, 0))),
        ("Tue, 1 Nov 94 8:42:02 EST", Some((783_697_322, -18_000))),
        ("1 Jan 49 00:00 Z", Some((2_493_072_000, 0))),
        ("1 Jan 100 00:00 UT", Some((946_684_800, 0))),
        ("Sun, 21 Nov 2026 08:42:02 +0000", None),
        ("32 Nov 2026 08:42:02 +0000", None),
        ("21 Now 2026 08:42:02 +0000", None),
        ("21 Nov 2026 08:42:02", None),
        ("21 Nov 2026 08:42:02:03 GMT", None),
        ("21 Nov 2026 08:42:02 GMT again", None),
        ("21 Nov 2026 08:42:02 +01:00", None),
        ("", None),
    ];
    for (text, expected) in table {
        let read = parse::rfc_2822(text).map(|(time, offset)| (time.seconds(), offset));
        assert_eq!(read, expected, "{text}");
    }
}

#[test]
fn what_is_written_is_read_again() {
    let zone = zone("Lord_Howe");
    for seconds in (0..4_000_000_000).step_by(98_765_432) {
        let read = parse::rfc_3339(&text(RFC_3339, seconds, &zone)).unwrap();
        assert_eq!((read.0.seconds(), read.1), (seconds, zone.offset(seconds).seconds));
        assert_eq!(parse::rfc_2822(&text(RFC_2822, seconds, &zone)).unwrap(), read);
    }
}
