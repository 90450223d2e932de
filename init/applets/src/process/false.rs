//! `false`: POSIX gives it no options, so that words of any kind are ignored.

use crate::{Applet, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "false",
    summary: "Do nothing, without success",
    usage: "[WORD]...",
    flags: flags![],
    run: Run::Words(|_, _| Status::FAILURE),
};
