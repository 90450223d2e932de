//! The kernel's shared object, as it is, absent, replaced and damaged.

use std::process::Command;

use formats::file::elf::{Elf, tag};
use linux::process::Ended;
use linux_raw_sys::auxvec::{AT_PHDR, AT_SYSINFO_EHDR};
use linux_raw_sys::general::__NR_getrandom;

use crate::trace::Traced;
use spelunk_tests::programs::{Kind, command, kinds, program, target};
use spelunk_tests::skip::skipped;

fn clocks(count: &str) -> Traced {
    Traced::start(Command::new(program(Kind::Shipped, "clocks")).arg(count))
}

/// Says whether the object that programs get is not the one of this host, whose names the tests know.
fn is_another_processor() -> bool {
    let is_another = !target().is_host();
    if is_another {
        skipped("the object of another processor");
    }
    is_another
}

/// Says whether the kernel's object can read clocks by itself on this machine.
fn clock_source_is_fast() -> bool {
    let path = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    let name = std::fs::read_to_string(path).unwrap_or_default();
    matches!(
        name.trim(),
        "tsc" | "kvm-clock" | "arch_sys_counter" | "riscv_clocksource" | "hyperv_clocksource_tsc_page"
    )
}

#[test]
fn reading_clocks_makes_no_call() {
    if is_another_processor() {
        return;
    }
    if !clock_source_is_fast() {
        return skipped("this machine's clock is read by the kernel only");
    }
    let (few, ended) = counted(clocks("2"));
    assert_eq!(ended, Ended::Exited(0));
    let (many, ended) = counted(clocks("500"));
    assert_eq!(ended, Ended::Exited(0));
    // A turn reads several clocks; the kernel's function may have to ask for some more room or time now and then.
    assert!(many < few + 100, "{many} calls for 500 turns, and {few} for 2");
}

/// Counts the calls of a program, but not those for random bytes: the kernel's function makes one whenever its generator must be seeded
/// anew.
fn counted(traced: Traced) -> (usize, Ended) {
    let (calls, ended) = traced.calls();
    (calls.iter().filter(|number| **number != u64::from(__NR_getrandom)).count(), ended)
}

#[test]
fn answers_are_those_of_the_calls() {
    // Emulators' calls go to a kernel whose answers they change; a few turns of theirs take as long as many.
    let turns = if target().runs_here() { "300" } else { "3" };
    for kind in kinds() {
        let output = command(kind, "agreement").arg(turns).output().expect("it runs");
        assert_eq!(output.status.code(), Some(0), "{kind:?}: {output:?}");
    }
}

#[test]
fn a_program_that_reads_no_clock_does_not_look_at_the_object() {
    if is_another_processor() {
        return;
    }
    let traced = clocks("0");
    // Whoever looked would die: nothing is mapped there.
    traced.change(AT_SYSINFO_EHDR, Some(0x1000));
    assert_eq!(traced.finish().status.code(), Some(0));
}

#[test]
fn an_object_that_is_not_the_kernels_is_not_used() {
    if is_another_processor() {
        return;
    }
    for kind in kinds() {
        let start = || Traced::start(Command::new(program(kind, "clocks")).arg("3"));
        let own = start().value(AT_PHDR).expect("program headers") & !0xfff;
        let stack = start().entries()[0].address & !0xfff;
        let code = own + 1;
        for (what, value) in [("nothing", 0), ("the program", own), ("a stack", stack), ("no page", code)] {
            let traced = start();
            let own = traced.value(AT_PHDR).expect("program headers") & !0xfff;
            let value = match what {
                "the program" => own,
                "a stack" => traced.entries()[0].address & !0xfff,
                "no page" => own + 1,
                _ => value,
            };
            traced.change(AT_SYSINFO_EHDR, Some(value));
            let output = traced.finish();
            assert_eq!(output.status.code(), Some(0), "{what} at {value:#x}, {kind:?}: {output:?}");
        }
    }
}

/// Runs `clocks` with an object changed by `damage`, which gets its bytes and answers with what to write where.
fn damaged(damage: impl Fn(&[u8]) -> Vec<(usize, Vec<u8>)>) -> (usize, Ended) {
    let traced = clocks("20");
    let base = traced.value(AT_SYSINFO_EHDR).expect("an object");
    let mut bytes = vec![0; 4096];
    traced.read(base, &mut bytes);
    let elf = Elf::parse(&bytes).expect("an ELF header");
    let length = elf.segments().expect("segments").map(|segment| segment.file_size).max().expect("one");
    bytes.resize(length as usize, 0);
    traced.read(base, &mut bytes);
    for (at, new) in damage(&bytes) {
        traced.write(base + at as u64, &new);
    }
    let (calls, ended) = traced.calls();
    (calls.len(), ended)
}

