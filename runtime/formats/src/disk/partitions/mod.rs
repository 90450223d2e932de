//! How a disk is divided: tables of partitions of both kinds, read, changed and written.
//!
//! A table is read into one form, whatever its kind; [`Table::blocks`] gives what is to be written. The check sum of GPT
//! (CRC-32 of Ethernet, begun with all bits set and turned at the end) is the caller's.

mod dos;
mod gpt;
pub mod kinds;

use alloc::vec::Vec;

use super::Read;
use super::guid::Guid;

/// Goes on with a check sum.
pub type Sum = fn(u32, &[u8]) -> u32;

/// What a disk says of its partitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The kind of table.
    pub scheme: Scheme,
    /// The size of a sector in bytes.
    pub sector: u32,
    /// How many sectors the disk has.
    pub sectors: u64,
    /// The partitions, by their numbers.
    pub partitions: Vec<Partition>,
    /// The first sector, whose program and other things stay.
    first: Vec<u8>,
}

/// A kind of table, and what it has besides partitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Four entries in the first sector, and a chain of more in one of them (MBR).
    Dos {
        /// The disk's number.
        identifier: u32,
    },
    /// The table of UEFI.
    Gpt {
        /// The disk's name.
        identifier: Guid,
        /// The first and the last sector that partitions may have.
        usable: (u64, u64),
        /// How many entries there are.
        entries: u32,
        /// Whether the table at the beginning was no good, and this is the one at the end.
        is_backup: bool,
    },
}

/// What a partition is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As the older table says it.
    Code(u8),
    /// As GPT says it.
    Name(Guid),
}

/// A part of a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// Its number, from 1; in the older table those of the chain begin with 5.
    pub number: u32,
    /// Its first sector.
    pub start: u64,
    /// How many sectors it has; never 0.
    pub sectors: u64,
    /// What it is for.
    pub kind: Kind,
    /// Its name (GPT).
    pub identifier: Guid,
    /// What people call it, in UTF-8 (GPT).
    pub label: Vec<u8>,
    /// What GPT says of it besides, a bit each.
    pub attributes: u64,
    /// Whether a machine is to be started from it (the older table's mark 0x80).
    pub is_active: bool,
    /// The sector of the chain that describes it; 0 if none does.
    pub link: u64,
}

impl Partition {
    /// Gives its last sector.
    pub fn last(&self) -> u64 {
        self.start.saturating_add(self.sectors - 1)
    }

    /// Says whether it holds the chain of the older table.
    pub fn is_extended(&self) -> bool {
        matches!(self.kind, Kind::Code(5 | 0x0f | 0x85))
    }
}

/// The older table's numbers of the first entry of the chain, and of the last that is followed.
pub const LOGICAL: u32 = 5;
const LAST_LOGICAL: u32 = 128;

impl Table {
    /// Begins an empty table of the older kind.
    pub fn dos(sector: u32, sectors: u64, identifier: u32) -> Self {
        Self {
            scheme: Scheme::Dos { identifier },
            sector,
            sectors,
            partitions: Vec::new(),
            first: alloc::vec![0; sector as usize],
        }
    }

    /// Begins an empty GPT; nothing if the disk is too small for it.
    pub fn gpt(sector: u32, sectors: u64, identifier: Guid) -> Option<Self> {
        let scheme = gpt::empty(sector, sectors, identifier)?;
        Some(Self { scheme, ..Self::dos(sector, sectors, 0) })
    }

    /// Reads a disk's table; nothing if it has none.
    pub fn read(sector: u32, sectors: u64, sum: Sum, read: &mut Read<'_>) -> Option<Self> {
        let first = super::take(read, 0, sector as usize)?;
        let mut table = Self { first, ..Self::dos(sector, sectors, 0) };
        if !table.first.get(510..)?.starts_with(b"\x55\xaa") {
            return None;
        }
        if dos::is_protective(&table.first) && gpt::read(&mut table, sum, read) {
            return Some(table);
        }
        dos::read(&mut table, read).then_some(table)
    }

    /// Gives what is to be written, and where: the copy at the end first, so that one good table is there at all times.
    pub fn blocks(&self, sum: Sum) -> Vec<(u64, Vec<u8>)> {
        match self.scheme {
            Scheme::Dos { identifier } => dos::blocks(self, identifier),
            Scheme::Gpt { identifier, usable, entries, .. } => {
                gpt::blocks(self, &gpt::Frame { identifier, usable, entries }, sum)
            }
        }
    }

