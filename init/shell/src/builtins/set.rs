//! `set` and `shift`.

use alloc::rc::Rc;
use alloc::vec::Vec;

use crate::run::{ROWS, Run, Shell};
use crate::syntax::Bytes;
use crate::text;

pub(super) fn set(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let mut rest = words.get(1..).unwrap_or_default();
    if rest.is_empty() {
        super::variables::list(shell, b"", |_| true);
        return Ok(0);
    }
    let monitored = shell.options.monitor;
    let mut replaces = false;
    while let Some((first, after)) = rest.split_first() {
        let (on, letters) = match &**first {
            b"--" => {
                rest = after;
                replaces = true;
                break;
            }
            b"-" => {
                rest = after;
                (shell.options.xtrace, shell.options.verbose) = (false, false);
                replaces = !rest.is_empty();
                break;
            }
            [b'-', letters @ ..] => (true, letters),
            [b'+', letters @ ..] => (false, letters),
            _ => {
                replaces = true;
                break;
            }
        };
        rest = after;
        for letter in letters {
            if *letter == b'o' {
                match rest.split_first() {
                    None => show(shell, on),
                    Some((name, after)) => {
                        rest = after;
                        if !shell.options.set_name(name, on) {
                            return Err(shell.misuse_special(words, name, "no such option"));
                        }
                    }
                }
            } else if !shell.options.set_letter(*letter, on) {
                return Err(shell.misuse_special(
                    words,
                    &[if on { b'-' } else { b'+' }, *letter],
                    "no such option",
                ));
            }
        }
    }
    if replaces {
        shell.positional = Rc::new(rest.to_vec());
    }
    if shell.options.monitor != monitored {
        shell.change_monitor();
    }
    Ok(0)
}

/// Shows the options: as a table, or as commands that set them.
fn show(shell: &mut Shell<'_>, as_table: bool) {
    let values: Vec<bool> = shell.options.values().collect();
    if as_table {
        shell.put(b"Current option settings\n");
    }
    for (row, on) in ROWS.iter().zip(values) {
        let line = if as_table {
            alloc::format!("{:<16}{:<4} {}\n", row.name, if on { "on" } else { "off" }, row.help)
        } else {
            alloc::format!("set {}o {}\n", if on { '-' } else { '+' }, row.name)
        };
        shell.put(line.as_bytes());
    }
}

pub(super) fn shift(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let count = match words.get(1) {
        None => 1,
        Some(word) => match text::decimal(word).and_then(|count| usize::try_from(count).ok()) {
            Some(count) => count,
            None => return Err(shell.misuse_special(words, word, "is no number")),
        },
    };
    if count > shell.positional.len() {
        return Err(shell.misuse_special(words, b"", "there are not so many parameters"));
    }
    // A copy only while they are being expanded.
    Rc::make_mut(&mut shell.positional).drain(..count);
    Ok(0)
}

impl Shell<'_> {
    /// Gives `$-`.
    pub(crate) fn option_letters(&self) -> Bytes {
        let on = ROWS.iter().zip(self.options.values()).filter(|(row, on)| *on && row.letter != 0);
        on.map(|(row, _)| row.letter).collect()
    }
}
