//! ELF files, and images in memory as the kernel's vDSO is one.

use formats::file::elf::Elf;

/// Reads everything that there is to read, as a file and as an image. Every walk must end, and every table must lie in
/// the input.
pub(crate) fn elf(data: &[u8]) {
    if let Ok(file) = Elf::parse(data) {
        read(&file, data);
    }
    if let Ok(image) = Elf::parse_mapped(data) {
        read(&image, data);
    }
}

fn read(elf: &Elf<'_>, data: &[u8]) {
    if let Ok(segments) = elf.segments() {
        for (count, segment) in segments.enumerate() {
            assert!(count <= data.len(), "more segments than bytes");
            inside(elf.from_address(segment.address).unwrap_or_default(), data);
        }
    }
    let names = elf.section_names().unwrap_or_default();
    inside(names, data);
    if let Ok(sections) = elf.sections() {
        for (count, section) in sections.enumerate() {
            assert!(count <= data.len(), "more sections than bytes");
            inside(elf.section_bytes(&section).unwrap_or_default(), data);
        }
    }
    for kind in [2, 11] {
        if let Ok(Some(symbols)) = elf.sections().and_then(|sections| sections.symbols(kind)) {
            for (count, symbol) in symbols.iter().enumerate() {
                assert!(count <= data.len(), "more symbols than bytes");
                inside(symbols.name(&symbol).unwrap_or_default(), data);
            }
        }
    }
    let _ = elf.sections().and_then(|sections| sections.find_name(b".text"));
    if let Ok(Some(_)) = elf.dynamic() {
        dynamic(elf, data);
    }
}

fn dynamic(elf: &Elf<'_>, data: &[u8]) {
    let Ok(Some(dynamic)) = elf.dynamic() else { return };
    assert!(dynamic.entries().count() <= data.len());
    if let Ok(needed) = dynamic.needed() {
        needed.flatten().for_each(|name| inside(name, data));
    }
    let versions = dynamic.versions().ok().flatten();
    if let Some(versions) = &versions {
        assert!(versions.definitions().count() <= data.len());
        assert!(versions.needs().count() <= data.len());
    }
    if let Ok(symbols) = dynamic.symbols() {
        let count = dynamic.symbol_count().unwrap_or(0).min(100);
        for symbol in (0..count).filter_map(|index| symbols.get(index).ok()) {
            let name = symbols.name(&symbol).unwrap_or_default();
            inside(name, data);
            let _ = dynamic.find_function(name, b"LINUX_2.6");
        }
    }
    for name in [b"__vdso_clock_gettime".as_slice(), b"", b"none"] {
        let found = dynamic.find_function(name, b"LINUX_2.6");
        assert!(!matches!(found, Ok(Some(symbol)) if !symbol.is_callable()), "found what cannot be called");
    }
}

/// A slice that the reader gives out must be a part of the input.
fn inside(part: &[u8], data: &[u8]) {
    let whole = data.as_ptr_range();
    let part = part.as_ptr_range();
    assert!(part.start == part.end || (whole.start <= part.start && part.end <= whole.end));
}
