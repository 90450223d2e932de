//! `ip tunnel`: tunnels through IPv4, of IPv4 (`ipip`), IPv6 (`sit`) and anything (`gre`), as iproute2 has them, but over rtnetlink.
//! Absent: `change`, ISATAP, 6rd, VTI.

use alloc::vec::Vec;
use core::net::Ipv4Addr;

use formats::internet::parse_v4;
use formats::netlink::{Attributes, Family, Value};
use system::links::{self, Change, Extent, Kind, Link};

use super::printer::Printer;
use super::words::{Argument, Trouble, Words, number};
use super::{Making, Session, name_of, settings_of};
use crate::Io;

keywords! {
    /// What can be said of one.
    enum Setting, "no such setting of a tunnel" {
        Mode: Word = "mode",
        Remote: Word = "remote",
        Local: Word = "local",
        Link: Word = "dev",
        HopLimit: Word = "ttl hoplimit hlim",
        Class: Word = "tos tclass dsfield",
        Discovers: Nothing = "pmtudisc",
        DiscoversNot: Nothing = "nopmtudisc",
        Key: Word = "key",
        InputKey: Word = "ikey",
        OutputKey: Word = "okey",
        Sum: Nothing = "csum",
        InputSum: Nothing = "icsum",
        OutputSum: Nothing = "ocsum",
        Sequence: Nothing = "seq",
        InputSequence: Nothing = "iseq",
        OutputSequence: Nothing = "oseq",
        Name: Word = "name",
        Other: Word = "_",
    }
}

/// A mode: its word, which is the kernel's name of such links, and how it is shown.
struct Mode {
    word: &'static str,
    shown: &'static str,
    /// The attribute of the near end (linux/if_tunnel.h); behind it are those of the far end, of the hop limit and of the class.
    local: u16,
    /// Whether it has keys, sums and numbers of packets.
    has_keys: bool,
}

const MODES: [Mode; 3] = [
    Mode { word: "ipip", shown: "ip/ip", local: 2, has_keys: false },
    Mode { word: "gre", shown: "gre/ip", local: 6, has_keys: true },
    Mode { word: "sit", shown: "ipv6/ip", local: 2, has_keys: false },
];

impl Mode {
    const fn remote(&self) -> u16 {
        self.local + 1
    }

    const fn hop_limit(&self) -> u16 {
        self.local + 2
    }

    const fn class(&self) -> u16 {
        self.local + 3
    }
}

/// Attributes that all modes have.
const LINK: u16 = 1;
const DISCOVERS: u16 = 10;

/// What only GRE has: attributes for flags and keys of both directions, and bits of the flags (RFC 2784, RFC 2890).
const INPUT: (u16, u16) = (2, 4);
const OUTPUT: (u16, u16) = (3, 5);
const HAS_SUM: u16 = 0x8000;
const HAS_KEY: u16 = 0x2000;
const HAS_SEQUENCE: u16 = 0x1000;

/// What the words say.
#[derive(Default)]
struct Wish<'a> {
    name: Option<&'a str>,
    mode: Option<&'static Mode>,
    remote: Option<Ipv4Addr>,
    local: Option<Ipv4Addr>,
    link: Option<&'a str>,
    hop_limit: Option<u8>,
    class: Option<u8>,
    discovers: Option<bool>,
    keys: [Option<u32>; 2],
    /// Bits of GRE, of what comes and of what goes.
    flags: [u16; 2],
}

pub(super) fn run(ip: &mut Session, io: &mut Io<'_>, words: &mut Words<'_>) -> Result<(), Trouble> {
    let command = Making::of(words)?;
    let wish = Wish::read(words)?;
    if command == Making::Show {
        return show(ip, io, &wish);
    }
    let name = wish.name.ok_or_else(|| Trouble::word("tunnel", "no tunnel is named"))?;
    if command == Making::Add {
        return add(ip, &wish, name);
    }
    let link = links::find(&mut ip.socket, name, Extent::SKIP_STATISTICS)?;
    if mode_of(&link).is_none() {
        return Err(Trouble::word(name, "is no tunnel through IPv4"));
    }
    links::delete(&mut ip.socket, link.index)?;
    Ok(())
}

fn mode_of(link: &Link) -> Option<&'static Mode> {
    MODES.iter().find(|mode| link.kind.as_deref() == Some(mode.word))
}

