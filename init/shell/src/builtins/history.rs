//! `fc` and `history`: commands that were typed, shown, changed and run again.
//!
//! The newest command of the history is the one that calls these; `-1` is the one before it. Each keeps its number while
//! the session lasts.

use alloc::vec::Vec;

use linux::fs::{Mode, OpenFlags};

use super::Letters;
use crate::names::Symbol;
use crate::run::{Run, Shell};
use crate::syntax::Bytes;
use crate::text;

/// How many commands `fc -l` shows where nothing says it.
const SHOWN: i64 = -16;

/// A command with its number.
type Entry = (usize, Vec<u8>);

pub(super) fn history(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let letters = match shell.letters(words, b"c", b"") {
        Ok(letters) => letters,
        Err(status) => return Ok(status),
    };
    if letters.has(b'c') {
        shell.history.borrow_mut().clear();
        return Ok(0);
    }
    let entries = shell.history.borrow().entries().len();
    let count = match letters.rest.first() {
        None => entries,
        Some(word) => match text::decimal(word).and_then(|count| usize::try_from(count).ok()) {
            Some(count) => count.min(entries),
            None => return Ok(shell.misuse(words, word, "is no number of commands")),
        },
    };
    let entries = numbered(shell);
    for entry in entries.get(entries.len() - count..).unwrap_or_default() {
        put(shell, entry, true);
    }
    Ok(0)
}

pub(super) fn fc(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    // `-5` is no option.
    let is_number = |word: &Bytes| matches!(&**word, [b'-', digit, ..] if digit.is_ascii_digit());
    let end = words.iter().position(is_number).unwrap_or(words.len());
    let (options, numbers) = words.split_at(end);
    let letters = match shell.letters(options, b"lnrs", b"e") {
        Ok(letters) => letters,
        Err(status) => return Ok(status),
    };
    let operands: Vec<Bytes> = letters.rest.iter().chain(numbers).cloned().collect();
    let mut entries = numbered(shell);
    // The one that is being run.
    entries.pop();
    if entries.is_empty() {
        shell.misuse(words, b"", "the history is empty");
        return Ok(1);
    }
    if letters.has(b's') || letters.value(b'e') == Some(b"-") {
        return again(shell, words, &entries, &operands);
    }
    let lists = letters.has(b'l');
    let Some(mut chosen) = range(shell, words, &entries, &operands, lists) else { return Ok(1) };
    if letters.has(b'r') {
        chosen.reverse();
    }
    if !lists {
        return edit(shell, words, &letters, &chosen);
    }
    for entry in &chosen {
        put(shell, entry, !letters.has(b'n'));
    }
    Ok(0)
}

fn numbered(shell: &Shell<'_>) -> Vec<Entry> {
    shell.history.borrow().entries().iter().map(|entry| (entry.number, entry.to_vec())).collect()
}

/// Prints a command; its further lines begin with a tabulator, too.
fn put(shell: &mut Shell<'_>, (number, text): &Entry, with_number: bool) {
    if with_number {
        shell.put(alloc::format!("{number}").as_bytes());
    }
    for line in text.split(|byte| *byte == b'\n') {
        shell.put(&[b"\t", line, b"\n"].concat());
    }
}

/// Gives the commands that operands name, the first first, which may be the newest.
fn range(
    shell: &mut Shell<'_>,
    words: &[Bytes],
    entries: &[Entry],
    operands: &[Bytes],
    lists: bool,
) -> Option<Vec<Entry>> {
    let first = match operands.first() {
        Some(word) => named(shell, words, entries, word)?,
        None => place(entries, if lists { SHOWN } else { -1 })?,
    };
    let last = match operands.get(1) {
        Some(word) => named(shell, words, entries, word)?,
        None if lists => entries.len() - 1,
        None => first,
    };
    let mut chosen = entries.get(first.min(last)..=first.max(last))?.to_vec();
    if first > last {
        chosen.reverse();
    }
    Some(chosen)
}

