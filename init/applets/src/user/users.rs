//! `users` (GNU's and BusyBox's): who is logged in, in one line; nothing where no record of that is kept.

use system::sessions::Sessions;

use crate::{Applet, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "users",
    summary: "Print who is logged in",
    usage: "[FILE]",
    flags: flags![],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut logins = match parsed.operands.as_slice() {
        [] => Sessions::now(),
        [file] => Sessions::parse(&system::file::read(file)?),
        [_, extra, ..] => return Ok(io.misuse(extra, "one file is expected")),
    }
    .logins;
    query::sort::sort_by(&mut logins, |left, right| left.user.cmp(&right.user));
    for (index, login) in logins.iter().enumerate() {
        io.out.put(if index > 0 { b" " } else { b"" });
        io.out.printable(&login.user);
    }
    io.out.put(if logins.is_empty() { b"" } else { b"\n" });
    Ok(Status::SUCCESS)
}