impl<'a> Wish<'a> {
    fn read(words: &mut Words<'a>) -> Result<Self, Trouble> {
        let mut wish = Self::default();
        let value = &mut Argument::new(Family::INET);
        while let Some(setting) = Setting::next(words, value)? {
            wish.take(setting, value.word)?;
        }
        Ok(wish)
    }

    fn take(&mut self, setting: Setting, word: &'a str) -> Result<(), Trouble> {
        let byte = || {
            let number = number(word).and_then(|number| u8::try_from(number).ok());
            number.ok_or_else(|| Trouble::word(word, "expected a number below 256, or inherit"))
        };
        match setting {
            Setting::Mode => {
                let known = MODES.iter().find(|mode| mode.word == word || mode.shown == word);
                self.mode = Some(known.ok_or_else(|| Trouble::word(word, "expected ipip, gre or sit"))?);
            }
            Setting::Remote => self.remote = Some(address(word)?),
            Setting::Local => self.local = Some(address(word)?),
            Setting::Link => self.link = Some(word),
            Setting::HopLimit if word == "inherit" => self.hop_limit = Some(0),
            Setting::HopLimit => self.hop_limit = Some(byte()?),
            // The lowest bit says that it is the packet's.
            Setting::Class if word == "inherit" => self.class = Some(1),
            Setting::Class => self.class = Some(byte()?),
            Setting::Discovers => self.discovers = Some(true),
            Setting::DiscoversNot => self.discovers = Some(false),
            Setting::Key => {
                let key = key(word)?;
                self.keys = [Some(key); 2];
            }
            Setting::InputKey => self.keys = [Some(key(word)?), self.keys[1]],
            Setting::OutputKey => self.keys = [self.keys[0], Some(key(word)?)],
            Setting::Sum | Setting::Sequence => {
                let bit = if setting == Setting::Sum { HAS_SUM } else { HAS_SEQUENCE };
                self.flags = self.flags.map(|flags| flags | bit);
            }
            Setting::InputSum => self.flags[0] |= HAS_SUM,
            Setting::InputSequence => self.flags[0] |= HAS_SEQUENCE,
            Setting::OutputSum => self.flags[1] |= HAS_SUM,
            Setting::OutputSequence => self.flags[1] |= HAS_SEQUENCE,
            Setting::Other if self.name.is_some() => return Err(Setting::TABLE.refuse(word)),
            Setting::Name | Setting::Other => self.name = Some(word),
        }
        Ok(())
    }

    /// Gives the attributes that say so, of a tunnel over a link of this index.
    fn attributes(&self, mode: &Mode, link: Option<u32>) -> Vec<(u16, Vec<u8>)> {
        let mut all = Vec::new();
        let mut put = |kind: u16, value: Option<Vec<u8>>| all.extend(value.map(|value| (kind, value)));
        put(LINK, link.map(|index| index.to_ne_bytes().to_vec()));
        put(mode.local, self.local.map(|address| address.octets().to_vec()));
        put(mode.remote(), self.remote.map(|address| address.octets().to_vec()));
        put(mode.hop_limit(), self.hop_limit.map(|limit| Vec::from([limit])));
        put(mode.class(), self.class.map(|class| Vec::from([class])));
        put(DISCOVERS, self.discovers.map(|discovers| Vec::from([discovers.into()])));
        for (((flags_kind, key_kind), key), flags) in
            [INPUT, OUTPUT].into_iter().zip(self.keys).zip(self.flags)
        {
            let flags = if key.is_some() { flags | HAS_KEY } else { flags };
            put(flags_kind, (flags != 0).then(|| flags.to_be_bytes().to_vec()));
            put(key_kind, key.map(|key| key.to_be_bytes().to_vec()));
        }
        all
    }
}

fn address(word: &str) -> Result<Ipv4Addr, Trouble> {
    if word == "any" {
        return Ok(Ipv4Addr::UNSPECIFIED);
    }
    parse_v4(word).ok_or_else(|| Trouble::word(word, "expected an address of IPv4, or any"))
}

/// Reads a key: a number, or one in the form of an address.
fn key(word: &str) -> Result<u32, Trouble> {
    let key = number(word).or_else(|| parse_v4(word).map(Ipv4Addr::to_bits));
    key.ok_or_else(|| Trouble::word(word, "expected a number, or one in the form of an address"))
}

