//! A walk over an operand and, if asked, everything below it, with what cannot be visited complained of.

use io::{Follow, Step, Visit, Walk};

use super::path::terminated;
use crate::{Io, Status};

/// Whether what is in a folder is visited, too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Yes.
    Down,
    /// Not what is in this one.
    Beside,
}

/// Visits an operand and what is below; `visit` says what comes next, and has complained itself of what it could not do. What
/// cannot be read is complained of here, unless nothing is to be said.
pub(super) fn walk(
    io: &mut Io<'_>,
    operand: &[u8],
    follow: Follow,
    is_silent: bool,
    visit: &mut dyn FnMut(&mut Io<'_>, &Visit<'_>) -> (Status, Next),
) -> Status {
    let mut walk = Walk::of(&terminated(operand), follow);
    let mut status = Status::SUCCESS;
    while let Some(found) = walk.next() {
        match found {
            Err(_) if is_silent => status = Status::FAILURE,
            Err(failure) => status = io.complain(&failure.path, &failure.errno),
            Ok(found) => {
                let (one, next) = visit(io, &found);
                let skips = next == Next::Beside && found.step == Step::Enter;
                status = status.and(one);
                if skips {
                    walk.skip();
                }
            }
        }
    }
    status
}
