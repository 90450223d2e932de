//! `hostname`: shows or sets the name that the kernel keeps. `-f` gives that name as it is; only for `-i` and `-A`
//! are name servers asked.

mod addresses;
#[cfg(not(feature = "sockets"))]
mod hosts;
#[cfg(feature = "sockets")]
mod servers;

#[cfg(not(feature = "sockets"))]
use self::hosts as names;
#[cfg(feature = "sockets")]
use self::servers as names;
use crate::options::more;
use crate::{Applet, Flag, HAS_MORE, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "hostname",
    summary: "Print or set the machine's name",
    usage: if HAS_MORE { "[-s | -d | -f | -i | -I | -A | -a | -y]\n-F FILE | NAME" } else { "[NAME]" },
    flags: flags![..MORE],
    run: Run::Parsed(run),
};

/// What the smallest images do without.
const MORE: &[Flag] = more(&[
    Flag::new(b's', "short", "print what stands before the first dot"),
    Flag::new(b'd', "domain", "print what stands behind it"),
    Flag::new(b'f', "fqdn", "print all of it (the default)"),
    Flag::with(b'F', "file", "FILE", "set the name that the first line of FILE gives, comments left out"),
    Flag::new(b'i', "ip-address", "print the addresses of the name"),
    Flag::new(b'I', "all-ip-addresses", "print the addresses of all links that are up"),
    Flag::new(b'A', "all-fqdns", "print the names of those"),
    Flag::new(b'a', "alias", "print the other names that /etc/hosts has"),
    Flag::new(b'y', "yp", "print the domain of NIS"),
    Flag::new(NIS, "nis", ""),
]);

const NIS: u8 = 128;

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
    if let Some(key) = parsed.last_of(&[b'i', b'I', b'A', b'a', b'y', NIS]).filter(|_| HAS_MORE) {
        return addresses::show(io, key, &names);
    }
    let name = names.host();
    let dot = name.iter().position(|&byte| byte == b'.').unwrap_or(name.len());
    let (short, domain) = (name.get(..dot), name.get(dot + 1..));
    let part = match parsed.last_of(b"sdf") {
        _ if !HAS_MORE => Some(name),
        Some(b's') => short,
        Some(b'd') => domain,
        _ => Some(name),
    };
    let part = part.unwrap_or_default();
    if part.is_empty() && parsed.last_of(b"sdf") == Some(b'd') {
        return Ok(Status::SUCCESS);
    }
    io.out.put(part);
    io.out.put(b"\n");
    Ok(Status::SUCCESS)
}

fn set(io: &mut Io<'_>, name: &[u8]) -> Status {
    io.report(name, linux::system::sethostname(name))
}
