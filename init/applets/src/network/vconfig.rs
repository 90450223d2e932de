//! `vconfig` (of the package vlan, and BusyBox's): tagged parts of links.
//!
//! All requests are those of the kernel's old interface, which remembers how links are named (`set_name_type`).

use linux::net::vlan::{self, Command};
use linux::net::{Family, InterfaceName, Protocol, SocketFlags, SocketKind, socket};

use super::classic;
use crate::{Applet, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "vconfig",
    summary: "Make and remove tagged parts of links (VLANs)",
    usage: "add INTERFACE ID\nrem VLAN\nset_flag VLAN FLAG 0|1\nset_egress_map VLAN PRIORITY TAG\n\
            set_ingress_map VLAN PRIORITY TAG\n\
            set_name_type VLAN_PLUS_VID|VLAN_PLUS_VID_NO_PAD|DEV_PLUS_VID|DEV_PLUS_VID_NO_PAD",
    flags: flags![],
    run: Run::Parsed(run),
};

/// How links are named, by number.
const TYPES: [&[u8]; 4] =
    [b"VLAN_PLUS_VID", b"DEV_PLUS_VID", b"VLAN_PLUS_VID_NO_PAD", b"DEV_PLUS_VID_NO_PAD"];

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let words = &parsed.operands[..];
    let number = |io: &mut Io<'_>, word: &[u8], most: u32| {
        let number = classic::number(word).filter(|number| *number <= most);
        number.ok_or_else(|| io.misuse(word, "not a number, or too large"))
    };
    let (command, name, value, quality) = match words {
        [b"add", name, id] => (Command::Add, *name, number(io, id, 4094)?, 0),
        [b"rem", name] => (Command::Remove, *name, 0, 0),
        [b"set_flag", name, value] => (Command::SetFlag, *name, 1, number(io, value, 1)?),
        [b"set_flag", name, flag, value] => {
            (Command::SetFlag, *name, 1 << number(io, flag, 3)?, number(io, value, 1)?)
        }
        [b"set_egress_map", name, priority, tag] => {
            (Command::SetEgress, *name, number(io, priority, u32::MAX)?, number(io, tag, 7)?)
        }
        [b"set_ingress_map", name, priority, tag] => {
            (Command::SetIngress, *name, number(io, tag, 7)?, number(io, priority, 7)?)
        }
        [b"set_name_type", word] => match TYPES.iter().position(|known| known == word) {
            Some(at) => (Command::SetNameType, &b""[..], at as u32, 0),
            None => return Ok(io.misuse(word, "no such way to name links")),
        },
        _ => return Ok(parsed.usage(io)),
    };
    let name_of = InterfaceName::new(name);
    if name_of.is_none() && !name.is_empty() {
        return Ok(io.misuse(name, "no name of a link"));
    }
    let done = socket(Family::IPV4, SocketKind::DATAGRAM, SocketFlags::CLOSE_ON_EXEC, Protocol::DEFAULT)
        .and_then(|socket| vlan::change(&socket, command, name_of, value, quality as i16));
    Ok(match done {
        Ok(()) => Status::SUCCESS,
        Err(errno) => io.complain(words.get(1).copied().unwrap_or_default(), &errno),
    })
}
