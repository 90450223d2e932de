//! What a service is kept from.

use alloc::string::String;
use alloc::vec::Vec;

use linux::process::CAPABILITY_NAMES;

use crate::calls;
use crate::packed::packed;

/// The kinds of namespaces that a service can have of its own.
pub const NAMESPACES: &[&str] = &["ipc", "mount", "net", "pid", "uts"];

/// What a service can do without, where the kernel lacks it.
pub const OPTIONAL: &[&str] = &[CALLS, FILES];

const CALLS: &str = "calls";
const FILES: &str = "files";

/// The classes of what is asked of disks, in the order of the kernel's numbers.
pub const DISK_CLASSES: &[&str] = &["none", "realtime", "best-effort", "idle"];

packed! {
    /// What a service is kept from.
    pub struct Confined {
        /// The capabilities that it has, and may have at most, a bit each; none: those of its user.
        pub capabilities: Option<u64>,
        /// The kinds of namespaces that it has of its own.
        pub namespaces: Vec<String>,
        /// Whether it has folders of its own for temporary files.
        pub private_tmp: bool,
        /// Whether all but devices, processes and what is writable is read-only for it.
        pub read_only: bool,
        /// What it may write to then.
        pub writable: Vec<String>,
        /// The calls, and sets of them, that it may make; none: all that are not refused.
        pub calls: Vec<String>,
        /// Those that it may not.
        pub calls_refused: Vec<String>,
        /// What these two come to on this processor ([`calls::bounds`]); none: any call.
        pub call_bounds: Vec<u32>,
        /// The paths that it may read and execute; none, and none written: all.
        pub files_read: Vec<String>,
        /// The paths that it may also write.
        pub files_written: Vec<String>,
        /// What it does without where the kernel has it not ([`OPTIONAL`]).
        pub optional: Vec<String>,
        /// The class of what it asks of disks; empty: the usual one.
        pub disk_class: String,
        /// The processors that it may run on; none: all.
        pub processors: Vec<String>,
    }
}

impl Confined {
    /// Takes the names of calls for the numbers of this processor.
    pub fn settle(&mut self) {
        if !self.calls.is_empty() || !self.calls_refused.is_empty() {
            let [allowed, refused] = [&mut self.calls, &mut self.calls_refused].map(core::mem::take);
            self.call_bounds = calls::bounds(&allowed, &refused);
        }
    }

    /// Says whether files are ruled.
    pub fn has_files(&self) -> bool {
        !self.files_read.is_empty() || !self.files_written.is_empty()
    }

    /// Says whether it does without a filter of its calls, where the kernel has none.
    pub fn calls_are_optional(&self) -> bool {
        self.optional.iter().any(|one| one == CALLS)
    }

    /// Says whether it does without rules for files, where the kernel has none.
    pub fn files_are_optional(&self) -> bool {
        self.optional.iter().any(|one| one == FILES)
    }

    /// Says what is wrong with keys that are right, each by itself.
    pub(crate) fn wrong(&self) -> Option<&'static str> {
        if !self.writable.is_empty() && !self.read_only {
            return Some("`confine.writable` means something with `confine.read-only` alone");
        }
        let is_number =
            |one: &String| one.parse::<usize>().is_ok_and(|at| at < linux::thread::Processors::MOST);
        if !self.processors.iter().all(is_number) {
            return Some("`processors` has something that is no number of a processor");
        }
        None
    }
}

/// Gives the bits of capabilities.
pub(crate) fn capabilities(names: &[String]) -> u64 {
    let all = CAPABILITY_NAMES.split_ascii_whitespace().enumerate();
    all.filter(|(_, name)| names.iter().any(|one| one == name)).fold(0, |set, (at, _)| set | 1 << at)
}