fn add(ip: &mut Session, wish: &Wish<'_>, name: &str) -> Result<(), Trouble> {
    let mode = wish.mode.ok_or_else(|| Trouble::word("mode", "ipip, gre or sit must be said"))?;
    if wish.discovers == Some(false) && wish.hop_limit.is_some_and(|limit| limit != 0) {
        return Err(Trouble::word("nopmtudisc", "cannot be together with ttl"));
    }
    if !mode.has_keys && (wish.keys != [None; 2] || wish.flags != [0; 2]) {
        return Err(Trouble::word(mode.word, "only gre has keys, sums and numbers of packets"));
    }
    let link = ip.optional(wish.link)?;
    let kind = Some(Kind::Settings(mode.word, wish.attributes(mode, link)));
    links::add(&mut ip.socket, &Change { name: Some(name), kind, ..Change::default() })?;
    Ok(())
}

/// What the kernel says of a tunnel.
struct Tunnel<'a> {
    mode: &'static Mode,
    attributes: Attributes<'a>,
}

impl Tunnel<'_> {
    fn find(&self, kind: u16) -> Option<&[u8]> {
        self.attributes.value(kind)
    }

    fn byte(&self, kind: u16) -> u8 {
        self.find(kind).and_then(u8::read).unwrap_or(0)
    }

    fn address(&self, kind: u16) -> Ipv4Addr {
        let octets: Option<[u8; 4]> = self.find(kind).and_then(|value| value.try_into().ok());
        octets.map_or(Ipv4Addr::UNSPECIFIED, Ipv4Addr::from)
    }

    fn index(&self) -> u32 {
        self.find(LINK).and_then(u32::read).unwrap_or(0)
    }

    /// Gives the flags and, if there is one, the key of a direction; other modes use the numbers for something else.
    fn direction(&self, (flags, key): (u16, u16)) -> (u16, Option<u32>) {
        if !self.mode.has_keys {
            return (0, None);
        }
        let flags = self.find(flags).and_then(u16::read).map_or(0, u16::from_be);
        let key = self.find(key).and_then(u32::read).map(u32::from_be);
        (flags, key.filter(|_| flags & HAS_KEY != 0))
    }

    /// Says whether it is as wished.
    fn fits(&self, wish: &Wish<'_>, name: &str, link: Option<u32>) -> bool {
        wish.name.is_none_or(|wished| wished == name)
            && wish.mode.is_none_or(|mode| mode.word == self.mode.word)
            && wish.remote.is_none_or(|remote| remote == self.address(self.mode.remote()))
            && wish.local.is_none_or(|local| local == self.address(self.mode.local))
            && link.is_none_or(|link| link == self.index())
    }
}

fn show(ip: &mut Session, io: &mut Io<'_>, wish: &Wish<'_>) -> Result<(), Trouble> {
    // One that there is not is said.
    ip.optional(wish.name)?;
    let link = ip.optional(wish.link)?;
    let all = ip.names()?;
    let data = links::settings(&mut ip.socket)?;
    let mut printer = Printer::new(&mut io.out, ip.settings);
    for own in &all {
        let Some(mode) = mode_of(own) else { continue };
        let tunnel = Tunnel { mode, attributes: Attributes::new(settings_of(&data, own.index)) };
        if tunnel.fits(wish, &own.name, link) {
            printer.object();
            tunnel.put(&mut printer, &own.name, &all);
            printer.end_line();
            printer.end_object();
        }
    }
    printer.finish();
    Ok(())
}

