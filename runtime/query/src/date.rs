//! Dates out of seconds since 1970. Universal time: zones need tables that this crate does not have.

use crate::{Sink, text};

/// A moment on the calendar, in universal time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    /// The year of our era; zero and below before it.
    pub year: i64,
    /// The month, 1 to 12.
    pub month: u32,
    /// The day of the month, 1 to 31.
    pub day: u32,
    /// The day of the week, 0 (Sunday) to 6.
    pub weekday: u32,
    /// The hour, 0 to 23.
    pub hour: u32,
    /// The minute, 0 to 59.
    pub minute: u32,
    /// The second, 0 to 59; leap seconds are not seen.
    pub second: u32,
}

const DAY: i64 = 86400;

impl Date {
    /// Finds the date of a number of seconds since 1970.
    ///
    /// Counts in eras of 400 years that begin on 1 March, so that the leap day is the last of its year (Howard Hinnant,
    /// "chrono-compatible low-level date algorithms").
    pub fn from_seconds(seconds: i64) -> Self {
        let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY) as u32);
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 } as u32;
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month,
            day: (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u32,
            weekday: (days + 4).rem_euclid(7) as u32,
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60,
        }
    }

    /// Gives the seconds since 1970; none if the parts are no date, or beyond 64 bits. A second 60 is the next minute's first.
    ///
    /// The way back of [`from_seconds`](Self::from_seconds), by the same eras; the weekday is not looked at.
    pub fn seconds(&self) -> Option<i64> {
        let fits = (1..=days_of_month(self.year, self.month)?).contains(&self.day)
            && (self.hour < 24 && self.minute < 60 && self.second <= 60);
        let month_from_march = i64::from((self.month + 9) % 12);
        let year = self.year.checked_sub(i64::from(self.month <= 2)).filter(|_| fits)?;
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let days = i128::from(era) * 146_097 + i128::from(day_of_era) - 719_468;
        let second = self.hour * 3600 + self.minute * 60 + self.second;
        i64::try_from(days * i128::from(DAY) + i128::from(second)).ok()
    }

    /// Gives the day of the year, 1 to 366.
    pub fn day_of_year(&self) -> u32 {
        let before = (1..self.month).filter_map(|month| days_of_month(self.year, month)).sum::<u32>();
        before + self.day
    }

    /// Gives year and number of the week by ISO 8601: weeks begin on Monday, and the first has the year's first Thursday.
    pub fn iso_week(&self) -> (i64, u32) {
        // The day of the year of this week's Thursday.
        let monday_first = i64::from((self.weekday + 6) % 7);
        let thursday = i64::from(self.day_of_year()) - monday_first + 3;
        let length = |year| 365 + i64::from(is_leap(year));
        let (year, day) = if thursday < 1 {
            let year = self.year.saturating_sub(1);
            (year, thursday + length(year))
        } else if thursday > length(self.year) {
            (self.year.saturating_add(1), thursday - length(self.year))
        } else {
            (self.year, thursday)
        };
        (year, (day as u32 - 1) / 7 + 1)
    }

    /// Gives the name of the month, three letters.
    pub fn month_name(&self) -> &'static str {
        const NAMES: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
        let at = (self.month as usize).saturating_sub(1) * 3;
        NAMES.get(at..at + 3).unwrap_or("???")
    }

    /// Gives the name of the day, three letters.
    pub fn weekday_name(&self) -> &'static str {
        const NAMES: &str = "SunMonTueWedThuFriSat";
        let at = self.weekday as usize * 3;
        NAMES.get(at..at + 3).unwrap_or("???")
    }

    /// Writes `2026-11-21`.
    pub fn day_text(&self, out: &mut dyn Sink) {
        if self.year < 0 {
            out.put(b"-");
        }
        text::zero_padded(self.year.unsigned_abs(), 4, out);
        out.put(b"-");
        text::zero_padded(self.month.into(), 2, out);
        out.put(b"-");
        text::zero_padded(self.day.into(), 2, out);
    }

    /// Writes `08:53`.
    pub fn minute_text(&self, out: &mut dyn Sink) {
        text::zero_padded(self.hour.into(), 2, out);
        out.put(b":");
        text::zero_padded(self.minute.into(), 2, out);
    }

    /// Writes `08:53:21`.
    pub fn second_text(&self, out: &mut dyn Sink) {
        self.minute_text(out);
        out.put(b":");
        text::zero_padded(self.second.into(), 2, out);
    }

    /// Writes `Nov  3`, as `who` and the logs have it.
    pub fn month_day_text(&self, out: &mut dyn Sink) {
        out.put(self.month_name().as_bytes());
        out.put(if self.day < 10 { b"  " } else { b" " });
        text::decimal(self.day.into(), out);
    }

    /// Writes `Tue Nov  3 08:53:21 2026`, as C's `ctime` has it.
    pub fn whole_text(&self, out: &mut dyn Sink) {
        out.put(self.weekday_name().as_bytes());
        out.put(b" ");
        self.month_day_text(out);
        out.put(b" ");
        self.second_text(out);
        out.put(if self.year < 0 { b" -" } else { b" " });
        text::decimal(self.year.unsigned_abs(), out);
    }
}

