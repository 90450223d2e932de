//! `whoami` (GNU's and BusyBox's).

use system::users::Names;

use crate::{Applet, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "whoami",
    summary: "Print the name of the user on whose behalf this process acts",
    usage: "",
    flags: flags![],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if let Some(extra) = parsed.operands.first() {
        return Ok(io.misuse(extra, "no operand is expected"));
    }
    let user = linux::process::geteuid();
    let names = Names::read();
    let Some(name) = names.user_name(user) else {
        return Ok(io.complain(&names.user(user), &"a user without a name"));
    };
    io.out.put(name);
    io.out.put(b"\n");
    Ok(Status::SUCCESS)
}
