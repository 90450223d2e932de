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
            assert!((1..=12).contains(&Date::from_seconds(seconds).month));
        }
    }
}
