//! `uptime`, with procps's `-p` and `-s`. Who is logged in is not said; the smallest images show universal times.

use formats::time::Duration;

use query::{Date, Rows, Value};
use system::machine;

use crate::options::more;
use crate::zone::Zone;
use crate::{Applet, Flag, HAS_MORE, Io, JSON, Outcome, Output, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "uptime",
    summary: "Print the time, how long the machine runs, and its load averages",
    usage: "[-p | -s] [--json]",
    flags: flags![..MORE, Flag::rows("now:n uptime:d since:n load_1:d load_5:d load_15:d"),],
    run: Run::Parsed(run),
};

/// What the smallest images do without.
const MORE: &[Flag] = more(&[
    Flag::new(b'p', "pretty", "print how long it runs, in words"),
    Flag::new(b's', "since", "print when it was booted"),
]);

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let up = machine::uptime();
    match parsed.last_of(&[b'p', b's', JSON]) {
        Some(b'p') if HAS_MORE => {
            print_words(up.as_secs(), &mut io.out);
            return Ok(Status::SUCCESS);
        }
        Some(b's') if HAS_MORE => {
            let date = Zone::of(io, true).date(machine::boot_time());
            date.day_text(&mut io.out);
            io.out.put(b" ");
            date.second_text(&mut io.out);
            io.out.put(b"\n");
            return Ok(Status::SUCCESS);
        }
        _ => {}
    }
    let load = machine::load()?.averages;
    if parsed.has(JSON) {
        let mut rows = Rows::named("now uptime since load_1 load_5 load_15");
        let [one, five, fifteen] = load.map(|hundredths| Value::Thousandths(hundredths * 10));
        let (now, since) = (Value::Signed(machine::now()), Value::Signed(machine::boot_time()));
        rows.push([now, Value::Span(up.as_millis()), since, one, five, fifteen]);
        rows.json(&mut io.out);
    } else {
        print_line(&now(io), up, load, &mut io.out);
    }
    Ok(Status::SUCCESS)
}

/// Gives what clocks show.
pub(crate) fn now(io: &Io<'_>) -> Date {
    Zone::of(io, true).date(machine::now())
}

/// Prints ` 08:53:21 up 12 min,  load average: 0.02, 0.01, 0.00`, as scripts expect it.
pub(crate) fn print_line(now: &Date, up: Duration, load: [u64; 3], out: &mut Output<'_>) {
    out.put(b" ");
    now.second_text(out);
    out.put(b" up ");
    let minutes = up.as_secs() / 60;
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    if days > 0 {
        out.number(days);
        out.put(if days == 1 { b" day, " } else { b" days, " });
    }
    if hours > 0 {
        out.put(if hours < 10 { b" " } else { b"" });
        out.number(hours);
        out.put(b":");
        query::text::zero_padded(minutes, 2, out);
    } else {
        out.number(minutes);
        out.put(b" min");
    }
    out.put(b",  load average: ");
    for (index, hundredths) in load.into_iter().enumerate() {
        out.put(if index > 0 { b", " } else { b"" });
        out.number(hundredths / 100);
        out.put(b".");
        query::text::zero_padded(hundredths % 100, 2, out);
    }
    out.put(b"\n");
}

/// Prints `up 1 week, 2 days, 3 hours, 4 minutes`.
fn print_words(seconds: u64, out: &mut Output<'_>) {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    const WEEK: u64 = 7 * DAY;
    let parts = [
        (seconds / WEEK, "week"),
        (seconds % WEEK / DAY, "day"),
        (seconds % DAY / HOUR, "hour"),
        (seconds % HOUR / MINUTE, "minute"),
    ];
    out.put(b"up ");
    let mut comma: &[u8] = b"";
    for (count, unit) in parts {
        // A machine that has just been booted is up 0 minutes.
        if count > 0 || seconds < MINUTE && unit == "minute" {
            out.put(comma);
            out.number(count);
            out.put(b" ");
            out.put(unit.as_bytes());
            out.put(if count == 1 { b"" } else { b"s" });
            comma = b", ";
        }
    }
    out.put(b"\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(print: impl Fn(&mut Output<'_>)) -> String {
        let mut bytes = Vec::new();
        let mut out = Output::memory(&mut bytes);
        print(&mut out);
        out.flush();
        drop(out);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn times_in_words() {
        let words = |seconds| printed(|out| print_words(seconds, out));
        assert_eq!(words(0), "up 0 minutes\n");
        assert_eq!(words(60), "up 1 minute\n");
        assert_eq!(words(3600), "up 1 hour\n");
        assert_eq!(words(788_645), "up 1 week, 2 days, 3 hours, 4 minutes\n");
    }

    #[test]
    fn times_as_scripts_expect_them() {
        let line = |seconds| {
            let line = printed(|out| {
                print_line(&Date::from_seconds(0), Duration::from_secs(seconds), [288, 5, 1200], out)
            });
            line.split_once(" up ").unwrap().1.to_owned()
        };
        assert_eq!(line(59), "0 min,  load average: 2.88, 0.05, 12.00\n");
        assert_eq!(line(3660), " 1:01,  load average: 2.88, 0.05, 12.00\n");
        assert_eq!(line(86400 + 36000), "1 day, 10:00,  load average: 2.88, 0.05, 12.00\n");
        assert_eq!(line(20 * 86400), "20 days, 0 min,  load average: 2.88, 0.05, 12.00\n");
    }
}
