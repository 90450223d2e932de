//! `dnsdomainname` (Debian's and BusyBox's): the domain of the full name that `/etc/hosts` has for this machine's; no server
//! is asked.

use crate::{Applet, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "dnsdomainname",
    summary: "Print the domain of the machine's name",
    usage: "",
    flags: flags![],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if let Some(extra) = parsed.operands.first() {
        return Ok(io.misuse(extra, "no operand is expected"));
    }
    let names = linux::system::uname().map_err(|errno| io.complain(b"", &errno))?;
    let host = core::str::from_utf8(names.host()).unwrap_or_default();
    let hosts = system::file::read(b"/etc/hosts").unwrap_or_default();
    let entry = formats::etc::hosts::parse(&hosts).find(|entry| entry.has(host));
    let full = entry.and_then(|entry| entry.names().next()).unwrap_or(host);
    if let Some((_, domain)) = full.split_once('.') {
        io.out.put(domain.as_bytes());
        io.out.put(b"\n");
    }
    Ok(Status::SUCCESS)
}
