//! A bounded run of every fuzz target: the seeds of `tests/samples`, cut at every length, and mutations of them by a
//! small generator that makes the same inputs each time.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test panics")]

mod commands;
mod grammar;
mod mutation;
mod patterns;
mod scripts;
mod shells;
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use mutation::Mutator;

/// Most bytes of a mutated input.
const LONGEST: usize = 4096;

/// No input may take this long, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads the seeds: all files of a folder of `tests/samples`, in order of their names.
fn seeds(folder: &str) -> Vec<(String, Vec<u8>)> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let entries = std::fs::read_dir(samples.join(folder)).unwrap().map(|entry| entry.unwrap());
    let mut files: Vec<_> = entries.filter(|entry| entry.path().is_file()).collect();
    files.sort_by_key(std::fs::DirEntry::file_name);
    assert!(!files.is_empty(), "no seeds in {folder}");
    let name = |file: &std::fs::DirEntry| file.file_name().into_string().unwrap();
    files.iter().map(|file| (name(file), std::fs::read(file.path()).unwrap())).collect()
}

/// Runs a target over its seeds, their beginnings, and so many mutations of them.
fn run(target: fn(&[u8]), folder: &str, mutations: u32) {
    let seeds: Vec<_> = seeds(folder).into_iter().map(|(_, seed)| seed).collect();
    for seed in &seeds {
        try_input(target, seed);
        let step = seed.len() / 512 + 1;
        for length in (0..seed.len()).step_by(step) {
            try_input(target, &seed[..length]);
        }
    }
    let mut mutator = Mutator::new(0x5eed);
    for _ in 0..mutations {
        try_input(target, &mutator.mutate(&seeds, LONGEST));
    }
}

/// Shows the input that a target fails on, as it can be pasted into a regression test.
fn try_input(target: fn(&[u8]), input: &[u8]) {
    let start = Instant::now();
    let ended = catch_unwind(AssertUnwindSafe(|| target(input)));
    assert!(ended.is_ok(), "fails on {} bytes: b\"{}\"", input.len(), input.escape_ascii());
    assert!(start.elapsed() < PATIENCE, "takes {:?}: b\"{}\"", start.elapsed(), input.escape_ascii());
}

#[test]
fn agent() {
    run(targets::agent::agent, "fuzz/agent", 100_000);
}

#[test]
fn btf() {
    run(targets::btf::btf, "fuzz/btf", 40_000);
}

#[test]
fn calls() {
    run(targets::calls::calls, "fuzz/calls", 60_000);
}

#[test]
fn cmdline() {
    run(targets::cmdline::cmdline, "fuzz/cmdline", 100_000);
}

#[test]
fn cpio() {
    run(targets::cpio::cpio, "fuzz/cpio", 60_000);
}

#[test]
fn dhcp() {
    let target = |data: &[u8]| {
        targets::dhcp::dhcp(data);
    };
    run(target, "fuzz/dhcp", 60_000);
}

#[test]
fn disk() {
    run(targets::disk::disk, "fuzz/disk", 40_000);
}

#[test]
fn dns() {
    run(targets::dns::dns, "fuzz/dns", 60_000);
}

#[test]
fn elf() {
    run(targets::elf::elf, "fuzz/elf", 25_000);
}

#[test]
fn expander() {
    let target = |data: &[u8]| {
        targets::expander::expander(data);
    };
    run(target, "fuzz/expander", 15_000);
}

#[test]
fn http() {
    run(targets::http::http, "fuzz/http", 60_000);
}

#[test]
fn lease() {
    run(targets::lease::lease, "fuzz/lease", 60_000);
}

#[test]
fn log() {
    run(targets::log::log, "fuzz/log", 60_000);
}

#[test]
fn netlink() {
    run(targets::netlink::netlink, "netlink", 25_000);
}

#[test]
fn packets() {
    run(targets::packets::packets, "fuzz/packets", 60_000);
}

#[test]
fn regex() {
    run(targets::regex::regex, "fuzz/regex", 15_000);
}

#[test]
fn services() {
    run(targets::services::services, "fuzz/services", 60_000);
}

#[test]
fn settings() {
    run(targets::settings::settings, "fuzz/settings", 40_000);
}

#[test]
fn shell() {
    run(targets::shell::shell, "fuzz/shell", 40_000);
}

#[test]
fn tzif() {
    run(targets::tzif::tzif, "fuzz/tzif", 25_000);
}

