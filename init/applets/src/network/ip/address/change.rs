//! How an address is added, changed and removed.

use core::net::IpAddr;

use alloc::string::ToString;

use formats::internet::Shown;
use formats::netlink::Family;
use system::addresses::{self, Address, AddressProtocol, CacheInfo, FOREVER, Scope};

use super::super::words::{self, Argument, Prefix, Trouble, Words};
use super::super::{Command, Session};
use super::show;
use crate::HAS_MORE;

/// What the words say of an address.
struct Wish<'a> {
    /// What can be said at once.
    address: Address,
    local: Option<Prefix>,
    peer: Option<Prefix>,
    link: Option<&'a str>,
    broadcast: Option<Broadcast>,
    scope: Option<Scope>,
    preferred_s: Option<u32>,
    valid_s: Option<u32>,
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

pub(in super::super) fn run(
    ip: &mut Session,
    words: &mut Words<'_>,
    command: Command,
) -> Result<(), Trouble> {
    let family = ip.settings.family;
    let mut wish = Wish {
        address: Address::new(0, Prefix::all(family).address, 0),
        local: None,
        peer: None,
        link: None,
        broadcast: None,
        scope: None,
        preferred_s: None,
        valid_s: None,
    };
    wish.read(words, family)?;
    let local = wish.local.ok_or_else(|| Trouble::word("address", "no address is given"))?;
    let link = wish.link.ok_or_else(|| Trouble::word("dev", "the link is missing"))?;
    wish.complete(local);
    let mut address = wish.address;
    let (flags, verb) = command.request();
    let outcome = ip.index(link).and_then(|index| {
        address.index = index;
        let socket = &mut ip.socket;
        if command != Command::Delete {
            return addresses::put(socket, verb, &address, flags);
        }
        if !local.given && wish.peer.is_none() {
            // The prefix length is part of what is deleted: take that of the address that is there.
            let there = addresses::dump(socket, local.family(), index)?;
            if let Some(same) = there.into_iter().find(|there| there.local == address.local) {
                address = same;
            }
        }
        addresses::delete(socket, &address)
    });
    let (text, bits) = (Shown(local.address).to_string(), local.bits.to_string());
    let object = ["address ", &text, "/", &bits, command.preposition(), link].concat();
    Ok(outcome.map_err(|error| error.during(verb, object.as_bytes()))?)
}

keywords! {
    /// What can be said of an address.
    enum Setting, "no such setting of an address" {
        Link: Word = "dev",
        Peer: Prefix = "peer remote",
        Scope: Scope = "scope",
        Label: Word = "label",
        Broadcast: Word = "brd",
        Protocol: AddressProtocol = "proto" if HAS_MORE,
        Flag: Nothing = "home nodad mngtmpaddr noprefixroute autojoin optimistic" if HAS_MORE,
        Local: Prefix = "local",
        LongBroadcast: Word = "broadcast*",
        Anycast: Prefix = "anycast*" if HAS_MORE,
        Valid: Lifetime = "valid_lft*" if HAS_MORE,
        Preferred: Lifetime = "preferred_lft*" if HAS_MORE,
        Metric: Number = "metric* priority* preference*" if HAS_MORE,
        Other: Word = "_",
    }
}

impl<'a> Wish<'a> {
    fn read(&mut self, words: &mut Words<'a>, family: Family) -> Result<(), Trouble> {
        let value = &mut Argument::new(family);
        while let Some(setting) = Setting::next(words, value)? {
            match setting {
                Setting::Link => self.link = Some(value.word),
                Setting::Peer => self.peer = Some(value.prefix),
                Setting::Scope => self.scope = Some(Scope(value.byte)),
                Setting::Label => self.address.label = Some(value.word.into()),
                Setting::Broadcast | Setting::LongBroadcast => {
                    self.broadcast = Some(broadcast(value.word, value.family)?);
                }
                Setting::Protocol => self.address.protocol = AddressProtocol(value.byte),
                Setting::Flag => self.address.flags |= show::flag(value.word),
                Setting::Anycast => self.address.anycast = Some(value.address()),
                Setting::Valid => self.valid_s = Some(value.number),
                Setting::Preferred => self.preferred_s = Some(value.number),
                Setting::Metric => self.address.route_priority = Some(value.number),
                Setting::Other if self.local.is_some() => return Err(Setting::TABLE.refuse(value.word)),
                Setting::Local | Setting::Other => {
                    let local = words::prefix(value.word, family)?;
                    value.family = local.family();
                    self.local = Some(local);
                }
            }
        }
        Ok(())
    }

    /// Puts in what the address itself decides.
    fn complete(&mut self, local: Prefix) {
        // The prefix of a point-to-point link is that of the far end.
        let bits = self.peer.map_or(local.bits, |peer| peer.bits);
        let plain = Address::new(0, local.address, bits);
        let address = &mut self.address;
        address.local = plain.local;
        address.prefix = bits;
        address.scope = self.scope.unwrap_or(plain.scope);
        address.peer = self.peer.map(|peer| peer.address);
        address.broadcast = self.broadcast.and_then(|broadcast| broadcast.of(local.address, bits));
        if self.preferred_s.is_some() || self.valid_s.is_some() {
            let preferred_s = self.preferred_s.unwrap_or(FOREVER);
            address.lifetimes = Some(CacheInfo::lasting(preferred_s, self.valid_s.unwrap_or(FOREVER)));
        }
    }
}

fn broadcast(word: &str, family: Family) -> Result<Broadcast, Trouble> {
    match word {
        "+" => Ok(Broadcast::Last),
        "-" => Ok(Broadcast::First),
        _ => Ok(Broadcast::Address(words::prefix(word, family)?.address)),
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
