//! The dialogue by which a disk is divided.

use alloc::vec::Vec;

use bulk::crc32;
use formats::disk::guid::Guid;
use formats::disk::partitions::{Kind, LOGICAL, Partition, Scheme, Table, kinds};
use io::temporary::chance;
use linux::Errno;
use system::disks::Disk;

use super::ask::{Gone, Person, end};
use super::list;
use crate::{Io, Status};

/// What a new partition begins at a multiple of, in bytes.
const GRAIN: u64 = 1 << 20;

const HELP: &str = "\
  a   mark a partition as the one to start from (MBR)
  d   delete a partition
  F   list free room
  g   begin an empty GPT
  l   list the kinds of partitions
  m   this list
  n   add a partition
  o   begin an empty MBR
  p   show the table
  q   end without writing
  t   change what a partition is for
  v   check the table
  w   write the table and end
";

/// A disk and the table that is made for it.
struct Editor<'d> {
    disk: &'d Disk,
    path: &'d [u8],
    table: Table,
}

/// Leads the dialogue.
pub(super) fn converse(io: &mut Io<'_>, disk: &Disk, path: &[u8]) -> Status {
    let mut person = Person::new(io);
    let table = disk.table().unwrap_or_else(|| {
        person.say(&[b"Device does not contain a recognized partition table."]);
        empty(&mut person, disk)
    });
    let mut editor = Editor { disk, path, table };
    loop {
        let Ok(line) = person.line(&[b"\nCommand (m for help)"]) else { return Status::FAILURE };
        let done = match line.as_slice() {
            b"q" => {
                person.say(&[]);
                return Status::SUCCESS;
            }
            b"w" => return editor.write(person.io),
            b"" => Ok(()),
            word => editor.command(&mut person, word),
        };
        if done.is_err() || person.io.out.is_broken() {
            return Status::FAILURE;
        }
    }
}

/// Begins an empty table of the older kind.
fn empty(person: &mut Person<'_, '_>, disk: &Disk) -> Table {
    let mut identifier = [0; 4];
    chance(&mut identifier);
    person.say(&[b"Created a new DOS (MBR) disklabel."]);
    Table::dos(disk.sector, disk.size / u64::from(disk.sector), u32::from_ne_bytes(identifier))
}

fn new_guid() -> Guid {
    let mut bytes = [0; 16];
    chance(&mut bytes);
    Guid::from_chance(bytes)
}

