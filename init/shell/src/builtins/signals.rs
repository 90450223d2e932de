//! `trap` and `kill`.

use alloc::vec::Vec;

use linux::signal::Signal;
use query::sort::sort_by;

use crate::run::{Condition, Leave, Run, Shell};
use crate::syntax::Bytes;
use crate::text;

pub(super) fn trap(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let letters = match words.get(1).map(|word| &**word) {
        // An action that is a dash takes traps away.
        Some(b"-") => super::Letters { found: Vec::new(), rest: words.get(1..).unwrap_or_default() },
        _ => match shell.letters(words, b"pl", b"") {
            Ok(letters) => letters,
            Err(status) => return Err(Leave::Failed(status)),
        },
    };
    if letters.has(b'l') {
        list(shell);
        return Ok(0);
    }
    if letters.rest.is_empty() || letters.has(b'p') {
        for (condition, action) in shell.traps.shown() {
            let name = condition.name();
            let wanted = letters.rest.is_empty()
                || letters.rest.iter().any(|word| Condition::parse(word) == Some(condition));
            if wanted {
                let mut line = b"trap -- ".to_vec();
                text::put_single_quoted(&action, &mut line);
                line.extend_from_slice(alloc::format!(" {name}\n").as_bytes());
                shell.put(&line);
            }
        }
        return Ok(0);
    }
    let (action, conditions) = match letters.rest {
        // Numbers alone take traps away.
        [first, ..] if text::decimal(first).is_some() || letters.rest.len() == 1 => (None, letters.rest),
        [first, rest @ ..] if &**first == b"-" => (None, rest),
        [first, rest @ ..] => (Some(first.clone()), rest),
        [] => (None, letters.rest),
    };
    let mut status = 0;
    for word in conditions {
        let Some(condition) = Condition::parse(word) else {
            shell.misuse(words, word, "is no signal");
            status = 1;
            continue;
        };
        if let Err(errno) = shell.set_trap(condition, action.clone()) {
            // Nobody can change what KILL and STOP do, and peers say nothing.
            if !matches!(condition, Condition::Signal(Signal::KILL | Signal::STOP)) {
                shell.complain(&[b"trap: ", &**word].concat(), &errno);
                status = 1;
            }
        }
    }
    Ok(status)
}

fn list(shell: &mut Shell<'_>) {
    let mut names: Vec<_> = Signal::named().collect();
    sort_by(&mut names, |one, other| one.number().cmp(&other.number()));
    for signal in names {
        let name = signal.name().unwrap_or_default();
        shell.put(alloc::format!("{name}\n").as_bytes());
    }
}

pub(super) fn kill(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let mut rest = words.get(1..).unwrap_or_default();
    let mut signal = Some(Signal::TERM);
    match rest.first().map(|word| &**word) {
        Some(b"-l" | b"-L") => return list_names(shell, words),
        Some(b"-s" | b"-n") => {
            let Some(name) = rest.get(1) else { return Ok(shell.misuse(words, b"", "a signal is missing")) };
            match parse(name) {
                Some(found) => signal = found,
                None => return Ok(shell.misuse(words, name, "is no signal")),
            }
            rest = rest.get(2..).unwrap_or_default();
        }
        Some(b"--") => {}
        Some([b'-', name @ ..]) if !name.is_empty() => {
            match parse(name) {
                Some(found) => signal = found,
                None => return Ok(shell.misuse(words, name, "is no signal")),
            }
            rest = rest.get(1..).unwrap_or_default();
        }
        _ => {}
    }
    if rest.first().is_some_and(|word| &**word == b"--") {
        rest = rest.get(1..).unwrap_or_default();
    }
    if rest.is_empty() {
        return Ok(shell.misuse(words, b"", "a process is missing"));
    }
    let mut status = 0;
    for word in rest {
        let target = if word.starts_with(b"%") {
            shell.jobs.find(word).and_then(|at| shell.jobs.list.get(at)).map(crate::run::Job::target)
        } else {
            text::decimal(word).and_then(|target| i32::try_from(target).ok())
        };
        let sent = match target {
            Some(target) => shell.system.kill(target, signal),
            None => {
                shell.misuse(words, word, "is no process and no job");
                status = 1;
                continue;
            }
        };
        if let Err(errno) = sent {
            shell.complain(&[b"kill: ", &**word].concat(), &errno);
            status = 1;
        } else if let (Some(target), true) =
            (target.filter(|_| word.starts_with(b"%")), signal == Some(Signal::TERM))
        {
            // A job that is stopped could not end.
            let _ = shell.system.kill(target, Some(Signal::CONT));
        }
    }
    Ok(status)
}

/// Reads a signal; 0 only asks whether there is a process.
fn parse(name: &[u8]) -> Option<Option<Signal>> {
    if name == b"0" {
        return Some(None);
    }
    match Condition::parse(name)? {
        Condition::Signal(signal) => Some(Some(signal)),
        _ => None,
    }
}

/// `kill -l`: all names, or that of a number or of a status.
fn list_names(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let rest = words.get(2..).unwrap_or_default();
    if rest.is_empty() {
        list(shell);
        return Ok(0);
    }
    for word in rest {
        let line = match text::decimal(word) {
            Some(number) => {
                let number = if number > 128 { number - 128 } else { number };
                i32::try_from(number)
                    .ok()
                    .and_then(Signal::new)
                    .map(|signal| Condition::Signal(signal).name())
            }
            None => match Condition::parse(word) {
                Some(Condition::Signal(signal)) => Some(alloc::format!("{}", signal.number())),
                _ => None,
            },
        };
        match line {
            Some(line) => shell.put(alloc::format!("{line}\n").as_bytes()),
            None => return Ok(shell.misuse(words, word, "is no signal")),
        }
    }
    Ok(0)
}
