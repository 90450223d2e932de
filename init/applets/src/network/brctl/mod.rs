//! `brctl` (of bridge-utils, and BusyBox's): bridges and their ports.
//!
//! They are made and joined over rtnetlink; the settings of the spanning tree are files of `/sys`. Times are seconds, with or
//! without a fraction.

mod addresses;
mod tree;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use linux::fs::{Mode, OpenFlags, open, write_all};
use query::{Rows, Value};
use system::links::{self, Change, Extent, Kind, Link};
use system::netlink::Socket;

use super::classic;
use crate::{Applet, Failure, Flag, Io, JSON, Outcome, Parsed, Run, Status, span};

pub(crate) const APPLET: Applet = Applet {
    name: "brctl",
    summary: "Show and change bridges.\n\n\
              SETTING: stp on|off, setageing TIME, setfd TIME, sethello TIME, setmaxage TIME, setbridgeprio N,\n\
              setpathcost PORT N, setportprio PORT N, hairpin PORT on|off",
    usage: "show [BRIDGE]... [--json]\nshowmacs|showstp BRIDGE\naddbr|delbr BRIDGE\naddif|delif BRIDGE INTERFACE...\nSETTING BRIDGE VALUE",
    flags: flags![Flag::new(b'a', "", ""), Flag::rows("bridge id stp:b interfaces:l",)],
    run: Run::Parsed(run),
};

/// How a value is written to a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Writes {
    /// `on` or `off`, as 1 or 0.
    Switch,
    /// A time, in hundredths of a second.
    Time,
    /// A number.
    Number,
}

/// A setting: its word, its file, how its value is written; those whose file is not of `bridge/` belong to a port.
const SETTINGS: &[(&[u8], &[u8], Writes)] = &[
    (b"stp", b"bridge/stp_state", Writes::Switch),
    (b"setageing", b"bridge/ageing_time", Writes::Time),
    (b"setfd", b"bridge/forward_delay", Writes::Time),
    (b"sethello", b"bridge/hello_time", Writes::Time),
    (b"setmaxage", b"bridge/max_age", Writes::Time),
    (b"setbridgeprio", b"bridge/priority", Writes::Number),
    (b"setpathcost", b"brport/path_cost", Writes::Number),
    (b"setportprio", b"brport/priority", Writes::Number),
    (b"hairpin", b"brport/hairpin_mode", Writes::Switch),
];

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let socket = &mut Socket::open()?;
    match parsed.operands[..] {
        [b"show", ref names @ ..] => show(io, socket, parsed, names)?,
        [b"showmacs", name] => {
            let bridge = bridge(io, socket, name)?;
            return Ok(addresses::show(io, &bridge));
        }
        [b"showstp", name] => {
            let bridge = bridge(io, socket, name)?;
            tree::show(io, &bridge, &links::dump(socket)?);
        }
        [b"addbr", name] => {
            let name = Some(classic::text(io, name)?);
            links::add(socket, &Change { name, kind: Some(Kind::Plain("bridge")), ..Change::default() })?;
        }
        [b"delbr", name] => {
            let bridge = bridge(io, socket, name)?;
            links::delete(socket, bridge.index)?;
        }
        [b"addif", bridge, ref ports @ ..] if !ports.is_empty() => {
            let master = find(io, socket, bridge)?.index;
            join(io, socket, Some(master), master, ports)?;
        }
        [b"delif", bridge, ref ports @ ..] if !ports.is_empty() => {
            let master = find(io, socket, bridge)?.index;
            join(io, socket, None, master, ports)?;
        }
        [word, name, ref rest @ ..] => {
            let Some(setting) = SETTINGS.iter().find(|setting| setting.0 == word) else {
                return Ok(parsed.usage(io));
            };
            let is_of_port = setting.1.starts_with(b"brport");
            let (link, value) = match (is_of_port, rest) {
                (false, [value]) => (name, *value),
                (true, [port, value]) => (*port, *value),
                _ => return Ok(parsed.usage(io)),
            };
            return set(io, link, setting.1, setting.2, value);
        }
        _ => return Ok(parsed.usage(io)),
    }
    Ok(Status::SUCCESS)
}

fn find(io: &mut Io<'_>, socket: &mut Socket, name: &[u8]) -> Result<Link, Failure> {
    Ok(links::find(socket, classic::text(io, name)?, Extent::SKIP_STATISTICS)?)
}

