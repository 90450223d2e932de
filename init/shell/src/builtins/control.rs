//! `:`, `true`, `false`, `break`, `continue`, `return`, `exit`, `let`.

use crate::run::{Leave, Run, Shell};
use crate::syntax::Bytes;
use crate::text;

pub(super) const fn nothing(_: &mut Shell<'_>, _: &[Bytes]) -> Run {
    Ok(0)
}

pub(super) fn failure(_: &mut Shell<'_>, _: &[Bytes]) -> Run {
    Ok(1)
}

/// Reads the number of loops, which is at least 1.
fn count(shell: &mut Shell<'_>, words: &[Bytes]) -> Run<u32> {
    let Some(word) = words.get(1) else { return Ok(1) };
    match text::decimal(word).and_then(|count| u32::try_from(count).ok()) {
        Some(count @ 1..) => Ok(count),
        _ => Err(shell.misuse_special(words, word, "is no number of loops")),
    }
}

pub(super) fn leave_loops(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    match (count(shell, words)?, shell.loops) {
        (_, 0) => Ok(0),
        (count, loops) => Err(Leave::Break(count.min(loops))),
    }
}

pub(super) fn continue_loop(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    match (count(shell, words)?, shell.loops) {
        (_, 0) => Ok(0),
        (count, loops) => Err(Leave::Continue(count.min(loops))),
    }
}

/// Reads a status; without one it is that of the last command.
fn status(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let words = if words.get(1).is_some_and(|word| &**word == b"--") {
        words.get(1..).unwrap_or_default()
    } else {
        words
    };
    let Some(word) = words.get(1) else { return Ok(shell.status) };
    match text::decimal(word) {
        Some(status) => Ok((status & 0xff) as i32),
        None => Err(shell.misuse_special(words, word, "is no status")),
    }
}

pub(super) fn leave_function(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let status = status(shell, words)?;
    if shell.calls + shell.sources > 0 { Err(Leave::Return(status)) } else { Err(Leave::Exit(status)) }
}

pub(super) fn exit(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    // In a trap, what is meant is the end of what it has interrupted.
    let before = shell.before_trap.filter(|_| words.len() < 2);
    Err(Leave::Exit(before.map_or_else(|| status(shell, words), Ok)?))
}

pub(super) fn calculate(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let mut last = 0;
    for word in words.get(1..).unwrap_or_default() {
        last = shell.evaluate_text(word)?;
    }
    Ok((last == 0).into())
}
