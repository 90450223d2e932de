//! `hwclock` (util-linux's `-r -s -w -u -l -f` and `--systz`, which BusyBox has, too, and its `--set`). Which time the hardware's clock keeps, the third line of
//! `/etc/adjtime` says, where no option does; how fast it goes wrong, which stands there too, is not made up for.

use linux::fd::OwnedFd;
use linux::fs::{Mode, OpenFlags, Timestamp, open};
use linux::time::{hardware_time, set_hardware_time, set_zone};
use query::{Date, Rows, Value};
use system::clock::{date, hardware};
use time::{SystemTime, TimeZone};

use crate::file::moment;
use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "hwclock",
    summary: "Show the hardware's clock, or set it or the system's by the other",
    usage: "[OPTION]...",
    flags: flags![
        Flag::new(b'r', "show", "show it (usual)"),
        Flag::new(b's', "hctosys", "set the system's clock by it"),
        Flag::new(b'w', "systohc", "set it by the system's clock"),
        Flag::new(SET, "set", "set it to the moment of --date"),
        Flag::with(DATE, "date", "TEXT", "a moment: 2024-01-31 12:30, @SECONDS, 2 days ago"),
        Flag::new(b't', "systz", "tell the kernel the zone, and whether it set its clock by local time"),
        Flag::new(b'u', "utc", "it keeps universal time"),
        Flag::new(b'l', "localtime", "it keeps local time"),
        Flag::with(b'f', "rtc", "FILE", "this clock (/dev/rtc, /dev/rtc0, /dev/misc/rtc)"),
        Flag::rows("seconds:n local:b"),
    ],
    run: Run::Parsed(run),
};

keys! { 128; SET DATE }

const CLOCKS: [&[u8]; 3] = [b"/dev/rtc", b"/dev/rtc0", b"/dev/misc/rtc"];

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if !parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let is_local = match parsed.last_of(b"ul") {
        Some(key) => key == b'l',
        None => {
            let text = system::file::read(b"/etc/adjtime").unwrap_or_default();
            text.split(|byte| *byte == b'\n').nth(2).is_some_and(|line| line.trim_ascii() == b"LOCAL")
        }
    };
    let function = parsed.last_of(&[b'r', b's', b'w', b't', SET]);
    let fresh = match (function, parsed.value(DATE)) {
        (Some(SET), Some(text)) => match crate::file::human::read(text, &moment::zone(io)) {
            Some(time) => Some(time.seconds),
            None => return Ok(io.complain(text, &"is no date")),
        },
        (Some(SET), None) => return Ok(io.misuse(b"--set", "needs a --date")),
        (_, Some(_)) => return Ok(io.misuse(b"--date", "is for --set")),
        (Some(b't'), None) => return Ok(tell(io, is_local)),
        (Some(b'w'), None) => Some(moment::now().seconds),
        (_, None) => None,
    };
    let zone = if is_local { moment::zone(io) } else { TimeZone::utc() };
    let (name, opened) = clock(parsed);
    let clock = opened.map_err(|errno| io.complain(name, &errno))?;
    if let Some(seconds) = fresh {
        let date = Date::from_seconds(seconds.saturating_add(zone.offset(seconds).seconds.into()));
        let done = set_hardware_time(&clock, &hardware(&date));
        return Ok(io.report(name, done));
    }
    let time = hardware_time(&clock).map_err(|errno| io.complain(name, &errno))?;
    let seconds = date(&time).and_then(|date| zone.times(&date));
    let Some(seconds) = seconds.map(|times| times.usual()) else {
        return Ok(io.complain(name, &"shows no time"));
    };
    if function == Some(b's') {
        let done = SystemTime::new(seconds, 0).set();
        return Ok(io.report(b"set the clock", done));
    }
    if parsed.has(JSON) {
        let mut rows = Rows::named("seconds local");
        rows.push([Value::Signed(seconds), Value::Truth(is_local)]);
        rows.json(&mut io.out);
        return Ok(Status::SUCCESS);
    }
    let shown = moment::shown(Timestamp { seconds, nanoseconds: 0 }, &moment::zone(io));
    io.out.put(&shown);
    io.out.put(b"\n");
    Ok(Status::SUCCESS)
}

/// Tells the kernel the zone. By what it is told first it knows whether its clock shows local time; then it puts it right.
fn tell(io: &mut Io<'_>, is_local: bool) -> Status {
    let west = -moment::zone(io).offset(moment::now().seconds).seconds / 60;
    let first = if is_local { Ok(()) } else { set_zone(0) };
    io.report(b"tell the kernel the zone", first.and_then(|()| set_zone(west)))
}

/// Opens the clock that is asked for, else the first that there is.
fn clock<'a>(parsed: &Parsed<'a>) -> (&'a [u8], linux::Result<OwnedFd>) {
    let open = |name: &'a [u8]| (name, open(name, OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC, Mode::empty()));
    if let Some(name) = parsed.value(b'f') {
        return open(name);
    }
    let [first, second, third] = CLOCKS;
    let found = [first, second].into_iter().map(open).find(|clock| clock.1.is_ok());
    found.unwrap_or_else(|| open(third))
}