fn bridge(io: &mut Io<'_>, socket: &mut Socket, name: &[u8]) -> Result<Link, Failure> {
    let bridge = find(io, socket, name)?;
    if bridge.kind.as_deref() != Some("bridge") {
        return Err(io.complain(name, &"not a bridge").into());
    }
    Ok(bridge)
}

/// Makes links ports of a bridge, or of none those that are its ports.
fn join(
    io: &mut Io<'_>,
    socket: &mut Socket,
    to: Option<u32>,
    bridge: u32,
    ports: &[&[u8]],
) -> Result<(), Failure> {
    for port in ports {
        let link = find(io, socket, port)?;
        if to.is_none() && link.master != Some(bridge) {
            return Err(io.complain(port, &"not a port of this bridge").into());
        }
        let change = Change { index: link.index, master: Some(to.unwrap_or(0)), ..Change::default() };
        links::set(socket, &change).map_err(|error| error.during("change port", port))?;
    }
    Ok(())
}

/// Writes a setting where the kernel reads it.
fn set(io: &mut Io<'_>, link: &[u8], file: &[u8], writes: Writes, value: &[u8]) -> Outcome {
    let number = match (writes, value) {
        (Writes::Switch, b"on" | b"yes" | b"1") => Some(1),
        (Writes::Switch, b"off" | b"no" | b"0") => Some(0),
        (Writes::Switch, _) => None,
        (Writes::Number, _) => query::text::parse_decimal(value),
        (Writes::Time, _) => span::parse(value).and_then(|time| u64::try_from(time.as_millis() / 10).ok()),
    };
    let number = number.ok_or_else(|| io.misuse(value, "makes no sense there"))?;
    let mut text = Vec::new();
    query::text::decimal(number, &mut text);
    text.push(b'\n');
    let path = path(link, file);
    let written = open(path.as_slice(), OpenFlags::WRITE | OpenFlags::CLOSE_ON_EXEC, Mode::empty())
        .and_then(|file| write_all(&file, &text));
    Ok(io.report(link, written))
}

fn path(link: &[u8], file: &[u8]) -> Vec<u8> {
    [b"/sys/class/net/", link, b"/", file].concat()
}

/// Reads what a file of a link says; empty if there is none.
fn read(link: &Link, file: &str) -> String {
    let text = system::file::read(&path(link.name.as_bytes(), file.as_bytes())).unwrap_or_default();
    String::from_utf8_lossy(text.trim_ascii()).into_owned()
}

/// Shows bridges, those that are named or all.
fn show(io: &mut Io<'_>, socket: &mut Socket, parsed: &Parsed<'_>, names: &[&[u8]]) -> Result<(), Failure> {
    for name in names {
        find(io, socket, name)?;
    }
    let all = links::dump(socket)?;
    let mut rows = Rows::named("bridge id stp interfaces");
    if !parsed.has(JSON) {
        io.out.put(b"bridge name\tbridge id\t\tSTP enabled\tinterfaces\n");
    }
    let is_meant = |link: &&Link| {
        link.kind.as_deref() == Some("bridge") && (names.is_empty() || names.contains(&link.name.as_bytes()))
    };
    for bridge in all.iter().filter(is_meant) {
        let (id, has_tree) = (read(bridge, "bridge/bridge_id"), read(bridge, "bridge/stp_state") != "0");
        let ports: Vec<&str> = all
            .iter()
            .filter(|link| link.master == Some(bridge.index))
            .map(|link| link.name.as_str())
            .collect();
        if parsed.has(JSON) {
            rows.push([
                Value::text(bridge.name.as_bytes()),
                Value::text(id.as_bytes()),
                Value::Truth(has_tree),
                Value::List(ports.iter().map(|port| Value::text(port.as_bytes())).collect()),
            ]);
            continue;
        }
        let stp = if has_tree { "yes" } else { "no" };
        let _ = write!(io.out, "{}\t\t{id}\t{stp}\t\t", bridge.name);
        for (at, port) in ports.iter().enumerate() {
            let before = if at > 0 { "\n\t\t\t\t\t\t\t" } else { "" };
            let _ = write!(io.out, "{before}{port}");
        }
        io.out.put(b"\n");
    }
    if parsed.has(JSON) {
        rows.json(&mut io.out);
    }
    Ok(())
}
