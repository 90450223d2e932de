//! `alias` and `unalias`.

use alloc::rc::Rc;
use alloc::vec::Vec;

use query::sort::sort;

use crate::run::{Run, Shell};
use crate::syntax::Bytes;
use crate::text;

pub(super) fn alias(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let letters = match shell.letters(words, b"p", b"") {
        Ok(letters) => letters,
        Err(status) => return Ok(status),
    };
    if letters.rest.is_empty() {
        let mut all: Vec<_> =
            shell.aliases.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        sort(&mut all);
        for (name, value) in all {
            show(shell, &name, &value);
        }
        return Ok(0);
    }
    let mut status = 0;
    for word in letters.rest {
        match word.iter().position(|byte| *byte == b'=').filter(|at| *at > 0) {
            Some(at) => {
                let (name, value) = word.split_at(at);
                let value = Rc::from(value.get(1..).unwrap_or_default());
                Rc::make_mut(&mut shell.aliases).insert(Rc::from(name), value);
            }
            None => match shell.aliases.get(word).cloned() {
                Some(value) => show(shell, word, &value),
                None => {
                    shell.complain(&[b"alias: ", &**word].concat(), &"not found");
                    status = 1;
                }
            },
        }
    }
    Ok(status)
}

fn show(shell: &mut Shell<'_>, name: &[u8], value: &[u8]) {
    let mut line = name.to_vec();
    line.push(b'=');
    text::put_single_quoted(value, &mut line);
    line.push(b'\n');
    shell.put(&line);
}

pub(super) fn unalias(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let letters = match shell.letters(words, b"a", b"") {
        Ok(letters) => letters,
        Err(status) => return Ok(status),
    };
    let aliases = Rc::make_mut(&mut shell.aliases);
    if letters.has(b'a') {
        aliases.clear();
        return Ok(0);
    }
    let missing: Vec<Bytes> =
        letters.rest.iter().filter(|name| aliases.remove(*name).is_none()).cloned().collect();
    for name in &missing {
        shell.complain(&[b"unalias: ", &**name].concat(), &"not found");
    }
    Ok((!missing.is_empty()).into())
}
