//! Processes as /proc shows them.

use system::processes;

fn ps() {
    let own = std::process::id();
    let all = processes::all().unwrap();
    let found = all.iter().find(|process| process.pid == own).unwrap();
    assert_eq!(found.parent, std::os::unix::process::parent_id());
    assert!(found.threads == 1 && found.virtual_bytes > found.resident_bytes);
}

fn proc_self() {
    let own = std::process::id();
    let expected: Vec<_> = std::env::args().flat_map(|word| (word + "\0").into_bytes()).collect();
    assert_eq!(processes::arguments(own), expected);
    assert_eq!(processes::link(own, b"root").as_deref(), Some(b"/".as_slice()));
    assert_eq!(processes::link(own, b"nothing"), None);
    assert_eq!(processes::one(u32::MAX).unwrap().map(|process| process.pid), None);
}

fn proc_init() {
    let found = processes::one(1).unwrap().unwrap();
    assert_eq!((found.pid, found.parent), (1, 0));
    assert!(!processes::arguments(1).is_empty());
}

tests![ps, proc_self, proc_init];
