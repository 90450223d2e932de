//! `id` (POSIX; `-z`, several users and the long options are GNU's, `-a` is nobody's any more and changes nothing).

use alloc::vec::Vec;

use query::{Rows, Value};
use system::users::{Identity, Names};

use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "id",
    summary: "Print user and groups, of this process or of USER",
    usage: "[OPTION]... [USER]...",
    flags: flags![
        Flag::new(b'u', "user", "only the user"),
        Flag::new(b'g', "group", "only the group"),
        Flag::new(b'G', "groups", "only the groups"),
        Flag::new(b'n', "name", "with -u, -g or -G: names"),
        Flag::new(b'r', "real", "with -u, -g or -G: the real one"),
        Flag::new(b'z', "zero", "with -u, -g or -G: end them with zero bytes"),
        Flag::new(b'a', "", ""),
        Flag::rows("uid:n user gid:n group groups:l group_names:l"),
    ],
    run: Run::Parsed(run),
};

/// What is printed of one identity.
struct Shown {
    /// `u`, `g` or `G`; none: all in the form of POSIX.
    part: Option<u8>,
    names: bool,
    real: bool,
    end: u8,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let part = parsed.last_of(b"ugG");
    let end = if parsed.has(b'z') { 0 } else { b'\n' };
    let shown = Shown { part, names: parsed.has(b'n'), real: parsed.has(b'r'), end };
    let has_two = b"ugG".iter().filter(|key| parsed.has(**key)).count() > 1;
    if has_two || part.is_none() && parsed.has_any(b"nrz") && !parsed.has(JSON) {
        return Ok(parsed.usage(io));
    }
    let names = Names::read();
    let mut rows = Rows::named("uid user gid group groups group_names");
    let mut status = Status::SUCCESS;
    let mut add = |io: &mut Io<'_>, identity: &Identity| {
        if parsed.has(JSON) {
            rows.push(row(identity, &names));
            return Status::SUCCESS;
        }
        shown.print(io, identity, &names)
    };
    if parsed.operands.is_empty() {
        let own = Identity::own().map_err(|errno| io.complain(b"groups", &errno))?;
        status = add(io, &own);
    }
    for word in &parsed.operands {
        let user = names.find_user(word);
        match user.and_then(|user| Identity::of(user, &names)) {
            Some(identity) => status = status.and(add(io, &identity)),
            None => status = io.complain(word, &"no such user"),
        }
        if part == Some(b'G') && end == 0 && parsed.operands.len() > 1 {
            // One more parts the users.
            io.out.put(b"\0");
        }
    }
    if parsed.has(JSON) {
        rows.json(&mut io.out);
    }
    Ok(status)
}

fn row(identity: &Identity, names: &Names) -> Vec<Value> {
    let number = |number: u32| Value::Number(number.into());
    let group = |group: u32| Value::Text(names.group(group));
    Vec::from([
        number(identity.user),
        Value::Text(names.user(identity.user)),
        number(identity.group),
        group(identity.group),
        Value::List(identity.groups.iter().map(|group| number(*group)).collect()),
        Value::List(identity.groups.iter().map(|number| group(*number)).collect()),
    ])
}

impl Shown {
    fn print(&self, io: &mut Io<'_>, identity: &Identity, names: &Names) -> Status {
        let mut status = Status::SUCCESS;
        match self.part {
            Some(b'u') => {
                let user = if self.real { identity.real_user } else { identity.user };
                status = self.one(io, user, names.user_name(user), "no name for user");
            }
            Some(b'g') => {
                let group = if self.real { identity.real_group } else { identity.group };
                status = self.one(io, group, names.group_name(group), "no name for group");
            }
            Some(_) => {
                let groups = groups(identity);
                for (index, &group) in groups.iter().enumerate() {
                    if index > 0 {
                        io.out.put(if self.end == 0 { b"\0" } else { b" " });
                    }
                    status = status.and(self.one(io, group, names.group_name(group), "no name for group"));
                }
            }
            None => all(io, identity, names),
        }
        io.out.put(&[self.end]);
        status
    }

    /// Prints a number or its name; without a name, the number, and says so.
    fn one(&self, io: &mut Io<'_>, number: u32, name: Option<&[u8]>, missing: &str) -> Status {
        match name {
            Some(name) if self.names => {
                io.out.put(name);
                Status::SUCCESS
            }
            _ => {
                let mut digits = Vec::new();
                query::text::decimal(number.into(), &mut digits);
                let status = if self.names { io.complain(&digits, &missing) } else { Status::SUCCESS };
                io.out.put(&digits);
                status
            }
        }
    }
}

/// Gives the groups as `-G` lists them: the real one, the one in effect, all others.
fn groups(identity: &Identity) -> Vec<u32> {
    let mut groups = Vec::from([identity.real_group]);
    groups.extend(identity.groups.iter().filter(|group| **group != identity.real_group));
    groups
}

/// Prints `uid=0(root) gid=0(root) groups=0(root)`, and what is in effect where that differs.
fn all(io: &mut Io<'_>, identity: &Identity, names: &Names) {
    let mut pair = |title: &str, number: u32, name: Option<&[u8]>| {
        io.out.put(title.as_bytes());
        io.out.number(number.into());
        if let Some(name) = name {
            io.out.put(b"(");
            io.out.put(name);
            io.out.put(b")");
        }
    };
    pair("uid=", identity.real_user, names.user_name(identity.real_user));
    pair(" gid=", identity.real_group, names.group_name(identity.real_group));
    if identity.user != identity.real_user {
        pair(" euid=", identity.user, names.user_name(identity.user));
    }
    if identity.group != identity.real_group {
        pair(" egid=", identity.group, names.group_name(identity.group));
    }
    for (index, &group) in identity.groups.iter().enumerate() {
        pair(if index == 0 { " groups=" } else { "," }, group, names.group_name(group));
    }
}
