//! `false`: POSIX gives it no options, so that words of any kind are ignored.

use crate::{Applet, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "false",
    summary: "Do nothing, without success",
    usage: "[WORD]...",
    flags: &[],
    run: |_, _| Status::FAILURE,
};
