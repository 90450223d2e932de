//! Groups of commands, a folder each, and which of their commands the program has.

use crate::Applet;

/// The commands about one subject.
pub struct Group {
    /// The name of the group and of its folder.
    pub name: &'static str,
    /// What its commands are about.
    pub summary: &'static str,
    /// Its commands that were chosen when the program was built, sorted by name.
    pub applets: &'static [&'static Applet],
}

/// Makes the table of a folder: its name, what its commands are about, and a row for each command, sorted by name, with the
/// feature that chooses it and its module; before them those whose name is no feature's, with the feature that brings them.
macro_rules! group {
    (
        $name:literal, $summary:literal;
        $([$chosen:literal brings $also:literal => $other:ident,])*
        $($feature:literal => $module:ident,)+
    ) => {
        /// The table of this folder.
        pub(crate) const GROUP: crate::Group = crate::Group {
            name: $name,
            summary: $summary,
            applets: &[
                $(#[cfg(feature = $chosen)] &$other::APPLET,)*
                $(#[cfg(feature = $feature)] &$module::APPLET,)+
            ],
        };
    };
}