impl Editor<'_> {
    fn command(&mut self, person: &mut Person<'_, '_>, word: &[u8]) -> Result<(), Gone> {
        match word {
            b"m" => person.io.out.put(HELP.as_bytes()),
            b"p" => {
                list::head(&mut person.io.out, self.path, self.disk, Some(&self.table));
                list::partitions(&mut person.io.out, self.path, &self.table);
            }
            b"o" => self.table = empty(person, self.disk),
            b"g" => {
                match Table::gpt(self.disk.sector, self.disk.size / u64::from(self.disk.sector), new_guid()) {
                    Some(table) => {
                        self.table = table;
                        person.say(&[b"Created a new GPT disklabel."]);
                    }
                    None => person.say(&[b"The disk is too small for a GPT."]),
                }
            }
            b"n" => return self.add(person),
            b"d" => {
                if let Some(number) = self.chosen(person)? {
                    self.table.remove(number);
                    self.told(person, number, b" has been deleted.");
                }
            }
            b"t" => return self.change_kind(person),
            b"a" => return self.mark(person),
            b"l" | b"L" => list::kinds_of(&mut person.io.out, self.is_dos()),
            b"F" => list::free(&mut person.io.out, &self.table),
            b"v" => self.verify(person),
            // Ways of counting that nobody needs any more.
            b"u" | b"c" => {}
            _ => person.say(&[word, b": unknown command"]),
        }
        Ok(())
    }

    fn is_dos(&self) -> bool {
        matches!(self.table.scheme, Scheme::Dos { .. })
    }

    fn told(&self, person: &mut Person<'_, '_>, number: u32, what: &[u8]) {
        let mut digits = Vec::new();
        query::text::decimal(number.into(), &mut digits);
        person.say(&[b"Partition ", &digits, what]);
    }

    /// Asks which partition is meant; the only one is, without a question.
    fn chosen(&self, person: &mut Person<'_, '_>) -> Result<Option<u32>, Gone> {
        let numbers = || self.table.partitions.iter().map(|partition| partition.number);
        let (Some(first), Some(last)) = (numbers().next(), numbers().next_back()) else {
            person.say(&[b"No partition is defined yet!"]);
            return Ok(None);
        };
        if first == last {
            self.told(person, first, b" is selected.");
            return Ok(Some(first));
        }
        let is_one = |word: &[u8]| {
            query::text::parse_decimal(word)
                .filter(|number| numbers().any(|known| u64::from(known) == *number))
        };
        let range = (first.into(), last.into(), Some(last.into()));
        person.number("Partition number", range, &is_one).map(|number| u32::try_from(number).ok())
    }

    /// Asks for the number of a new partition; nothing if there is room for none.
    fn new_number(&self, person: &mut Person<'_, '_>) -> Result<Option<(u32, bool)>, Gone> {
        let most = if self.is_dos() { LOGICAL - 1 } else { self.table.most() };
        let free: Vec<u64> =
            (1..=most).filter(|number| self.table.find(*number).is_none()).map(u64::from).collect();
        let mut is_extended = false;
        if self.is_dos() {
            let extended = self.table.extended().is_some();
            if free.is_empty() && !extended {
                person.say(&[b"All four entries are in use: delete one, or make it an extended one, first."]);
                return Ok(None);
            }
            let other: &[u8] = if extended { b"l   logical" } else { b"e   extended" };
            let word = if free.is_empty() {
                person.say(&[b"All primary partitions are in use."]);
                b"l".to_vec()
            } else {
                let or: &[u8] = if free.len() == 1 && !extended { b"e" } else { b"p" };
                person.say(&[b"Partition type\n   p   primary\n   ", other]);
                let word = person.line(&[b"Select (default ", or, b")"])?;
                if word.is_empty() { or.to_vec() } else { word }
            };
            match word.as_slice() {
                b"p" => {}
                b"e" if !extended => is_extended = true,
                b"l" if extended => {
                    let last = self.table.partitions.last().map_or(0, |partition| partition.number);
                    let number = last.max(LOGICAL - 1) + 1;
                    self.told(person, number, b" is added as a logical one.");
                    return Ok((number <= self.table.most()).then_some((number, false)));
                }
                word => {
                    person.say(&[word, b": no such kind"]);
                    return Ok(None);
                }
            }
        }
        let (Some(first), Some(last)) = (free.first(), free.last()) else {
            person.say(&[b"All entries are in use."]);
            return Ok(None);
        };
        let read = |word: &[u8]| query::text::parse_decimal(word).filter(|number| free.contains(number));
        let number = if first == last {
            *first
        } else {
            person.number("Partition number", (*first, *last, Some(*first)), &read)?
        };
        Ok(u32::try_from(number).ok().map(|number| (number, is_extended)))
    }

    fn add(&mut self, person: &mut Person<'_, '_>) -> Result<(), Gone> {
        let Some((number, is_extended)) = self.new_number(person)? else { return Ok(()) };
        let is_logical = self.is_dos() && number >= LOGICAL;
        let mut align = GRAIN / u64::from(self.table.sector);
        let mut free = self.table.free(is_logical, align);
        if free.is_empty() {
            align = 1;
            free = self.table.free(is_logical, align);
        }
        let size = |gap: &&(u64, u64)| gap.1 - gap.0;
        // As util-linux does: in the greatest gap of a GPT, in the first of the older table.
        let gap = if self.is_dos() { free.first() } else { free.iter().rev().max_by_key(size) };
        let (Some(&(start, _)), Some(&(_, most))) = (gap, free.last()) else {
            person.say(&[b"No free sectors available."]);
            return Ok(());
        };
        let all = self.table.free(is_logical, 1);
        let gap_of = |sector: u64| all.iter().find(|gap| gap.0 <= sector && sector <= gap.1);
        let least = all.first().map_or(start, |gap| gap.0);
        let read = |word: &[u8]| match word {
            [b'+', _, ..] => end(word, start, most, self.table.sector, 1)?.checked_add(1),
            word => query::text::parse_decimal(word),
        };
        let read_start = |word: &[u8]| read(word).filter(|sector| gap_of(*sector).is_some());
        let start = person.number("First sector", (least, most, Some(start)), &read_start)?;
        let most = gap_of(start).map_or(most, |gap| gap.1);
        // A grain that is not whole is left where that leaves something.
        let aligned = (most + 1) / align * align;
        let or = if aligned > start { aligned - 1 } else { most };
        let read_end = |word: &[u8]| end(word, start, most, self.table.sector, align);
        let last = person.number(
            "Last sector, +/-sectors or +/-size{K,M,G,T,P}",
            (start, most, Some(or)),
            &read_end,
        )?;
        let linux = Kind::Name(kinds::find(b"linux").unwrap_or(Guid::NONE));
        let (kind, identifier) = match (self.is_dos(), is_extended) {
            (false, _) => (linux, new_guid()),
            (true, true) => (Kind::Code(5), Guid::NONE),
            (true, false) => (Kind::Code(0x83), Guid::NONE),
        };
        let partition = Partition {
            number,
            start,
            sectors: last - start + 1,
            kind,
            identifier,
            label: Vec::new(),
            attributes: 0,
            is_active: false,
            link: 0,
        };
        self.table.add(partition, align);
        self.told(person, number, b" has been created.");
        Ok(())
    }

    fn change_kind(&mut self, person: &mut Person<'_, '_>) -> Result<(), Gone> {
        let Some(number) = self.chosen(person)? else { return Ok(()) };
        let kind = loop {
            let question: &[u8] = if self.is_dos() {
                b"Hex code or alias (type L to list all)"
            } else {
                b"Partition type or alias (type L to list all)"
            };
            let word = person.line(&[question])?;
            match self.kind_of(&word) {
                Some(kind) => break kind,
                None if matches!(word.as_slice(), b"L" | b"l") => {
                    list::kinds_of(&mut person.io.out, self.is_dos())
                }
                None => {
                    person.say(&[&word, b": no such kind"]);
                    return Ok(());
                }
            }
        };
        if let Some(partition) = self.table.partitions.iter_mut().find(|partition| partition.number == number)
        {
            partition.kind = kind;
        }
        self.told(person, number, b" has another type now.");
        Ok(())
    }

    fn kind_of(&self, word: &[u8]) -> Option<Kind> {
        if !self.is_dos() {
            return kinds::find(word).map(Kind::Name);
        }
        let code = match word {
            b"linux" => 0x83,
            b"swap" => 0x82,
            b"extended" => 5,
            b"uefi" => 0xef,
            b"raid" => 0xfd,
            b"lvm" => 0x8e,
            digits => {
                u8::from_str_radix(core::str::from_utf8(digits).ok()?.trim_start_matches("0x"), 16).ok()?
            }
        };
        (code != 0).then_some(Kind::Code(code))
    }

    /// Marks the partition that a machine starts from, or takes the mark away.
    fn mark(&mut self, person: &mut Person<'_, '_>) -> Result<(), Gone> {
        if !self.is_dos() {
            person.say(&[b"A GPT has no such mark."]);
            return Ok(());
        }
        let Some(number) = self.chosen(person)? else { return Ok(()) };
        if let Some(partition) = self.table.partitions.iter_mut().find(|partition| partition.number == number)
        {
            partition.is_active = !partition.is_active;
        }
        self.told(person, number, b": the mark has been changed.");
        Ok(())
    }

    /// Says where partitions overlap, or lie beyond the end.
    fn verify(&self, person: &mut Person<'_, '_>) {
        let mut faults = 0;
        for (index, one) in self.table.partitions.iter().enumerate() {
            let overlaps = self.table.partitions.iter().skip(index + 1).any(|other| {
                (one.link != 0) == (other.link != 0) && one.start <= other.last() && other.start <= one.last()
            });
            for (is_so, what) in [
                (overlaps, &b" overlaps another one."[..]),
                (one.last() >= self.table.sectors, b" ends behind the disk."),
            ] {
                if is_so {
                    self.told(person, one.number, what);
                    faults += 1;
                }
            }
        }
        if faults == 0 {
            person.say(&[b"No errors detected."]);
        }
    }

    fn write(&self, io: &mut Io<'_>) -> Status {
        let mut done = if self.is_dos() { self.clear_gpt() } else { Ok(()) };
        for (at, block) in self.table.blocks(crc32) {
            done = done.and_then(|()| self.disk.write(at, &block));
        }
        done = done.and_then(|()| linux::fs::fsync(&self.disk.file));
        if let Err(errno) = done {
            return io.complain(self.path, &errno);
        }
        io.out.put(b"The partition table has been altered.\n");
        if self.disk.is_device {
            match linux::block::reread_partitions(&self.disk.file) {
                // What can have no partitions, as some loop devices, has nothing to read again.
                Ok(()) | Err(Errno::INVAL) => {}
                Err(errno) => {
                    io.complain(b"the kernel still uses the old table", &errno);
                }
            }
        }
        Status::SUCCESS
    }

    /// Takes the marks of a GPT away, which others would find before the older table.
    fn clear_gpt(&self) -> linux::Result<()> {
        let mut block = alloc::vec![0; self.disk.sector as usize];
        for sector in [1, self.table.sectors.saturating_sub(1)] {
            let at = sector * u64::from(self.disk.sector);
            if self.disk.read(at, &mut block) && block.starts_with(b"EFI PART") {
                block.fill(0);
                self.disk.write(at, &block)?;
            }
        }
        Ok(())
    }
}