/// Finds a command by its number, by how far it lies back, or by how it begins; says so if there is none.
fn named(shell: &mut Shell<'_>, words: &[Bytes], entries: &[Entry], word: &[u8]) -> Option<usize> {
    let found = match text::decimal(word) {
        Some(number) => place(entries, number),
        None => entries.iter().rposition(|(_, text)| text.starts_with(word)),
    };
    if found.is_none() {
        shell.misuse(words, word, "no such command in the history");
    }
    found
}

/// Finds a command by its number or how far it lies back; one before the first or behind the last is that one.
fn place(entries: &[Entry], number: i64) -> Option<usize> {
    let last = entries.len().checked_sub(1)?;
    if number < 0 {
        return Some(entries.len().saturating_sub(usize::try_from(-number).unwrap_or(usize::MAX)));
    }
    Some(entries.iter().position(|(own, _)| *own as i64 >= number).unwrap_or(last))
}

/// `fc -s`: runs a command again, its first `old` become `new`.
fn again(shell: &mut Shell<'_>, words: &[Bytes], entries: &[Entry], operands: &[Bytes]) -> Run {
    let change = operands.first().and_then(|word| {
        let at = word.iter().position(|byte| *byte == b'=')?;
        Some((word.get(..at)?, word.get(at + 1..)?))
    });
    let which = operands.get(usize::from(change.is_some()));
    let found = match which {
        Some(word) => named(shell, words, entries, word),
        None => place(entries, -1),
    };
    let Some((_, command)) = found.and_then(|at| entries.get(at)) else { return Ok(1) };
    let mut command = command.clone();
    if let Some((old, new)) = change {
        match command.windows(old.len().max(1)).position(|window| window == old) {
            Some(at) => drop(command.splice(at..at + old.len(), new.iter().copied())),
            None => {
                shell.misuse(words, old, "is not in the command");
                return Ok(1);
            }
        }
    }
    run(shell, &command)
}

/// Has commands edited in a file, and runs what comes of them; none if the editor fails.
fn edit(shell: &mut Shell<'_>, words: &[Bytes], letters: &Letters<'_>, chosen: &[Entry]) -> Run {
    let variable = shell.value(Symbol::FCEDIT).filter(|editor| !editor.is_empty());
    let editor = letters.value(b'e').map(<[u8]>::to_vec).or_else(|| variable.map(|editor| editor.to_vec()));
    let folder = shell.value(Symbol::TMPDIR).filter(|folder| !folder.is_empty());
    let folder = folder.as_deref().unwrap_or(b"/tmp");
    let path = [folder, alloc::format!("/sh-fc.{}", shell.pid.get()).as_bytes()].concat();
    let mut file = Vec::new();
    for (_, text) in chosen {
        file.extend_from_slice(text);
        file.push(b'\n');
    }
    if let Err(errno) = shell.system.replace(&path, &file) {
        shell.complain(&path, &errno);
        return Ok(1);
    }
    let mut command = editor.unwrap_or_else(|| b"ed".to_vec());
    command.push(b' ');
    text::put_quoted(&path, &mut command);
    let edited = shell.run_text(&command);
    let (mut changed, mut whole) = (Vec::new(), Ok(()));
    let read = shell.system.open(&path, OpenFlags::READ, Mode::empty());
    if let Ok(number) = read {
        whole = shell.read_all(number, &mut changed);
        let _ = shell.system.close(number);
    }
    let _ = shell.system.remove(&path);
    whole?;
    match (edited?, read) {
        (0, Ok(_)) => run(shell, changed.trim_ascii_end()),
        (0, Err(errno)) => {
            shell.misuse(words, &path, &alloc::format!("{errno}"));
            Ok(1)
        }
        (status, _) => Ok(status),
    }
}

/// Shows and runs commands, which stand in the history in place of the one that has called this.
fn run(shell: &mut Shell<'_>, commands: &[u8]) -> Run {
    shell.flush();
    shell.say(commands);
    shell.say(b"\n");
    shell.history.borrow_mut().replace_newest(commands);
    shell.run_text(commands)
}
