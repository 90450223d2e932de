//! Tests that this machine cannot run.

use std::io::Write as _;

/// Says that the running test is skipped, and why, past the capture of the test harness: it must be seen.
pub fn skipped(why: &str) {
    // The harness runs each test in a thread of its name.
    let thread = std::thread::current();
    let _ = writeln!(std::io::stderr(), "skipped: {}: {why}", thread.name().unwrap_or("a test"));
}
