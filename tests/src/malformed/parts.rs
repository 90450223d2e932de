//! The rest of a lease, of which a wrong part is left out.

use formats::wire::dhcp4::Code;
use protocols::dhcp::{Drop, Lease};

use super::Change::Both;
use super::Expected::{Refused, Taken};
use super::{ADDRESS, Row, Seen, routes, row, usual};

/// A lease without a default route.
fn no_gateway(seen: &Seen, lease: &Lease) -> bool {
    lease.address == ADDRESS && lease.routes.is_empty() && seen.drops(Drop::BadRouter) > 0
}

/// Two routes as a split or a broken option 121 should give.
fn both_routes(_: &Seen, lease: &Lease) -> bool {
    routes(lease) == ["192.168.77.0/24 10.9.0.3", "0.0.0.0/0 10.9.0.1"]
}

pub(super) const PARTS: &[Row] = &[
    row(
        "router 0.0.0.0",
        "no host: no default route",
        Both(|draft| draft.set(Code::ROUTERS, &[0; 4])),
        Taken(no_gateway),
    ),
    row(
        "router 255.255.255.255",
        "no host",
        Both(|draft| draft.set(Code::ROUTERS, &[255; 4])),
        Taken(no_gateway),
    ),
    row(
        "router is ourselves",
        "a loop",
        Both(|draft| draft.set(Code::ROUTERS, &[10, 9, 0, 50])),
        Taken(no_gateway),
    ),
    row(
        "router is the network's broadcast",
        "no host",
        Both(|draft| draft.set(Code::ROUTERS, &[10, 9, 0, 255])),
        Taken(no_gateway),
    ),
    row(
        "router 0.0.0.0, then a good one",
        "RFC 2132 3.5: in order of preference",
        Both(|draft| draft.set(Code::ROUTERS, &[0, 0, 0, 0, 10, 9, 0, 1])),
        Taken(usual),
    ),
    row(
        "router of five bytes",
        "RFC 2132 3.5: a multiple of four; which bytes are wrong is not known",
        Both(|draft| draft.set(Code::ROUTERS, &[10, 9, 0, 1, 10])),
        Taken(|seen, lease| lease.routes.is_empty() && seen.drops(Drop::OptionLength) == 2),
    ),
    row(
        "router outside the network",
        "clouds do so: a route of its own",
        Both(|draft| draft.set(Code::ROUTERS, &[192, 0, 2, 1])),
        Taken(|_, lease| routes(lease) == ["192.0.2.1/32 link", "0.0.0.0/0 192.0.2.1"]),
    ),
    row(
        "121 split in two",
        "RFC 3396: joined; RFC 3442: 3 is ignored beside it",
        Both(|draft| {
            draft.options.push((Code::CLASSLESS_ROUTES, vec![24, 192, 168, 77, 10, 9]));
            draft.options.push((Code::CLASSLESS_ROUTES, vec![0, 3, 0, 10, 9, 0, 1]));
        }),
        Taken(both_routes),
    ),
    row(
        "121 with a width of 33 between",
        "RFC 3442 allows 32: that route is dropped, not the others",
        Both(|draft| {
            let routes = [24, 192, 168, 77, 10, 9, 0, 3, 33, 10, 8, 0, 0, 10, 9, 0, 1, 0, 10, 9, 0, 1];
            draft.set(Code::CLASSLESS_ROUTES, &routes);
        }),
        Taken(both_routes),
    ),
    row(
        "121 with a width of 33 first",
        "the same",
        Both(|draft| draft.set(Code::CLASSLESS_ROUTES, &[33, 10, 8, 0, 0, 10, 9, 0, 1, 0, 10, 9, 0, 3])),
        Taken(|_, lease| routes(lease) == ["0.0.0.0/0 10.9.0.3"]),
    ),
    row(
        "121 cut within its second route",
        "the first is whole",
        Both(|draft| draft.set(Code::CLASSLESS_ROUTES, &[0, 10, 9, 0, 1, 24, 192, 168])),
        Taken(|seen, lease| routes(lease) == ["0.0.0.0/0 10.9.0.1"] && seen.drops(Drop::BadRoute) == 2),
    ),
    row(
        "121 with nothing good",
        "as if it were not there: the router counts",
        Both(|draft| draft.set(Code::CLASSLESS_ROUTES, &[40, 1, 2, 3])),
        Taken(usual),
    ),
    row(
        "121 empty",
        "the same (CVE class: zero-length options)",
        Both(|draft| draft.set(Code::CLASSLESS_ROUTES, &[])),
        Taken(usual),
    ),
    row(
        "121 through ourselves and the broadcast",
        "no routers",
        Both(|draft| {
            draft.set(
                Code::CLASSLESS_ROUTES,
                &[8, 11, 10, 9, 0, 50, 8, 12, 255, 255, 255, 255, 0, 10, 9, 0, 1],
            )
        }),
        Taken(|_, lease| routes(lease) == ["0.0.0.0/0 10.9.0.1"]),
    ),
    row(
        "121 with bits behind the width",
        "RFC 3442: cleared",
        Both(|draft| draft.set(Code::CLASSLESS_ROUTES, &[20, 172, 16, 255, 10, 9, 0, 1])),
        Taken(|_, lease| routes(lease) == ["172.16.240.0/20 10.9.0.1"]),
    ),
    row(
        "MTU 0",
        "RFC 2132 5.1: at least 68; ours is 576, below which no reply fits",
        Both(|draft| draft.set(Code::MTU, &[0, 0])),
        Taken(|seen, lease| lease.mtu.is_none() && seen.drops(Drop::BadMtu) == 2),
    ),
    row(
        "MTU 68",
        "the same",
        Both(|draft| draft.set(Code::MTU, &[0, 68])),
        Taken(|_, lease| lease.mtu.is_none()),
    ),
    row(
        "MTU 67",
        "the same",
        Both(|draft| draft.set(Code::MTU, &[0, 67])),
        Taken(|_, lease| lease.mtu.is_none()),
    ),
    row(
        "MTU 575",
        "the same",
        Both(|draft| draft.set(Code::MTU, &[2, 63])),
        Taken(|_, lease| lease.mtu.is_none()),
    ),
    row(
        "MTU 576",
        "RFC 791: every host takes it",
        Both(|draft| draft.set(Code::MTU, &[2, 64])),
        Taken(|_, lease| lease.mtu == Some(576)),
    ),
    row(
        "MTU 65535",
        "RFC 791: the largest there is; the link may refuse it, the address stays",
        Both(|draft| draft.set(Code::MTU, &[255, 255])),
        Taken(|seen, lease| usual(seen, lease) && lease.mtu == Some(65535)),
    ),
    row(
        "broadcast address of elsewhere",
        "RFC 1122 3.2.1.3: ours is the last of the network",
        Both(|draft| draft.set(Code::BROADCAST, &[10, 9, 9, 9])),
        Taken(|seen, lease| usual(seen, lease) && lease.broadcast.is_none()),
    ),
    row(
        "MTU of one byte",
        "ignored",
        Both(|draft| draft.set(Code::MTU, &[5])),
        Taken(|_, lease| lease.mtu.is_none()),
    ),
    row(
        "name servers 0.0.0.0, 127.0.0.1, a good one",
        "what can be asked is kept",
        Both(|draft| draft.set(Code::NAME_SERVERS, &[0, 0, 0, 0, 127, 0, 0, 1, 10, 9, 0, 1])),
        Taken(usual),
    ),
    row(
        "name server of three bytes",
        "ignored (CVE-2018-20679)",
        Both(|draft| draft.set(Code::NAME_SERVERS, &[10, 9, 0])),
        Taken(|_, lease| lease.dns.is_empty()),
    ),
    row(
        "option 43 of 765 bytes",
        "RFC 3396: three pieces, joined",
        Both(|draft| draft.set(Code::VENDOR, &[7; 765])),
        Taken(|seen, lease| lease.vendor == [7; 765] && usual(seen, lease)),
    ),
    row(
        "zero-length options",
        "ignored, each (busybox fe78d70ec)",
        Both(|draft| {
            for code in [
                Code::ROUTERS,
                Code::NAME_SERVERS,
                Code::MTU,
                Code::NTP_SERVERS,
                Code::HOST_NAME,
                Code::OVERLOAD,
            ] {
                draft.set(code, &[]);
            }
        }),
        Taken(|_, lease| lease.address == ADDRESS && lease.routes.is_empty() && lease.dns.is_empty()),
    ),
    row(
        "options in file and sname",
        "RFC 2131 4.1, option 52",
        Both(|draft| {
            draft.remove(Code::ROUTERS);
            draft.remove(Code::NAME_SERVERS);
            draft.set(Code::OVERLOAD, &[3]);
            draft.file[..7].copy_from_slice(&[3, 4, 10, 9, 0, 1, 255]);
            draft.server_name[..7].copy_from_slice(&[6, 4, 10, 9, 0, 1, 255]);
        }),
        Taken(usual),
    ),
    row(
        "overload that names itself",
        "only the options field may say it: no chain",
        Both(|draft| {
            draft.set(Code::OVERLOAD, &[1]);
            draft.file[..3].copy_from_slice(&[52, 1, 3]);
            draft.server_name.fill(52);
        }),
        Taken(usual),
    ),
    row(
        "option cut short in sname",
        "as in the options field",
        Both(|draft| {
            draft.set(Code::OVERLOAD, &[2]);
            draft.server_name[60..].copy_from_slice(&[3, 4, 10, 9]);
        }),
        Refused(Drop::Options),
    ),
    row(
        "overload of 4",
        "RFC 2132 9.3: 1 to 3; ignored",
        Both(|draft| {
            draft.set(Code::OVERLOAD, &[4]);
            draft.server_name.fill(1);
        }),
        Taken(usual),
    ),
];

