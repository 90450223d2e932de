//! `true`: POSIX gives it no options, so that words of any kind are ignored.

use crate::{Applet, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "true",
    summary: "Do nothing, with success",
    usage: "[WORD]...",
    flags: flags![],
    run: Run::Words(|_, _| Status::SUCCESS),
};