    /// Gives what libblkid and the kernel call the disk (PTUUID).
    pub fn identifier(&self) -> Vec<u8> {
        match self.scheme {
            Scheme::Dos { identifier: 0 } => Vec::new(),
            Scheme::Dos { identifier } => hexadecimal(identifier),
            Scheme::Gpt { identifier, .. } => identifier.text(),
        }
    }

    /// Gives what they call a partition of it (PARTUUID).
    pub fn name_of(&self, partition: &Partition) -> Vec<u8> {
        match self.scheme {
            Scheme::Dos { identifier: 0 } => Vec::new(),
            Scheme::Dos { identifier } => {
                let mut text = hexadecimal(identifier);
                text.push(b'-');
                super::guid::hexadecimal(partition.number as u8, &mut text);
                text
            }
            Scheme::Gpt { .. } => partition.identifier.text(),
        }
    }

    /// Gives the name of the kind: `gpt` or `dos`.
    pub const fn kind(&self) -> &'static str {
        match self.scheme {
            Scheme::Dos { .. } => "dos",
            Scheme::Gpt { .. } => "gpt",
        }
    }

    /// Gives how many entries it can have at most.
    pub const fn most(&self) -> u32 {
        match self.scheme {
            Scheme::Dos { .. } => LAST_LOGICAL,
            Scheme::Gpt { entries, .. } => entries,
        }
    }

    /// Finds a partition by its number.
    pub fn find(&self, number: u32) -> Option<&Partition> {
        self.partitions.iter().find(|partition| partition.number == number)
    }

    /// Gives the partition that holds the chain.
    pub fn extended(&self) -> Option<&Partition> {
        self.partitions.iter().find(|partition| partition.is_extended())
    }

    /// Gives the stretches (first and last sector) that no partition has, whose begin can be at a multiple of `align`: of the
    /// disk, or of the partition that holds the chain, where a sector before each begin must be free too.
    pub fn free(&self, is_logical: bool, align: u64) -> Vec<(u64, u64)> {
        let align = align.max(1);
        let (from, to) = match (self.scheme, self.extended().filter(|_| is_logical)) {
            (_, Some(extended)) => (extended.start + 1, extended.last()),
            (Scheme::Gpt { usable, .. }, _) => usable,
            // The kernel knows 32 bits of the number of a sector.
            (Scheme::Dos { .. }, None) => (1, self.sectors.saturating_sub(1).min(u32::MAX.into())),
        };
        let mut taken: Vec<(u64, u64)> = Vec::new();
        for partition in &self.partitions {
            if is_logical == (partition.link != 0) {
                let link = if is_logical { partition.link } else { partition.start };
                taken.push((link.min(partition.start), partition.last()));
            }
        }
        taken.sort_unstable();
        taken.push((to.saturating_add(1), to));
        let mut free = Vec::new();
        let mut at = from;
        for (first, last) in taken {
            // In the chain, a sector at the place before says what follows.
            let start = if is_logical { at.saturating_add(1) } else { at };
            let start = start.checked_next_multiple_of(align).unwrap_or(u64::MAX);
            if start < first {
                free.push((start, first - 1));
            }
            at = at.max(last.saturating_add(1));
        }
        free
    }

    /// Adds a partition at its number's place. One of the chain gets its place in it: the sector before what it holds that is
    /// a multiple of `align`, or the one right before.
    pub fn add(&mut self, mut partition: Partition, align: u64) {
        if matches!(self.scheme, Scheme::Dos { .. }) && partition.number >= LOGICAL {
            let held = self.free(true, 1);
            let gap = held.iter().find(|gap| gap.0 <= partition.start && partition.start <= gap.1);
            let lowest = gap.map_or(partition.start, |gap| gap.0).saturating_sub(1);
            partition.link = partition.start.saturating_sub(align.max(1)).max(lowest);
        }
        self.partitions.push(partition);
        self.partitions.sort_by_key(|partition| partition.number);
    }

    /// Takes a partition out; with that of the chain all of the chain; those behind one of the chain move up.
    pub fn remove(&mut self, number: u32) {
        let is_extended = self.find(number).is_some_and(Partition::is_extended);
        let is_dos = matches!(self.scheme, Scheme::Dos { .. });
        self.partitions.retain(|partition| {
            partition.number != number && !(is_extended && is_dos && partition.number >= LOGICAL)
        });
        if is_dos && number >= LOGICAL {
            for partition in &mut self.partitions {
                partition.number -= u32::from(partition.number > number);
            }
        }
    }
}

fn hexadecimal(number: u32) -> Vec<u8> {
    let mut text = Vec::new();
    number.to_be_bytes().iter().for_each(|byte| super::guid::hexadecimal(*byte, &mut text));
    text
}

#[cfg(test)]
mod tests;
