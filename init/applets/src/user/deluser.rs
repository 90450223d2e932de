//! `deluser` (BusyBox's and Debian's). The group that has the user's name goes with him, unless another user has it or it has
//! other members.

use alloc::vec::Vec;

use formats::etc::accounts::{entries, find, with_member};

use super::accounts::{self, Accounts, ROOT};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "deluser",
    summary: "Remove a user, or take USER out of GROUP",
    usage: "[OPTION]... USER [GROUP]",
    flags: flags![
        Flag::new(HOME, "remove-home", "also his folder"),
        Flag::new(QUIET, "quiet", ""),
        Flag::new(SYSTEM, "system", ""),
        ROOT,
    ],
    run: Run::Parsed(run),
};

keys! { 128; HOME QUIET SYSTEM }

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let user = match *parsed.operands.as_slice() {
        [user] => user,
        [user, group] => return accounts::take_out(io, parsed, user, group),
        _ => return Ok(parsed.usage(io)),
    };
    let accounts = Accounts::locked(io, parsed)?;
    let fields = accounts.entry(io, "passwd", user)?;
    for file in ["passwd", "shadow"] {
        accounts.change(io, file, user, &mut |_| false)?;
    }
    for file in ["group", "gshadow"] {
        let Some(text) = accounts.text(io, file)? else { continue };
        let left = without(&text, user);
        if left != text {
            accounts.write(io, file, &left)?;
        }
    }
    remove_group(io, &accounts, user)?;
    let home = fields.get(5).map(|home| home.as_slice()).unwrap_or_default();
    // Nobody's folder is the root.
    if parsed.has(HOME) && home.iter().any(|byte| *byte != b'/') && home.starts_with(b"/") {
        let Some(remove) = crate::find(b"rm") else { return Ok(io.complain(home, &"cannot be removed")) };
        return Ok(crate::run(remove, io, &[b"-rf", b"--", &accounts.below(home)]));
    }
    Ok(Status::SUCCESS)
}

/// Gives a file of groups without a user among their members.
fn without(text: &[u8], user: &[u8]) -> Vec<u8> {
    let mut left = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let bare = line.strip_suffix(b"\n").unwrap_or(line);
        let mut fields: Vec<Vec<u8>> = bare.split(|byte| *byte == b':').map(<[u8]>::to_vec).collect();
        if let Some(members) = fields.get_mut(3)
            && members.split(|byte| *byte == b',').any(|member| member == user)
        {
            *members = with_member(members, user, false);
        }
        left.extend(fields.join(&b':'));
        left.extend_from_slice(line.get(bare.len()..).unwrap_or_default());
    }
    left
}

fn remove_group(io: &mut Io<'_>, accounts: &Accounts, name: &[u8]) -> Result<(), crate::Failure> {
    let groups = accounts.text(io, "group")?.unwrap_or_default();
    let users = accounts.text(io, "passwd")?.unwrap_or_default();
    let Some(group) = find(&groups, name) else { return Ok(()) };
    let is_used = entries(&users).any(|user| user.get(3) == group.get(2));
    if is_used || group.get(3).is_some_and(|members| !members.is_empty()) {
        return Ok(());
    }
    for file in ["group", "gshadow"] {
        accounts.change(io, file, name, &mut |_| false)?;
    }
    Ok(())
}
