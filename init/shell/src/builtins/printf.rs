//! `printf`, as [`text::printf`] has it.

use text::printf::{self, Surroundings};

use crate::run::{Run, Shell};
use crate::syntax::Bytes;

pub(super) fn printf(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let rest = match words {
        [_, mark, rest @ ..] if &**mark == b"--" => rest,
        [_, rest @ ..] => rest,
        [] => &[],
    };
    let Some((format, arguments)) = rest.split_first() else {
        return Ok(shell.misuse(words, b"", "a format is missing"));
    };
    let is_utf8 = shell.is_utf8();
    let shell = core::cell::RefCell::new(shell);
    let mut around = Surroundings {
        is_utf8,
        is_strict: false,
        put: &mut |bytes| shell.borrow_mut().put(bytes),
        complain: &mut |word, reason| {
            shell.borrow_mut().complain(&[b"printf: ", word].concat(), &reason);
        },
    };
    let word = |at: usize| arguments.get(at).map(|word| &**word);
    match printf::print(format, &word, &mut around) {
        Ok(succeeds) => Ok((!succeeds).into()),
        Err(conversion) => Ok(shell.into_inner().misuse(words, &conversion, "is no conversion")),
    }
}
