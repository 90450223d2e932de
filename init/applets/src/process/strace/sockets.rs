//! What calls of sockets point to: addresses, messages with their control data, and values of options.

use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};

use linux::named::Named;
use linux::net::options::{Level, OptionName, ValueKind};
use linux::net::{Family, MessageFlags, PacketKind};
use query::text::decimal;

use super::memory::{Fields, Process, WORD};
use super::words::{address, hexadecimal, named, quoted, set, signed};

/// The longest address that is read.
const LONGEST: u64 = 128;

/// Shows the address of a socket, of so many bytes.
pub(super) fn socket_address(process: &Process, at: u64, length: u64, out: &mut Vec<u8>) -> bool {
    let length = length.min(LONGEST) as usize;
    if length < 2 {
        return false;
    }
    let Some(mut fields) = process.fields(at, length) else { return false };
    let family = Family(fields.packed(2) as u16);
    out.extend_from_slice(b"{sa_family=");
    named::<Family>(family.0.into(), out);
    match family {
        Family::UNIX if length > 2 => local(fields.take(length - 2), out),
        Family::IPV4 if length >= 16 => {
            let port = network_order(&mut fields);
            let host = Ipv4Addr::from(fields.take(4).first_chunk().copied().unwrap_or([0; 4]));
            let text = alloc::format!(", sin_port=htons({port}), sin_addr=inet_addr(\"{host}\")");
            out.extend_from_slice(text.as_bytes());
        }
        Family::IPV6 if length >= 24 => {
            let port = network_order(&mut fields);
            let flow = (fields.packed(4) as u32).swap_bytes();
            let host = Ipv6Addr::from(fields.take(16).first_chunk().copied().unwrap_or([0; 16]));
            let scope = fields.packed(4);
            let text = alloc::format!(
                ", sin6_port=htons({port}), sin6_flowinfo=htonl({flow}), \
                 inet_pton(AF_INET6, \"{host}\", &sin6_addr), sin6_scope_id={scope}"
            );
            out.extend_from_slice(text.as_bytes());
        }
        Family::NETLINK if length >= 12 => {
            fields.packed(2);
            let (process, groups) = (fields.packed(4), fields.packed(4));
            out.extend_from_slice(b", nl_pid=");
            decimal(process, out);
            out.extend_from_slice(b", nl_groups=");
            // C's `%#08x`.
            let text = match groups {
                0 => alloc::format!("{groups:08x}"),
                groups => alloc::format!("{groups:#08x}"),
            };
            out.extend_from_slice(text.as_bytes());
        }
        Family::PACKET if length >= 12 => packet(&mut fields, out),
        Family::GUEST if length >= 12 => {
            fields.packed(2);
            let (port, guest) = (fields.packed(4), fields.packed(4));
            out.extend_from_slice(alloc::format!(", svm_cid={guest:#x}, svm_port={port:#x}").as_bytes());
        }
        _ if length > 2 => {
            out.extend_from_slice(b", sa_data=");
            quoted(fields.take(length - 2), false, out);
        }
        _ => {}
    }
    out.push(b'}');
    true
}

fn network_order(fields: &mut Fields) -> u16 {
    (fields.packed(2) as u16).swap_bytes()
}

fn local(path: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b", sun_path=");
    match path.split_first() {
        // A name that is no file's, which may hold zeros.
        Some((0, name)) => {
            out.push(b'@');
            quoted(name, false, out);
        }
        _ => quoted(path.split(|byte| *byte == 0).next().unwrap_or_default(), false, out),
    }
}

fn packet(fields: &mut Fields, out: &mut Vec<u8>) {
    let protocol = network_order(fields);
    let (interface, hardware) = (fields.int(), fields.packed(2));
    let (kind, length) = (fields.packed(1), fields.packed(1));
    let text = alloc::format!(
        ", sll_protocol=htons({protocol:#x}), sll_ifindex={interface}, sll_hatype={hardware:#x}, sll_pkttype="
    );
    out.extend_from_slice(text.as_bytes());
    named::<PacketKind>(kind, out);
    out.extend_from_slice(b", sll_halen=");
    decimal(length, out);
    out.extend_from_slice(b", sll_addr=[");
    for (index, byte) in fields.take(length.min(8) as usize).iter().enumerate() {
        out.extend_from_slice(if index > 0 { b", " } else { b"" });
        out.extend_from_slice(alloc::format!("{byte:#04x}").as_bytes());
    }
    out.push(b']');
}

