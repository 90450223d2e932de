//! Commands about files and folders.

mod ls;

use crate::Group;

/// The table of this folder; sorted by name.
pub(crate) const GROUP: Group = Group { name: "file", summary: "files and folders", applets: &[&ls::APPLET] };
