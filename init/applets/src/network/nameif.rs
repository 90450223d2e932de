//! `nameif` (net-tools' and BusyBox's): names links by their hardware addresses.
//!
//! Pairs are taken from the command line, else from a file of lines `NAME MAC` (`/etc/mactab`). A link that is up is renamed
//! where the kernel can do so. Selectors of drivers and bus places are not known.

use alloc::vec::Vec;

use formats::netlink::HardwareAddress;
use system::links::{self, Change, Link};
use system::netlink::Socket;

use super::classic;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "nameif",
    summary: "Name links by their hardware addresses",
    usage: "[-s] [-c FILE] [NAME MAC]...",
    flags: flags![
        Flag::with(b'c', "config-file", "FILE", "where pairs stand (/etc/mactab)"),
        Flag::new(b's', "syslog", ""),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let text;
    let mut words: Vec<&[u8]> = parsed.operands.clone();
    if words.is_empty() {
        text = system::file::read(parsed.value(b'c').unwrap_or(b"/etc/mactab"))?;
        for line in text.split(|byte| *byte == b'\n') {
            let line = line.split(|byte| *byte == b'#').next().unwrap_or_default();
            words.extend(line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()));
        }
    }
    let (pairs, []) = words.as_chunks::<2>() else { return Ok(parsed.usage(io)) };
    let socket = &mut Socket::open()?;
    let mut status = Status::SUCCESS;
    for [name, hardware] in pairs {
        let text = core::str::from_utf8(hardware).ok();
        let text = text.map(|text| text.strip_prefix("mac=").unwrap_or(text));
        let Some(address) = text.and_then(HardwareAddress::from_text) else {
            return Ok(io.misuse(hardware, "not a hardware address"));
        };
        let name = classic::text(io, name)?;
        // The names have changed with the pair before.
        let all = links::dump(socket)?;
        status = status.and(match all.iter().find(|link| link.address == address) {
            Some(link) => rename(io, socket, link, name),
            None => io.complain(hardware, &"no such link"),
        });
    }
    Ok(status)
}

fn rename(io: &mut Io<'_>, socket: &mut Socket, link: &Link, name: &str) -> Status {
    if link.name == name {
        return Status::SUCCESS;
    }
    let change = Change { index: link.index, name: Some(name), ..Change::default() };
    match links::set(socket, &change) {
        Ok(()) => Status::SUCCESS,
        Err(error) => {
            let object = [&link.name, " to ", name].concat();
            io.complain(b"", &error.during("rename", object.as_bytes()))
        }
    }
}
