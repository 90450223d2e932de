//! System calls whose numbers are used by hand: each leaves a record in the program, as those of the macros do.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::workspace;

/// Where all numbers are used by hand.
const BY_HAND: [&str; 2] = ["arch/src", "runtime/rt/src"];

/// Where calls are told from each other, and none is made by its number.
const ANSWERED: &str = "runtime/simulation";

/// Checks the sources of the runtime.
pub(super) fn check() -> Result<Vec<String>> {
    let (mut used, mut recorded) = (BTreeSet::new(), BTreeSet::new());
    for folder in ["arch", "runtime"] {
        for path in workspace::sources(&workspace::root().join(folder))? {
            if path.starts_with(workspace::root().join(ANSWERED)) {
                continue;
            }
            let by_hand = BY_HAND.iter().any(|folder| path.starts_with(workspace::root().join(folder)));
            read(&workspace::read(&path)?, by_hand, &mut used, &mut recorded);
        }
    }
    Ok(faults(&used, &recorded))
}

/// Collects the names of numbers: those that are used, and those that `record_call!` is given. The macros of system calls
/// record by themselves; beside them a number is used by its path (`kernel::__NR_clone3`) where not all are.
fn read(text: &str, by_hand: bool, used: &mut BTreeSet<String>, recorded: &mut BTreeSet<String>) {
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
        let is_record = line.contains("record_call!(");
        let word = |letter: char| letter.is_alphanumeric() || letter == '_';
        for (at, name) in line.match_indices("__").filter_map(|(at, _)| {
            let name = line.get(at..)?.split(|letter| !word(letter)).next()?;
            (name.starts_with("__NR_") || name.starts_with("__ARM_NR_")).then_some((at, name))
        }) {
            let begins = !line.get(..at).unwrap_or_default().ends_with(word);
            let has_path = line.get(..at).unwrap_or_default().ends_with("::");
            if is_record && begins {
                recorded.insert(name.to_owned());
            } else if has_path || (by_hand && begins) {
                used.insert(name.to_owned());
            }
        }
    }
}

fn faults(used: &BTreeSet<String>, recorded: &BTreeSet<String>) -> Vec<String> {
    let missing = used.difference(recorded);
    missing.map(|name| format!("{name} is used by hand, and no record_call!({name}) says so")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, by_hand: bool) -> Vec<String> {
        let (mut used, mut recorded) = (BTreeSet::new(), BTreeSet::new());
        read(text, by_hand, &mut used, &mut recorded);
        faults(&used, &recorded)
    }

    #[test]
    fn numbers_by_hand_want_a_record() {
        assert_eq!(found("use kernel::{__NR_exit};", true).len(), 1);
        assert_eq!(
            found("use kernel::{__NR_exit};\nunsafe { crate::record_call!(__NR_exit) };", true).len(),
            0
        );
        assert_eq!(found("enter(kernel::__NR_clone3)", false).len(), 1);
        assert_eq!(found("syscall!(__NR_read, 1)\n// kernel::__NR_exit", false).len(), 0);
        assert_eq!(
            found("record_call!(__NR_mmap | __NR_mmap2);\nx::__NR_mmap;\nx::__NR_mmap2;", true).len(),
            0
        );
        assert_eq!(
            found("x::__ARM_NR_set_tls", true),
            ["__ARM_NR_set_tls is used by hand, and no record_call!(__ARM_NR_set_tls) says so"]
        );
    }
}
