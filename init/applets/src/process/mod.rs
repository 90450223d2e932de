//! Commands about processes.

mod env;
mod r#false;
mod kill;
mod ps;
mod sleep;
mod r#true;

use crate::Group;

/// The table of this folder; sorted by name.
pub(crate) const GROUP: Group = Group {
    name: "process",
    summary: "processes",
    applets: &[&env::APPLET, &r#false::APPLET, &kill::APPLET, &ps::APPLET, &sleep::APPLET, &r#true::APPLET],
};