/// A run over seeds that stop at the first check would show nothing.
#[test]
fn the_seeds_reach_what_they_are_for() {
    for (name, seed) in seeds("fuzz/expander") {
        let (status, printed) = targets::expander::expander(&seed);
        assert!(status < 2 && printed.starts_with(b"[") && printed.len() > 30, "{name}: {status}");
    }
    for (name, seed) in seeds("fuzz/dhcp") {
        let configured = targets::dhcp::dhcp(&seed);
        let expected = !matches!(name.as_str(), "no-server" | "ipv6-only");
        assert_eq!(configured > 0, expected, "{name}: configured {configured} times");
    }
    for (name, seed) in seeds("fuzz/dns") {
        let message = formats::wire::dns::Message::parse(&seed).unwrap();
        assert!(message.records().all(|record| record.is_ok()), "{name}");
        assert_eq!(message.records().count() > 1, !matches!(name.as_str(), "no-name" | "refused"), "{name}");
    }
    for (name, seed) in seeds("fuzz/disk") {
        let mut read = |at: u64, into: &mut [u8]| {
            let from = seed[1..].get(at as usize..).and_then(|rest| rest.get(..into.len()));
            from.map(|from| into.copy_from_slice(from)).is_some()
        };
        let table = formats::disk::partitions::Table::read(512, 16, |_, _| !0, &mut read);
        let found = formats::disk::superblock::probe(&seed[1..], &mut read).map(|found| found.kind);
        let partitions = table.map_or(0, |table| table.partitions.len());
        let expected = match name.as_str() {
            "dos" => (4, None),
            "gpt" => (1, None),
            "ext4" => (0, Some("ext4")),
            _ => (0, Some("vfat")),
        };
        assert_eq!((partitions, found), expected, "{name}");
    }
    for (name, seed) in seeds("fuzz/http") {
        let head = formats::wire::http::Head::find(&seed).unwrap();
        let is_request = formats::wire::http::request(head.first).is_ok();
        assert_eq!(is_request, name == "request", "{name}");
        assert_eq!(formats::wire::http::status(head.first).is_ok(), !is_request, "{name}");
    }
    for (name, seed) in seeds("fuzz/elf") {
        let elf = formats::file::elf::Elf::parse(&seed).unwrap();
        let dynamic = elf.dynamic().unwrap().unwrap();
        assert!(dynamic.symbol_count().unwrap() > 1, "{name}");
        let found = dynamic.find_function(b"vdso_time", b"LINUX_2.6").unwrap();
        assert_eq!(found.is_some(), matches!(name.as_str(), "both" | "gnu"), "{name}");
    }
    for (name, seed) in seeds("fuzz/btf") {
        let types = formats::file::btf::Types::parse(&seed).unwrap();
        let point = types.find(formats::file::btf::Named::Structure, b"point").unwrap();
        assert_eq!(types.field(point, b"high").map(|field| field.bits), Some(64), "{name}");
    }
    for (name, seed) in seeds("fuzz/calls") {
        let calls = formats::file::calls::Calls::of_program(&seed).unwrap().unwrap();
        assert_eq!(calls.filter(Result::is_ok).count(), 3, "{name}");
    }
    for (name, seed) in seeds("fuzz/cpio") {
        assert_eq!(formats::file::cpio::parse(&seed).filter(Result::is_ok).count(), 6, "{name}");
    }
    for (name, seed) in seeds("fuzz/agent") {
        let mut decoder = formats::wire::agent::Decoder::new();
        decoder.push(&seed);
        assert!(decoder.next_frame().is_some(), "{name}");
    }
    for (name, seed) in seeds("fuzz/lease") {
        let leases = formats::file::lease::parse(&targets::lease::with_sum(&seed)).unwrap();
        assert_eq!(leases.entries.len(), if name == "eth0" { 2 } else { 0 }, "{name}");
    }
    for (name, seed) in seeds("fuzz/regex") {
        let (pattern, text) = seed.split_at(seed.iter().position(|byte| *byte == b'\n').unwrap());
        let syntax = if name == "basic" { regex::Syntax::Basic } else { regex::Syntax::Extended };
        let regex = regex::Regex::new(pattern, syntax, true).unwrap();
        assert!(regex.is_match(&text[1..]), "{name}");
    }
    for (name, seed) in seeds("fuzz/shell") {
        assert!(shell::check(&seed, 1 << 19).is_ok_and(|count| count > 1), "{name}");
    }
    for (name, seed) in seeds("netlink") {
        assert!(formats::netlink::Messages::new(&seed).all(|message| message.is_ok()), "{name}");
    }
    for (name, seed) in seeds("fuzz/tzif") {
        assert!(formats::file::tzif::Zone::parse(&seed).unwrap().rule().is_some(), "{name}");
    }
}
