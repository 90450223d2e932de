//! The history and its file.

use crate::editor::history::History;

fn history(entries: &[&str]) -> History {
    let mut history = History::default();
    entries.iter().for_each(|entry| history.add(entry.as_bytes()));
    history
}

fn shown(history: &History) -> Vec<&str> {
    history.entries().iter().map(|entry| str::from_utf8(entry).expect("UTF-8")).collect()
}

#[test]
fn each_command_is_kept_once() {
    assert_eq!(shown(&history(&["a", "b", "", "  ", "a ", "c\n"])), ["b", "a", "c"]);
}

#[test]
fn a_file_gives_back_what_it_took() {
    let entries = ["echo a", "for i in 1\ndo :\ndone", "echo a \\\nb", "echo \\\\", "a\\ "];
    let file = history(&entries).emit();
    let mut read = History::default();
    read.merge(&file);
    assert_eq!(shown(&read), ["echo a", "for i in 1\ndo :\ndone", "echo a \\\nb", "echo \\\\ ", "a\\ "]);
    assert!(!read.is_fresh());
    for length in 0..file.len() {
        History::default().merge(&file[..length]);
    }
}

#[test]
fn what_another_shell_has_written_stays() {
    let mut mine = history(&["old"]);
    mine.emit();
    mine.add(b"mine");
    mine.merge(b"old\ntheirs\n");
    assert_eq!(shown(&mine), ["old", "theirs", "mine"]);
    mine.add(b"old");
    assert_eq!(shown(&mine), ["theirs", "mine", "old"]);
}

#[test]
fn no_more_are_kept_than_wanted() {
    let mut few = history(&["a", "b", "c"]);
    few.limit(2);
    few.add(b"d");
    assert_eq!(shown(&few), ["c", "d"]);
    few.limit(0);
    few.add(b"e");
    assert!(few.entries().is_empty() && few.emit().is_empty());
}
