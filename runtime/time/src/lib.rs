//! Clocks, timers, time zones, and dates as text; this crate keeps no state, and reads no file but the zone that it is asked for.
//!
//! [`Instant`] and [`SystemTime`] have the shape of those of Rust's `std::time`; both are read through the vDSO. A [`TimeZone`] says
//! what local clocks show, a [`Moment`] is a time with its date there, [`format()`](format::format) writes it as `strftime(3)` does,
//! [`scan()`](scan::scan) reads what such a pattern describes, and [`parse`] the two forms that protocols use.
//!
//! # Why no library
//! The crate jiff does all this and more, in 212 kB of program: two thirds of what all commands and process 1 come to, and knows the years
//! from -9999 to 9999. What is here knows all that 64 bits of seconds have,
//! and makes the example `date` 24 kB larger than `cat`.
//!
//! Absent on purpose: leap seconds (the kernel's clocks do not count them; a second 60 is read as the next minute's first),
//! names of months and days in other languages, the variable `TZDIR`.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod clock;
pub mod format;
mod moment;
pub mod parse;
pub mod scan;
pub mod schedule;
mod timer;
mod zone;

#[cfg(test)]
mod tests;

pub use clock::{Instant, SystemTime};
pub use formats::file::posix_tz::{Abbreviation, Rule};
pub use formats::file::tzif::Offset;
pub use moment::Moment;
pub use query::{Date, days_of_month, is_leap};
pub use timer::Timer;
pub use zone::{Local, TimeZone};
