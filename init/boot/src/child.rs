//! The first steps of a child of process 1 that goes on in this program.

use core::ffi::CStr;

use linux::process;

use crate::{chores, signals};

/// Gives it its signals and its name, and lets go of what only process 1 may hold.
pub(crate) fn begin(name: &CStr) {
    signals::release();
    // For people, and for a successor of process 1 that has nothing else to know it by.
    let _ = process::set_name(name);
    chores::let_go();
}
