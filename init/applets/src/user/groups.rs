//! `groups` (GNU's and BusyBox's): the names of the groups of this process or of users.

use query::{Rows, Value};
use system::users::{Identity, Names};

use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "groups",
    summary: "Print the groups of this process, or of each USER",
    usage: "[USER]...",
    flags: flags![Flag::rows("user gid:n group")],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let names = Names::read();
    let mut rows = Rows::named("user gid group");
    let mut print = |io: &mut Io<'_>, identity: &Identity, user: &[u8]| {
        if !user.is_empty() && !parsed.has(JSON) {
            io.out.put(user);
            io.out.put(b" : ");
        }
        for (index, &group) in identity.groups.iter().enumerate() {
            if parsed.has(JSON) {
                let number = Value::Number(group.into());
                rows.push([Value::Text(names.user(identity.user)), number, Value::Text(names.group(group))]);
                continue;
            }
            io.out.put(if index > 0 { b" " } else { b"" });
            io.out.put(&names.group(group));
        }
        io.out.put(if parsed.has(JSON) { b"" } else { b"\n" });
    };
    let mut status = Status::SUCCESS;
    if parsed.operands.is_empty() {
        let own = Identity::own().map_err(|errno| io.complain(b"", &errno))?;
        print(io, &own, b"");
    }
    for &word in &parsed.operands {
        match names.user_number(word).and_then(|user| Identity::of(user, &names)) {
            Some(identity) => print(io, &identity, word),
            None => status = io.complain(word, &"no such user"),
        }
    }
    if parsed.has(JSON) {
        rows.json(&mut io.out);
    }
    Ok(status)
}
