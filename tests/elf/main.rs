//! Our reader of ELF against goblin: on programs and libraries of this system, on the kernel's own object, on a
//! program of ours, and on changed copies of all of them.

use std::fs;
use std::os::unix::fs::FileExt;
use std::panic::catch_unwind;
use std::path::Path;

use formats::file::elf::{Dynamic, Elf, HashTable, Symbols, Versions, section_kind, string};
use goblin::elf as other;
use spelunk_tests::programs::{Kind, program};

/// Files that a Linux system with a libc has, somewhere.
const SYSTEM: [&[&str]; 4] = [
    &["/bin/ls", "/usr/bin/ls"],
    &[
        "/lib/x86_64-linux-gnu/libc.so.6",
        "/lib/aarch64-linux-gnu/libc.so.6",
        "/lib64/libc.so.6",
        "/usr/lib/libc.so.6",
    ],
    &[
        "/lib/x86_64-linux-gnu/libm.so.6",
        "/lib/aarch64-linux-gnu/libm.so.6",
        "/lib64/libm.so.6",
        "/usr/lib/libm.so.6",
    ],
    &["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"],
];

/// A program of ours.
const OWN: &str = "clocks";

/// Gives name and bytes of every sample.
fn samples() -> Vec<(String, Vec<u8>)> {
    let mut samples = Vec::new();
    for places in SYSTEM {
        let found = places.iter().find(|path| Path::new(path).exists());
        assert!(found.is_some(), "this system has none of {places:?}");
        let path = found.expect("just looked at");
        samples.push(((*path).to_owned(), fs::read(path).expect("it is read")));
    }
    let own = program(Kind::Shipped, OWN);
    samples.push((OWN.to_owned(), fs::read(own).expect("it is read")));
    samples.push(("the kernel's object".to_owned(), kernel_object()));
    samples
}

/// Reads the kernel's object out of this process.
fn kernel_object() -> Vec<u8> {
    let maps = fs::read_to_string("/proc/self/maps").expect("maps");
    let line = maps.lines().find(|line| line.ends_with("[vdso]")).expect("this kernel maps an object");
    let (range, _) = line.split_once(' ').expect("a range");
    let (start, end) = range.split_once('-').expect("a range");
    let number = |text| u64::from_str_radix(text, 16).expect("a number");
    let mut bytes = vec![0; (number(end) - number(start)) as usize];
    let memory = fs::File::open("/proc/self/mem").expect("memory");
    memory.read_exact_at(&mut bytes, number(start)).expect("it is read");
    bytes
}

#[test]
fn real_files_are_read_as_goblin_reads_them() {
    for (name, bytes) in samples() {
        let theirs = other::Elf::parse(&bytes).unwrap_or_else(|error| panic!("goblin reads {name}: {error}"));
        let ours = Elf::parse(&bytes).unwrap_or_else(|error| panic!("we read {name}: {error}"));
        assert_eq!(headers(&ours, &theirs), Ok(()), "{name}");
        assert_eq!(ours.sections().expect("sections").count(), theirs.section_headers.len(), "{name}");
        assert_eq!(sections(&ours, &theirs), Ok(()), "{name}");
        let dynamic = ours.dynamic().expect("readable").expect("a dynamic section");
        assert_eq!(entries(&dynamic, &theirs), Ok(()), "{name}");
        let libraries: Vec<_> = dynamic.needed().expect("names").map(|name| name.expect("a name")).collect();
        let their_libraries: Vec<_> = theirs.libraries.iter().map(|name| name.as_bytes()).collect();
        assert_eq!(libraries, their_libraries, "{name}");
        match dynamic.symbol_count() {
            Ok(count) => {
                assert_eq!(count as usize, theirs.dynsyms.len().max(1), "{name}");
                compare_names(&dynamic, &theirs, &name);
            }
            // Nothing looks for a name in a program of ours: it has no table of them.
            Err(_) => assert!(theirs.dynsyms.is_empty() && name == OWN, "{name}"),
        }
        if let Some(all) = ours.sections().expect("sections").symbols(section_kind::SYMTAB).expect("readable")
        {
            assert_eq!(all.room(), theirs.syms.len(), "{name}");
            assert_eq!(compare_symbols(&all, &theirs.syms, &theirs.strtab), Ok(()), "{name}");
        }
    }
}

