//! The hardware's clock as a date.

use linux::time::HardwareTime;
use query::Date;

/// Gives the date that such a clock shows; none if it shows no month or day at all.
pub fn date(time: &HardwareTime) -> Option<Date> {
    let number = |number: i32| u32::try_from(number).ok();
    Some(Date {
        year: 1900 + i64::from(time.year),
        month: number(time.month)? + 1,
        day: number(time.day)?,
        weekday: 0,
        hour: number(time.hour)?,
        minute: number(time.minute)?,
        second: number(time.second)?,
    })
}

/// Gives what such a clock is set to for a date.
pub fn hardware(date: &Date) -> HardwareTime {
    HardwareTime {
        second: date.second as i32,
        minute: date.minute as i32,
        hour: date.hour as i32,
        day: date.day as i32,
        month: date.month as i32 - 1,
        year: (date.year - 1900) as i32,
        weekday: date.weekday as i32,
        ..HardwareTime::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let date_of = |seconds| date(&hardware(&Date::from_seconds(seconds))).and_then(|date| date.seconds());
        for seconds in [0, 951_782_400, 1_795_375_953] {
            assert_eq!(date_of(seconds), Some(seconds));
        }
        assert_eq!(date(&HardwareTime { month: -1, ..HardwareTime::default() }), None);
    }
}
