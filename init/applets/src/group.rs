//! Groups of commands, a folder each, and which of their commands the program has.

use crate::{Applet, Command, packed};

/// The commands about one subject.
pub struct Group {
    /// The name of the group and of its folder.
    pub name: &'static str,
    /// What its commands are about.
    pub summary: &'static str,
    /// Its commands that were chosen when the program was built, sorted by name.
    pub commands: &'static [Command],
    /// Their names, packed: who looks for one touches none of their own texts.
    pub(crate) names: &'static [u8],
}

impl Group {
    /// Gives the names of its commands, in their order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let mut rest = self.names;
        core::iter::from_fn(move || packed::text(&mut rest))
    }

    /// Finds a command by its name.
    pub(crate) fn find(&self, name: &[u8]) -> Option<&'static Command> {
        let mut rest = self.names;
        self.commands.iter().find(|_| packed::bytes(&mut rest) == Some(name))
    }
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
        pub(crate) const GROUP: crate::Group = {
            const APPLETS: &[crate::Applet] = &[
                $(#[cfg(feature = $chosen)] $other::APPLET,)*
                $(#[cfg(feature = $feature)] $module::APPLET,)+
            ];
            const NAMES: [u8; crate::group::packed_length(APPLETS)] = crate::group::packed(APPLETS);
            crate::Group {
                name: $name,
                summary: $summary,
                commands: &[
                    $(#[cfg(feature = $chosen)] command!($other::APPLET),)*
                    $(#[cfg(feature = $feature)] command!($module::APPLET),)+
                ],
                names: &NAMES,
            }
        };
    };
}

/// Gives how many bytes the names come to.
pub(crate) const fn packed_length(applets: &[Applet]) -> usize {
    pack(applets, &mut [])
}

/// Packs the names of commands.
pub(crate) const fn packed<const N: usize>(applets: &[Applet]) -> [u8; N] {
    let mut bytes = [0; N];
    pack(applets, &mut bytes);
    bytes
}

/// Writes what there is room for, and gives the length of all.
const fn pack(applets: &[Applet], into: &mut [u8]) -> usize {
    let mut end = 0;
    let mut at = 0;
    while at < applets.len() {
        end = packed::put_text(into, end, applets[at].name);
        at += 1;
    }
    end
}
