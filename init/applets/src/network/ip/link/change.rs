//! How a link is made, changed and removed.

use alloc::boxed::Box;
use alloc::vec::Vec;

use system::links::{self, Change, Kind, LinkFlags};

use super::super::Session;
use super::super::words::{Trouble, Words};

/// What to do with a link.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Add,
    Set,
    Delete,
}

/// What the words say of a link.
#[derive(Default)]
struct Wish<'a> {
    /// Which link; the name of a new one.
    which: Option<&'a str>,
    /// The link below a new one.
    lower: Option<&'a str>,
    /// The new master; `Some(None)` takes it away.
    master: Option<Option<&'a str>>,
    change: Change<'a>,
}

pub(super) fn run(ip: &mut Session, mut words: Words<'_>, action: Action) -> Result<(), Trouble> {
    let mut wish = Wish::default();
    while let Some(word) = words.next()? {
        take(&mut wish, word, &mut words, action)?;
    }
    let which = wish.which.ok_or_else(|| Trouble::word("link", "no link is named"))?;
    let doing = match action {
        Action::Add if wish.change.kind.is_none() => {
            return Err(Trouble::word(which, "the type of the new link is missing"));
        }
        Action::Add => "add link",
        Action::Set => "set link",
        Action::Delete => "delete link",
    };
    let named = |error: system::Error| error.during(doing, which.as_bytes());
    let mut change = wish.change;
    if let Some(master) = wish.master {
        let index = match master {
            Some(name) => {
                ip.index(name).map_err(|error| named_in(error, doing, which, " to master ", name))?
            }
            None => 0,
        };
        change.master = Some(index);
    }
    if let Some(lower) = wish.lower {
        let index = ip.index(lower).map_err(|error| named_in(error, doing, which, " on ", lower))?;
        change.lower = Some(index);
    }
    match action {
        Action::Add => {
            change.name = Some(which);
            links::add(&mut ip.socket, &change).map_err(named)?;
        }
        Action::Set => {
            change.index = ip.index(which).map_err(named)?;
            links::set(&mut ip.socket, &change).map_err(named)?;
        }
        Action::Delete => {
            let index = ip.index(which).map_err(named)?;
            links::delete(&mut ip.socket, index).map_err(named)?;
        }
    }
    Ok(())
}

/// Says that the other link of a change is the one that is missing.
fn named_in(error: system::Error, doing: &'static str, which: &str, by: &str, other: &str) -> system::Error {
    let object: Vec<u8> = [which, by, other].concat().into_bytes();
    error.during(doing, &object)
}

fn take<'a>(
    wish: &mut Wish<'a>,
    word: &'a str,
    words: &mut Words<'a>,
    action: Action,
) -> Result<(), Trouble> {
    let add = action == Action::Add;
    match word {
        "dev" => wish.which = Some(words.value(word)?),
        "link" if add => wish.lower = Some(words.value(word)?),
        "name" if add => wish.which = Some(words.value(word)?),
        "name" => wish.change.name = Some(words.value(word)?),
        "master" => wish.master = Some(Some(words.value(word)?)),
        "nomaster" => wish.master = Some(None),
        "index" if add => wish.change.index = words.number(word)?,
        "type" if action == Action::Set => {
            return Err(Trouble::word(word, "the type of a link cannot be changed"));
        }
        "type" => {
            let name = words.value(word)?;
            wish.change.kind = Some(kind(name, words)?);
        }
        _ if setting(&mut wish.change, word, words)? => {}
        _ if wish.which.is_some() => return Err(Trouble::word(word, "no such setting of a link")),
        name => wish.which = Some(name),
    }
    Ok(())
}

/// Takes a setting that links of every kind have, with its value; `false` when the word is none.
fn setting<'a>(change: &mut Change<'a>, word: &'a str, words: &mut Words<'a>) -> Result<bool, Trouble> {
    match word {
        "up" => change.set |= LinkFlags::UP,
        "down" => change.clear |= LinkFlags::UP,
        "mtu" => change.mtu = Some(words.number(word)?),
        "address" => change.address = Some(words.hardware(word)?),
        "broadcast" | "brd" => change.broadcast = Some(words.hardware(word)?),
        "txqueuelen" | "qlen" | "txqlen" => change.queue_length = Some(words.number(word)?),
        "group" => change.group = Some(super::group(words)?),
        "alias" => change.alias = Some(words.value(word)?),
        "carrier" => change.carrier = Some(words.switch(word)?),
        "netns" => change.namespace_of_process = Some(words.number(word)?),
        "promisc" => flag(change, LinkFlags::PROMISCUOUS, words.switch(word)?),
        "allmulticast" => flag(change, LinkFlags::ALL_MULTICAST, words.switch(word)?),
        "multicast" => flag(change, LinkFlags::MULTICAST, words.switch(word)?),
        "dynamic" => flag(change, LinkFlags::DYNAMIC, words.switch(word)?),
        "arp" => {
            let arp = words.switch(word)?;
            flag(change, LinkFlags::NO_ARP, !arp);
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn flag(change: &mut Change<'_>, flag: LinkFlags, on: bool) {
    if on { change.set |= flag } else { change.clear |= flag }
}

/// Reads the settings of a kind of link.
fn kind<'a>(name: &'a str, words: &mut Words<'a>) -> Result<Kind<'a>, Trouble> {
    match name {
        "veth" => {
            let mut peer = Change::default();
            while let Some(word) = words.next()? {
                match word {
                    "peer" => {}
                    "name" => peer.name = Some(words.value(word)?),
                    _ if setting(&mut peer, word, words)? => {}
                    _ => return Err(Trouble::word(word, "no such setting of a veth link")),
                }
            }
            Ok(Kind::Veth { peer: Box::new(peer) })
        }
        "vlan" => {
            let mut id = None;
            while let Some(word) = words.next()? {
                match word {
                    "id" => {
                        let number = words.number(word)?;
                        let valid = u16::try_from(number).ok().filter(|&id| id < 4096);
                        id = Some(valid.ok_or_else(|| Trouble::word(word, "a VLAN's number is below 4096"))?);
                    }
                    _ => return Err(Trouble::word(word, "no such setting of a vlan link")),
                }
            }
            Ok(Kind::Vlan { id: id.ok_or_else(|| Trouble::word(name, "the id is missing"))? })
        }
        _ => match words.next()? {
            Some(word) => Err(Trouble::word(word, "no such setting of this type of link")),
            None => Ok(Kind::Plain(name)),
        },
    }
}
