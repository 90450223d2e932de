//! How interfaces are changed.

use core::net::{IpAddr, Ipv4Addr};

use formats::netlink::{Family, HardwareAddress};
use system::addresses::{self, Address, Scope};
use system::links::{self, Change, Extent, Link, LinkFlags};
use system::netlink::Socket;

use super::super::classic;
use crate::{Failure, Io};

/// What is asked for and not done yet.
#[derive(Default)]
struct Wish {
    link: Change<'static>,
    /// The new address of the name.
    address: Option<Ipv4Addr>,
    bits: Option<u8>,
    broadcast: Option<Ipv4Addr>,
    peer: Option<Ipv4Addr>,
    has_broadcast: bool,
}

/// The flags that have words; a dash before one takes it away.
const FLAGS: &[(&[u8], LinkFlags)] = &[
    (b"up", LinkFlags::UP),
    (b"promisc", LinkFlags::PROMISCUOUS),
    (b"multicast", LinkFlags::MULTICAST),
    (b"allmulti", LinkFlags::ALL_MULTICAST),
    (b"dynamic", LinkFlags::DYNAMIC),
    (b"trailers", LinkFlags::empty()),
];

pub(super) fn run(io: &mut Io<'_>, socket: &mut Socket, name: &[u8], words: &[&[u8]]) -> Result<(), Failure> {
    let name = classic::text(io, name)?;
    let base = name.split(':').next().unwrap_or_default();
    let link = links::find(socket, base, Extent::SKIP_STATISTICS)?;
    let mut wish = Wish::default();
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        let (is_off, plain) = match word.strip_prefix(b"-") {
            Some(plain) => (true, plain),
            None => (false, word),
        };
        if let Some((_, flag)) = FLAGS.iter().find(|(known, _)| *known == plain) {
            wish.flag(socket, &link, *flag, !is_off)?;
            continue;
        }
        match plain {
            b"arp" => wish.flag(socket, &link, LinkFlags::NO_ARP, is_off)?,
            b"down" if base != name => {
                remove_named(socket, &link, name)?;
            }
            b"down" => wish.flag(socket, &link, LinkFlags::UP, false)?,
            b"broadcast" | b"pointopoint" | b"dstaddr" if is_off => {
                wish.has_broadcast |= plain == b"broadcast";
            }
            b"inet" | b"inet6" => {}
            b"netmask" | b"broadcast" | b"pointopoint" | b"dstaddr" | b"mtu" | b"txqueuelen" | b"metric"
            | b"hw" | b"add" | b"del" => {
                let mut value = words.next();
                if plain == b"hw" && matches!(value, Some(b"ether" | b"infiniband")) {
                    value = words.next();
                }
                let value = value.ok_or_else(|| io.misuse(word, "a value must follow"))?;
                if !wish.take(socket, &link, plain, value)? {
                    return Err(io.misuse(value, "makes no sense there").into());
                }
            }
            _ => match classic::read_address(word) {
                Some((IpAddr::V4(address), bits)) => {
                    (wish.address, wish.bits) = (Some(address), bits.or(wish.bits));
                    wish.link.set |= LinkFlags::UP;
                }
                _ => return Err(io.misuse(word, "neither a setting nor an IPv4 address").into()),
            },
        }
    }
    wish.apply_address(io, socket, &link, name)?;
    wish.apply_link(socket, &link)
}

impl Wish {
    /// Switches a flag; what contradicts an earlier word is done after it (`down hw ether ... up`).
    fn flag(&mut self, socket: &mut Socket, link: &Link, flag: LinkFlags, on: bool) -> Result<(), Failure> {
        if if on { self.link.clear } else { self.link.set }.intersects(flag) {
            self.apply_link(socket, link)?;
        }
        if on {
            self.link.set |= flag;
        } else {
            self.link.clear |= flag;
        }
        Ok(())
    }

