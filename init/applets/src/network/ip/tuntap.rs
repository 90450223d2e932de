//! `ip tuntap`: links whose far end is a program, which stay without one.

use formats::netlink::{Attributes, Family, Value};
use linux::net::{Carries, InterfaceName, open_tunnel, set_tunnel_owner, set_tunnel_persistent};
use system::links;
use system::netlink::Socket;
use system::users::Names;

use super::printer::Printer;
use super::words::{Argument, Trouble, Words};
use super::{Making, Settings, settings_of};
use crate::Io;

const DEVICE: &[u8] = b"/dev/net/tun";

keywords! {
    /// What can be said of one.
    enum Setting, "no such setting of a tunnel" {
        Mode: Word = "mode",
        User: Word = "user",
        Group: Word = "group",
        Name: Word = "dev name",
        Other: Word = "_",
    }
}

/// What the words say.
#[derive(Default)]
struct Wish<'a> {
    name: Option<&'a str>,
    carries: Option<Carries>,
    user: Option<u32>,
    group: Option<u32>,
}

pub(super) fn run(io: &mut Io<'_>, words: &mut Words<'_>, settings: Settings) -> Result<(), Trouble> {
    let command = Making::of(words)?;
    let wish = read(words)?;
    if command == Making::Show {
        return show(io, &wish, settings);
    }
    let carries = wish.carries.ok_or_else(|| Trouble::word("mode", "tun or tap must be said"))?;
    let is_tun = carries == Carries::Packets;
    let name = wish.name.unwrap_or(if is_tun { "tun%d" } else { "tap%d" });
    // The kernel would cut one that is too long.
    if InterfaceName::new(name.as_bytes()).is_none() {
        return Err(Trouble::word(name, "not a name of a link"));
    }
    let doing = if command == Making::Add { "add tunnel" } else { "delete tunnel" };
    let changed = open_tunnel(DEVICE, name.as_bytes(), carries).and_then(|(file, _)| {
        set_tunnel_owner(&file, wish.user, wish.group)?;
        set_tunnel_persistent(&file, command == Making::Add)
    });
    Ok(changed.map_err(|errno| system::Error::new(doing, name.as_bytes(), errno))?)
}

fn read<'a>(words: &mut Words<'a>) -> Result<Wish<'a>, Trouble> {
    let mut wish = Wish::default();
    let value = &mut Argument::new(Family::UNSPECIFIED);
    let unknown = |word| Trouble::word(word, "unknown");
    while let Some(setting) = Setting::next(words, value)? {
        let word = value.word;
        match setting {
            Setting::Mode => {
                wish.carries = Some(match word {
                    "tun" => Carries::Packets,
                    "tap" => Carries::Frames,
                    _ => return Err(Trouble::word(word, "expected tun or tap")),
                });
            }
            Setting::User => {
                wish.user = Some(Names::read().find_user(word.as_bytes()).ok_or_else(|| unknown(word))?);
            }
            Setting::Group => {
                wish.group = Some(Names::read().find_group(word.as_bytes()).ok_or_else(|| unknown(word))?);
            }
            Setting::Other if wish.name.is_some() => return Err(Setting::TABLE.refuse(word)),
            Setting::Name | Setting::Other => wish.name = Some(word),
        }
    }
    Ok(wish)
}

/// The attributes of a tunnel (`IFLA_TUN_*`).
const OWNER: u16 = 1;
const GROUP: u16 = 2;
const TYPE: u16 = 3;
const PACKET_INFORMATION: u16 = 4;
const VNET_HEADER: u16 = 5;
const PERSISTENT: u16 = 6;
const SEVERAL_QUEUES: u16 = 7;

/// Flags in the order in which they are shown.
const FLAGS: &[(u16, &str)] = &[
    (PACKET_INFORMATION, "pi"),
    (VNET_HEADER, "vnet_hdr"),
    (SEVERAL_QUEUES, "multi_queue"),
    (PERSISTENT, "persist"),
];

fn show(io: &mut Io<'_>, wish: &Wish<'_>, settings: Settings) -> Result<(), Trouble> {
    let mut socket = Socket::open()?;
    let all = links::dump(&mut socket)?;
    let data = links::settings(&mut socket)?;
    let mut printer = Printer::new(&mut io.out, settings);
    for link in all.iter().filter(|link| link.kind.as_deref() == Some("tun")) {
        let find = |kind| Attributes::new(settings_of(&data, link.index)).value(kind);
        let carries =
            if find(TYPE).and_then(u8::read) == Some(1) { Carries::Packets } else { Carries::Frames };
        if wish.name.is_some_and(|name| name != link.name)
            || wish.carries.is_some_and(|wanted| wanted != carries)
        {
            continue;
        }
        printer.object();
        printer.word("ifname||:", &link.name);
        printer.array("flags");
        printer.entry(if carries == Carries::Packets { "tun" } else { "tap" }, " ", "");
        for (kind, name) in FLAGS {
            if find(*kind).and_then(u8::read).is_some_and(|on| on != 0) {
                printer.entry(name, " ", "");
            }
        }
        printer.end_array();
        for (kind, face) in [(OWNER, "user| user |"), (GROUP, "group| group |")] {
            if let Some(number) = find(kind).and_then(u32::read) {
                printer.number(face, number.into());
            }
        }
        printer.end_line();
        printer.end_object();
    }
    printer.finish();
    Ok(())
}
