//! How the last end came about: a word that the end leaves, and that the next start reads (`/run/spelunk/last-end`).
//!
//! While the machine runs the word is `lost`: whoever finds that at a start had no orderly end, but a loss of power, a panic of the
//! kernel, or a watchdog.

use system::file::{self, Durability};

use super::{kept, shown};
use crate::log::Log;
use crate::shutdown::machine::Goal;

const SHOWN: &[u8] = b"/run/spelunk/last-end";

/// Tells of the last end.
pub(super) fn tell(log: Log) {
    let found = file::read(&kept("end")).unwrap_or_default();
    // The file is ours, but the disk may be anybody's.
    let word = match found.trim_ascii() {
        word @ (b"poweroff" | b"reboot" | b"halt" | b"lost") => word,
        _ => b"unknown",
    };
    if word == b"lost" {
        log.info(format_args!("the last end was none in order: power, kernel or watchdog"));
    } else {
        log.debug(format_args!("the last end: {}", shown(word)));
    }
    let _ = file::replace(SHOWN, &[word, b"\n"].concat(), Durability::Cache);
    let _ = file::replace(&kept("end"), b"lost\n", Durability::Durable);
}

/// Leaves the word for the next start.
pub(super) fn keep(goal: Option<Goal>) {
    let word = goal.map_or("unknown", Goal::name);
    let _ = file::replace(&kept("end"), [word, "\n"].concat().as_bytes(), Durability::Durable);
}