    /// Takes a setting with its value; false if the value makes no sense.
    fn take(&mut self, socket: &mut Socket, link: &Link, word: &[u8], value: &[u8]) -> Result<bool, Failure> {
        let address = classic::read_address(value);
        let v4 = match address {
            Some((IpAddr::V4(address), None)) => Some(address),
            _ => None,
        };
        let number = classic::number(value);
        match (word, address) {
            (b"netmask", _) => {
                self.bits = classic::read_mask(value);
                return Ok(self.bits.is_some());
            }
            (b"broadcast", _) => {
                (self.broadcast, self.has_broadcast) = (v4, true);
                return Ok(v4.is_some());
            }
            (b"pointopoint" | b"dstaddr", _) => {
                self.peer = v4;
                return Ok(v4.is_some());
            }
            (b"add" | b"del", Some((address, bits))) => {
                let bits = bits.unwrap_or(Family::of(address).bits());
                let mut address = Address::new(link.index, address, bits);
                if word == b"del" {
                    addresses::delete(socket, &address)?;
                } else {
                    address.broadcast = default_broadcast(link, &address);
                    addresses::add(socket, &address)?;
                }
            }
            (b"mtu", _) => self.link.mtu = number,
            (b"txqueuelen", _) => self.link.queue_length = number,
            // The kernel has no metrics of links; 0 and 1 are what it has.
            (b"metric", _) => return Ok(number.is_some_and(|metric| metric <= 1)),
            (b"hw", _) => {
                let text = core::str::from_utf8(value).unwrap_or_default();
                self.link.address = HardwareAddress::from_text(text);
                return Ok(self.link.address.is_some());
            }
            _ => return Ok(false),
        }
        Ok(number.is_some() || address.is_some())
    }

    /// Makes the address the one of the name, in the place of the one that is there.
    fn apply_address(
        &mut self,
        io: &mut Io<'_>,
        socket: &mut Socket,
        link: &Link,
        name: &str,
    ) -> Result<(), Failure> {
        let is_changed = self.bits.is_some() || self.has_broadcast || self.peer.is_some();
        if self.address.is_none() && !is_changed {
            return Ok(());
        }
        let old = named(socket, link, name)?;
        let (local, bits) = match (self.address, &old) {
            (Some(local), _) => (local, self.bits.unwrap_or(classic::class(local))),
            (None, Some(Address { local: IpAddr::V4(local), prefix, .. })) => {
                (*local, self.bits.unwrap_or(*prefix))
            }
            _ => return Err(io.complain(name.as_bytes(), &linux::Errno::ADDRNOTAVAIL).into()),
        };
        let mut new = Address::new(link.index, local.into(), if self.peer.is_some() { 32 } else { bits });
        new.label = Some(name.into());
        new.peer = self.peer.map(IpAddr::V4);
        new.broadcast = match self.broadcast {
            None if self.has_broadcast => None,
            None => default_broadcast(link, &new),
            given => given.map(IpAddr::V4),
        };
        if local.is_loopback() {
            new.scope = Scope::HOST;
        }
        if let Some(old) = old {
            if self.address.is_some() && !is_changed && old.local == new.local {
                return Ok(());
            }
            addresses::delete(socket, &old)?;
        }
        if !local.is_unspecified() {
            addresses::add(socket, &new)?;
        }
        Ok(())
    }

    fn apply_link(&mut self, socket: &mut Socket, link: &Link) -> Result<(), Failure> {
        let change = core::mem::take(&mut self.link);
        if change != Change::default() {
            let outcome = links::set(socket, &Change { index: link.index, ..change });
            outcome.map_err(|error| error.during("set", link.name.as_bytes()))?;
        }
        Ok(())
    }
}

/// Gives the broadcast address that an address has if nobody says it, on links that know such.
fn default_broadcast(link: &Link, address: &Address) -> Option<IpAddr> {
    match address.local {
        IpAddr::V4(local) if link.flags.contains(LinkFlags::BROADCAST) && address.prefix < 31 => {
            Some(classic::broadcast(local, address.prefix).into())
        }
        _ => None,
    }
}

/// Gives the first IPv4 address of a name.
fn named(socket: &mut Socket, link: &Link, name: &str) -> Result<Option<Address>, Failure> {
    let all = addresses::dump(socket, Family::INET, link.index)?;
    Ok(all.into_iter().find(|address| address.label.as_deref() == Some(name)))
}

fn remove_named(socket: &mut Socket, link: &Link, name: &str) -> Result<(), Failure> {
    match named(socket, link, name)? {
        Some(address) => addresses::delete(socket, &address)?,
        None => return Err(system::Error::new("get", name.as_bytes(), linux::Errno::ADDRNOTAVAIL).into()),
    }
    Ok(())
}
