//! `export`, `readonly`, `local`, `unset`.

use alloc::rc::Rc;
use alloc::vec::Vec;

use query::sort::sort;

use crate::names::{Symbol, is_name};
use crate::run::{Leave, ReadOnly, Run, Shell, Variable};
use crate::syntax::Bytes;
use crate::text;

pub(super) fn export(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let letters = match shell.letters(words, b"pn", b"") {
        Ok(letters) => letters,
        Err(status) => return Err(Leave::Failed(status)),
    };
    if letters.rest.is_empty() {
        list(shell, b"export ", |variable| variable.exported);
        return Ok(0);
    }
    let exported = !letters.has(b'n');
    for word in letters.rest {
        let name = assign(shell, words, word)?;
        shell.variables.export(name, exported);
    }
    Ok(0)
}

pub(super) fn readonly(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let letters = match shell.letters(words, b"p", b"") {
        Ok(letters) => letters,
        Err(status) => return Err(Leave::Failed(status)),
    };
    if letters.rest.is_empty() {
        list(shell, b"readonly ", |variable| variable.readonly);
        return Ok(0);
    }
    for word in letters.rest {
        let name = assign(shell, words, word)?;
        shell.variables.protect(name);
    }
    Ok(0)
}

pub(super) fn local(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    for word in words.get(1..).unwrap_or_default() {
        if &**word == b"-" && shell.calls > 0 {
            let options = shell.options.clone();
            shell.local_options.get_or_insert(options);
            continue;
        }
        let end = word.iter().position(|byte| *byte == b'=').unwrap_or(word.len());
        let name = word.get(..end).unwrap_or_default();
        if !is_name(name) {
            return Err(shell.misuse_special(words, word, "is no name"));
        }
        let name = shell.names.symbol(name);
        if !shell.variables.make_local(name) {
            return Err(shell.misuse_special(words, b"", "not in a function"));
        }
        if let Some(value) = word.get(end + 1..) {
            shell.set(name, Rc::from(value))?;
        }
    }
    Ok(0)
}

/// Makes the assignment that a word is, if it is one; gives the name.
fn assign(shell: &mut Shell<'_>, words: &[Bytes], word: &Bytes) -> Run<Symbol> {
    let end = word.iter().position(|byte| *byte == b'=').unwrap_or(word.len());
    let name = word.get(..end).unwrap_or_default();
    if !is_name(name) {
        return Err(shell.misuse_special(words, word, "is no name"));
    }
    let name = shell.names.symbol(name);
    if let Some(value) = word.get(end + 1..) {
        shell.set(name, Rc::from(value))?;
    }
    Ok(name)
}

/// Prints variables as commands that make them, sorted by name.
pub(super) fn list(shell: &mut Shell<'_>, prefix: &[u8], wanted: impl Fn(&Variable) -> bool) {
    let mut lines = Vec::new();
    for symbol in shell.variables.symbols() {
        let Some(variable) = shell.variables.variable(symbol).filter(|variable| wanted(variable)) else {
            continue;
        };
        let mut line = prefix.to_vec();
        line.extend_from_slice(shell.names.name(symbol));
        match &variable.value {
            Some(value) => {
                line.push(b'=');
                text::put_single_quoted(value, &mut line);
            }
            // `set` shows values alone.
            None if prefix.is_empty() => continue,
            None => {}
        }
        line.push(b'\n');
        lines.push(line);
    }
    sort(&mut lines);
    for line in lines {
        shell.put(&line);
    }
}

pub(super) fn unset(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let letters = match shell.letters(words, b"fv", b"") {
        Ok(letters) => letters,
        Err(status) => return Err(Leave::Failed(status)),
    };
    let functions = letters.has(b'f');
    for word in letters.rest {
        if functions {
            shell.functions.remove(word);
            continue;
        }
        if !is_name(word) {
            return Err(shell.misuse_special(words, word, "is no name"));
        }
        let name = shell.names.symbol(word);
        match shell.variables.unset(name) {
            Ok(()) => {
                if name == Symbol::PATH {
                    shell.found.clear();
                }
            }
            Err(ReadOnly) => return Err(shell.refuse(name)),
        }
    }
    Ok(0)
}
