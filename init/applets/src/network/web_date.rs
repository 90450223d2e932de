//! Dates as HTTP has them (RFC 9110): `Sun, 06 Nov 1994 08:49:37 GMT`.

use alloc::vec::Vec;

use query::text::decimal;
use query::{Date, Sink};

/// Writes a date.
pub(super) fn date(seconds: i64, out: &mut Vec<u8>) {
    let date = Date::from_seconds(seconds);
    out.put(date.weekday_name().as_bytes());
    out.put(b", ");
    query::text::zero_padded(date.day.into(), 2, out);
    out.put(b" ");
    out.put(date.month_name().as_bytes());
    out.put(b" ");
    decimal(date.year.unsigned_abs(), out);
    out.put(b" ");
    date.second_text(out);
    out.put(b" GMT");
}

/// Reads a date.
pub(super) fn seconds(value: &[u8]) -> Option<i64> {
    time::parse::rfc_2822(core::str::from_utf8(value).ok()?).map(|(time, _)| time.seconds())
}
