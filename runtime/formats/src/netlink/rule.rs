//! Rules of routing: which packets ask which table (`struct fib_rule_hdr` and `FRA_*`; `RTM_NEWRULE`, `RTM_DELRULE`,
//! `RTM_GETRULE`).

use alloc::string::String;
use core::net::IpAddr;

use super::route::{Protocol, Table};
use super::{Attributes, Family, Value, Writer};
use crate::cursor::Cursor;
use crate::{Error, Expected};

/// Bytes of the fixed header.
pub const HEADER: usize = 12;

bitflags::bitflags! {
    /// What a rule says beyond its selectors.
    #[doc(alias = "FIB_RULE_INVERT")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct RuleFlags: u32 {
        /// Cannot be removed.
        const PERMANENT = 0x01;
        /// Takes the packets that the selectors do not fit.
        const INVERT = 0x02;
        /// Goes to a rule that there is not.
        const UNRESOLVED = 0x04;
        /// The link that packets come from is not there.
        const INPUT_DETACHED = 0x08;
        /// The link that packets leave by is not there.
        const OUTPUT_DETACHED = 0x10;
        const _ = !0;
    }
}

open_values! {
    /// What a rule does with its packets; from 5, those of routes.
    #[doc(alias = "FR_ACT_TO_TBL")]
    pub struct Action(u8) {
        UNSPECIFIED = 0 => "none",
        TABLE = 1 => "table",
        GOTO = 2 => "goto",
        NOTHING = 3 => "nop",
        BLACKHOLE = 6 => "blackhole",
        UNREACHABLE = 7 => "unreachable",
        PROHIBIT = 8 => "prohibit",
    }
}

/// Numbers from the first to the last: users, or ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range<T>(pub T, pub T);

impl Value for Range<u32> {
    fn read(bytes: &[u8]) -> Option<Self> {
        let [first, last] = Value::read(bytes)?;
        Some(Self(first, last))
    }
    fn write(&self, writer: &mut Writer<'_>) {
        [self.0, self.1].write(writer);
    }
}

impl Value for Range<u16> {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let first = cursor.u16_ne(Expected::Number).ok()?;
        Some(Self(first, cursor.u16_ne(Expected::Number).ok()?))
    }
    fn write(&self, writer: &mut Writer<'_>) {
        self.0.write(writer);
        self.1.write(writer);
    }
}

attributes! {
    /// What is said of a rule.
    pub enum Attribute {
        /// Where the packets go.
        DESTINATION: IpAddr = 1 => "FRA_DST",
        /// Where they are from.
        SOURCE: IpAddr = 2 => "FRA_SRC",
        /// Name of the link that they come from.
        INPUT: String = 3 => "FRA_IIFNAME",
        /// The rule to go on with.
        TARGET: u32 = 4 => "FRA_GOTO",
        /// Its place: the lower comes first.
        PRIORITY: u32 = 6 => "FRA_PRIORITY",
        /// Firewall mark.
        MARK: u32 = 10 => "FRA_FWMARK",
        /// Routes of no longer prefix than this do not count.
        SUPPRESS_PREFIX: i32 = 14 => "FRA_SUPPRESS_PREFIXLEN",
        /// The table; the header has the low eight bits only.
        TABLE: Table = 15 => "FRA_TABLE",
        /// Bits of the mark that count.
        MASK: u32 = 16 => "FRA_FWMASK",
        /// Name of the link that they leave by.
        OUTPUT: String = 17 => "FRA_OIFNAME",
        /// The table is that of the packet's VRF.
        MASTER_DEVICE: u8 = 19 => "FRA_L3MDEV",
        /// Users that send them.
        USERS: Range<u32> = 20 => "FRA_UID_RANGE",
        /// Who set it.
        PROTOCOL: Protocol = 21 => "FRA_PROTOCOL",
        /// Transport protocol.
        TRANSPORT: u8 = 22 => "FRA_IP_PROTO",
        /// Source ports.
        SOURCE_PORTS: Range<u16> = 23 => "FRA_SPORT_RANGE",
        /// Destination ports.
        DESTINATION_PORTS: Range<u16> = 24 => "FRA_DPORT_RANGE",
    }
}

/// A rule of routing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rule {
    /// IPv4 or IPv6.
    pub family: Family,
    /// Its place; absent for the first.
    pub priority: Option<u32>,
    /// Where the packets are from.
    pub source: Option<IpAddr>,
    /// Bits of the source.
    pub source_prefix: u8,
    /// Where they go.
    pub destination: Option<IpAddr>,
    /// Bits of the destination.
    pub prefix: u8,
    /// Type of service.
    pub tos: u8,
    /// Firewall mark.
    pub mark: Option<u32>,
    /// Bits of the mark that count.
    pub mask: Option<u32>,
    /// Link that they come from.
    pub input: Option<String>,
    /// Link that they leave by.
    pub output: Option<String>,
    /// Users that send them.
    pub users: Option<Range<u32>>,
    /// Transport protocol.
    pub transport: Option<u8>,
    /// Source ports.
    pub source_ports: Option<Range<u16>>,
    /// Destination ports.
    pub destination_ports: Option<Range<u16>>,
    /// What is done.
    pub action: Action,
    /// The table to ask.
    pub table: Table,
    /// Whether the table is that of the packet's VRF: 1.
    pub master_device: Option<u8>,
    /// The rule to go on with.
    pub target: Option<u32>,
    /// Routes of no longer prefix than this do not count; -1 for none.
    pub suppress_prefix: Option<i32>,
    /// Who set it.
    pub protocol: Option<Protocol>,
    /// State.
    pub flags: RuleFlags,
}