/// Shows a number that the kernel changed: `[128 => 2]`.
pub(super) fn changed(before: Option<u64>, now: u64, out: &mut Vec<u8>) {
    if let Some(before) = before.filter(|before| *before != now) {
        decimal(before, out);
        out.extend_from_slice(b" => ");
    }
    decimal(now, out);
}

/// Where in `struct msghdr` the length of the address stands.
pub(super) const NAME_LENGTH: u64 = WORD as u64;

/// Shows a message; one that came, with so many bytes, had room for so long an address before.
pub(super) fn message(
    process: &Process,
    at: u64,
    came: Option<i64>,
    before: Option<u64>,
    out: &mut Vec<u8>,
) -> bool {
    let Some(mut fields) = process.fields(at, 7 * WORD) else { return false };
    let (name, length) = (fields.word(), fields.number(4));
    let (vectors, count) = (fields.word(), fields.word());
    let (control, control_length) = (fields.word(), fields.word());
    let flags = fields.number(4);
    out.extend_from_slice(b"{msg_name=");
    if name == 0 || !socket_address(process, name, length, out) {
        address(name, out);
    }
    out.extend_from_slice(b", msg_namelen=");
    changed(before.filter(|_| came.is_some()), length, out);
    out.extend_from_slice(b", msg_iov=");
    if !process.vectors(vectors, count, came, out) {
        address(vectors, out);
    }
    out.extend_from_slice(b", msg_iovlen=");
    decimal(count, out);
    if control != 0 && control_length > 0 {
        out.extend_from_slice(b", msg_control=");
        if !controls(process, control, control_length, out) {
            address(control, out);
        }
    }
    out.extend_from_slice(b", msg_controllen=");
    decimal(control_length, out);
    out.extend_from_slice(b", msg_flags=");
    named::<MessageFlags>(flags, out);
    out.push(b'}');
    true
}

/// Control data that are descriptors (SCM_RIGHTS).
const RIGHTS: u64 = 1;

/// Control data that say who sends (SCM_CREDENTIALS).
const CREDENTIALS: u64 = 2;

fn controls(process: &Process, at: u64, length: u64, out: &mut Vec<u8>) -> bool {
    const HEAD: usize = WORD + 8;
    let length = length.min(4096) as usize;
    let Some(mut fields) = process.fields(at, length) else { return false };
    let mut place = 0;
    out.push(b'[');
    while place + HEAD <= length {
        fields.seek(place);
        let (size, level, kind) = (fields.word() as usize, fields.number(4), fields.number(4));
        if size < HEAD {
            break;
        }
        out.extend_from_slice(if place > 0 { b", {cmsg_len=" } else { b"{cmsg_len=" });
        decimal(size as u64, out);
        // The program says the length, and may say any.
        let size = size.min(length - place);
        out.extend_from_slice(b", cmsg_level=");
        named::<Level>(level, out);
        out.extend_from_slice(b", cmsg_type=");
        let data = size - HEAD;
        match (Level(level as u32), kind) {
            (Level::SOCKET, RIGHTS) => {
                out.extend_from_slice(b"SCM_RIGHTS, cmsg_data=[");
                for index in 0..data / 4 {
                    out.extend_from_slice(if index > 0 { b", " } else { b"" });
                    signed(fields.int(), out);
                }
                out.push(b']');
            }
            (Level::SOCKET, CREDENTIALS) => {
                out.extend_from_slice(b"SCM_CREDENTIALS, cmsg_data=");
                credentials(&mut fields, out);
            }
            _ => {
                hexadecimal(kind, out);
                if data > 0 {
                    out.extend_from_slice(b", cmsg_data=");
                    quoted(fields.take(data), false, out);
                }
            }
        }
        out.push(b'}');
        place += size.next_multiple_of(WORD);
    }
    out.push(b']');
    true
}

fn credentials(fields: &mut Fields, out: &mut Vec<u8>) {
    let (process, user, group) = (fields.int(), fields.number(4), fields.number(4));
    out.extend_from_slice(alloc::format!("{{pid={process}, uid={user}, gid={group}}}").as_bytes());
}

