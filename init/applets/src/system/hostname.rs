//! `hostname`: shows or sets the name that the kernel keeps. `-f` gives that name as it is; no server is asked.

use crate::{Applet, Arguments, Flag, Io, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "hostname",
    summary: "Print or set the machine's name",
    usage: "[-s | -d | -f]\n-F FILE | NAME",
    flags: &[
        Flag::new(b's', "short", "print what stands before the first dot"),
        Flag::new(b'd', "domain", "print what stands behind it"),
        Flag::new(b'f', "fqdn", "print all of it (the default)"),
        Flag::with(b'F', "file", "FILE", "set the name that the first line of FILE gives, comments left out"),
    ],
    run,
};

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let parsed = match arguments.parse(io) {
        Ok(parsed) => parsed,
        Err(status) => return status,
    };
    if let Some(path) = parsed.value(b'F') {
        return match system::file::read(path) {
            Ok(text) => match formats::etc::hostname::parse(&text) {
                Some(name) => set(io, name),
                None => io.complain(path, &"no name in it"),
            },
            Err(error) => io.complain(b"", &error),
        };
    }
    match parsed.operands.as_slice() {
        [] => {}
        [name] => return set(io, name),
        _ => return arguments.usage(io),
    }
    let names = match linux::system::uname() {
        Ok(names) => names,
        Err(errno) => return io.complain(b"", &errno),
    };
    let name = names.host();
    let dot = name.iter().position(|&byte| byte == b'.').unwrap_or(name.len());
    let (short, domain) = (name.get(..dot), name.get(dot + 1..));
    let part = match parsed.last_of(b"sdf") {
        Some(b's') => short,
        Some(b'd') => domain,
        _ => Some(name),
    };
    io.out.put(part.unwrap_or_default());
    io.out.put(b"\n");
    Status::SUCCESS
}

fn set(io: &mut Io<'_>, name: &[u8]) -> Status {
    match linux::system::sethostname(name) {
        Ok(()) => Status::SUCCESS,
        Err(errno) => io.complain(name, &errno),
    }
}
