//! Commands about text: what they read and write has no structure but lines.

mod cat;
mod echo;

use crate::Group;

/// The table of this folder; sorted by name.
pub(crate) const GROUP: Group =
    Group { name: "text", summary: "text and whole files", applets: &[&cat::APPLET, &echo::APPLET] };
