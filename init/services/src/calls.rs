//! Which system calls a service may make, by the names in its file.

use alloc::string::String;
use alloc::vec::Vec;

use formats::file::calls::sets::{ALWAYS, DEFAULT};
use linux::security::CallSet;

/// Gives the numbers of this processor at which calls begin to be let through, begin not to be, and so on by turns; behind the
/// last lies no call. Where none is allowed by name, all are that are not refused. Words that name nothing do nothing: who reads the
/// file has said so.
pub fn bounds(allowed: &[String], refused: &[String]) -> Vec<u32> {
    let mut calls = if allowed.is_empty() { CallSet::all() } else { CallSet::NONE };
    let default = if allowed.is_empty() { None } else { Some(DEFAULT) };
    for word in allowed.iter().map(String::as_str).chain(default) {
        let _ = calls.add(word);
    }
    for word in refused {
        let _ = calls.remove(word);
    }
    // Never refused.
    let _ = calls.add(ALWAYS);
    calls.bounds().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use linux::trace::calls;

    fn verdict(bounds: &[u32], name: &str) -> bool {
        let number = calls().find(|call| call.name == name).unwrap().number;
        assert!(number < *bounds.last().unwrap());
        bounds.iter().filter(|bound| **bound <= number).count() % 2 == 1
    }

    fn list(words: &str) -> Vec<String> {
        words.split_whitespace().map(String::from).collect()
    }

    #[test]
    fn what_is_allowed_and_what_is_always() {
        let bounds = bounds(&list("@basic-io openat"), &[]);
        for name in ["read", "openat", "execve", "exit_group", "mmap", "rt_sigreturn"] {
            assert!(verdict(&bounds, name), "{name}");
        }
        for name in ["socket", "mount", "ptrace", "reboot", "bpf"] {
            assert!(!verdict(&bounds, name), "{name}");
        }
        assert!(bounds.is_sorted());
    }

    #[test]
    fn what_is_refused_wins() {
        let service = bounds(&list("@system-service"), &list("@network-io sched_yield exit"));
        for (name, expected) in [
            ("clone3", true),
            ("socket", false),
            ("sched_yield", false),
            ("exit", true),
            ("mount", false),
            ("ioctl", true),
        ] {
            assert_eq!(verdict(&service, name), expected, "{name}");
        }
        let others = bounds(&[], &list("@mount execve"));
        for (name, expected) in
            [("mount", false), ("umount2", false), ("socket", true), ("execve", true), ("bpf", true)]
        {
            assert_eq!(verdict(&others, name), expected, "{name}");
        }
    }
}
