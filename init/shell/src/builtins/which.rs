//! `command`, `type`, `hash`: what names mean.

use alloc::rc::Rc;
use alloc::vec::Vec;

use linux::fs::FileKind;
use query::sort::sort;

use super::find;
use crate::parse::is_reserved;
use crate::run::{Found, Leave, Run, Shell};
use crate::syntax::Bytes;
use crate::text;

/// Where the standard programs are.
const STANDARD: &[u8] = b"/bin:/usr/bin:/sbin:/usr/sbin";

pub(super) fn command(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let letters = match shell.letters(words, b"pvV", b"") {
        Ok(letters) => letters,
        Err(status) => return Ok(status),
    };
    let path = letters.has(b'p').then_some(STANDARD);
    if letters.has(b'v') || letters.has(b'V') {
        let mut status = 0;
        for name in letters.rest {
            if !tell(shell, name, path, letters.has(b'V')) {
                status = 127;
            }
        }
        return Ok(status);
    }
    let Some(name) = letters.rest.first() else { return Ok(0) };
    match find(name) {
        // An error of a special builtin is one of its own then.
        Some(builtin) => match shell.run_builtin(builtin, letters.rest) {
            Err(Leave::Failed(status)) if builtin.is_special => Ok(status),
            run => run,
        },
        None => shell.program_of(letters.rest, path),
    }
}

pub(super) fn describe(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let mut status = 0;
    for name in words.get(1..).unwrap_or_default() {
        if !tell(shell, name, None, true) {
            status = 127;
        }
    }
    Ok(status)
}

/// Says what a name means, in words or as what could be run; false if it means nothing.
fn tell(shell: &mut Shell<'_>, name: &Bytes, path: Option<&[u8]>, in_words: bool) -> bool {
    let mut line = name.to_vec();
    if is_reserved(name) {
        if in_words {
            line.extend_from_slice(b" is a shell keyword");
        }
    } else if let Some(value) = shell.aliases.get(name) {
        if in_words {
            line.extend_from_slice(b" is an alias for ");
            line.extend_from_slice(value);
        } else {
            line = [b"alias ", &**name, b"="].concat();
            text::put_single_quoted(value, &mut line);
        }
    } else {
        let builtin = find(name);
        let is_function =
            !builtin.is_some_and(|builtin| builtin.is_special) && shell.functions.contains_key(name);
        if is_function || builtin.is_some() {
            if in_words {
                line.extend_from_slice(match builtin {
                    _ if is_function => b" is a shell function".as_slice(),
                    Some(builtin) if builtin.is_special => b" is a special shell builtin",
                    _ => b" is a shell builtin",
                });
            }
        } else {
            match shell.find_program(name, path) {
                Found::Program(found) if !name.contains(&b'/') || is_program(shell, &found) => {
                    line = if in_words { [&**name, b" is ", &*found].concat() } else { found.to_vec() };
                }
                Found::Applet if in_words => line.extend_from_slice(b" is a command of this program"),
                Found::Applet => {}
                _ => {
                    if in_words {
                        shell.complain(name, &"not found");
                    }
                    return false;
                }
            }
        }
    }
    line.push(b'\n');
    shell.put(&line);
    true
}

fn is_program(shell: &Shell<'_>, path: &[u8]) -> bool {
    let is_file = shell.system.stat(path, true).is_ok_and(|file| file.kind() == FileKind::Regular);
    is_file && shell.system.may(path, 1)
}

pub(super) fn hash(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let letters = match shell.letters(words, b"r", b"") {
        Ok(letters) => letters,
        Err(status) => return Ok(status),
    };
    if letters.has(b'r') {
        shell.found.clear();
    }
    if letters.rest.is_empty() && !letters.has(b'r') {
        let mut paths: Vec<Bytes> = shell.found.values().map(Rc::clone).collect();
        sort(&mut paths);
        for path in paths {
            shell.put(&[&path, &b"\n"[..]].concat());
        }
    }
    let mut status = 0;
    for name in letters.rest {
        if find(name).is_none()
            && !shell.functions.contains_key(name)
            && !matches!(shell.find_program(name, None), Found::Program(_) | Found::Applet)
        {
            shell.complain(&[b"hash: ", &**name].concat(), &"not found");
            status = 1;
        }
    }
    Ok(status)
}
