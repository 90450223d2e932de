//! How an address is added, changed and removed.

use core::net::IpAddr;

use alloc::string::{String, ToString};

use formats::netlink::Family;
use system::addresses::{self, Address, AddressFlags, AddressProtocol, CacheInfo, FOREVER, Scope};

use super::super::Session;
use super::super::words::{self, Prefix, Trouble, Words, abbreviates};

/// What to do with an address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Add,
    Change,
    Replace,
    Delete,
}

/// What the words say of an address.
#[derive(Default)]
struct Wish<'a> {
    local: Option<Prefix>,
    peer: Option<Prefix>,
    link: Option<&'a str>,
    broadcast: Option<Broadcast>,
    anycast: Option<IpAddr>,
    scope: Option<Scope>,
    label: Option<&'a str>,
    metric: Option<u32>,
    preferred_s: Option<u32>,
    valid_s: Option<u32>,
    flags: AddressFlags,
    protocol: AddressProtocol,
}

/// How the broadcast address is given.
#[derive(Clone, Copy)]
enum Broadcast {
    Address(IpAddr),
    /// The last address of the prefix.
    Last,
    /// The first address of the prefix.
    First,
}

pub(super) fn run(ip: &mut Session, mut words: Words<'_>, action: Action) -> Result<(), Trouble> {
    let mut wish = Wish::default();
    while let Some(word) = words.next()? {
        take(&mut wish, word, &mut words, ip.settings.family)?;
    }
    let local = wish.local.ok_or_else(|| Trouble::word("address", "no address is given"))?;
    let link = wish.link.ok_or_else(|| Trouble::word("dev", "the link is missing"))?;
    let (doing, by) = match action {
        Action::Add => ("add address", "to"),
        Action::Change => ("change address", "of"),
        Action::Replace => ("set address", "of"),
        Action::Delete => ("delete address", "from"),
    };
    let outcome = ip.index(link).and_then(|index| {
        let mut address = wish.address(index, local);
        let socket = &mut ip.socket;
        match action {
            Action::Add => addresses::add(socket, &address),
            Action::Change => addresses::change(socket, &address),
            Action::Replace => addresses::replace(socket, &address),
            Action::Delete => {
                if !local.given && wish.peer.is_none() {
                    // The prefix length is part of what is deleted: take that of the address that is there.
                    let there = addresses::dump(socket, local.family(), index)?;
                    let same = there.into_iter().find(|there| there.local == address.local);
                    address = same.unwrap_or(address);
                }
                addresses::delete(socket, &address)
            }
        }
    });
    let object: String = alloc::format!("{}/{} {by} {link}", local.address, local.bits);
    Ok(outcome.map_err(|error| error.during(doing, object.as_bytes()))?)
}

fn take<'a>(
    wish: &mut Wish<'a>,
    word: &'a str,
    words: &mut Words<'a>,
    family: Family,
) -> Result<(), Trouble> {
    let family = wish.local.map_or(family, |local| local.family());
    match word {
        "dev" => wish.link = Some(words.value(word)?),
        "peer" | "remote" => wish.peer = Some(words::prefix(words.value(word)?, family)?),
        "scope" => wish.scope = Some(scope(words.value(word)?)?),
        "label" => wish.label = Some(words.value(word)?),
        "brd" => wish.broadcast = Some(broadcast(words.value(word)?, family)?),
        "proto" => {
            let name = words.value(word)?;
            let known =
                AddressProtocol::from_name(name).ok_or_else(|| Trouble::word(name, "no such protocol"))?;
            wish.protocol = known;
        }
        "home" => wish.flags |= AddressFlags::HOME_ADDRESS,
        "nodad" => wish.flags |= AddressFlags::NO_DAD,
        "mngtmpaddr" => wish.flags |= AddressFlags::MANAGE_TEMPORARY,
        "noprefixroute" => wish.flags |= AddressFlags::NO_PREFIX_ROUTE,
        "autojoin" => wish.flags |= AddressFlags::AUTO_JOIN,
        "optimistic" => wish.flags |= AddressFlags::OPTIMISTIC,
        "local" => wish.local = Some(words::prefix(words.value(word)?, family)?),
        _ if abbreviates(word, "broadcast") => wish.broadcast = Some(broadcast(words.value(word)?, family)?),
        _ if abbreviates(word, "anycast") => wish.anycast = Some(words.address(word, family)?),
        _ if abbreviates(word, "valid_lft") => wish.valid_s = Some(lifetime(words.value(word)?)?),
        _ if abbreviates(word, "preferred_lft") => wish.preferred_s = Some(lifetime(words.value(word)?)?),
        _ if ["metric", "priority", "preference"].iter().any(|full| abbreviates(word, full)) => {
            wish.metric = Some(words.number(word)?);
        }
        _ if wish.local.is_some() => return Err(Trouble::word(word, "no such setting of an address")),
        address => wish.local = Some(words::prefix(address, family)?),
    }
    Ok(())
}

pub(super) fn scope(name: &str) -> Result<Scope, Trouble> {
    Scope::from_name(name).ok_or_else(|| Trouble::word(name, "no such scope"))
}

fn broadcast(word: &str, family: Family) -> Result<Broadcast, Trouble> {
    match word {
        "+" => Ok(Broadcast::Last),
        "-" => Ok(Broadcast::First),
        _ => Ok(Broadcast::Address(words::prefix(word, family)?.address)),
    }
}

fn lifetime(word: &str) -> Result<u32, Trouble> {
    if word == "forever" {
        return Ok(FOREVER);
    }
    words::number(word).ok_or_else(|| Trouble::word(word, "expected seconds or forever"))
}

impl Wish<'_> {
    fn address(&self, index: u32, local: Prefix) -> Address {
        // The prefix of a point-to-point link is that of the far end.
        let bits = self.peer.map_or(local.bits, |peer| peer.bits);
        let plain = Address::new(index, local.address, bits);
        let lifetimes = (self.preferred_s.is_some() || self.valid_s.is_some()).then(|| {
            CacheInfo::lasting(self.preferred_s.unwrap_or(FOREVER), self.valid_s.unwrap_or(FOREVER))
        });
        Address {
            peer: self.peer.map(|peer| peer.address),
            broadcast: self.broadcast.and_then(|broadcast| broadcast.of(local.address, bits)),
            anycast: self.anycast,
            label: self.label.map(ToString::to_string),
            scope: self.scope.unwrap_or(plain.scope),
            flags: self.flags,
            protocol: self.protocol,
            route_priority: self.metric,
            lifetimes,
            ..plain
        }
    }
}

impl Broadcast {
    fn of(self, address: IpAddr, bits: u8) -> Option<IpAddr> {
        let (last, IpAddr::V4(v4)) = (
            match self {
                Self::Address(address) => return Some(address),
                Self::Last => true,
                Self::First => false,
            },
            address,
        ) else {
            return None;
        };
        // Prefixes of one or two addresses have none (RFC 3021).
        let host = u32::MAX.checked_shr(bits.into()).filter(|_| bits < 31)?;
        let bits = if last { v4.to_bits() | host } else { v4.to_bits() & !host };
        Some(IpAddr::V4(bits.into()))
    }
}
