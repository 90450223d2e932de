//! `tunctl` (of uml-utilities, and BusyBox's): links whose far end is a program, which stay without one.

use linux::net::{Carries, InterfaceName, open_tunnel, set_tunnel_owner, set_tunnel_persistent};

use crate::{Applet, Failure, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "tunctl",
    summary: "Make or remove a link whose far end is a program",
    usage: "[-bnp] [-f DEVICE] [-t NAME] [-u USER] [-g GROUP]\n-d NAME",
    flags: flags![
        Flag::with(b'f', "", "DEVICE", "in place of /dev/net/tun"),
        Flag::with(b't', "", "NAME", "its name (tap0, or the next that is free)"),
        Flag::with(b'd', "", "NAME", "remove it"),
        Flag::with(b'u', "", "USER", "who may be its far end"),
        Flag::with(b'g', "", "GROUP", "whose members may"),
        Flag::new(b'b', "", "print its name, and nothing else"),
        Flag::new(b'n', "", "it carries packets (tun)"),
        Flag::new(b'p', "", "it carries Ethernet frames (tap; the default)"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if let Some(extra) = parsed.operands.first() {
        return Ok(io.misuse(extra, "no operand is expected"));
    }
    let device = parsed.value(b'f').unwrap_or(b"/dev/net/tun");
    let is_tun = parsed.last_of(b"np") == Some(b'n');
    let carries = if is_tun { Carries::Packets } else { Carries::Frames };
    let removed = parsed.value(b'd');
    let name = removed.or(parsed.value(b't')).unwrap_or(if is_tun { b"tun%d" } else { b"tap%d" });
    // The kernel would cut one that is too long.
    if InterfaceName::new(name).is_none() {
        return Ok(io.misuse(name, "not a name of a link"));
    }
    let names = system::users::Names::read();
    let number =
        |io: &mut Io<'_>, key: u8, find: &dyn Fn(&[u8]) -> Option<u32>| -> Result<Option<u32>, Failure> {
            let Some(word) = parsed.value(key) else { return Ok(None) };
            find(word).map(Some).ok_or_else(|| io.complain(word, &"unknown").into())
        };
    let user = number(io, b'u', &|word| names.find_user(word))?;
    let group = number(io, b'g', &|word| names.find_group(word))?;
    let opened = open_tunnel(device, name, carries);
    let (file, made) =
        opened.map_err(|errno| io.complain(if parsed.has(b'd') { name } else { device }, &errno))?;
    let made = made.map_or_else(|| name.to_vec(), |made| made.as_bytes().to_vec());
    let set =
        set_tunnel_owner(&file, user, group).and_then(|()| set_tunnel_persistent(&file, removed.is_none()));
    if let Err(errno) = set {
        return Ok(io.complain(&made, &errno));
    }
    if parsed.has(b'b') {
        io.out.printable(&made);
    } else if removed.is_some() {
        io.out.put(b"Set '");
        io.out.printable(&made);
        io.out.put(b"' nonpersistent");
    } else {
        io.out.put(b"Set '");
        io.out.printable(&made);
        io.out.put(b"' persistent");
        if let Some(user) = user {
            io.out.put(b" and owned by uid ");
            io.out.number(user.into());
        }
        if let Some(group) = group {
            io.out.put(b" gid ");
            io.out.number(group.into());
        }
    }
    io.out.put(b"\n");
    Ok(Status::SUCCESS)
}
