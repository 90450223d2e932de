//! `hostname`: shows or sets the name that the kernel keeps. `-f` gives that name as it is; no server is asked.

use crate::options::more;
use crate::{Applet, Flag, HAS_MORE, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "hostname",
    summary: "Print or set the machine's name",
    usage: if HAS_MORE { "[-s | -d | -f]\n-F FILE | NAME" } else { "[NAME]" },
    flags: flags![..MORE],
    run: Run::Parsed(run),
};

/// What the smallest images do without.
const MORE: &[Flag] = more(&[
    Flag::new(b's', "short", "print what stands before the first dot"),
    Flag::new(b'd', "domain", "print what stands behind it"),
    Flag::new(b'f', "fqdn", "print all of it (the default)"),
    Flag::with(b'F', "file", "FILE", "set the name that the first line of FILE gives, comments left out"),
]);

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if HAS_MORE && let Some(path) = parsed.value(b'F') {
        return Ok(match formats::etc::hostname::parse(&system::file::read(path)?) {
            Some(name) => set(io, name),
            None => io.complain(path, &"no name in it"),
        });
    }
    match parsed.operands.as_slice() {
        [] => {}
        [name] => return Ok(set(io, name)),
        _ => return Ok(parsed.usage(io)),
    }
    let names = linux::system::uname().map_err(|errno| io.complain(b"", &errno))?;
    let name = names.host();
    let dot = name.iter().position(|&byte| byte == b'.').unwrap_or(name.len());
    let (short, domain) = (name.get(..dot), name.get(dot + 1..));
    let part = match parsed.last_of(b"sdf") {
        _ if !HAS_MORE => Some(name),
        Some(b's') => short,
        Some(b'd') => domain,
        _ => Some(name),
    };
    io.out.put(part.unwrap_or_default());
    io.out.put(b"\n");
    Ok(Status::SUCCESS)
}

fn set(io: &mut Io<'_>, name: &[u8]) -> Status {
    io.report(name, linux::system::sethostname(name))
}
