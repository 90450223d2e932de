//! `getopts`.

use alloc::rc::Rc;
use alloc::vec::Vec;

use crate::names::{Symbol, is_name};
use crate::run::{Leave, Run, Shell, number_text};
use crate::syntax::Bytes;
use crate::text;

pub(super) fn getopts(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    match step(shell, words) {
        // A variable that cannot be changed is no end of the script.
        Err(Leave::Failed(status)) => Ok(status),
        run => run,
    }
}

fn step(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let words_of_call = words;
    let words = match words {
        [_, mark, rest @ ..] if &**mark == b"--" => rest,
        [_, rest @ ..] => rest,
        [] => &[],
    };
    let [options, name, arguments @ ..] = words else {
        return Ok(shell.misuse(words_of_call, b"", "options and a name are missing"));
    };
    if !is_name(name) {
        return Ok(shell.misuse(words_of_call, name, "is no name"));
    }
    let name = shell.names.symbol(name);
    let positional = Rc::clone(&shell.positional);
    let arguments: &[Bytes] = if arguments.is_empty() { &positional } else { arguments };
    let index = shell.value(Symbol::OPTIND).and_then(|index| text::decimal(&index)).unwrap_or(1);
    let mut index = usize::try_from(index).unwrap_or(1).max(1);
    let mut at = shell.option_at;
    let word = arguments.get(index - 1);
    if at == 0 {
        match word.map(|word| &**word) {
            Some(b"--") => return finish(shell, name, index + 1),
            Some([b'-', _, ..]) => at = 1,
            _ => return finish(shell, name, index),
        }
    }
    let Some(letter) = word.and_then(|word| word.get(at)).copied() else { return finish(shell, name, index) };
    let rest = word.and_then(|word| word.get(at + 1..)).unwrap_or_default();
    let is_quiet = options.first() == Some(&b':');
    let place = options.iter().position(|option| *option == letter && letter != b':');
    let takes = place.is_some_and(|place| options.get(place + 1) == Some(&b':'));
    let mut found = alloc::vec![letter];
    let mut argument: Option<Bytes> = None;
    if takes {
        index += 1;
        at = 0;
        if !rest.is_empty() {
            argument = Some(Rc::from(rest));
        } else if let Some(next) = arguments.get(index - 1) {
            argument = Some(next.clone());
            index += 1;
        } else {
            (found, argument) = missing(shell, is_quiet, letter, "needs an argument", b":");
        }
    } else {
        at += 1;
        if rest.is_empty() {
            index += 1;
            at = 0;
        }
        if place.is_none() {
            (found, argument) = missing(shell, is_quiet, letter, "no such option", b"?");
        }
    }
    match argument {
        Some(argument) => shell.set(Symbol::OPTARG, argument)?,
        None => drop(shell.variables.unset(Symbol::OPTARG)),
    }
    shell.set(Symbol::OPTIND, number_text(index as i64))?;
    shell.set(name, Rc::from(found))?;
    shell.option_at = at;
    Ok(0)
}

/// Gives what is told of an option that is none, or that lacks its argument.
fn missing(
    shell: &mut Shell<'_>,
    is_quiet: bool,
    letter: u8,
    reason: &str,
    mark: &[u8],
) -> (Vec<u8>, Option<Bytes>) {
    if is_quiet {
        return (mark.to_vec(), Some(Rc::from(&[letter][..])));
    }
    shell.complain(&[b'-', letter], &reason);
    (b"?".to_vec(), None)
}

fn finish(shell: &mut Shell<'_>, name: Symbol, index: usize) -> Run {
    shell.set(Symbol::OPTIND, number_text(index as i64))?;
    let _ = shell.variables.unset(Symbol::OPTARG);
    shell.set(name, Rc::from(&b"?"[..]))?;
    shell.option_at = 0;
    Ok(1)
}
