//! What comes of a question.

use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;

use formats::wire::dns::{Data, Kind, Message, Name, Record, ResponseCode, Section};

/// The records that answer a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The name that the records are of: the one that was asked, or what its aliases lead to.
    pub name: Name,
    /// The kind of the records.
    pub kind: Kind,
    /// For so many seconds the answer may be kept: the least of all records on the way to it.
    pub ttl_s: u32,
    /// The server's message.
    pub(super) message: Vec<u8>,
}

impl Answer {
    /// Gives the records.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.section().filter(|record| record.answers(&self.name, self.kind))
    }

    /// Gives the aliases that lead to the name, the one that was asked first.
    pub fn aliases(&self) -> Vec<Record<'_>> {
        let mut others: Vec<Record<'_>> =
            self.section().filter(|record| matches!(record.data, Data::Alias(_))).collect();
        let mut chain: Vec<Record<'_>> = Vec::new();
        let mut name = self.name.clone();
        // Each is taken once, so that a circle ends.
        while let Some(at) =
            others.iter().position(|record| matches!(&record.data, Data::Alias(to) if *to == name))
        {
            let record = others.swap_remove(at);
            name = record.name.clone();
            chain.insert(0, record);
        }
        chain
    }

    /// Gives the addresses among the records.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.records().filter_map(|record| match record.data {
            Data::Ipv4(address) => Some(address.into()),
            Data::Ipv6(address) => Some(address.into()),
            _ => None,
        })
    }

    /// Gives all records of the section of answers.
    fn section(&self) -> impl Iterator<Item = Record<'_>> {
        let records = Message::parse(&self.message).ok().map(|message| message.records());
        let records = records.into_iter().flatten().flatten();
        records.filter_map(|(section, record)| (section == Section::Answer).then_some(record))
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// There is no such name; this may be kept for so many seconds, none if the server did not say.
    NoName(Option<u32>),
    /// There is the name, but not with such records; this may be kept as long.
    NoRecords(Option<u32>),
    /// All servers said that they could not find out, or did not want to; this is the last one's code.
    Refused(ResponseCode),
    /// No server answered in time.
    Silence,
    /// There is no server to ask.
    NoServer,
    /// Aliases lead on and on.
    Aliases,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoName(_) => f.write_str("no such name"),
            Self::NoRecords(_) => f.write_str("the name has no such record"),
            Self::Refused(ResponseCode(code)) => write!(f, "the name servers could not tell (code {code})"),
            Self::Silence => f.write_str("no name server answers"),
            Self::NoServer => f.write_str("no name server is known"),
            Self::Aliases => f.write_str("the aliases of the name do not end"),
        }
    }
}

impl core::error::Error for Failure {}
