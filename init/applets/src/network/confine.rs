//! Giving up what a command does not need, before the first byte of a stranger is read.

use linux::process::set_no_new_privileges;
use linux::security::landlock::{Handled, PortAccess, Ruleset, abi};

/// Gives up all files, and signals to others, for good: what is open stays so. A kernel that cannot do it does not.
pub(super) fn to_open_files() {
    let handled = Handled { ports: PortAccess::empty(), ..Handled::EVERYTHING };
    if set_no_new_privileges().is_ok()
        && let Ok(rules) = abi().and_then(|version| Ruleset::new(handled.known_by(version)))
    {
        let _ = rules.restrict_self();
    }
}
