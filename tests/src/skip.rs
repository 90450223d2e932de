//! Tests that this machine cannot run.

use std::io::Write as _;

use crate::programs::target;

/// Says that the running test is skipped, and why, past the capture of the test harness: it must be seen.
pub fn skipped(why: &str) {
    // The harness runs each test in a thread of its name.
    let thread = std::thread::current();
    let _ = writeln!(std::io::stderr(), "skipped: {}: {why}", thread.name().unwrap_or("a test"));
}

/// Says whether the programs under test run under an emulator; if so, that this test is skipped for want of a thing that
/// emulators lack.
pub fn emulator_lacks(thing: &str) -> bool {
    let is_emulated = !target().runs_here();
    if is_emulated {
        skipped(&format!("{} lacks {thing}", target().emulator));
    }
    is_emulated
}
