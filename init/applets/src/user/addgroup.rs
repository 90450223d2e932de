//! `addgroup` (BusyBox's and Debian's).

use super::accounts::{Accounts, ROOT, wanted};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "addgroup",
    summary: "Make a group, or put USER into GROUP",
    usage: "[OPTION]... [USER] GROUP",
    flags: flags![
        Flag::with(b'g', "gid", "NUMBER", "the number of the group"),
        Flag::new(b'S', "system", "a group for a service"),
        Flag::new(QUIET, "quiet", ""),
        ROOT,
    ],
    run: Run::Parsed(run),
};

const QUIET: u8 = 128;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let wanted = wanted(io, parsed, b'g')?;
    match *parsed.operands.as_slice() {
        [group] => {
            Accounts::locked(io, parsed)?.add_group(io, group, wanted, parsed.has(b'S'))?;
        }
        [user, group] if !parsed.has_any(b"gS") => {
            let accounts = Accounts::locked(io, parsed)?;
            accounts.entry(io, "passwd", user)?;
            accounts.set_member(io, (user, group), true)?;
        }
        _ => return Ok(parsed.usage(io)),
    }
    Ok(Status::SUCCESS)
}
