//! A folder and all below it, watched.

use crate::scratch::Scratch;
use std::fs;
use system::watch::{Event, Tree};

/// Gives all that there is to tell now, with the path of the scratch folder cut off.
fn told(tree: &mut Tree, scratch: &Scratch) -> Vec<String> {
    let root = format!("{}/", scratch.path().to_str().unwrap());
    let short = |path: Vec<u8>| String::from_utf8(path).unwrap().replace(&root, "");
    let mut told = Vec::new();
    while let Some(event) = tree.next_event().unwrap() {
        told.push(match event {
            Event::Made { path, is_folder } => {
                format!("+{}{}", short(path), if is_folder { "/" } else { "" })
            }
            Event::Gone { path, is_folder } => {
                format!("-{}{}", short(path), if is_folder { "/" } else { "" })
            }
            Event::Moved { from, to, .. } => format!("{} > {}", short(from), short(to)),
            Event::Written(path) => format!("={}", short(path)),
            Event::Attributes(path) => format!("@{}", short(path)),
            Event::Lost => "lost".to_owned(),
            Event::Ended => "ended".to_owned(),
        });
    }
    told
}

/// A tree `tree` with the folder `tree/a` in it, and the folder `outside` beside it.
fn tree() -> (Scratch, Tree) {
    let scratch = Scratch::new();
    fs::create_dir_all(scratch.at("tree/a")).unwrap();
    fs::create_dir(scratch.at("outside")).unwrap();
    let tree = Tree::new(scratch.at("tree").as_bytes()).unwrap();
    (scratch, tree)
}

#[test]
fn new_folders_are_watched_too() {
    let (scratch, mut tree) = tree();
    assert_eq!((tree.folder_count(), told(&mut tree, &scratch)), (2, Vec::new()));
    fs::write(scratch.at("tree/a/one"), b"1").unwrap();
    assert_eq!(told(&mut tree, &scratch), ["+tree/a/one", "=tree/a/one"]);
    // All at once: the inner ones are there before anyone could watch the outer one. What was written before that is not told of.
    fs::create_dir_all(scratch.at("tree/b/c/d")).unwrap();
    fs::write(scratch.at("tree/b/c/d/deep"), b"2").unwrap();
    let found = told(&mut tree, &scratch);
    assert_eq!(found, ["+tree/b/", "+tree/b/c/", "+tree/b/c/d/", "+tree/b/c/d/deep"]);
    assert_eq!(tree.folder_count(), 5);
    fs::write(scratch.at("tree/b/c/d/deep"), b"3").unwrap();
    assert_eq!(told(&mut tree, &scratch), ["=tree/b/c/d/deep"]);
    fs::remove_dir_all(scratch.at("tree/b")).unwrap();
    let gone = told(&mut tree, &scratch);
    let gone: Vec<_> = gone.iter().filter(|line| line.starts_with('-')).collect();
    assert_eq!(gone, ["-tree/b/c/d/deep", "-tree/b/c/d/", "-tree/b/c/", "-tree/b/"]);
    assert_eq!(tree.folder_count(), 2);
}

#[test]
fn moves_are_one_event_and_watches_go_with_them() {
    let (scratch, mut tree) = tree();
    fs::create_dir(scratch.at("tree/a/inner")).unwrap();
    told(&mut tree, &scratch);
    fs::rename(scratch.at("tree/a"), scratch.at("tree/z")).unwrap();
    assert_eq!(told(&mut tree, &scratch), ["tree/a > tree/z"]);
    fs::write(scratch.at("tree/z/inner/file"), b"").unwrap();
    assert_eq!(told(&mut tree, &scratch), ["+tree/z/inner/file", "=tree/z/inner/file"]);
    // Out of the tree, and nothing of it is told any more.
    fs::rename(scratch.at("tree/z"), scratch.at("outside/z")).unwrap();
    assert_eq!((told(&mut tree, &scratch), tree.folder_count()), (vec!["-tree/z/".to_owned()], 1));
    fs::write(scratch.at("outside/z/inner/file"), b"").unwrap();
    assert_eq!(told(&mut tree, &scratch), [""; 0]);
    // And into it, with all that is in it.
    fs::rename(scratch.at("outside/z"), scratch.at("tree/y")).unwrap();
    let found = told(&mut tree, &scratch);
    assert_eq!(found, ["+tree/y/", "+tree/y/inner/", "+tree/y/inner/file"]);
    fs::remove_file(scratch.at("tree/y/inner/file")).unwrap();
    assert_eq!(told(&mut tree, &scratch), ["-tree/y/inner/file"]);
}

#[test]
fn names_that_begin_alike_are_others() {
    let (scratch, mut tree) = tree();
    fs::create_dir(scratch.at("tree/ab")).unwrap();
    told(&mut tree, &scratch);
    fs::rename(scratch.at("tree/a"), scratch.at("tree/c")).unwrap();
    told(&mut tree, &scratch);
    fs::write(scratch.at("tree/ab/file"), b"").unwrap();
    assert_eq!(told(&mut tree, &scratch), ["+tree/ab/file", "=tree/ab/file"]);
}

#[test]
fn the_end_of_the_tree_is_told() {
    let (scratch, mut tree) = tree();
    fs::remove_dir_all(scratch.at("tree")).unwrap();
    assert_eq!(told(&mut tree, &scratch), ["-tree/a/", "ended"]);
    assert_eq!(tree.folder_count(), 0);
    assert!(Tree::new(scratch.at("tree").as_bytes()).is_err());
}

#[test]
fn dropped_changes_are_told_and_folders_found_again() {
    let (scratch, mut tree) = tree();
    // The queue of events has so much room.
    let most = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap();
    let most: usize = most.trim().parse().unwrap();
    for number in 0..most / 2 + 10 {
        let name = scratch.at(&format!("tree/{}", number % 2));
        fs::write(&name, b"").unwrap();
        fs::remove_file(&name).unwrap();
    }
    fs::create_dir(scratch.at("tree/late")).unwrap();
    let found = told(&mut tree, &scratch);
    assert_eq!(found.iter().filter(|line| *line == "lost").count(), 1);
    assert_eq!(tree.folder_count(), 3, "what was made meanwhile is watched");
    fs::write(scratch.at("tree/late/file"), b"").unwrap();
    assert_eq!(told(&mut tree, &scratch), ["+tree/late/file", "=tree/late/file"]);
}