/// Shows the value of an option, of so many bytes.
pub(super) fn option(process: &Process, option: OptionName, at: u64, length: u64, out: &mut Vec<u8>) -> bool {
    let kind = option.kind().unwrap_or(ValueKind::Opaque);
    let least = match kind {
        ValueKind::Number | ValueKind::Ipv4 => 4,
        ValueKind::Wide | ValueKind::Linger | ValueKind::Pair | ValueKind::Ipv4Group => 8,
        ValueKind::Time => 2 * WORD as u64,
        ValueKind::Credentials => 12,
        ValueKind::Ipv6Group => 20,
        ValueKind::Text | ValueKind::Opaque => 0,
    };
    let count = length.min(LONGEST) as usize;
    let Some(mut fields) = process.fields(at, count).filter(|_| length >= least) else { return false };
    let group = |fields: &mut Fields| Ipv4Addr::from(fields.take(4).first_chunk().copied().unwrap_or([0; 4]));
    let text = match kind {
        ValueKind::Number => alloc::format!("[{}]", fields.int()),
        ValueKind::Wide => alloc::format!("[{}]", fields.number(8)),
        ValueKind::Linger => alloc::format!("{{l_onoff={}, l_linger={}}}", fields.int(), fields.int()),
        ValueKind::Pair => alloc::format!("[{}, {}]", fields.number(4), fields.number(4)),
        ValueKind::Time => {
            let size = if length == 16 { 8 } else { WORD };
            alloc::format!("{{tv_sec={}, tv_usec={}}}", fields.number(size), fields.number(size))
        }
        ValueKind::Ipv4 => alloc::format!("inet_addr(\"{}\")", group(&mut fields)),
        ValueKind::Ipv4Group => {
            let (joined, own) = (group(&mut fields), group(&mut fields));
            alloc::format!("{{imr_multiaddr=inet_addr(\"{joined}\"), imr_interface=inet_addr(\"{own}\")}}")
        }
        ValueKind::Ipv6Group => {
            let group = Ipv6Addr::from(fields.take(16).first_chunk().copied().unwrap_or([0; 16]));
            let index = fields.number(4);
            alloc::format!(
                "{{inet_pton(AF_INET6, \"{group}\", &ipv6mr_multiaddr), ipv6mr_interface={index}}}"
            )
        }
        ValueKind::Credentials => {
            credentials(&mut fields, out);
            return true;
        }
        ValueKind::Text => {
            let bytes = fields.take(count);
            quoted(bytes.split(|byte| *byte == 0).next().unwrap_or_default(), false, out);
            return true;
        }
        ValueKind::Opaque => {
            quoted(fields.take(count), length > count as u64, out);
            return true;
        }
    };
    out.extend_from_slice(text.as_bytes());
    true
}

/// Shows the name of an option among those of its level.
pub(super) fn option_name(option: OptionName, out: &mut Vec<u8>) {
    match option.name() {
        Some(name) => out.extend_from_slice(name.as_bytes()),
        None => hexadecimal(option.number.into(), out),
    }
}

/// Names of protocols, by the family that they are of; others are numbers.
pub(super) fn protocol(family: u64, number: u64, out: &mut Vec<u8>) {
    const INTERNET: &[(u64, &str)] = &[
        (0, "IPPROTO_IP"),
        (1, "IPPROTO_ICMP"),
        (6, "IPPROTO_TCP"),
        (17, "IPPROTO_UDP"),
        (58, "IPPROTO_ICMPV6"),
        (132, "IPPROTO_SCTP"),
        (255, "IPPROTO_RAW"),
        (262, "IPPROTO_MPTCP"),
    ];
    const NETLINK: &[(u64, &str)] = &[
        (0, "NETLINK_ROUTE"),
        (4, "NETLINK_SOCK_DIAG"),
        (6, "NETLINK_XFRM"),
        (9, "NETLINK_AUDIT"),
        (11, "NETLINK_CONNECTOR"),
        (12, "NETLINK_NETFILTER"),
        (15, "NETLINK_KOBJECT_UEVENT"),
        (16, "NETLINK_GENERIC"),
    ];
    let list = match Family(family as u16) {
        Family::IPV4 | Family::IPV6 => INTERNET,
        Family::NETLINK => NETLINK,
        _ => &[],
    };
    match list.iter().find(|(this, _)| *this == number) {
        Some((_, name)) => out.extend_from_slice(name.as_bytes()),
        None => hexadecimal(number, out),
    }
}

