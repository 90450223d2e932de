//! `nologin` (util-linux's): the shell of those who are not to log in. As a shell it may be given any words.

use alloc::vec::Vec;

use linux::fd::AsFd;

use crate::source::open_file;
use crate::{Applet, Arguments, Input, Io, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "nologin",
    summary: "Say that this account is not available: the text of /etc/nologin.txt, if there is one",
    usage: "[WORD]...",
    flags: flags![],
    run: Run::Words(run),
};

fn run(io: &mut Io<'_>, _: Arguments<'_>) -> Status {
    let mut text = Vec::new();
    let read =
        open_file(b"/etc/nologin.txt").and_then(|file| Input::Descriptor(file.as_fd()).read_all(&mut text));
    io.out.put(if read.is_ok() { &text } else { b"This account is currently not available.\n" });
    Status::FAILURE
}
