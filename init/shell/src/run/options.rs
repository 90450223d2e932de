//! The options of `set`.

/// An option: its letter, its name, what it does.
pub(crate) struct Row {
    pub(crate) letter: u8,
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
}

macro_rules! options {
    ($($field:ident $letter:literal $name:literal $help:literal)*) => {
        /// Which options are on.
        #[derive(Clone, Debug, Default)]
        pub(crate) struct Options { $(pub(crate) $field: bool),* }

        /// All options.
        pub(crate) const ROWS: &[Row] = &[$(Row { letter: $letter, name: $name, help: $help }),*];

        impl Options {
            /// Gives the options in the order of the table.
            pub(crate) fn values(&self) -> impl Iterator<Item = bool> {
                [$(self.$field),*].into_iter()
            }

            fn put(&mut self, name: &[u8], on: bool) -> bool {
                $(if name == $name.as_bytes() { self.$field = on; return true; })*
                false
            }
        }
    };
}

options! {
    allexport b'a' "allexport" "export all variables that are set"
    errexit b'e' "errexit" "exit when a command fails"
    noglob b'f' "noglob" "do not expand patterns to names of files"
    interactive b'i' "interactive" "serve a person"
    monitor b'm' "monitor" "run each job in a group of processes of its own"
    noexec b'n' "noexec" "read commands without running them"
    stdin b's' "stdin" "read commands from standard input"
    nounset b'u' "nounset" "treat a parameter that is not set as an error"
    verbose b'v' "verbose" "print lines as they are read"
    xtrace b'x' "xtrace" "print commands before they run"
    notify b'b' "notify" "tell at once when a job ends"
    noclobber b'C' "noclobber" "do not overwrite files with >"
    ignoreeof b'I' "ignoreeof" "do not exit at the end of typed input"
    pipefail 0 "pipefail" "a pipeline fails when any of its commands does"
    vi b'V' "vi" "edit lines as vi does"
    emacs b'E' "emacs" "edit lines as emacs does"
    nolog 0 "nolog" "keep functions out of the history"
}

impl Options {
    /// Sets the option of this name; false if there is none. There is one way of editing at a time.
    pub(crate) fn set_name(&mut self, name: &[u8], on: bool) -> bool {
        match name {
            b"vi" if on => self.emacs = false,
            b"emacs" if on => self.vi = false,
            _ => {}
        }
        self.put(name, on)
    }

    /// Sets the option of a letter; false if there is none.
    pub(crate) fn set_letter(&mut self, letter: u8, on: bool) -> bool {
        match ROWS.iter().find(|row| row.letter == letter && letter != 0) {
            Some(row) => self.set_name(row.name.as_bytes(), on),
            None => false,
        }
    }
}
