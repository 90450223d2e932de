//! Routes: option 121 and its elder 249 (RFC 3442), and option 33 for networks of classes (RFC 2132 section 5.8).
//!
//! One route that cannot be does not lose the others. Where the bad one is a width above 32, the length of what follows it is
//! not known: an encoder that knows no better writes as many bytes of destination as the width asks for, a careless one
//! writes the four that an address has. The reading in which all that follows is well formed is taken.

use alloc::vec::Vec;
use core::net::Ipv4Addr;

use super::addresses::mask_prefix_by_class;
use crate::cursor::Cursor;
use crate::file::lease::Route;
use crate::{Error, Expected};

/// What an option of routes held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routes {
    /// The routes that can be, in order.
    pub good: Vec<Route>,
    /// How many could not.
    pub bad: u32,
}

/// More routes than this are counted as bad, not kept.
const MOST: usize = 256;

impl Routes {
    fn push(&mut self, destination: Ipv4Addr, prefix: u8, gateway: Ipv4Addr) {
        if self.good.len() >= MOST || !may_be_destination(destination, prefix) || !may_be_gateway(gateway) {
            self.bad += 1;
            return;
        }
        let gateway = Some(gateway).filter(|gateway| !gateway.is_unspecified());
        self.good.push(Route { destination: masked(destination, prefix), prefix, gateway });
    }
}

/// Reads option 121 or 249. Bits of a destination behind its width are cleared; a gateway of 0.0.0.0 means this link.
pub fn classless(value: &[u8]) -> Routes {
    let mut routes = Routes::default();
    let mut cursor = Cursor::new(value);
    while !cursor.is_empty() {
        match descriptor(&mut cursor) {
            Ok((destination, prefix, gateway)) => routes.push(destination, prefix, gateway),
            Err(Broken::Width(width)) => {
                routes.bad += 1;
                match behind_bad_width(cursor, width) {
                    Some(rest) => cursor = rest,
                    None => break,
                }
            }
            Err(Broken::Cut) => {
                routes.bad += 1;
                break;
            }
        }
    }
    routes
}

/// Reads option 33: pairs of destination and router; the destination's class says how wide it is.
pub fn classful(value: &[u8]) -> Result<Routes, Error> {
    let mut routes = Routes::default();
    let mut cursor = Cursor::new(value);
    loop {
        let destination = Ipv4Addr::from(cursor.array::<4>(Expected::DhcpOption)?);
        let router = Ipv4Addr::from(cursor.array::<4>(Expected::DhcpOption)?);
        let network = mask_prefix_by_class(destination);
        let prefix = if masked(destination, network) == destination { network } else { 32 };
        // The default route is not allowed here, nor a router that is no host.
        if destination.is_unspecified() || router.is_unspecified() {
            routes.bad += 1;
        } else {
            routes.push(destination, prefix, router);
        }
        if cursor.is_empty() {
            return Ok(routes);
        }
    }
}

/// Clears the bits behind a prefix.
fn masked(address: Ipv4Addr, prefix: u8) -> Ipv4Addr {
    let mask = u32::MAX.checked_shl(32_u32.saturating_sub(prefix.into())).unwrap_or(0);
    Ipv4Addr::from(u32::from(address) & mask)
}

/// Refuses loopback, reserved space, and "this network" but for the halves that are used in place of a default route.
fn may_be_destination(destination: Ipv4Addr, prefix: u8) -> bool {
    match destination.octets() {
        [0, ..] => prefix < 8,
        [127, ..] => prefix < 8,
        [240..=255, ..] => false,
        _ => true,
    }
}

/// Refuses what can be no host; 0.0.0.0 stands for none.
fn may_be_gateway(gateway: Ipv4Addr) -> bool {
    match gateway.octets() {
        [0, rest @ ..] => rest == [0; 3],
        [127, ..] | [224..=255, ..] => false,
        _ => true,
    }
}

/// Why a route descriptor could not be read.
enum Broken {
    /// A width above 32; the cursor stands behind it.
    Width(u8),
    /// The value ends within it.
    Cut,
}

/// Reads one descriptor: width, as many bytes of destination as it has bits in, gateway.
fn descriptor(cursor: &mut Cursor<'_>) -> Result<(Ipv4Addr, u8, Ipv4Addr), Broken> {
    let width = cursor.u8(Expected::DhcpOption).map_err(|_| Broken::Cut)?;
    if width > 32 {
        return Err(Broken::Width(width));
    }
    let significant =
        cursor.take(usize::from(width.div_ceil(8)), Expected::DhcpOption).map_err(|_| Broken::Cut)?;
    let mut destination = [0; 4];
    for (octet, byte) in destination.iter_mut().zip(significant) {
        *octet = *byte;
    }
    let gateway = cursor.array::<4>(Expected::DhcpOption).map_err(|_| Broken::Cut)?;
    Ok((destination.into(), width, gateway.into()))
}

