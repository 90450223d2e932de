//! What commands give up that read what strangers have written, before they read the first byte of it: a mistake in them then
//! cannot change a file, start a program or reach another process. By landlock(7), from Linux 5.13 on; where the kernel lacks it
//! they work as well, unconfined.

use linux::security::landlock::{FileAccess, Handled, Ruleset, abi};

/// What a confined command keeps besides its open files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// Reading files.
    Reading,
    /// The same; it gives up the rest by itself ([`to_reading`]), once it has the keyboard.
    Keyboard,
    /// What it says by itself, once it has opened what it needs.
    Needed,
}

/// A program of the commands that boot has none that is confined, and no room for what does it.
#[cfg(not(feature = "files"))]
impl Keeps {
    pub(crate) const fn summary(self) -> &'static str {
        ""
    }

    pub(crate) const fn confine(self) {}
}

#[cfg(feature = "files")]
impl Keeps {
    /// Gives what usage text says of it.
    pub(crate) const fn summary(self) -> &'static str {
        match self {
            Self::Reading | Self::Keyboard => {
                "\nConfined: it can only read files (where the kernel has landlock).\n"
            }
            Self::Needed => {
                "\nConfined: it gives up files that it does not need first (where the kernel has landlock).\n"
            }
        }
    }

    /// Does for a command what can be done before it starts.
    pub(crate) fn confine(self) {
        if self == Self::Reading {
            to_reading();
        }
    }
}

/// Gives up all but reading files, for good; what is open stays so. A kernel that cannot do it does not.
pub(crate) fn to_reading() {
    let reading = FileAccess::READ_FILE.union(FileAccess::READ_DIRECTORY);
    let handled = Handled { files: Handled::EVERYTHING.files.difference(reading), ..Handled::EVERYTHING };
    // Without it, rules are for who has the rights of root.
    if linux::process::set_no_new_privileges().is_ok()
        && let Ok(rules) = abi().and_then(|version| Ruleset::new(handled.known_by(version)))
    {
        let _ = rules.restrict_self();
    }
}