/// Compares the names that a file offers and asks for.
fn compare_names(dynamic: &Dynamic<'_>, theirs: &other::Elf<'_>, name: &str) {
    let (symbols, versions) = (dynamic.symbols().expect("symbols"), dynamic.versions().expect("versions"));
    assert_eq!(compare_symbols(&symbols, &theirs.dynsyms, &theirs.dynstrtab), Ok(()), "{name}");
    if let Some(versions) = versions {
        compare_versions(&versions, theirs, name);
    }
}

#[test]
fn each_defined_symbol_is_found_through_each_hash_table() {
    let mut found = 0;
    for (name, bytes) in samples() {
        let elf = Elf::parse(&bytes).expect("read");
        let dynamic = elf.dynamic().expect("readable").expect("there");
        let symbols = dynamic.symbols().expect("symbols");
        let versions = dynamic.versions().expect("versions");
        let tables = [dynamic.gnu_hash().map(HashTable::Gnu), dynamic.sysv_hash().map(HashTable::Sysv)];
        for table in tables.into_iter().flatten() {
            for index in 1..dynamic.symbol_count().expect("a count") {
                let symbol = symbols.get(index).expect("within the table");
                if !symbol.is_defined() {
                    continue;
                }
                let text = symbols.name(&symbol).expect("a name");
                let same = |at: u32, _: &_| at == index;
                let hit = table.find(text, &symbols, same);
                assert_eq!(hit, Some((index, symbol)), "{} of {name}", text.escape_ascii());
                found += 1;
            }
            assert_eq!(table.find(b"no such symbol", &symbols, |_, _| true), None);
        }
        let Some(versions) = versions else { continue };
        for definition in versions.definitions().filter(|found| found.flags & 1 == 0) {
            let of_it = (1..dynamic.symbol_count().expect("a count")).find(|&index| {
                versions.of_symbol(index).is_some_and(|(number, _)| number == definition.index)
                    && symbols.get(index).is_ok_and(|symbol| symbol.is_callable())
            });
            let Some(index) = of_it else { continue };
            let text = symbols.name(&symbols.get(index).expect("a symbol")).expect("a name");
            assert!(dynamic.find_function(text, definition.name).expect("readable").is_some(), "{name}");
            assert_eq!(dynamic.find_function(text, b"NO_SUCH_VERSION"), Ok(None), "{name}");
        }
    }
    assert!(found > 2000, "the tables of a libc alone hold more than {found}");
}

/// A source of numbers that is the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

#[test]
fn changed_files_never_panic_and_agree_where_both_accept() {
    // Goblin may panic; that is its own affair and no news.
    std::panic::set_hook(Box::new(|_| {}));
    let mut numbers = Numbers(0x5eed);
    let (mut accepted, mut refused) = (0, 0);
    for (name, original) in samples() {
        let turns = if original.len() > 1 << 16 { 400 } else { 4000 };
        let hot = places(&original);
        let mut bytes = original.clone();
        for turn in 0..turns {
            let mut changed = Vec::new();
            for _ in 0..1 + numbers.below(4) {
                let at = match numbers.below(8) {
                    0 => numbers.below(bytes.len()),
                    _ => hot[numbers.below(hot.len())],
                };
                let value = [0, 1, 0x7f, 0x80, 0xff, numbers.below(256) as u8][numbers.below(6)];
                changed.push(at);
                bytes[at] = value;
            }
            let length = if turn % 5 == 0 { numbers.below(bytes.len()) } else { bytes.len() };
            let input = &bytes[..length];
            let ours = catch_unwind(|| walk(input)).unwrap_or_else(|_| {
                let _ = std::panic::take_hook();
                panic!("our reader panics on {name}, turn {turn}, bytes {changed:?}")
            });
            let theirs = catch_unwind(|| other::Elf::parse(input).ok()).unwrap_or(None);
            if let (Some(ours), Some(theirs)) = (ours, theirs) {
                accepted += 1;
                let agreed = headers(&ours, &theirs).and_then(|()| match ours.dynamic() {
                    Ok(Some(dynamic)) => entries(&dynamic, &theirs),
                    _ => Ok(()),
                });
                let _ = agreed.map_err(|what| {
                    let _ = std::panic::take_hook();
                    panic!("{what} of {name}, turn {turn}, bytes {changed:?}")
                });
            } else {
                refused += 1;
            }
            changed.into_iter().for_each(|at| bytes[at] = original[at]);
        }
    }
    let _ = std::panic::take_hook();
    assert!(accepted > 2000 && refused > 2000, "{accepted} accepted, {refused} refused");
}

