//! `echo`, as [`text::echo`] has it.

use crate::run::{Run, Shell};
use crate::syntax::Bytes;

pub(super) fn echo(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    text::echo::print(&mut words.iter().skip(1).map(|word| &**word), &mut |bytes| shell.put(bytes));
    Ok(0)
}