/// A name that is left out, and everything else as it should be.
fn no_hostname(seen: &Seen, lease: &Lease) -> bool {
    usual(seen, lease) && lease.hostname.is_none() && seen.drops(Drop::BadName) == 2
}

/// A search list without what cannot be.
fn only_org(seen: &Seen, lease: &Lease) -> bool {
    usual(seen, lease) && lease.search == ["org"] && seen.drops(Drop::BadName) == 2
}

pub(super) const NAMES: &[Row] = &[
    row(
        "shell text in 12, 15 and 119",
        "RFC 1123 2.1: letters, digits, hyphens (CVE-2011-0997, CVE-2011-2716)",
        Both(|draft| {
            draft.set(Code::HOST_NAME, b"a;reboot");
            draft.set(Code::DOMAIN_NAME, b"$(reboot).org");
            draft.set(Code::DOMAIN_SEARCH, b"\x08`reboot`\0\x03org\0");
        }),
        Taken(|seen, lease| {
            lease.hostname.is_none()
                && lease.domain.is_none()
                && lease.search == ["org"]
                && seen.drops(Drop::BadName) == 6
        }),
    ),
    row(
        "control characters in 15",
        "a line of resolv.conf of its own",
        Both(|draft| draft.set(Code::DOMAIN_NAME, b"a\nnameserver 6.6.6.6")),
        Taken(|_, lease| lease.domain.is_none()),
    ),
    row(
        "119 that points at itself",
        "RFC 9267 3: pointers lead back",
        Both(|draft| draft.set(Code::DOMAIN_SEARCH, b"\x03org\0\xc0\x05\x01a\xc0\x07")),
        Taken(|_, lease| lease.search == ["org"]),
    ),
    row(
        "12 with a NUL within",
        "C programs would read half of it",
        Both(|draft| draft.set(Code::HOST_NAME, b"host\0name")),
        Taken(no_hostname),
    ),
    row(
        "12 with NULs behind",
        "RFC 2132 2: trimmed",
        Both(|draft| draft.set(Code::HOST_NAME, b"host\0\0")),
        Taken(|seen, lease| usual(seen, lease) && lease.hostname.as_deref() == Some("host")),
    ),
    row("12 of NULs alone", "no name", Both(|draft| draft.set(Code::HOST_NAME, &[0; 4])), Taken(no_hostname)),
    row(
        "12 that looks like an option",
        "read as one by commands",
        Both(|draft| draft.set(Code::HOST_NAME, b"-rf")),
        Taken(no_hostname),
    ),
    row(
        "12 that looks like a path",
        "read as one by scripts",
        Both(|draft| draft.set(Code::HOST_NAME, b"../../etc/passwd")),
        Taken(no_hostname),
    ),
    row(
        "12 of 64 letters",
        "RFC 1035 2.3.4: 63",
        Both(|draft| draft.set(Code::HOST_NAME, &[b'a'; 64])),
        Taken(no_hostname),
    ),
    row(
        "12 with escapes for the terminal",
        "nothing but letters, digits, hyphens",
        Both(|draft| draft.set(Code::HOST_NAME, b"\x1b[2J\x07")),
        Taken(no_hostname),
    ),
    row(
        "12 that is no UTF-8",
        "the same",
        Both(|draft| draft.set(Code::HOST_NAME, &[0xff, 0xfe, b'a'])),
        Taken(no_hostname),
    ),
    row(
        "15 with a dot at the end",
        "the same domain",
        Both(|draft| draft.set(Code::DOMAIN_NAME, b"example.org.")),
        Taken(|seen, lease| usual(seen, lease) && lease.domain.as_deref() == Some("example.org")),
    ),
    row(
        "119 that points ahead",
        "RFC 9267 3: pointers lead back",
        Both(|draft| draft.set(Code::DOMAIN_SEARCH, b"\x03org\0\xc0\x07\0")),
        Taken(|seen, lease| usual(seen, lease) && lease.search == ["org"] && seen.drops(Drop::BadName) == 4),
    ),
    row(
        "119 that points behind its end",
        "the same",
        Both(|draft| draft.set(Code::DOMAIN_SEARCH, b"\x03org\0\x01a\xff\xff")),
        Taken(only_org),
    ),
    row(
        "119 with a pointer of one byte",
        "cut short",
        Both(|draft| draft.set(Code::DOMAIN_SEARCH, b"\x03org\0\x01a\xc0")),
        Taken(only_org),
    ),
    row(
        "119 with a label of an unknown kind",
        "RFC 1035 4.1.4: 01 and 10 are reserved",
        Both(|draft| draft.set(Code::DOMAIN_SEARCH, b"\x03org\0\x41aaa")),
        Taken(only_org),
    ),
    row(
        "119 cut within a label",
        "what is whole counts",
        Both(|draft| draft.set(Code::DOMAIN_SEARCH, b"\x03org\0\x3fabc")),
        Taken(only_org),
    ),
    row(
        "119 longer than a name may be",
        "RFC 9267 4: 255 bytes, pointers or not",
        Both(|draft| {
            let label = [&[63][..], &[b'a'; 63]].concat();
            draft.set(Code::DOMAIN_SEARCH, &[b"\x03org\0", &label.repeat(5)[..], b"\0"].concat());
        }),
        Taken(only_org),
    ),
    row(
        "119 in two pieces, pointing from one into the other",
        "RFC 3397 2: offsets count in the joined value",
        Both(|draft| {
            draft.options.push((Code::DOMAIN_SEARCH, b"\x03org\0\x01".to_vec()));
            draft.options.push((Code::DOMAIN_SEARCH, b"a\xc0\0".to_vec()));
        }),
        Taken(|seen, lease| usual(seen, lease) && lease.search == ["org", "a.org"]),
    ),
    row(
        "119 of nothing but the root",
        "no domain to search",
        Both(|draft| draft.set(Code::DOMAIN_SEARCH, b"\0\x03org\0")),
        Taken(only_org),
    ),
    row(
        "81 cut within a label",
        "RFC 4702: the name is left out",
        Both(|draft| draft.set(Code::CLIENT_FQDN, &[4, 0, 0, 9, b'h'])),
        Taken(no_hostname),
    ),
    row(
        "81 of two bytes",
        "RFC 4702 2: three before the name",
        Both(|draft| draft.set(Code::CLIENT_FQDN, &[4, 0])),
        Taken(no_hostname),
    ),
];
