//! `test` and `[`, as [`system::condition`] has them.

use alloc::vec::Vec;

use linux::fs::{Access, Metadata};
use system::condition::{Decision, Files, decide};

use crate::run::{Run, Shell};
use crate::syntax::Bytes;

pub(super) fn plain(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    answer(shell, words, words.get(1..).unwrap_or_default())
}

pub(super) fn bracket(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    match words.get(1..) {
        Some([expression @ .., end]) if &**end == b"]" => answer(shell, words, expression),
        _ => Ok(shell.misuse(words, b"", "a \"]\" is missing")),
    }
}

fn answer(shell: &mut Shell<'_>, words: &[Bytes], expression: &[Bytes]) -> Run {
    match test(shell, expression) {
        Ok(holds) => Ok((!holds).into()),
        Err(message) => Ok(shell.misuse(words, b"", &message)),
    }
}

/// Decides an expression.
pub(crate) fn test(shell: &Shell<'_>, words: &[Bytes]) -> Decision {
    // Nearly all have few words, for which no memory is asked.
    let mut few = [&[][..]; 5];
    match few.get_mut(..words.len()) {
        Some(few) => {
            few.iter_mut().zip(words).for_each(|(place, word)| *place = word);
            decide(shell, few)
        }
        None => decide(shell, &words.iter().map(|word| &**word).collect::<Vec<_>>()),
    }
}

impl Files for Shell<'_> {
    fn stat(&self, path: &[u8], follows: bool) -> Option<Metadata> {
        self.system.stat(path, follows).ok()
    }

    fn may(&self, path: &[u8], how: Access) -> bool {
        self.system.may(path, how.bits())
    }

    fn is_terminal(&self, number: i32) -> bool {
        self.system.is_terminal(number)
    }
}