impl Rule {
    /// Reads the payload of `RTM_NEWRULE` or `RTM_DELRULE`.
    pub fn parse(payload: &[u8]) -> Result<Self, Error> {
        let mut cursor = Cursor::new(payload);
        let [family, prefix, source_prefix, tos, table, _, _, action, f0, f1, f2, f3] =
            cursor.array::<HEADER>(Expected::Route)?;
        let mut this = Self {
            family: Family(family),
            prefix,
            source_prefix,
            tos,
            table: Table(table.into()),
            action: Action(action),
            flags: RuleFlags::from_bits_retain(u32::from_ne_bytes([f0, f1, f2, f3])),
            ..Self::default()
        };
        for raw in Attributes::new(cursor.rest()) {
            raw.fill(Attribute::DESTINATION, &mut this.destination);
            raw.fill(Attribute::SOURCE, &mut this.source);
            raw.fill(Attribute::INPUT, &mut this.input);
            raw.fill(Attribute::TARGET, &mut this.target);
            raw.fill(Attribute::PRIORITY, &mut this.priority);
            raw.fill(Attribute::MARK, &mut this.mark);
            raw.fill(Attribute::SUPPRESS_PREFIX, &mut this.suppress_prefix);
            raw.fill(Attribute::TABLE, &mut this.table);
            raw.fill(Attribute::MASK, &mut this.mask);
            raw.fill(Attribute::OUTPUT, &mut this.output);
            raw.fill(Attribute::MASTER_DEVICE, &mut this.master_device);
            raw.fill(Attribute::USERS, &mut this.users);
            raw.fill(Attribute::PROTOCOL, &mut this.protocol);
            raw.fill(Attribute::TRANSPORT, &mut this.transport);
            raw.fill(Attribute::SOURCE_PORTS, &mut this.source_ports);
            raw.fill(Attribute::DESTINATION_PORTS, &mut this.destination_ports);
        }
        Ok(this)
    }

    /// Appends the payload of a request to add or delete the rule, or (of the family alone) to get all.
    pub fn emit(&self, writer: &mut Writer<'_>) {
        // Tables above 255 are told by the attribute alone.
        let table = u8::try_from(self.table.0).unwrap_or(0);
        writer.fixed(&[self.family.0, self.prefix, self.source_prefix, self.tos]);
        writer.fixed(&[table, 0, 0, self.action.0]);
        writer.fixed(&self.flags.bits().to_ne_bytes());
        writer.optional(Attribute::DESTINATION, &self.destination);
        writer.optional(Attribute::SOURCE, &self.source);
        writer.optional(Attribute::INPUT, &self.input);
        writer.optional(Attribute::TARGET, &self.target);
        writer.optional(Attribute::PRIORITY, &self.priority);
        writer.optional(Attribute::MARK, &self.mark);
        writer.optional(Attribute::SUPPRESS_PREFIX, &self.suppress_prefix);
        writer.optional(Attribute::TABLE, &Some(self.table).filter(|table| table.0 > 255));
        writer.optional(Attribute::MASK, &self.mask);
        writer.optional(Attribute::OUTPUT, &self.output);
        writer.optional(Attribute::MASTER_DEVICE, &self.master_device);
        writer.optional(Attribute::USERS, &self.users);
        writer.optional(Attribute::PROTOCOL, &self.protocol);
        writer.optional(Attribute::TRANSPORT, &self.transport);
        writer.optional(Attribute::SOURCE_PORTS, &self.source_ports);
        writer.optional(Attribute::DESTINATION_PORTS, &self.destination_ports);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Flags, Messages, message::kind};
    use super::*;
    use std::vec::Vec;

    #[test]
    fn what_is_written_is_read_and_a_cut_header_is_refused() {
        let rule = Rule {
            family: Family::INET,
            priority: Some(1001),
            source: Some("10.0.0.0".parse().unwrap()),
            source_prefix: 8,
            tos: 0x10,
            mark: Some(1),
            mask: Some(0xff),
            input: Some("lo".into()),
            users: Some(Range(3, 7)),
            destination_ports: Some(Range(80, 90)),
            action: Action::TABLE,
            table: Table(5000),
            suppress_prefix: Some(0),
            flags: RuleFlags::INVERT,
            ..Rule::default()
        };
        let mut request = Vec::new();
        let mut writer = Writer::new(&mut request, kind::NEW_RULE, Flags::REQUEST);
        rule.emit(&mut writer);
        writer.finish().unwrap();
        let message = Messages::new(&request).next().unwrap().unwrap();
        assert_eq!(message.header.kind, kind::NEW_RULE);
        assert_eq!(Rule::parse(message.payload), Ok(rule));
        for length in 0..message.payload.len() {
            assert_eq!(Rule::parse(&message.payload[..length]).is_ok(), length >= HEADER, "{length}");
        }
    }
}
