//! `cargo xtask size`: what each crate and each command adds to the program.
//!
//! A second build of the program keeps its symbols. Functions inlined into others count where they went, and texts
//! have no symbols: they are the rest, as are headers and fill.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use goblin::elf::Elf;
use goblin::elf::section_header::SHT_NOBITS;
use rustc_demangle::demangle;
use toolchain::Form;

use crate::applets;
use crate::build;
use crate::image::{self, Compression};
use crate::machine::Architecture;
use crate::output::say;
use crate::selection::Selection;

/// How much of the list of functions is shown.
const LARGEST: usize = 15;

/// Runs `size`.
pub(crate) fn run(architecture: &str, selection: &Selection) -> Result<()> {
    let architecture = Architecture::load(architecture)?;
    let shipped =
        std::fs::metadata(build::spelunk(&architecture, selection)?).context("look at the program")?.len();
    let best = Compression::Xz(architecture.kernel.xz_filter);
    let initramfs = std::fs::metadata(image::plain(&architecture, selection, best)?)
        .context("look at the initramfs")?
        .len();
    let symbols = symbols(&build::spelunk_in(&architecture, selection, Form::Named)?)?;
    let named: u64 = symbols.values().sum();
    say!(
        "{shipped:>8}  the program\n{initramfs:>8}  the initramfs\n{named:>8}  functions and statics with a name"
    );
    print_groups("crates", &sum(&symbols, |name| owner(name).0));
    let commands = applets::all()?.into_iter().map(|applet| format!("{}::{}", applet.group, applet.name));
    let commands: Vec<_> = commands.collect();
    let of_command = sum(&symbols, |name| {
        let path = owner(name).1;
        commands
            .iter()
            .find(|command| path == **command || path.starts_with(&format!("{command}::")))
            .cloned()
    });
    print_groups("commands, without what they share", &of_command);
    print_groups("modules", &sum(&symbols, module));
    print_groups("largest", &symbols);
    Ok(())
}

/// Gives all symbols with their sizes, by readable names.
fn symbols(path: &Path) -> Result<BTreeMap<String, u64>> {
    let bytes = std::fs::read(path).with_context(|| format!("read {}", path.display()))?;
    let elf = Elf::parse(&bytes).with_context(|| format!("read {}", path.display()))?;
    let mut found = BTreeMap::new();
    let mut seen = Vec::new();
    // What starts as zeroes takes no bytes of the file.
    let stored =
        |index: usize| elf.section_headers.get(index).is_some_and(|section| section.sh_type != SHT_NOBITS);
    for symbol in elf.syms.iter().filter(|symbol| symbol.st_size > 0 && stored(symbol.st_shndx)) {
        // Functions with the same code share one place under several names.
        if seen.contains(&symbol.st_value) {
            continue;
        }
        seen.push(symbol.st_value);
        let name = elf.strtab.get_at(symbol.st_name).unwrap_or("?");
        *found.entry(format!("{:#}", demangle(name))).or_insert(0) += symbol.st_size;
    }
    Ok(found)
}

fn sum<N: Into<Option<String>>>(
    symbols: &BTreeMap<String, u64>,
    key: impl Fn(&str) -> N,
) -> BTreeMap<String, u64> {
    let mut sums = BTreeMap::new();
    for (name, size) in symbols {
        if let Some(key) = key(name).into() {
            *sums.entry(key).or_insert(0) += size;
        }
    }
    sums
}

/// Gives a symbol's crate and its path therein: the first of our crates that the name speaks of, else its own.
fn owner(name: &str) -> (String, String) {
    let ours = name.find("spelunk");
    let path = name.get(ours.unwrap_or(0)..).unwrap_or(name);
    let path = if ours.is_some() { path } else { path.trim_start_matches(['<', '&', '[', '(']) };
    let end = path
        .find(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '_' | ':')))
        .unwrap_or(path.len());
    let path = path.get(..end).unwrap_or(path).trim_end_matches(':');
    match path.split_once("::") {
        Some((owner, rest)) => (owner.to_owned(), rest.to_owned()),
        None => ("without a crate".to_owned(), path.to_owned()),
    }
}

/// Gives the first two parts of a path of ours: `spelunk_formats::wire`.
fn module(name: &str) -> Option<String> {
    let (owner, path) = owner(name);
    let (first, _) = path.split_once("::")?;
    owner.starts_with("spelunk").then(|| format!("{owner}::{first}"))
}

fn print_groups(title: &str, sums: &BTreeMap<String, u64>) {
    say!("\n{title}:");
    let mut sorted: Vec<_> = sums.iter().collect();
    sorted.sort_by_key(|(name, size)| (u64::MAX - **size, *name));
    let shown = if title == "largest" { LARGEST } else { sorted.len() };
    for (name, size) in sorted.into_iter().take(shown) {
        say!("{size:>8}  {name}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_belong_to_the_crate_they_speak_of() {
        let cases = [
            ("spelunk_formats::wire::udp::parse", ("spelunk_formats", "wire::udp::parse")),
            ("<spelunk_linux::fd::OwnedFd as core::ops::drop::Drop>::drop", ("spelunk_linux", "fd::OwnedFd")),
            ("core::ptr::drop_in_place<alloc::vec::Vec<spelunk_query::Row>>", ("spelunk_query", "Row")),
            ("<core::fmt::Formatter>::pad", ("core", "fmt::Formatter")),
            ("memcpy", ("without a crate", "memcpy")),
        ];
        for (name, (crate_name, path)) in cases {
            assert_eq!(owner(name), (crate_name.to_owned(), path.to_owned()), "{name}");
        }
        assert_eq!(module("spelunk_formats::wire::udp::parse").as_deref(), Some("spelunk_formats::wire"));
        assert_eq!(module("core::fmt::write"), None);
    }

    #[test]
    fn our_own_symbols_are_read() {
        let found = symbols(&std::env::current_exe().unwrap()).unwrap();
        assert!(found.keys().any(|name| name.contains("our_own_symbols_are_read")), "{}", found.len());
    }
}
