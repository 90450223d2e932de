//! A small shared object built in both classes and orders, searched through each table, truncated and mutated.

use alloc::vec::Vec;

use super::*;

/// How the test's object is written.
#[derive(Clone, Copy)]
struct Plan {
    layout: Layout,
    gnu: bool,
    sysv: bool,
    versions: bool,
}

const LITTLE_64: Layout = Layout { class: Class::Bits64, order: Order::Little };
const BIG_32: Layout = Layout { class: Class::Bits32, order: Order::Big };
const PLANS: [Plan; 4] = [
    Plan { layout: LITTLE_64, gnu: true, sysv: true, versions: true },
    Plan { layout: LITTLE_64, gnu: false, sysv: true, versions: true },
    Plan { layout: BIG_32, gnu: true, sysv: false, versions: true },
    Plan {
        layout: Layout { class: Class::Bits32, order: Order::Little },
        gnu: false,
        sysv: true,
        versions: true,
    },
];

/// Address of the object's first byte; not 0, as in prelinked kernels' objects.
const BASE: u64 = 0x1000;

/// Strings of the object: offsets 1, 7, 12 and 16.
const STRINGS: &[u8] = b"\0clock\0time\0lib\0V_1.0\0";

struct Writer {
    bytes: Vec<u8>,
    layout: Layout,
}

impl Writer {
    fn number(&mut self, value: u64, width: usize) -> &mut Self {
        match self.layout.order {
            Order::Little => self.bytes.extend(&value.to_le_bytes()[..width]),
            Order::Big => self.bytes.extend(&value.to_be_bytes()[8 - width..]),
        }
        self
    }

    fn half(&mut self, values: &[u16]) -> &mut Self {
        values.iter().for_each(|&value| {
            self.number(value.into(), 2);
        });
        self
    }

    fn word(&mut self, values: &[u32]) -> &mut Self {
        values.iter().for_each(|&value| {
            self.number(value.into(), 4);
        });
        self
    }

    fn address(&mut self, values: &[u64]) -> &mut Self {
        values.iter().for_each(|&value| {
            self.number(value, self.layout.class.address_size());
        });
        self
    }

    /// Aligns, and gives the offset of what comes next.
    fn here(&mut self) -> u64 {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        self.bytes.len() as u64
    }

    fn symbol(&mut self, name: u32, info: u8, section: u16, value: u64) {
        match self.layout.class {
            Class::Bits64 => {
                self.word(&[name]).bytes.extend([info, 0]);
                self.half(&[section]).address(&[value, 8]);
            }
            Class::Bits32 => {
                self.word(&[name]).address(&[value, 8]).bytes.extend([info, 0]);
                self.half(&[section]);
            }
        }
    }

    fn segment(&mut self, kind: u32, flags: u32, offset: u64, size: u64) {
        match self.layout.class {
            Class::Bits64 => self.word(&[kind, flags]).address(&[offset, BASE + offset, 0, size, size, 8]),
            Class::Bits32 => self
                .word(&[kind])
                .address(&[offset, BASE + offset, 0, size, size])
                .word(&[flags])
                .address(&[8]),
        };
    }
}

