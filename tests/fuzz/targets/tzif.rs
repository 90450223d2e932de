//! Zone files, rules of zones, patterns of dates, and dates as text.

use time::format::format;
use time::{Local, Moment, SystemTime, TimeZone, parse};

/// Reads the bytes as a zone, asks it for the dates of some times (the last bytes say which), and finds the times of those dates
/// again. Reads them as text, too: what is a date must be written as the same.
pub(crate) fn tzif(data: &[u8]) {
    let seconds = data.last_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes));
    let text = String::from_utf8_lossy(data);
    let zone = TimeZone::parse(data)
        .ok()
        .or_else(|| formats::file::posix_tz::Rule::parse(&text).map(TimeZone::of_rule));
    if let Some(zone) = zone {
        for seconds in [seconds, seconds >> 20, seconds >> 30, 0, i64::MIN, i64::MAX] {
            let moment = Moment::of(SystemTime::new(seconds, 0), &zone);
            assert!(moment.offset.seconds.unsigned_abs() <= 26 * 3600 + 3600);
            if let Some(Local::Twice { first, second }) = zone.times(&moment.date) {
                assert!(first < second);
            }
        }
    }
    let moment = Moment::of(SystemTime::new(seconds, 7), &TimeZone::utc());
    let mut out = Vec::new();
    format(&text, &moment, &mut out);
    for read in [parse::rfc_3339(&text), parse::rfc_2822(&text)].into_iter().flatten() {
        assert!(read.1.unsigned_abs() < 24 * 3600);
    }
}