impl Tunnel<'_> {
    fn put(&self, printer: &mut Printer<'_>, name: &str, all: &[Link]) {
        let mode = self.mode;
        printer.word("ifname||: ", &name);
        printer.word("mode||", &mode.shown);
        for (kind, face, none) in
            [(mode.remote(), "remote| remote |", " remote any"), (mode.local, "local| local |", " local any")]
        {
            match self.address(kind) {
                Ipv4Addr::UNSPECIFIED => printer.text(none),
                address => printer.word(face, &address),
            }
        }
        if self.index() != 0 {
            printer.word("dev| dev |", &name_of(all, self.index()));
        }
        match self.byte(mode.hop_limit()) {
            0 => printer.text(" ttl inherit"),
            limit => printer.number("ttl| ttl |", limit.into()),
        }
        match self.byte(mode.class()) {
            0 => {}
            1 => printer.text(" tos inherit"),
            class => {
                let inherits = if class & 1 == 1 { "inherit/" } else { "" };
                printer.word("tos| tos |", &alloc::format!("{inherits}{:#04x}", class & !1));
            }
        }
        if self.byte(DISCOVERS) == 0 {
            printer.null("pmtudisc", " nopmtudisc");
        }
        let (input, output) = (self.direction(INPUT), self.direction(OUTPUT));
        match (input.1, output.1) {
            (Some(key), Some(other)) if key == other => printer.number("key| key |", key.into()),
            (input, output) => {
                printer.optional("ikey| ikey |", input);
                printer.optional("okey| okey |", output);
            }
        }
        for (flags, bit, text) in [
            (input.0, HAS_SEQUENCE, "  Drop packets out of sequence."),
            (input.0, HAS_SUM, "  Checksum in received packet is required."),
            (output.0, HAS_SEQUENCE, "  Sequence packets on output."),
            (output.0, HAS_SUM, "  Checksum output packets."),
        ] {
            if flags & bit != 0 && matches!(printer, Printer::Text { .. }) {
                printer.line();
                printer.text(text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish<'a>(words: &'a [&'a [u8]]) -> Wish<'a> {
        Wish::read(&mut Words::new(words)).unwrap_or_else(|_| panic!("{words:?}"))
    }

    /// Gives what is shown of a tunnel whose attributes are those that are asked for.
    fn shown(line: &str) -> String {
        let words: Vec<&[u8]> = line.split(' ').map(str::as_bytes).collect();
        let wish = wish(&words);
        let mode = wish.mode.unwrap();
        let mut bytes = Vec::new();
        for (kind, value) in wish.attributes(mode, None) {
            bytes.extend(u16::try_from(value.len() + 4).unwrap().to_ne_bytes());
            bytes.extend(kind.to_ne_bytes());
            bytes.extend(&value);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
        let mut out = Vec::new();
        let mut printer = Printer::new(&mut out, super::super::Settings::default());
        Tunnel { mode, attributes: Attributes::new(&bytes) }.put(&mut printer, wish.name.unwrap(), &[]);
        printer.finish();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_is_asked_for_is_what_is_shown() {
        for (words, expected) in [
            (
                "t0 mode ipip remote 10.9.0.2 local 10.0.0.1 ttl 64 pmtudisc",
                "t0: ip/ip remote 10.9.0.2 local 10.0.0.1 ttl 64",
            ),
            (
                "name t1 mode gre/ip remote 10.9.0.3 local any key 5 ttl inherit nopmtudisc",
                "t1: gre/ip remote 10.9.0.3 local any ttl inherit nopmtudisc key 5",
            ),
            ("t2 mode sit tos inherit pmtudisc", "t2: ipv6/ip remote any local any ttl inherit tos inherit"),
            (
                "t3 mode gre ikey 5 okey 1.2.3.4 icsum oseq tos 0x10 pmtudisc",
                "t3: gre/ip remote any local any ttl inherit tos 0x10 ikey 5 okey 16909060\n  Checksum in received packet is \
                 required.\n  Sequence packets on output.",
            ),
        ] {
            assert_eq!(shown(words), expected);
        }
    }

    /// Numbers and bytes as iproute2 6.1 sends them for `ip link add t1 type gre local 10.0.0.1 key 5 csum`.
    #[test]
    fn flags_and_keys_are_in_network_order() {
        let wish = wish(&[b"t1", b"mode", b"gre", b"local", b"10.0.0.1", b"key", b"5", b"csum"]);
        let found = wish.attributes(wish.mode.unwrap(), Some(3));
        assert_eq!(
            found,
            [
                (1, 3_u32.to_ne_bytes().to_vec()),
                (6, vec![10, 0, 0, 1]),
                (2, vec![0xa0, 0]),
                (4, vec![0, 0, 0, 5]),
                (3, vec![0xa0, 0]),
                (5, vec![0, 0, 0, 5]),
            ]
        );
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let refused = |words: &[&[u8]]| Wish::read(&mut Words::new(words)).is_err();
        assert!(refused(&[b"mode", b"vti"]) && refused(&[b"remote", b"::1"]) && refused(&[b"ttl", b"256"]));
        assert!(refused(&[b"a", b"b"]) && refused(&[b"key", b"x"]) && refused(&[b"local"]));
    }
}
