//! `chroot` (GNU's; BusyBox has it without options).

use alloc::vec::Vec;

use system::users::Names;

use super::identity::Identity;
use super::launch;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "chroot",
    summary: "Run a command, or a shell, with another root folder",
    usage: "[OPTION]... FOLDER [COMMAND [WORD]...]",
    flags: flags![
        Flag::with(USER, "userspec", "USER[:GROUP]", "as this user, in this group"),
        Flag::with(GROUPS, "groups", "LIST", "in these further groups"),
        Flag::new(STAY, "skip-chdir", "do not change to the new root (only where that is /)"),
    ],
    run: Run::Leading(run),
};

keys! { 128; USER GROUPS STAY }

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let [folder, words @ ..] = parsed.operands.as_slice() else {
        return Ok(parsed.usage(io));
    };
    if parsed.has(STAY) && *folder != b"/" {
        return Ok(io.misuse(folder, "only the folder / can be stayed in"));
    }
    let mut entered = linux::fs::chroot(*folder);
    if !parsed.has(STAY) {
        entered = entered.and_then(|()| linux::fs::chdir("/"));
    }
    entered.map_err(|errno| {
        io.complain(folder, &errno);
        launch::NOT_STARTED
    })?;
    // Names are those of the new root.
    let names = Names::read();
    let identity = Identity::new(parsed.value(USER).unwrap_or_default(), parsed.value(GROUPS), &names);
    let identity = identity.map_err(|word| {
        io.complain(word, &"no such user or group");
        launch::NOT_STARTED
    })?;
    let mut steps = Vec::new();
    identity.add(&mut steps);
    let shell = io.variable("SHELL").unwrap_or(b"/bin/sh");
    let default = [shell, b"-i"];
    Ok(launch::replace_after(io, if words.is_empty() { &default } else { words }, &steps))
}