/// Finds the next descriptor behind a width that is too large.
fn behind_bad_width(at: Cursor<'_>, width: u8) -> Option<Cursor<'_>> {
    [usize::from(width.div_ceil(8)), 4].into_iter().find_map(|octets| {
        let mut cursor = at;
        cursor.take(octets + 4, Expected::DhcpOption).ok()?;
        (!cursor.is_empty() && all_well_formed(cursor)).then_some(cursor)
    })
}

/// Says whether descriptors fill the rest, each as a careful encoder writes it.
fn all_well_formed(mut cursor: Cursor<'_>) -> bool {
    while !cursor.is_empty() {
        match descriptor(&mut cursor) {
            Ok((destination, prefix, _)) if masked(destination, prefix) == destination => {}
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(destination: [u8; 4], prefix: u8, gateway: [u8; 4]) -> Route {
        let gateway = Some(Ipv4Addr::from(gateway)).filter(|gateway| !gateway.is_unspecified());
        Route { destination: destination.into(), prefix, gateway }
    }

    #[test]
    fn the_destinations_of_rfc_3442() {
        // RFC 3442's table: 0/0, 10/8, 10.0.0/24, 10.17/16, 10.27.129/24, 10.229.0.128/25, 10.198.122.47/32.
        let table: &[(&[u8], [u8; 4], u8)] = &[
            (&[0], [0; 4], 0),
            (&[8, 10], [10, 0, 0, 0], 8),
            (&[24, 10, 0, 0], [10, 0, 0, 0], 24),
            (&[16, 10, 17], [10, 17, 0, 0], 16),
            (&[24, 10, 27, 129], [10, 27, 129, 0], 24),
            (&[25, 10, 229, 0, 128], [10, 229, 0, 128], 25),
            (&[32, 10, 198, 122, 47], [10, 198, 122, 47], 32),
        ];
        let mut all = Vec::new();
        let mut expected = Vec::new();
        for (bytes, destination, prefix) in table {
            all.extend_from_slice(bytes);
            all.extend_from_slice(&[10, 9, 0, 1]);
            expected.push(route(*destination, *prefix, [10, 9, 0, 1]));
        }
        assert_eq!(classless(&all), Routes { good: expected.clone(), bad: 0 });
        for length in 0..all.len() {
            let cut = classless(&all[..length]);
            assert_eq!(cut.good[..], expected[..cut.good.len()], "{length}");
            assert!(cut.bad <= 1);
        }
    }

    #[test]
    fn a_bad_route_does_not_lose_the_good_ones() {
        let default = [0, 10, 9, 0, 1];
        let good = [24, 192, 168, 77, 10, 9, 0, 1];
        let bad: &[&[u8]] = &[
            &[33, 10, 8, 0, 0, 10, 9, 0, 1],    // width 33, four bytes
            &[33, 10, 8, 0, 0, 0, 10, 9, 0, 1], // width 33, five bytes
            &[255, 10, 8, 0, 0, 10, 9, 0, 1],   // width 255, four bytes
            &[8, 127, 10, 9, 0, 1],             // loopback
            &[24, 0, 1, 2, 10, 9, 0, 1],        // this network
            &[32, 240, 0, 0, 1, 10, 9, 0, 1],   // reserved
            &[16, 10, 8, 255, 255, 255, 255],   // gateway broadcast
            &[16, 10, 8, 224, 0, 0, 9],         // gateway multicast
            &[16, 10, 8, 127, 0, 0, 1],         // gateway ourselves
            &[16, 10, 8, 0, 0, 0, 1],           // gateway in 0/8
        ];
        for bad in bad {
            let value = [&good[..], bad, &default[..]].concat();
            let routes = classless(&value);
            assert_eq!(routes.bad, 1, "{bad:?}");
            let expected = [route([192, 168, 77, 0], 24, [10, 9, 0, 1]), route([0; 4], 0, [10, 9, 0, 1])];
            assert_eq!(routes.good, expected, "{bad:?}");
            let first = [bad, &default[..]].concat();
            assert_eq!(classless(&first).good, expected[1..], "{bad:?}");
        }
    }

    #[test]
    fn bits_behind_the_width_are_cleared_and_the_link_is_a_gateway() {
        let routes = classless(&[20, 10, 1, 0xff, 0, 0, 0, 0]);
        assert_eq!(routes.good, [route([10, 1, 0xf0, 0], 20, [0; 4])]);
        assert_eq!(routes.good[0].gateway, None);
        assert_eq!(classless(&[1, 0, 10, 9, 0, 1, 1, 128, 10, 9, 0, 1]).good.len(), 2);
    }

    #[test]
    fn more_routes_than_anybody_needs_are_not_kept() {
        let value = [0, 10, 9, 0, 1].repeat(MOST + 7);
        let routes = classless(&value);
        assert_eq!((routes.good.len(), routes.bad), (MOST, 7));
    }

    #[test]
    fn routes_of_classes() {
        let routes = classful(&[
            10, 0, 0, 0, 10, 9, 0, 1, // a network of class A
            192, 168, 7, 9, 10, 9, 0, 1, // a host
            0, 0, 0, 0, 10, 9, 0, 1, // not allowed
            10, 1, 0, 0, 0, 0, 0, 0, // no router
        ])
        .unwrap();
        assert_eq!(routes.bad, 2);
        assert_eq!(
            routes.good,
            [route([10, 0, 0, 0], 8, [10, 9, 0, 1]), route([192, 168, 7, 9], 32, [10, 9, 0, 1])]
        );
        for length in [0, 1, 4, 7, 9, 12] {
            assert!(classful(&[10; 16][..length]).is_err(), "{length}");
        }
    }
}
