//! `ip address`: addresses of links.

mod change;
pub(super) mod show;

use super::words::{Trouble, Words};
use super::{Command, Io, Session};
use crate::HAS_MORE;

pub(super) fn run(
    ip: &mut Session,
    io: &mut Io<'_>,
    words: &mut Words<'_>,
    command: Command,
) -> Result<(), Trouble> {
    match command {
        Command::Show => show::run(ip, io, words),
        Command::Flush if HAS_MORE => show::flush(ip, words),
        _ => change::run(ip, words, command),
    }
}
