//! How a link is made, changed and removed.

use alloc::boxed::Box;
use alloc::vec::Vec;

use formats::netlink::Family;
use linux::fd::OwnedFd;
use system::links::{self, Change, Kind, LinkFlags};
use system::namespaces;

use super::super::Session;
use super::super::words::{Argument, Takes, Trouble, Words, number};
use super::{Command, kinds};
use crate::HAS_MORE;

/// What the words say of a link.
#[derive(Default)]
struct Wish<'a> {
    /// Which link; the name of a new one.
    which: Option<&'a str>,
    /// The link below a new one.
    lower: Option<&'a str>,
    /// The new master; an empty name takes it away.
    master: Option<&'a str>,
    change: Change<'a>,
    /// Namespaces that the change names by their descriptors.
    files: Vec<OwnedFd>,
}

pub(super) fn run(ip: &mut Session, words: &mut Words<'_>, command: Command) -> Result<(), Trouble> {
    let mut wish = Wish::default();
    wish.read(ip, words, command)?;
    let Wish { which, lower, master, mut change, files: _files } = wish;
    let which = which.ok_or_else(|| Trouble::word("link", "no link is named"))?;
    if command == Command::Add && change.kind.is_none() {
        return Err(Trouble::word(which, "the type of the new link is missing"));
    }
    let doing = match command {
        Command::Add => "add link",
        Command::Set => "set link",
        _ => "delete link",
    };
    // The other link of a change may be the one that is missing.
    let named = |error: system::Error, by: &str, other: &str| {
        error.during(doing, [which, by, other].concat().as_bytes())
    };
    if let Some(name) = master {
        let index = if name.is_empty() { Ok(0) } else { ip.index(name) };
        change.master = Some(index.map_err(|error| named(error, " to master ", name))?);
    }
    if let Some(name) = lower {
        change.lower = Some(ip.index(name).map_err(|error| named(error, " on ", name))?);
    }
    let outcome = if command == Command::Add {
        change.name = Some(which);
        links::add(&mut ip.socket, &change)
    } else {
        ip.index(which).and_then(|index| {
            change.index = index;
            match command {
                Command::Set => links::set(&mut ip.socket, &change),
                _ => links::delete(&mut ip.socket, index),
            }
        })
    };
    Ok(outcome.map_err(|error| named(error, "", ""))?)
}

keywords! {
    /// What can be said of a link.
    enum Setting, "no such setting of a link" {
        Up: Nothing = "up",
        Down: Nothing = "down",
        Mtu: Number = "mtu",
        Address: Hardware = "address",
        Broadcast: Hardware = "broadcast brd" if HAS_MORE,
        QueueLength: Number = "txqueuelen qlen txqlen" if HAS_MORE,
        Group: Group = "group" if HAS_MORE,
        Alias: Word = "alias" if HAS_MORE,
        Carrier: Switch = "carrier" if HAS_MORE,
        Namespace: Word = "netns" if HAS_MORE,
        Promiscuous: Switch = "promisc",
        AllMulticast: Switch = "allmulticast" if HAS_MORE,
        Multicast: Switch = "multicast" if HAS_MORE,
        Dynamic: Switch = "dynamic" if HAS_MORE,
        Arp: Switch = "arp",
        Name: Word = "name",
        // Of a new link, or one that is changed, not of the peer that comes with it.
        Which: Word = "dev",
        Lower: Word = "link",
        Master: Word = "master",
        NoMaster: Nothing = "nomaster",
        Index: Number = "index" if HAS_MORE,
        Kind: Word = "type",
        Other: Word = "_",
    }
}

