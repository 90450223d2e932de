//! When the jobs of a crontab are due.
//!
//! Where local clocks are set forward, what was to be done in the time that they leave out is done as if they had not been: half an
//! hour after three, if half past two is left out. Where they are set back, what was to be done at a time of day is done the first
//! time that clocks show it. Jobs at intervals (a star for the minute or the hour) are done as often as clocks show their time.

use formats::etc::crontab::Schedule;
use query::Date;

use crate::{Local, TimeZone};

const MINUTE: i64 = 60;
/// No clock is set by more; and the longest that a late minute is made up for.
const LATE: i64 = 3 * 60 * MINUTE;
/// All changes of clocks begin at such times.
const QUARTER: i64 = 15 * MINUTE;
/// After so long all leap days have been on every weekday.
const HORIZON: i64 = 41 * 366 * 24 * 60 * MINUTE;

/// Says whether a job is due in the minute that begins at a time.
pub fn is_due(schedule: &Schedule, time: i64, zone: &TimeZone) -> bool {
    let date = shown(time, time, zone);
    let fits = has(schedule, &date);
    if schedule.is_interval() {
        return fits;
    }
    if fits && !matches!(zone.times(&date), Some(Local::Twice { first, .. }) if first != time) {
        return true;
    }
    if !is_forward(time, zone) {
        return false;
    }
    let date = shown(time, time - LATE, zone);
    has(schedule, &date) && matches!(zone.times(&date), Some(Local::Never { before, .. }) if before == time)
}

/// Gives the first minute after a time at which a job is due; none if there is none.
pub fn next(schedule: &Schedule, after: i64, zone: &TimeZone) -> Option<i64> {
    let end = after.checked_add(HORIZON)?;
    let mut time = (after.div_euclid(MINUTE) + 1) * MINUTE;
    while time < end {
        if is_due(schedule, time, zone) {
            return Some(time);
        }
        let date = shown(time, time, zone);
        let is_far = !schedule.has_day(date.month, date.day, date.weekday) && !is_forward(time, zone);
        // The rest of a quarter lies on the same day.
        time = if is_far { (time.div_euclid(QUARTER) + 1) * QUARTER } else { time + MINUTE };
    }
    None
}

/// Gives the minutes to be looked at when the clock shows a minute after another. A clock that was late, or was set forward, by up to
/// three hours is made up for; one that was set back by as much is waited for, so that nothing is done twice. Beyond that it was wrong
/// before: only what is due now is done.
pub fn minutes(last: i64, now: i64) -> impl Iterator<Item = i64> {
    let first = if (last - LATE..=last + LATE).contains(&now) { last + MINUTE } else { now };
    (first..=now).step_by(MINUTE as usize)
}

/// Gives the minute that was looked at last, after [`minutes`].
pub fn looked_at(last: i64, now: i64) -> i64 {
    if (last - LATE..=last).contains(&now) { last } else { now }
}

/// Gives the date of a time by the offset of another.
fn shown(time: i64, of: i64, zone: &TimeZone) -> Date {
    Date::from_seconds(time.saturating_add(zone.offset(of).seconds.into()))
}

fn has(schedule: &Schedule, date: &Date) -> bool {
    schedule.has_day(date.month, date.day, date.weekday) && schedule.has_time(date.hour, date.minute)
}

/// Says whether clocks were set forward not long before.
fn is_forward(time: i64, zone: &TimeZone) -> bool {
    zone.offset(time.saturating_sub(LATE)).seconds < zone.offset(time).seconds
}

#[cfg(test)]
mod tests {
    use super::*;
    use formats::etc::crontab::{Job, Line, When, lines};
    use std::format;
    use std::string::String;
    use std::vec::Vec;

