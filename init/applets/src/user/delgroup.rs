//! `delgroup` (BusyBox's and Debian's). A group that some user logs in with stays.

use formats::etc::accounts::entries;

use super::accounts::{self, Accounts, ROOT};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "delgroup",
    summary: "Remove a group, or take USER out of GROUP",
    usage: "[OPTION]... [USER] GROUP",
    flags: flags![
        Flag::new(EMPTY, "only-if-empty", "not one that has members"),
        Flag::new(QUIET, "quiet", ""),
        Flag::new(SYSTEM, "system", ""),
        ROOT,
    ],
    run: Run::Parsed(run),
};

keys! { 128; EMPTY QUIET SYSTEM }

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let group = match *parsed.operands.as_slice() {
        [group] => group,
        [user, group] => return accounts::take_out(io, parsed, user, group),
        _ => return Ok(parsed.usage(io)),
    };
    let accounts = Accounts::locked(io, parsed)?;
    let fields = accounts.entry(io, "group", group)?;
    if parsed.has(EMPTY) && fields.get(3).is_some_and(|members| !members.is_empty()) {
        return Ok(io.complain(group, &"has members"));
    }
    let users = accounts.text(io, "passwd")?.unwrap_or_default();
    let number = fields.get(2).map(|number| number.as_slice());
    if let Some(user) = entries(&users).find(|user| user.get(3).copied() == number) {
        let user = user.first().copied().unwrap_or_default().escape_ascii();
        return Ok(io.complain(group, &format_args!("is the group of {user}")));
    }
    for file in ["group", "gshadow"] {
        accounts.change(io, file, group, &mut |_| false)?;
    }
    Ok(Status::SUCCESS)
}
