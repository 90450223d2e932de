//! `logname` (POSIX): who logged in, whoever this process may have become since. The kernel keeps it where logins tell it
//! (`/proc/self/loginuid`), else the record of logins may name the terminal's.

use alloc::vec::Vec;

use system::sessions::Sessions;
use system::users::Names;

use super::terminal;
use crate::{Applet, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "logname",
    summary: "Print the name of the user who logged in",
    usage: "",
    flags: flags![],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if let Some(extra) = parsed.operands.first() {
        return Ok(io.misuse(extra, "no operand is expected"));
    }
    let login = system::file::read(b"/proc/self/loginuid").unwrap_or_default();
    let user = query::text::parse_decimal(&login).and_then(|user| u32::try_from(user).ok());
    let name = match user.filter(|user| *user != u32::MAX) {
        Some(user) => Names::read().user(user),
        None => match of_terminal(io) {
            Some(name) => name,
            None => return Ok(io.complain(b"", &"nobody has logged in")),
        },
    };
    io.out.put(&name);
    io.out.put(b"\n");
    Ok(Status::SUCCESS)
}

/// Finds who is logged in at the terminal of standard input.
fn of_terminal(io: &Io<'_>) -> Option<Vec<u8>> {
    let path = terminal::name(io.input.descriptor()?)?;
    let line = path.strip_prefix(b"/dev/")?;
    Sessions::now().logins.into_iter().find(|login| login.line == line).map(|login| login.user)
}