/// Finds the entry of the dynamic section with a tag.
fn entry(bytes: &[u8], tag: u64) -> Option<usize> {
    let elf = Elf::parse_mapped(bytes).expect("an image");
    let dynamic = elf.dynamic().expect("readable").expect("there");
    let value = dynamic.get(tag)?;
    let pattern = [tag.to_ne_bytes(), value.to_ne_bytes()].concat();
    bytes.windows(16).position(|window| window == pattern)
}

#[test]
fn either_hash_table_is_enough_and_neither_means_calls() {
    if is_another_processor() {
        return;
    }
    if !clock_source_is_fast() {
        return skipped("this machine's clock is read by the kernel only");
    }
    // A tag that nobody knows.
    let blank = |bytes: &[u8], tag| entry(bytes, tag).map(|at| (at, 0x7000_0000_u64.to_ne_bytes().to_vec()));
    let (whole, _) = damaged(|_| Vec::new());
    for one in [tag::GNU_HASH, tag::HASH] {
        let (calls, ended) = damaged(|bytes| {
            // Some kernels have only one of the tables: then it stays.
            let both = entry(bytes, tag::GNU_HASH).is_some() && entry(bytes, tag::HASH).is_some();
            if both { blank(bytes, one).into_iter().collect() } else { Vec::new() }
        });
        assert_eq!(ended, Ended::Exited(0));
        assert!(calls <= whole + 20, "{calls} calls without one table, {whole} with both");
    }
    for lost in [
        vec![tag::GNU_HASH, tag::HASH],
        vec![tag::VERDEF],
        vec![tag::VERSYM],
        vec![tag::SYMTAB],
        vec![tag::STRTAB],
    ] {
        let (calls, ended) = damaged(|bytes| lost.iter().filter_map(|&tag| blank(bytes, tag)).collect());
        assert_eq!(ended, Ended::Exited(0), "{lost:x?}");
        assert!(calls > whole + 100, "{calls} calls without {lost:x?}, {whole} with it");
    }
}

/// Says whether the kernel's object has this function.
fn has(name: &[u8]) -> bool {
    let traced = clocks("0");
    let base = traced.value(AT_SYSINFO_EHDR).expect("an object");
    let mut bytes = vec![0; 8192];
    traced.read(base, &mut bytes);
    let found = bytes.windows(name.len()).any(|window| window == name);
    assert_eq!(traced.finish().status.code(), Some(0));
    found
}

/// Replaces a string everywhere.
fn replace(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<(usize, Vec<u8>)> {
    let places = bytes.windows(old.len()).enumerate().filter(|(_, window)| *window == old);
    places.map(|(at, _)| (at, new.to_vec())).collect()
}

#[test]
fn a_missing_symbol_or_version_means_calls_for_it_alone() {
    if is_another_processor() {
        return;
    }
    if !clock_source_is_fast() {
        return skipped("this machine's clock is read by the kernel only");
    }
    let (whole, _) = damaged(|_| Vec::new());
    let (none, ended) = damaged(|bytes| replace(bytes, arch::vdso::VERSION, b"LINUX_0.0"));
    assert_eq!(ended, Ended::Exited(0));
    assert!(none > whole + 200, "{none} calls without the version, {whole} with it");
    let names = [arch::vdso::GETCPU, arch::vdso::CLOCK_GETRES, arch::vdso::GETRANDOM];
    let names = names.into_iter().flatten().filter(|name| has(name));
    for name in names.chain([arch::vdso::CLOCK_GETTIME]) {
        let mut blank = name.to_vec();
        blank[2] = b'X';
        let (calls, ended) = damaged(|bytes| replace(bytes, name, &blank));
        assert_eq!(ended, Ended::Exited(0));
        assert!(calls > whole + 15 && calls < none, "{calls} calls without {}", name.escape_ascii());
    }
}

#[test]
fn a_function_that_refuses_is_replaced_by_the_call() {
    if is_another_processor() {
        return;
    }
    if std::env::consts::ARCH != "x86_64" {
        return skipped("the refusing function is written for one processor");
    }
    let (calls, ended) = damaged(|bytes| {
        let dynamic =
            Elf::parse_mapped(bytes).expect("an image").dynamic().expect("readable").expect("there");
        let symbol = dynamic.find_function(arch::vdso::CLOCK_GETTIME, arch::vdso::VERSION);
        let at = symbol.expect("readable").expect("there").value as usize;
        // mov eax, -38 (ENOSYS); ret
        vec![(at, vec![0xb8, 0xda, 0xff, 0xff, 0xff, 0xc3])]
    });
    assert_eq!(ended, Ended::Exited(0));
    assert!(calls > 100, "{calls} calls: each read asks the kernel");
}
