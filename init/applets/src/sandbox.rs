//! What commands give up that read what strangers have written, before they read the first byte of it: a mistake in them then
//! cannot change a file, start a program or reach another process. By landlock(7), from Linux 5.13 on; where the kernel lacks it
//! they work as well, unconfined.

/// What a confined command keeps besides its open files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// Reading files.
    Reading,
    /// That, and connections: of TCP too, which is all of the network that the kernel can refuse so.
    Network,
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
            Self::Reading => "\nConfined: it can only read files (where the kernel has landlock).\n",
            Self::Network => {
                "\nConfined: it can only read files and use the network (where the kernel has landlock).\n"
            }
        }
    }

    /// Gives up everything else, for good.
    pub(crate) fn confine(self) {
        use linux::security::landlock::{FileAccess, Handled, PortAccess, Ruleset, abi};

        // Without it the rules could be left by a program of root's.
        if linux::process::set_no_new_privileges().is_err() {
            return;
        }
        let Ok(version) = abi() else { return };
        let reading = FileAccess::READ_FILE.union(FileAccess::READ_DIRECTORY);
        let everything = Handled::EVERYTHING;
        let governed = Handled {
            files: everything.files.difference(reading),
            ports: if self == Self::Network { PortAccess::empty() } else { everything.ports },
            ..everything
        };
        let _ = Ruleset::new(governed.known_by(version)).and_then(|rules| rules.restrict_self());
    }
}
