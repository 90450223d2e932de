//! `eval`, `.`, `exec`.

use alloc::rc::Rc;

use linux::fs::FileKind;

use crate::names::Symbol;
use crate::run::{Leave, Run, Shell};
use crate::syntax::Bytes;

pub(super) fn eval(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let words = words.get(1..).unwrap_or_default();
    let words = match words.split_first() {
        Some((first, rest)) if &**first == b"--" => rest,
        _ => words,
    };
    let script = words.join(&b' ');
    shell.run_text(&script)
}

pub(super) fn source(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let words = match words {
        [_, mark, ..] if &**mark == b"--" => words.get(1..).unwrap_or_default(),
        _ => words,
    };
    let Some(name) = words.get(1) else { return Err(shell.misuse_special(words, b"", "a file is missing")) };
    let Some(path) = find(shell, name) else { return Err(shell.misuse_special(words, name, "not found")) };
    // Arguments are the file's own parameters; without any it has ours.
    let arguments = words.get(2..).filter(|arguments| !arguments.is_empty());
    let outer =
        arguments.map(|arguments| core::mem::replace(&mut shell.positional, Rc::new(arguments.to_vec())));
    shell.sources += 1;
    let line = shell.line;
    let run = shell.run_file(&path, false);
    shell.line = line;
    shell.sources -= 1;
    if let Some(outer) = outer {
        shell.positional = outer;
    }
    match run {
        Err(Leave::Return(status)) => Ok(status),
        run => run,
    }
}

/// Finds a file: one without a slash along PATH.
fn find(shell: &Shell<'_>, name: &Bytes) -> Option<Bytes> {
    let is_file = |path: &[u8]| {
        shell.system.stat(path, true).is_ok_and(|metadata| metadata.kind() != FileKind::Directory)
    };
    if name.contains(&b'/') {
        return Some(name.clone());
    }
    let path = shell.value(Symbol::PATH).unwrap_or_default();
    path.split(|byte| *byte == b':').find_map(|folder| {
        let folder = if folder.is_empty() { b"." } else { folder };
        let candidate = [folder, b"/", name].concat();
        is_file(&candidate).then(|| Rc::from(candidate))
    })
}

pub(super) fn exec(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let words = words.get(1..).unwrap_or_default();
    let words = match words.split_first() {
        Some((first, rest)) if &**first == b"--" => rest,
        _ => words,
    };
    if words.is_empty() {
        return Ok(0);
    }
    let status = shell.execute(words, None);
    Err(if shell.options.interactive && !shell.is_subshell {
        Leave::Failed(status)
    } else {
        Leave::Exit(status)
    })
}
