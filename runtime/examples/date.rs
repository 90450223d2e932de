//! Shows the time, or another one: `date [-u] [-d @SECONDS | -d TEXT] [+PATTERN]`, in the zone that `TZ` names; a text is a time of RFC
//! 3339 or 5322.
//!
//! ```text
//! $ TZ=EST5EDT,M3.2.0,M11.1.0 date -d @1780000000
//! Thu May 28 16:26:40 EDT 2026
//! $ date -u -d 'Sat, 21 Nov 2026 09:42:02 +0100' +%Y-%m-%dT%H:%M:%SZ
//! 2026-11-21T08:42:02Z
//! $ TZ=XYZ-5:30 date -d 2026-11-21T08:42:02Z '+%F %R %z, day %-j, week %V'
//! 2026-11-21 14:12 +0530, day 325, week 47
//! $ date -d yesterday; echo "status $?"
//! date: yesterday: not a time
//! status 1
//! $ [ $(date +%s) -ge 1700000000 ] && echo later
//! later
//! ```

#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;

use spelunk::io::{Write, stderr, stdout};
use spelunk::time::format::format;
use spelunk::time::{Moment, SystemTime, TimeZone, parse};
use spelunk::{Arguments, Environment};

spelunk::program!(main);

fn main(arguments: Arguments, environment: Environment) -> i32 {
    let mut words = arguments.skip(1).map(|word| word.to_str().unwrap_or_default());
    let (mut time, mut pattern) = (SystemTime::now(), "%a %b %e %H:%M:%S %Z %Y");
    let mut zone = environment.get(b"TZ").and_then(|zone| core::str::from_utf8(zone).ok());
    while let Some(word) = words.next() {
        match (word, word.strip_prefix('+')) {
            ("-u", _) => zone = Some(""),
            ("-d", _) => {
                let text = words.next().unwrap_or_default();
                let Some(given) = read(text) else { return complain(text, "not a time") };
                time = given;
            }
            (_, Some(given)) => pattern = given,
            _ => return complain(word, "not known"),
        }
    }
    // As libraries do, one that nobody knows is universal time.
    let zone = TimeZone::of(zone).unwrap_or_else(|_| TimeZone::utc());
    let mut line = Vec::new();
    format(pattern, &Moment::of(time, &zone), &mut line);
    line.push(b'\n');
    let mut out = stdout();
    let _ = out.write_all(&line);
    out.status(0)
}

fn read(text: &str) -> Option<SystemTime> {
    match text.strip_prefix('@') {
        Some(seconds) => seconds.parse().ok().map(|seconds| SystemTime::new(seconds, 0)),
        None => parse::rfc_3339(text).or_else(|| parse::rfc_2822(text)).map(|(time, _)| time),
    }
}

fn complain(word: &str, what: &str) -> i32 {
    let _ = writeln!(stderr(), "date: {word}: {what}");
    1
}
