//! What the tests of strace share: texts that something shows, of its own or of the test's memory.

use alloc::string::String;
use alloc::vec::Vec;

use linux::process::Pid;

use super::memory::Process;

/// Gives what is shown.
pub(super) fn shown(show: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    show(&mut out);
    String::from_utf8(out).unwrap()
}

/// Gives what is shown of the test's own memory, which must be there.
pub(super) fn shown_of_memory(show: impl FnOnce(&Process, &mut Vec<u8>) -> bool) -> String {
    shown(|out| assert!(show(&own(), out)))
}

/// Gives the process of the test.
pub(super) fn own() -> Process {
    let pid = Pid::new(std::process::id().cast_signed()).unwrap();
    Process { pid, limit: 32, is_wide: true }
}