/// Shows a socket's kind: its low bits are one of several, the rest flags.
pub(super) fn kind(value: u64, out: &mut Vec<u8>) {
    named::<linux::net::SocketKind>(value & 0xf, out);
    set(&linux::net::SocketFlags::NAMES, value & !0xf, 1, out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::strace::sample::shown_of_memory as shown;

    fn address_of(bytes: &[u8]) -> String {
        shown(|process, out| socket_address(process, bytes.as_ptr().addr() as u64, bytes.len() as u64, out))
    }

    #[test]
    fn addresses_of_all_families() {
        assert_eq!(address_of(b"\x01\0/run/a\0\0"), "{sa_family=AF_UNIX, sun_path=\"/run/a\"}");
        assert_eq!(address_of(b"\x01\0\0ab"), "{sa_family=AF_UNIX, sun_path=@\"ab\"}");
        assert_eq!(address_of(b"\x01\0"), "{sa_family=AF_UNIX}");
        assert_eq!(
            address_of(b"\x02\0\0\x50\x7f\0\0\x01\0\0\0\0\0\0\0\0"),
            "{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}"
        );
        let mut six = *b"\x0a\0\0\x09\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x02\0\0\0";
        assert_eq!(
            address_of(&six),
            "{sa_family=AF_INET6, sin6_port=htons(9), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, \"::1\", \
             &sin6_addr), sin6_scope_id=2}"
        );
        six[0] = 99;
        assert!(address_of(&six).starts_with("{sa_family=0x63, sa_data=\"\\0\\t"));
        assert_eq!(
            address_of(b"\x10\0\0\0\x07\0\0\0\x01\0\0\0"),
            "{sa_family=AF_NETLINK, nl_pid=7, nl_groups=0x000001}"
        );
        assert_eq!(
            address_of(b"\x11\0\x08\0\x02\0\0\0\x01\0\x00\x06\x52\x54\0\x12\x34\x56\0\0"),
            "{sa_family=AF_PACKET, sll_protocol=htons(0x800), sll_ifindex=2, sll_hatype=0x1, \
             sll_pkttype=PACKET_HOST, sll_halen=6, sll_addr=[0x52, 0x54, 0x00, 0x12, 0x34, 0x56]}"
        );
    }

    #[test]
    fn values_of_options() {
        let value = |name: &str, bytes: &[u8]| {
            let (at, length) = (bytes.as_ptr().addr() as u64, bytes.len() as u64);
            shown(|process, out| option(process, name.parse().unwrap(), at, length, out))
        };
        assert_eq!(value("SO_REUSEADDR", &1_i32.to_ne_bytes()), "[1]");
        assert_eq!(value("SO_LINGER", b"\x01\0\0\0\x05\0\0\0"), "{l_onoff=1, l_linger=5}");
        assert_eq!(value("SO_PEERCRED", b"\x01\0\0\0\x02\0\0\0\x03\0\0\0"), "{pid=1, uid=2, gid=3}");
        assert_eq!(value("TCP_CONGESTION", b"cubic\0\0"), "\"cubic\"");
        assert_eq!(
            value("IP_ADD_MEMBERSHIP", b"\xe0\0\0\x01\0\0\0\0"),
            "{imr_multiaddr=inet_addr(\"224.0.0.1\"), imr_interface=inet_addr(\"0.0.0.0\")}"
        );
        assert_eq!(value("udp:99", b"ab"), "\"ab\"");
    }

    #[test]
    fn protocols_are_their_familys() {
        let shown = |family: Family, number| {
            let mut out = Vec::new();
            protocol(family.0.into(), number, &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(shown(Family::IPV4, 6), "IPPROTO_TCP");
        assert_eq!(shown(Family::NETLINK, 0), "NETLINK_ROUTE");
        assert_eq!((shown(Family::UNIX, 0), shown(Family::PACKET, 0x300)), ("0".into(), "0x300".into()));
    }
}