impl<'a> Wish<'a> {
    fn read(&mut self, ip: &mut Session, words: &mut Words<'a>, command: Command) -> Result<(), Trouble> {
        let value = &mut Argument::new(Family::UNSPECIFIED);
        while let Some(setting) = Setting::next(words, value)? {
            match setting {
                Setting::Which => self.which = Some(value.word),
                Setting::Lower if command == Command::Add => self.lower = Some(value.word),
                Setting::Name if command == Command::Add => self.which = Some(value.word),
                Setting::Master => self.master = Some(value.word),
                Setting::NoMaster => self.master = Some(""),
                Setting::Index if command == Command::Add => self.change.index = value.number,
                Setting::Kind if HAS_MORE && kinds::is_known(value.word) => {
                    let settings = kinds::read(ip, value.word, words)?;
                    if value.word == "vlan" && command == Command::Add && settings.is_empty() {
                        return Err(Trouble::word(value.word, "the id is missing"));
                    }
                    self.change.kind = Some(Kind::Settings(value.word, settings));
                }
                Setting::Kind if command == Command::Set => {
                    return Err(Trouble::word("type", "the type of a link cannot be changed"));
                }
                Setting::Kind => self.change.kind = Some(kind(value.word, words, &mut self.files)?),
                Setting::Other if self.which.is_some() => return Err(Setting::TABLE.refuse(value.word)),
                Setting::Other => self.which = Some(value.word),
                _ => set(&mut self.change, setting, value, &mut self.files)?,
            }
        }
        Ok(())
    }
}

/// Sets what links of every kind have.
fn set<'a>(
    change: &mut Change<'a>,
    setting: Setting,
    value: &Argument<'a>,
    files: &mut Vec<OwnedFd>,
) -> Result<(), Trouble> {
    let (flag, on) = match setting {
        Setting::Up => (LinkFlags::UP, true),
        Setting::Down => (LinkFlags::UP, false),
        Setting::Promiscuous => (LinkFlags::PROMISCUOUS, value.is_on()),
        Setting::AllMulticast => (LinkFlags::ALL_MULTICAST, value.is_on()),
        Setting::Multicast => (LinkFlags::MULTICAST, value.is_on()),
        Setting::Dynamic => (LinkFlags::DYNAMIC, value.is_on()),
        Setting::Arp => (LinkFlags::NO_ARP, !value.is_on()),
        _ => (LinkFlags::empty(), false),
    };
    if on {
        change.set |= flag
    } else {
        change.clear |= flag
    }
    match setting {
        Setting::Mtu => change.mtu = Some(value.number),
        Setting::Address => change.address = Some(value.hardware),
        Setting::Broadcast => change.broadcast = Some(value.hardware),
        Setting::QueueLength => change.queue_length = Some(value.number),
        Setting::Group => change.group = Some(value.number),
        Setting::Alias => change.alias = Some(value.word),
        Setting::Carrier => change.carrier = Some(value.is_on()),
        Setting::Namespace if HAS_MORE => match number(value.word) {
            Some(process) => change.namespace_of_process = Some(process),
            None => {
                let namespace = namespaces::open(value.word.as_bytes())?;
                change.namespace_of_descriptor = Some(namespace.as_raw().unsigned_abs());
                files.push(namespace);
            }
        },
        Setting::Name => change.name = Some(value.word),
        _ if flag.is_empty() => return Err(Setting::TABLE.refuse(value.keyword)),
        _ => {}
    }
    Ok(())
}

/// Reads the settings of a kind of link.
fn kind<'a>(name: &'a str, words: &mut Words<'a>, files: &mut Vec<OwnedFd>) -> Result<Kind<'a>, Trouble> {
    let value = &mut Argument::new(Family::UNSPECIFIED);
    match name {
        "veth" if HAS_MORE => {
            let mut peer = Change::default();
            loop {
                words.skip("peer")?;
                let Some(setting) = Setting::next(words, value)? else { break };
                match setting {
                    Setting::Other if peer.name.is_none() => peer.name = Some(value.word),
                    setting => set(&mut peer, setting, value, files)?,
                }
            }
            Ok(Kind::Veth { peer: Box::new(peer) })
        }
        "vlan" => {
            if !words.skip("id")? {
                return Err(Trouble::word(name, "the id is missing"));
            }
            value.word = words.value("id")?;
            value.read(Takes::Number)?;
            let id = u16::try_from(value.number).ok().filter(|id| *id < 4096);
            let id = id.ok_or_else(|| Trouble::word(value.word, "a VLAN's number is below 4096"))?;
            end(words, Kind::Vlan { id })
        }
        _ => end(words, Kind::Plain(name)),
    }
}

/// Refuses words after the last setting.
fn end<'a>(words: &Words<'_>, kind: Kind<'a>) -> Result<Kind<'a>, Trouble> {
    match words.peek()? {
        Some(word) => Err(Trouble::word(word, "no such setting of this type of link")),
        None => Ok(kind),
    }
}
