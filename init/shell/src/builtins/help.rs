//! `help`.

use super::{TABLE, find};
use crate::run::{Run, Shell};
use crate::syntax::Bytes;

pub(super) fn help(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let names = words.get(1..).unwrap_or_default();
    let mut status = 0;
    for name in names {
        match find(name) {
            Some(builtin) => {
                let special = if builtin.is_special { " (special builtin)" } else { "" };
                let line =
                    alloc::format!("{} {}\n    {}{special}\n", builtin.name, builtin.usage, builtin.help);
                shell.put(line.as_bytes());
            }
            None => {
                shell.complain(&[b"help: ", &**name].concat(), &"no such builtin");
                status = 1;
            }
        }
    }
    if names.is_empty() {
        for builtin in &TABLE {
            shell.put(alloc::format!("{:<9} {}\n", builtin.name, builtin.help).as_bytes());
        }
    }
    Ok(status)
}
