//! Requests seen from the answer: which attribute stands at the offset that the kernel complained about.

use super::attribute::{Attributes, Raw};
use super::message::{HEADER, Messages, kind};
use super::{Names, address, link, neighbour, route};

/// The size of the fixed header before a request's attributes, their table, and the tables of their nests.
struct Family {
    header: usize,
    names: Names,
    nests: &'static [(u16, Names)],
}

/// The families in the order in which rtnetlink numbers their requests, four for each: new, delete, get, set.
const FAMILIES: &[Family] = &[
    Family {
        header: link::HEADER,
        names: link::Attribute::NAMES,
        nests: &[
            (link::Attribute::INFO.kind(), link::Info::NAMES),
            (link::Attribute::PROPERTIES.kind(), link::Property::NAMES),
        ],
    },
    Family { header: address::HEADER, names: address::Attribute::NAMES, nests: &[] },
    Family {
        header: route::HEADER,
        names: route::Attribute::NAMES,
        nests: &[(route::Attribute::METRICS.kind(), route::Metric::NAMES)],
    },
    Family { header: neighbour::HEADER, names: neighbour::Attribute::NAMES, nests: &[] },
];

/// Finds the family of a request's type.
fn family(request: u16) -> Option<&'static Family> {
    FAMILIES.get(usize::from(request.checked_sub(kind::NEW_LINK)?) / 4)
}

/// Names the attribute that covers a byte of a request, the innermost that a table knows.
///
/// `request` is the message as it was sent; `offset` counts from its header, as `NLMSGERR_ATTR_OFFS` does.
pub fn attribute_at(request: &[u8], offset: u32) -> Option<&'static str> {
    let message = Messages::new(request).next()?.ok()?;
    let family = family(message.header.kind)?;
    let start = HEADER + family.header;
    let offset = usize::try_from(offset).ok()?.checked_sub(start)?;
    let (outer, inside) = covering(message.payload.get(family.header..)?, offset)?;
    let name = family.names.of(outer.kind.into());
    let nest = family.nests.iter().find(|(kind, _)| *kind == outer.kind);
    let inner = nest.and_then(|(_, names)| names.of(covering(outer.value, inside?)?.0.kind.into()));
    inner.or(name)
}

/// Names an attribute that a request lacks.
pub fn missing_attribute(request: &[u8], missing: u32) -> Option<&'static str> {
    let message = Messages::new(request).next()?.ok()?;
    family(message.header.kind)?.names.of(missing)
}

/// Finds the attribute that covers an offset, and the offset inside its value, unless the header is meant.
fn covering(bytes: &[u8], offset: usize) -> Option<(Raw<'_>, Option<usize>)> {
    let mut attributes = Attributes::new(bytes);
    loop {
        let start = attributes.at();
        let raw = attributes.next()?;
        if offset < attributes.at() {
            return Some((raw, offset.checked_sub(start + 4)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::route::Route;
    use super::super::{Flags, Writer};
    use super::*;
    use std::vec::Vec;

    #[test]
    fn an_offset_becomes_a_name() {
        let route = Route::default_via("10.0.0.1".parse().unwrap(), 7).with_mtu(1400);
        let mut request = Vec::new();
        let mut writer = Writer::new(&mut request, kind::NEW_ROUTE, Flags::REQUEST);
        route.emit(&mut writer);
        writer.finish().unwrap();
        // 16 of header, 12 of struct rtmsg, then Output (8), Gateway (8), Metrics (4 + Mtu (8)).
        assert_eq!(attribute_at(&request, 28), Some("RTA_OIF"));
        assert_eq!(attribute_at(&request, 36), Some("RTA_GATEWAY"));
        assert_eq!(attribute_at(&request, 40), Some("RTA_GATEWAY"));
        assert_eq!(attribute_at(&request, 44), Some("RTA_METRICS"));
        assert_eq!(attribute_at(&request, 48), Some("RTAX_MTU"));
        for wrong in [0, 16, 27, 56, u32::MAX] {
            assert_eq!(attribute_at(&request, wrong), None, "{wrong}");
        }
        assert_eq!(missing_attribute(&request, 5), Some("RTA_GATEWAY"));
        for length in 0..request.len() {
            assert_eq!(attribute_at(&request[..length], 36), None);
        }
    }
}