/// Writes the tables behind the headers, then the headers over the room left for them.
fn object(plan: Plan) -> Vec<u8> {
    let mut writer = Writer { bytes: vec![0; 256], layout: plan.layout };
    let mut entries = Vec::new();
    let at = writer.here();
    writer.bytes.extend(STRINGS);
    entries.extend([(tag::STRTAB, BASE + at), (tag::STRSZ, STRINGS.len() as u64), (tag::SONAME, 12)]);
    let at = writer.here();
    writer.symbol(0, 0, 0, 0);
    writer.symbol(1, 0x12, 3, 0xaf1); // clock: global function, at an odd address
    writer.symbol(7, 0x20, 3, 0xb00); // time: weak, of no type
    entries.push((tag::SYMTAB, BASE + at));
    if plan.sysv {
        let at = writer.here();
        // One bucket: 2 -> 1 -> end.
        writer.word(&[1, 3, 2, 0, 0, 1]);
        entries.push((tag::HASH, BASE + at));
    }
    if plan.gnu {
        let at = writer.here();
        // One bucket, symbols from 1, a filter of one word that lets everything through.
        writer.word(&[1, 1, 1, 5]).address(&[u64::MAX]).word(&[1]);
        writer.word(&[gnu_hash(b"clock") & !1, gnu_hash(b"time") | 1]);
        entries.push((tag::GNU_HASH, BASE + at));
    }
    if plan.versions {
        let at = writer.here();
        writer.half(&[0, 2, 2]);
        entries.push((tag::VERSYM, BASE + at));
        let at = writer.here();
        writer.half(&[1, 1, 1, 1]).word(&[sysv_hash(b"lib"), 20, 28, 12, 0]);
        writer.half(&[1, 0, 2, 1]).word(&[sysv_hash(b"V_1.0"), 20, 0, 16, 0]);
        entries.extend([(tag::VERDEF, BASE + at), (tag::VERDEFNUM, 2)]);
    }
    let dynamic = writer.here();
    for (tag, value) in entries {
        writer.address(&[tag, value]);
    }
    writer.address(&[0, 0]);
    let end = writer.here();
    let mut head = Writer { bytes: Vec::new(), layout: plan.layout };
    let class = if plan.layout.is_64() { 2 } else { 1 };
    let order = if plan.layout.order == Order::Little { 1 } else { 2 };
    head.bytes.extend(b"\x7fELF");
    head.bytes.extend([class, order, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let (header, row) = if plan.layout.is_64() { (64, 56) } else { (52, 32) };
    head.half(&[ET_DYN, 62]).word(&[1]).address(&[0, header, 0]).word(&[0]);
    head.half(&[header as u16, row, 2, 64, 0, 0]);
    head.segment(segment_kind::LOAD, segment_flags::READ | segment_flags::EXECUTE, 0, end);
    head.segment(segment_kind::DYNAMIC, segment_flags::READ, dynamic, end - dynamic);
    writer.bytes[..head.bytes.len()].copy_from_slice(&head.bytes);
    writer.bytes
}

fn find(bytes: &[u8], mapped: bool, name: &[u8], version: &[u8]) -> Result<Option<u64>, Error> {
    let elf = if mapped { Elf::parse_mapped(bytes)? } else { Elf::parse(bytes)? };
    let dynamic = elf.dynamic()?.ok_or(Error::new(Expected::DynamicSection, 0))?;
    Ok(dynamic.find_function(name, version)?.map(|symbol| symbol.value))
}

#[test]
fn functions_are_found_by_name_and_version() {
    for plan in PLANS {
        let bytes = object(plan);
        for mapped in [false, true] {
            assert_eq!(find(&bytes, mapped, b"clock", b"V_1.0"), Ok(Some(0xaf1)));
            assert_eq!(find(&bytes, mapped, b"time", b"V_1.0"), Ok(Some(0xb00)));
            assert_eq!(find(&bytes, mapped, b"time", b"V_2.0"), Ok(None), "another version");
            assert_eq!(
                find(&bytes, mapped, b"time", b"lib"),
                Ok(None),
                "the object's own name is no version"
            );
            assert_eq!(find(&bytes, mapped, b"tim", b"V_1.0"), Ok(None));
            assert_eq!(find(&bytes, mapped, b"", b"V_1.0"), Ok(None));
        }
        let elf = Elf::parse(&bytes).unwrap();
        let dynamic = elf.dynamic().unwrap().unwrap();
        assert_eq!(dynamic.symbol_count(), Ok(3));
        let versions = dynamic.versions().unwrap().unwrap();
        let names: Vec<_> = versions.definitions().map(|found| (found.index, found.name)).collect();
        assert_eq!(names, [(1, &b"lib"[..]), (2, b"V_1.0")]);
        assert_eq!(elf.header().layout, plan.layout);
        assert_eq!(elf.segments().unwrap().count(), 2);
    }
}

#[test]
fn without_versions_or_hash_table_nothing_is_found() {
    let plan = Plan { versions: false, ..PLANS[0] };
    assert_eq!(find(&object(plan), true, b"clock", b"V_1.0"), Ok(None));
    let plan = Plan { gnu: false, sysv: false, ..PLANS[0] };
    assert_eq!(find(&object(plan), true, b"clock", b"V_1.0"), Err(Error::new(Expected::HashTable, 0)));
}

#[test]
fn a_circular_chain_ends() {
    let plan = PLANS[1];
    let bytes = object(plan);
    let elf = Elf::parse(&bytes).unwrap();
    let dynamic = elf.dynamic().unwrap().unwrap();
    let address = dynamic.get(tag::HASH).unwrap() - BASE;
    let mut bytes = bytes.clone();
    // Symbol 1's next is 2, whose next is 1.
    bytes[address as usize + 16] = 2;
    assert_eq!(find(&bytes, true, b"none", b"V_1.0"), Ok(None));
    assert_eq!(find(&bytes, true, b"clock", b"V_1.0"), Ok(Some(0xaf1)));
}

#[test]
fn truncation_at_every_length_is_an_error_or_the_same_answer() {
    for plan in PLANS {
        let bytes = object(plan);
        for length in 0..bytes.len() {
            for mapped in [false, true] {
                let found = find(&bytes[..length], mapped, b"clock", b"V_1.0");
                assert!(matches!(found, Err(_) | Ok(None)), "{length} bytes give {found:?}");
            }
        }
    }
}

#[test]
fn every_changed_byte_is_survived() {
    for plan in PLANS {
        let bytes = object(plan);
        for at in 0..bytes.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut bytes = bytes.clone();
                bytes[at] = value;
                for mapped in [false, true] {
                    let _ = find(&bytes, mapped, b"clock", b"V_1.0");
                }
                let Ok(elf) = Elf::parse(&bytes) else { continue };
                let _ = elf.sections().map(Iterator::count);
                let _ = elf.section_names();
                if let Ok(Some(dynamic)) = elf.dynamic() {
                    let _ = dynamic.symbol_count();
                    let _ = dynamic.needed().map(Iterator::count);
                    let _ = dynamic.versions().map(|found| found.map(|found| found.needs().count()));
                }
            }
        }
    }
}

#[test]
fn hashes_are_the_published_ones() {
    // gABI's example function and the values that `readelf` shows for these names.
    assert_eq!(sysv_hash(b"LINUX_2.6"), 0x03ae_75f6);
    assert_eq!(gnu_hash(b""), 5381);
    assert_eq!(gnu_hash(b"printf"), 0x156b_2bb8);
}

#[test]
fn strings_end_with_a_zero_byte() {
    assert_eq!(string(b"\0ab\0", 1), Ok(&b"ab"[..]));
    assert_eq!(string(b"\0ab\0", 3), Ok(&b""[..]));
    assert!(string(b"\0ab", 1).is_err());
    assert!(string(b"\0ab\0", 9).is_err());
}
