//! What a command reads: its operands one after the other, standard input for `-` and where there are none.

use linux::fd::{AsFd, OwnedFd};
use linux::fs::{Mode, OpenFlags, open};

use crate::{Input, Io, Status};

/// What is done with each: its name and its stream. An error is one of reading it.
pub(crate) type Work<'w> = dyn FnMut(&mut Io<'_>, &[u8], &mut Input<'_>) -> linux::Result<()> + 'w;

/// Gives the operands, or the name of standard input where there are none.
pub(crate) fn names<'n, 'w>(operands: &'n [&'w [u8]]) -> &'n [&'w [u8]] {
    if operands.is_empty() { &[b"-"] } else { operands }
}

/// Opens a file to be read.
pub(crate) fn open_file(name: &[u8]) -> linux::Result<OwnedFd> {
    open(name, OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC, Mode::empty())
}

/// Opens a file to be written, without what it had.
pub(crate) fn create_file(name: &[u8]) -> linux::Result<OwnedFd> {
    let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::CLOSE_ON_EXEC;
    open(name, flags, Mode::octal(0o666))
}

/// Opens one operand after the other and has each worked on; says what cannot be opened or read, and goes on.
pub(crate) fn each(io: &mut Io<'_>, operands: &[&[u8]], work: &mut Work<'_>) -> Status {
    let mut status = Status::SUCCESS;
    for &name in names(operands) {
        if io.out.is_broken() {
            break;
        }
        let result = with(io, name, work);
        status = status.and(io.report(name, result));
    }
    status
}

/// Opens one operand and has it worked on.
pub(crate) fn with(io: &mut Io<'_>, name: &[u8], work: &mut Work<'_>) -> linux::Result<()> {
    if name == b"-" {
        let mut input = core::mem::replace(&mut io.input, Input::Memory(b""));
        let result = work(io, name, &mut input);
        io.input = input;
        return result;
    }
    let file = open_file(name)?;
    work(io, name, &mut Input::Descriptor(file.as_fd()))
}
