//! `ip -batch FILE`: a command a line, up to the first that fails.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::words::{Reason, Trouble, Words};
use super::{Settings, perform, tell};
use crate::{Arguments, Io, Status, source};

/// iproute2's status for a line that failed.
const FAILED: Status = Status(1);

pub(super) fn run(
    io: &mut Io<'_>,
    arguments: Arguments<'_>,
    name: &str,
    settings: Settings,
) -> Result<(), Trouble> {
    let mut text = Vec::new();
    let read = source::with(io, name.as_bytes(), &mut |_, _, input| input.read_all(&mut text));
    read.map_err(|errno| system::Error::new("read", name.as_bytes(), errno))?;
    let mut status = Status::SUCCESS;
    for (at, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let line = line.split(|byte| *byte == b'#').next().unwrap_or_default();
        let words: Vec<&[u8]> =
            line.split(|byte| byte.is_ascii_whitespace()).filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            continue;
        }
        if let Err(trouble) = perform(io, &mut Words::new(&words), settings) {
            tell(io, arguments, trouble);
            io.complain(alloc::format!("{name}:{}", at + 1).as_bytes(), &"the command failed");
            status = FAILED;
            if !settings.force {
                break;
            }
        }
    }
    if status == Status::SUCCESS { Ok(()) } else { Err(Trouble(Box::new(Reason::Told(status)))) }
}