    /// Gives the next times as `month-day hour:minute` of local clocks.
    fn coming(words: &str, from: (u32, u32, u32, u32), zone: &TimeZone, count: usize) -> Vec<String> {
        let line = format!("{words} x");
        let Some((_, Some(Line::Job(Job { when: When::At(schedule), .. })))) = lines(line.as_bytes()).next()
        else {
            panic!("{words}")
        };
        let (month, day, hour, minute) = from;
        let date = Date { year: 2026, month, day, hour, minute, second: 0, weekday: 0 };
        let mut time = zone.times(&date).unwrap().usual();
        let mut times = Vec::new();
        for _ in 0..count {
            time = next(&schedule, time, zone).unwrap();
            assert!(is_due(&schedule, time, zone) && time % 60 == 0);
            let date = shown(time, time, zone);
            times.push(format!("{}-{} {}:{:02}", date.month, date.day, date.hour, date.minute));
        }
        times
    }

    fn berlin() -> TimeZone {
        TimeZone::of_rule(crate::Rule::parse("CET-1CEST,M3.5.0,M10.5.0/3").unwrap())
    }

    #[test]
    fn ordinary_days() {
        let utc = TimeZone::utc();
        assert_eq!(coming("*/30 * * * *", (1, 1, 0, 1), &utc, 3), ["1-1 0:30", "1-1 1:00", "1-1 1:30"]);
        assert_eq!(coming("5 4 * * *", (1, 31, 4, 5), &utc, 2), ["2-1 4:05", "2-2 4:05"]);
        assert_eq!(coming("0 0 13 * fri", (1, 9, 1, 0), &utc, 3), ["1-13 0:00", "1-16 0:00", "1-23 0:00"]);
        assert_eq!(coming("0 12 29 2 *", (3, 1, 0, 0), &utc, 1), ["2-29 12:00"]);
        assert_eq!(coming("@yearly", (1, 1, 0, 0), &utc, 2), ["1-1 0:00", "1-1 0:00"]);
        let never = lines(b"0 0 30 2 * x").next();
        let Some((_, Some(Line::Job(Job { when: When::At(never), .. })))) = never else { panic!() };
        assert_eq!(next(&never, 0, &utc), None);
    }

    #[test]
    fn clocks_that_are_set_forward() {
        // On 29 March 2026 clocks go from 2:00 to 3:00.
        let from = (3, 29, 1, 0);
        assert_eq!(coming("30 2 * * *", from, &berlin(), 2), ["3-29 3:30", "3-30 2:30"]);
        assert_eq!(coming("30 3 * * *", from, &berlin(), 2), ["3-29 3:30", "3-30 3:30"]);
        assert_eq!(coming("0 2,3 * * *", from, &berlin(), 3), ["3-29 3:00", "3-30 2:00", "3-30 3:00"]);
        let times = ["3-29 1:30", "3-29 3:00", "3-29 3:30"];
        assert_eq!(coming("*/30 * * * *", from, &berlin(), 3), times);
        assert_eq!(coming("15 */2 * * *", from, &berlin(), 2), ["3-29 4:15", "3-29 6:15"]);
    }

    #[test]
    fn clocks_that_are_set_back() {
        // On 25 October 2026 clocks go from 3:00 to 2:00.
        let from = (10, 25, 1, 45);
        assert_eq!(coming("30 2 * * *", from, &berlin(), 2), ["10-25 2:30", "10-26 2:30"]);
        let times = ["10-25 2:00", "10-25 2:30", "10-25 2:00", "10-25 2:30", "10-25 3:00"];
        assert_eq!(coming("*/30 * * * *", from, &berlin(), 5), times);
    }

    #[test]
    fn clocks_that_jump() {
        let minutes = |last, now| minutes(last, now).collect::<Vec<_>>();
        assert_eq!(minutes(600, 660), [660]);
        assert_eq!(minutes(600, 780), [660, 720, 780]);
        assert_eq!((minutes(600, 600), minutes(6000, 5940)), (Vec::new(), Vec::new()));
        assert_eq!(minutes(600, 600_000), [600_000]);
        assert_eq!(minutes(600_000, 600), [600]);
        assert_eq!((looked_at(600, 660), looked_at(6000, 5940), looked_at(600_000, 600)), (660, 6000, 600));
        assert_eq!(minutes(0, LATE).len(), 180);
    }
}