/// Says whether a year has 366 days.
pub const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Gives how many days a month has, 1 to 12; none for other months.
pub const fn days_of_month(year: i64, month: u32) -> Option<u32> {
    match month {
        2 => Some(28 + is_leap(year) as u32),
        4 | 6 | 9 | 11 => Some(30),
        1..=12 => Some(31),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// The expected texts come from GNU `date -u`.
    #[test]
    fn dates_near_and_far() {
        for (seconds, expected) in [
            (0, "Thu Jan 1970-01-01 00:00:00"),
            (-1, "Wed Dec 1969-12-31 23:59:59"),
            (951_782_400, "Tue Feb 2000-02-29 00:00:00"),
            (951_868_799, "Tue Feb 2000-02-29 23:59:59"),
            (1_795_250_522, "Sat Nov 2026-11-21 08:42:02"),
            (4_107_542_400, "Mon Mar 2100-03-01 00:00:00"),
            (-62_135_596_801, "Sun Dec 0000-12-31 23:59:59"),
            (253_402_300_800, "Sat Jan 10000-01-01 00:00:00"),
        ] {
            let date = Date::from_seconds(seconds);
            assert_eq!(date.seconds(), Some(seconds));
            let mut text = Vec::new();
            date.day_text(&mut text);
            text.push(b' ');
            date.second_text(&mut text);
            let text = std::str::from_utf8(&text).unwrap();
            assert_eq!(std::format!("{} {} {text}", date.weekday_name(), date.month_name()), expected);
        }
    }

    #[test]
    fn every_number_of_seconds_has_a_date() {
        for seconds in [i64::MIN, i64::MAX] {
            let date = Date::from_seconds(seconds);
            assert!((1..=12).contains(&date.month));
            assert_eq!(date.seconds(), Some(seconds));
            assert_eq!(Date { year: date.year.signum() * i64::MAX, ..date }.seconds(), None);
        }
        for day in (-1_000_000..1_000_000).step_by(37) {
            assert_eq!(Date::from_seconds(day * DAY).seconds(), Some(day * DAY));
        }
    }

    /// The expected numbers come from GNU `date -u -d DATE '+%j %G %V'`.
    #[test]
    fn days_and_weeks_of_the_year() {
        for (year, month, day, expected) in [
            (2026, 11, 21, (325, 2026, 47)),
            (2021, 1, 3, (3, 2020, 53)),
            (2024, 12, 30, (365, 2025, 1)),
            (2024, 12, 31, (366, 2025, 1)),
            (2000, 3, 1, (61, 2000, 9)),
            (1900, 3, 1, (60, 1900, 9)),
        ] {
            let bare = Date { year, month, day, weekday: 0, hour: 0, minute: 0, second: 0 };
            let date = Date::from_seconds(bare.seconds().unwrap());
            assert_eq!(
                (date.day_of_year(), date.iso_week().0, date.iso_week().1),
                expected,
                "{year}-{month}-{day}"
            );
        }
    }

    #[test]
    fn what_is_no_date() {
        let good = Date::from_seconds(951_782_400);
        for date in [
            Date { month: 13, ..good },
            Date { month: 0, ..good },
            Date { day: 0, ..good },
            Date { day: 30, ..good },
            Date { year: 1900, day: 29, ..good },
            Date { hour: 24, ..good },
            Date { minute: 60, ..good },
            Date { second: 61, ..good },
        ] {
            assert_eq!(date.seconds(), None, "{date:?}");
        }
        assert_eq!(Date { hour: 23, minute: 59, second: 60, ..good }.seconds(), Some(951_868_800));
    }
}