/// Gives the offsets of the bytes that decide: headers, dynamic section, the starts of its tables.
fn places(bytes: &[u8]) -> Vec<usize> {
    let elf = Elf::parse(bytes).expect("read");
    let mut places: Vec<usize> = (0..64 + 56 * elf.segments().expect("segments").count()).collect();
    let tables = elf.dynamic().expect("readable").expect("there");
    let address = |slice: &[u8]| slice.as_ptr().addr() - bytes.as_ptr().addr();
    for entry in tables.entries() {
        if let Ok(table) = elf.from_address(entry.value) {
            places.extend(address(table)..address(table) + table.len().min(96));
        }
    }
    for segment in elf.segments().expect("segments").filter(|segment| segment.kind == 2) {
        places.extend(segment.offset as usize..(segment.offset + segment.file_size) as usize);
    }
    places.retain(|&at| at < bytes.len());
    places
}

/// Reads all there is.
fn walk(bytes: &[u8]) -> Option<Elf<'_>> {
    for elf in [Elf::parse_mapped(bytes), Elf::parse(bytes)].into_iter().flatten() {
        let names = elf.section_names().unwrap_or_default();
        for section in elf.sections().into_iter().flatten().take(100) {
            let _ = (elf.section_bytes(&section), string(names, section.name));
        }
        let _ = elf.sections().map(|sections| sections.symbols(section_kind::SYMTAB));
        let Ok(Some(dynamic)) = elf.dynamic() else { continue };
        let _ = dynamic.needed().map(|names| names.take(100).count());
        for table in [dynamic.gnu_hash().map(HashTable::Gnu), dynamic.sysv_hash().map(HashTable::Sysv)] {
            if let (Ok(table), Ok(symbols)) = (table, dynamic.symbols()) {
                let _ = table.find(b"malloc", &symbols, |_, _| true);
            }
        }
        let count = dynamic.symbol_count().unwrap_or(0).min(200);
        if let Ok(symbols) = dynamic.symbols() {
            let _ = (0..count)
                .filter_map(|index| symbols.get(index).ok())
                .filter_map(|it| symbols.name(&it).ok())
                .count();
        }
        if let Ok(Some(versions)) = dynamic.versions() {
            let _ = (versions.definitions().take(1000).count(), versions.needs().take(1000).count());
        }
        let _ = dynamic.find_function(b"__vdso_clock_gettime", b"LINUX_2.6");
    }
    Elf::parse(bytes).ok()
}

/// What the two readers differ in.
type Difference = Result<(), String>;

fn same<T: PartialEq + std::fmt::Debug>(what: &str, ours: T, theirs: T) -> Difference {
    if ours == theirs { Ok(()) } else { Err(format!("{what}: ours {ours:x?}, theirs {theirs:x?}")) }
}

