//! The settings that only links of a kind have (`IFLA_INFO_DATA`), by a table: kind, words, attribute, and how it is read, written
//! and shown.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::IpAddr;

use formats::internet::{self, Shown};
use formats::netlink::{Attributes, Names, Value};
use system::links::Link;

use super::super::printer::Printer;
use super::super::words::{Trouble, Words, number};
use super::super::{Session, name_of};

/// How a setting is read, written and shown.
#[derive(Clone, Copy)]
enum Form {
    Byte,
    Short,
    /// In network order.
    NetworkShort,
    Long,
    /// A word, of one byte.
    ByteWord(&'static Names),
    /// A word, of two bytes in network order.
    NetworkWord(&'static Names),
    /// A word, of four bytes.
    LongWord(&'static Names),
    /// A word alone, or with `no` before it.
    Switch,
    /// An IPv4 address here, an IPv6 one in the attribute of this number.
    Address(u16),
    /// Another link.
    Link,
}

/// A setting: the kinds that have it, its words, its number, its form.
type Row = (&'static str, &'static str, u16, Form);

const ROWS: &[Row] = &[
    ("macvlan macvtap", "mode", 1, Form::LongWord(MACVLAN_MODES)),
    ("vlan", "protocol proto", 5, Form::NetworkWord(VLAN_PROTOCOLS)),
    ("vlan", "id", 1, Form::Short),
    ("vxlan", "id vni", 1, Form::Long),
    ("vxlan", "remote", 2, Form::Address(16)),
    ("vxlan", "group", 2, Form::Address(16)),
    ("vxlan", "local", 4, Form::Address(17)),
    ("vxlan", "dev", 3, Form::Link),
    ("vxlan", "dstport", 15, Form::NetworkShort),
    ("vxlan", "ttl", 5, Form::Byte),
    ("vxlan", "tos", 6, Form::Byte),
    ("vxlan", "learning", 7, Form::Switch),
    ("vxlan", "proxy", 11, Form::Switch),
    ("vxlan", "ageing", 8, Form::Long),
    ("vxlan", "maxaddress", 9, Form::Long),
    ("bond", "mode", 1, Form::ByteWord(BOND_MODES)),
    ("bond", "active_slave", 2, Form::Link),
    ("bond", "miimon", 3, Form::Long),
    ("bond", "updelay", 4, Form::Long),
    ("bond", "downdelay", 5, Form::Long),
    ("bond", "use_carrier", 6, Form::Byte),
    ("bond", "arp_interval", 7, Form::Long),
    ("bond", "primary", 11, Form::Link),
    ("bond", "xmit_hash_policy", 14, Form::ByteWord(BOND_HASHES)),
    ("bond", "min_links", 18, Form::Long),
    ("bond", "lacp_rate", 21, Form::ByteWord(BOND_RATES)),
    ("bridge", "forward_delay", 1, Form::Long),
    ("bridge", "hello_time", 2, Form::Long),
    ("bridge", "max_age", 3, Form::Long),
    ("bridge", "ageing_time", 4, Form::Long),
    ("bridge", "stp_state", 5, Form::Long),
    ("bridge", "priority", 6, Form::Short),
    ("bridge", "vlan_filtering", 7, Form::Byte),
    ("bridge", "vlan_protocol", 8, Form::NetworkWord(VLAN_PROTOCOLS)),
    ("bridge", "group_fwd_mask", 9, Form::Short),
    ("bridge", "mcast_router", 22, Form::Byte),
    ("bridge", "mcast_snooping", 23, Form::Byte),
    ("bridge", "mcast_querier", 25, Form::Byte),
    ("bridge", "nf_call_iptables", 36, Form::Byte),
    ("bridge", "nf_call_ip6tables", 37, Form::Byte),
    ("bridge", "nf_call_arptables", 38, Form::Byte),
    ("bridge", "vlan_default_pvid", 39, Form::Short),
];

const MACVLAN_MODES: &Names = &formats::names! {
    1 => "private", 2 => "vepa", 4 => "bridge", 8 => "passthru", 16 => "source",
};

/// Small letters are taken, too.
const VLAN_PROTOCOLS: &Names =
    &formats::names! { 0x8100 => "802.1Q", 0x88a8 => "802.1ad", 0x8100 => "802.1q", };

const BOND_MODES: &Names = &formats::names! {
    0 => "balance-rr", 1 => "active-backup", 2 => "balance-xor", 3 => "broadcast", 4 => "802.3ad",
    5 => "balance-tlb", 6 => "balance-alb",
};

const BOND_HASHES: &Names = &formats::names! {
    0 => "layer2", 1 => "layer3+4", 2 => "layer2+3", 3 => "encap2+3", 4 => "encap3+4", 5 => "vlan+srcmac",
};

const BOND_RATES: &Names = &formats::names! { 0 => "slow", 1 => "fast", };

/// Gives the rows of a kind.
fn rows(kind: &str) -> impl Iterator<Item = &'static Row> {
    ROWS.iter().filter(move |row| row.0.split(' ').any(|known| known == kind))
}

/// Says whether a kind has settings here.
pub(super) fn is_known(kind: &str) -> bool {
    rows(kind).next().is_some()
}

/// What is said of a kind: numbers of attributes and their values.
pub(super) type Settings = Vec<(u16, Vec<u8>)>;

/// Reads the settings of a kind, to the last word.
pub(super) fn read(ip: &mut Session, kind: &str, words: &mut Words<'_>) -> Result<Settings, Trouble> {
    let mut settings = Settings::new();
    while let Some(word) = words.next()? {
        let fits = |row: &&Row| row.1.split(' ').any(|known| known == word);
        let switched_off = word
            .strip_prefix("no")
            .filter(|rest| rows(kind).any(|row| row.1 == *rest && matches!(row.3, Form::Switch)));
        if let Some((_, _, attribute, _)) = switched_off.and_then(|rest| rows(kind).find(|row| row.1 == rest))
        {
            settings.push((*attribute, Vec::from([0])));
            continue;
        }
        let row = rows(kind).find(fits);
        let (_, _, attribute, form) =
            *row.ok_or_else(|| Trouble::word(word, "no such setting of this type of link"))?;
        let value = if matches!(form, Form::Switch) { "" } else { words.value(word)? };
        let (attribute, bytes) = match form {
            Form::Link => (attribute, ip.index(value)?.to_ne_bytes().to_vec()),
            Form::Address(other) => match internet::parse(value) {
                Some(IpAddr::V4(address)) => (attribute, address.octets().to_vec()),
                Some(IpAddr::V6(address)) => (other, address.octets().to_vec()),
                None => return Err(Trouble::word(value, "expected an address")),
            },
            form => {
                let bytes = form.bytes(value);
                (attribute, bytes.ok_or_else(|| Trouble::word(value, "no value that this setting has"))?)
            }
        };
        settings.push((attribute, bytes));
    }
    Ok(settings)
}

impl Form {
    /// Gives the bytes of a word.
    fn bytes(self, word: &str) -> Option<Vec<u8>> {
        let of = |names: &Names| names.named(word).or_else(|| number(word));
        Some(match self {
            Self::Switch => Vec::from([1]),
            Self::Byte => Vec::from([u8::try_from(number(word)?).ok()?]),
            Self::ByteWord(names) => Vec::from([u8::try_from(of(names)?).ok()?]),
            Self::Short => u16::try_from(number(word)?).ok()?.to_ne_bytes().to_vec(),
            Self::NetworkShort => u16::try_from(number(word)?).ok()?.to_be_bytes().to_vec(),
            Self::NetworkWord(names) => u16::try_from(of(names)?).ok()?.to_be_bytes().to_vec(),
            Self::Long => number(word)?.to_ne_bytes().to_vec(),
            Self::LongWord(names) => of(names)?.to_ne_bytes().to_vec(),
            Self::Address(_) | Self::Link => return None,
        })
    }

    /// Gives the number that bytes are; for a link its index.
    fn number(self, bytes: &[u8]) -> Option<u32> {
        match self {
            Self::Byte | Self::ByteWord(_) | Self::Switch => u8::read(bytes).map(u32::from),
            Self::Short => u16::read(bytes).map(u32::from),
            Self::NetworkShort | Self::NetworkWord(_) => {
                u16::read(bytes).map(|number| u16::from_be(number).into())
            }
            Self::Long | Self::LongWord(_) | Self::Link => u32::read(bytes),
            Self::Address(_) => None,
        }
    }
}

/// Prints the kind of a link and what of its settings is known here.
pub(super) fn show(printer: &mut Printer<'_>, kind: &str, data: &[u8], all: &[Link]) {
    printer.nested("linkinfo");
    printer.line();
    printer.word("info_kind|    | ", &kind);
    printer.nested("info_data");
    let mut shown: Vec<u16> = Vec::new();
    for (_, words, attribute, form) in rows(kind) {
        let key = words.split(' ').next().unwrap_or_default();
        for raw in Attributes::new(data) {
            let is_other = matches!(form, Form::Address(other) if *other == raw.kind);
            // Two words may say the same.
            if (raw.kind != *attribute && !is_other) || shown.contains(&raw.kind) {
                continue;
            }
            shown.push(raw.kind);
            setting(printer, key, *form, raw.value, all);
        }
    }
    printer.end_object();
    printer.end_object();
}

fn setting(printer: &mut Printer<'_>, key: &str, form: Form, bytes: &[u8], all: &[Link]) {
    let face = [key, "|", key, " | "].concat();
    match (form, form.number(bytes)) {
        (Form::Address(_), _) => {
            if let Some(address) = IpAddr::read(bytes).filter(|address| !address.is_unspecified()) {
                printer.word(&face, &Shown(address));
            }
        }
        (_, None) | (Form::Link, Some(0)) => {}
        (Form::Link, Some(index)) => printer.word(&face, &name_of(all, index)),
        (Form::ByteWord(names) | Form::NetworkWord(names) | Form::LongWord(names), Some(number)) => {
            printer.word(&face, &names.of(number).map_or_else(|| number.to_string(), String::from));
        }
        (Form::Switch, Some(number)) => {
            let word = if number == 0 { ["no", key, " "].concat() } else { [key, " "].concat() };
            printer.json(|json| {
                json.key(key);
                json.boolean(number != 0);
            });
            printer.text(&word);
        }
        (_, Some(number)) => printer.number(&face, number.into()),
    }
}
