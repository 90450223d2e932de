//! What a program that ships must be: static, without interpreter, undefined symbols or a trace of a libc, no memory
//! that is both writable and executable, and relocated data read-only after start. goblin reads it, not our own
//! ELF reader, so that the two can disagree.

use std::path::Path;

use anyhow::{Context, Result, bail};
use goblin::elf::Elf;
use goblin::elf::dynamic::{DF_TEXTREL, DT_RELA, DT_TEXTREL};
use goblin::elf::program_header::{PF_W, PF_X, PT_GNU_RELRO, PT_GNU_STACK, PT_INTERP, PT_LOAD};

use crate::workspace;

/// Tag of packed relative relocations (generic ABI, 2022), which goblin does not name.
const DT_RELR: u64 = 36;

/// Texts that a libc or its loader leaves in a program.
const TRACES: &[&str] = &["GLIBC_2", "libc", "ld-linux", "musl"];

/// Checks a program's file.
pub(crate) fn file(path: &Path) -> Result<()> {
    let bytes = std::fs::read(path).with_context(|| format!("read {}", path.display()))?;
    let faults = faults(&bytes).with_context(|| format!("check {}", path.display()))?;
    if !faults.is_empty() {
        bail!("{} must not ship:\n  {}", path.display(), faults.join("\n  "));
    }
    Ok(())
}

/// Gives all that is wrong with a program.
fn faults(bytes: &[u8]) -> Result<Vec<String>> {
    let elf = Elf::parse(bytes).context("read the ELF headers")?;
    let mut faults = Vec::new();
    if elf.interpreter.is_some() || elf.program_headers.iter().any(|header| header.p_type == PT_INTERP) {
        faults.push(format!("it asks for the interpreter {}", elf.interpreter.unwrap_or("?")));
    }
    faults.extend(elf.libraries.iter().map(|library| format!("it needs the library {library}")));
    faults.extend(undefined(&elf).map(|name| format!("symbol {name} is undefined")));
    faults.extend(protection(&elf));
    let texts = TRACES.iter().copied().chain(workspace::root().to_str());
    let found = texts.filter(|text| bytes.windows(text.len()).any(|window| window == text.as_bytes()));
    faults.extend(found.map(|text| format!("it holds the text {text:?}")));
    Ok(faults)
}

fn undefined<'a>(elf: &'a Elf<'_>) -> impl Iterator<Item = &'a str> {
    let dynamic = elf.dynsyms.iter().map(|symbol| (symbol, elf.dynstrtab.get_at(symbol.st_name)));
    let fixed = elf.syms.iter().map(|symbol| (symbol, elf.strtab.get_at(symbol.st_name)));
    // The first entry of each table is undefined and has no name.
    dynamic
        .chain(fixed)
        .filter(|(symbol, _)| symbol.is_import() || symbol.st_shndx == 0)
        .filter_map(|(_, name)| name.filter(|name| !name.is_empty()))
}

fn protection(elf: &Elf<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    let both = |flags: u32| flags & PF_W != 0 && flags & PF_X != 0;
    for header in elf.program_headers.iter().filter(|header| header.p_type == PT_LOAD && both(header.p_flags))
    {
        faults.push(format!("the memory at {:#x} is writable and executable", header.p_vaddr));
    }
    match elf.program_headers.iter().find(|header| header.p_type == PT_GNU_STACK) {
        Some(header) if header.p_flags & PF_X == 0 => {}
        Some(_) => faults.push("its stack is executable".to_owned()),
        None => faults.push("it does not say that its stack is not executable".to_owned()),
    }
    let entries = elf.dynamic.iter().flat_map(|dynamic| &dynamic.dyns);
    let has = |tag: u64| entries.clone().any(|entry| entry.d_tag == tag);
    if has(DT_TEXTREL) || elf.dynamic.as_ref().is_some_and(|dynamic| dynamic.info.flags & DF_TEXTREL != 0) {
        faults.push("relocations change its code".to_owned());
    }
    let relro = elf.program_headers.iter().any(|header| header.p_type == PT_GNU_RELRO);
    if (has(DT_RELA) || has(DT_RELR)) && !relro {
        faults.push("relocated data stays writable: no RELRO".to_owned());
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADERS_AT: usize = 64;
    const HEADER: usize = 56;

    /// A program of headers alone: type, flags.
    fn program(headers: &[(u32, u32)], text: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; HEADERS_AT + HEADER * headers.len()];
        bytes[..8].copy_from_slice(b"\x7fELF\x02\x01\x01\0");
        bytes[16] = 3; // type: shared object, as static-PIE is
        bytes[18] = 62; // machine: x86-64
        bytes[20] = 1; // version
        bytes[32] = HEADERS_AT as u8;
        bytes[52] = 64; // size of this header
        bytes[54] = HEADER as u8;
        bytes[56] = headers.len() as u8;
        for (index, (kind, flags)) in headers.iter().enumerate() {
            let at = HEADERS_AT + HEADER * index;
            bytes[at..at + 4].copy_from_slice(&kind.to_le_bytes());
            bytes[at + 4..at + 8].copy_from_slice(&flags.to_le_bytes());
        }
        bytes.extend_from_slice(text);
        bytes
    }

    #[test]
    fn a_plain_static_program_has_no_faults() {
        let bytes = program(&[(PT_LOAD, PF_X), (PT_LOAD, PF_W), (PT_GNU_STACK, PF_W)], b"hello");
        assert_eq!(faults(&bytes).unwrap(), [""; 0]);
    }

    #[test]
    fn each_fault_is_found() {
        let stack = (PT_GNU_STACK, PF_W);
        // Headers, text behind them, what the fault says.
        type Case<'a> = (&'a [(u32, u32)], &'a [u8], &'a str);
        let cases: &[Case<'_>] = &[
            (&[stack, (PT_LOAD, PF_W | PF_X)], b"", "writable and executable"),
            (&[(PT_GNU_STACK, PF_W | PF_X)], b"", "stack is executable"),
            (&[(PT_LOAD, PF_X)], b"", "does not say"),
            (&[stack, (PT_INTERP, 4)], b"", "interpreter"),
            (&[stack], b"..GLIBC_2.36", "GLIBC_2"),
            (&[stack], b"/lib/libc.so", "libc"),
            (&[stack], b"ld-linux-x86-64.so.2", "ld-linux"),
            (&[stack], b"ld-musl-x86_64.so.1", "musl"),
            (&[stack], workspace::root().to_str().unwrap().as_bytes(), "it holds the text"),
        ];
        for (headers, text, expected) in cases {
            let found = faults(&program(headers, text)).unwrap();
            assert!(found.iter().any(|fault| fault.contains(expected)), "{expected}: {found:?}");
        }
    }

    #[test]
    fn a_program_of_the_host_is_refused_for_each_reason() {
        // This test itself: dynamic, against glibc.
        let bytes = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let found = faults(&bytes).unwrap();
        for expected in ["interpreter", "needs the library libc", "is undefined", "holds the text"] {
            assert!(found.iter().any(|fault| fault.contains(expected)), "{expected}: {}", found.len());
        }
        assert!(faults(b"#!/bin/sh\n").is_err());
    }
}