fn headers(ours: &Elf<'_>, theirs: &other::Elf<'_>) -> Difference {
    let (header, their) = (ours.header(), &theirs.header);
    same("type", header.kind, their.e_type)?;
    same("machine", header.machine, their.e_machine)?;
    same("entry", header.entry, their.e_entry)?;
    same("flags", header.flags, their.e_flags)?;
    same("class", header.layout.class.address_size() == 8, theirs.is_64)?;
    // Goblin reads entries of the format's size whatever the file says; a count in the first section it does not know.
    let usual = if theirs.is_64 { 56 } else { 32 };
    let Ok(segments) = ours.segments() else { return Ok(()) };
    if their.e_phentsize != usual || their.e_phnum == 0xffff {
        return Ok(());
    }
    let ours: Vec<_> = segments
        .map(|it| {
            [it.kind.into(), it.flags.into(), it.offset, it.address, it.file_size, it.memory_size, it.align]
        })
        .collect();
    let theirs: Vec<_> = theirs
        .program_headers
        .iter()
        .map(|it| {
            [
                it.p_type.into(),
                it.p_flags.into(),
                it.p_offset,
                it.p_vaddr,
                it.p_filesz,
                it.p_memsz,
                it.p_align,
            ]
        })
        .collect();
    same("segments", ours, theirs)
}

fn sections(ours: &Elf<'_>, theirs: &other::Elf<'_>) -> Difference {
    let names = ours.section_names().map_err(|error| error.to_string())?;
    for (our, their) in ours.sections().map_err(|error| error.to_string())?.zip(&theirs.section_headers) {
        let text = string(names, our.name).map_err(|error| error.to_string())?;
        same("section name", text, theirs.shdr_strtab.get_at(their.sh_name).unwrap_or_default().as_bytes())?;
        same(
            "section",
            [our.kind.into(), our.flags, our.address, our.offset, our.size, our.link.into(), our.info.into()],
            [
                their.sh_type.into(),
                their.sh_flags,
                their.sh_addr,
                their.sh_offset,
                their.sh_size,
                their.sh_link.into(),
                their.sh_info.into(),
            ],
        )?;
    }
    Ok(())
}

fn entries(ours: &Dynamic<'_>, theirs: &other::Elf<'_>) -> Difference {
    let Some(their) = &theirs.dynamic else { return Ok(()) };
    let their: Vec<_> =
        their.dyns.iter().map(|it| (it.d_tag, it.d_val)).take_while(|&(tag, _)| tag != 0).collect();
    same("dynamic section", ours.entries().map(|it| (it.tag, it.value)).collect(), their)
}

fn compare_symbols(
    ours: &Symbols<'_>,
    theirs: &other::Symtab<'_>,
    names: &goblin::strtab::Strtab<'_>,
) -> Difference {
    for (index, their) in theirs.iter().enumerate() {
        let our = ours.get(index as u32).map_err(|error| error.to_string())?;
        same(
            "symbol",
            (our.value, our.size, our.info, our.other),
            (their.st_value, their.st_size, their.st_info, their.st_other),
        )?;
        same("symbol's section", usize::from(our.section), their.st_shndx)?;
        let name = ours.name(&our).map_err(|error| error.to_string())?;
        same("symbol's name", name, names.get_at(their.st_name).unwrap_or_default().as_bytes())?;
    }
    Ok(())
}

fn compare_versions(ours: &Versions<'_>, theirs: &other::Elf<'_>, name: &str) {
    let text = |at: usize| theirs.dynstrtab.get_at(at).unwrap_or_default().as_bytes();
    if let Some(their) = &theirs.versym {
        for (index, their) in their.iter().enumerate() {
            let our = ours.of_symbol(index as u32).expect("as many versions as symbols");
            assert_eq!(our, (their.version(), their.is_hidden()), "{name}");
        }
    }
    if let Some(their) = &theirs.verdef {
        let their: Vec<_> = their
            .iter()
            .map(|it| (it.vd_ndx, it.vd_flags, it.vd_hash, text(it.iter().next().expect("a name").vda_name)))
            .collect();
        let our: Vec<_> = ours.definitions().map(|it| (it.index, it.flags, it.hash, it.name)).collect();
        assert_eq!(our, their, "{name}");
    }
    if let Some(their) = &theirs.verneed {
        let mut all = Vec::new();
        for library in their.iter() {
            all.extend(
                library
                    .iter()
                    .map(|it| (it.vna_other, it.vna_hash, text(it.vna_name), text(library.vn_file))),
            );
        }
        let our: Vec<_> = ours.needs().map(|it| (it.index, it.hash, it.name, it.library)).collect();
        assert_eq!(our, all, "{name}");
    }
}
