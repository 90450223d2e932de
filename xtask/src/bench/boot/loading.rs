//! What the kernel takes between its line `Run /init as init process` and process 1's first instruction.
//!
//! Measured with the very program that boots, which a marker of its own would change: a copy of it, equal but for the
//! address of the first instruction, which lies where nothing is. The kernel loads it as the other, goes to that
//! address, and has a fault to report at once, with the time. Both lines are read from the log that a kernel about to
//! stop shows (`panic_print`, since Linux 5.18). Reporting the fault takes about as long as finding the page of the true
//! first instruction.

use anyhow::{Context, Result};
use goblin::elf::Elf;
use goblin::elf::program_header::PT_LOAD;

use crate::bench::counted::{Console, START, stamp};
use crate::qemu::Guest;

/// Where the address of the first instruction stands in a program's header, of 32 or 64 bits.
const ENTRY: usize = 24;

/// How far from the program the address is put: behind its end, further than the kernel starts a heap there; on 32 bits
/// before its start, since the kernel loads it close below the end of all addresses.
const AWAY: u64 = 1 << 28;

/// How the kernel's line begins that reports a fault of process 1, where it reports faults.
const FAULT: &str = "init[1]: ";

/// What it says when it stops for want of process 1, some ten thousand instructions later.
const STOP: &str = "Attempted to kill init!";

/// What a kernel is told so that it shows all of its log when it stops.
const SHOW: &str = "panic_print=0x20";

/// Gives a program whose first instruction is nowhere.
pub(super) fn stillborn(mut program: Vec<u8>) -> Result<Vec<u8>> {
    let elf = Elf::parse(&program).context("read the program's header")?;
    let loaded = elf.program_headers.iter().filter(|header| header.p_type == PT_LOAD);
    let end = loaded.map(|header| header.p_vaddr + header.p_memsz).max().context("it has no code")?;
    let (entry, size) = if elf.is_64 { (end + AWAY, 8) } else { (0_u64.wrapping_sub(AWAY), 4) };
    let bytes = entry.to_le_bytes();
    let place = program.get_mut(ENTRY..ENTRY + size).context("the program is cut short")?;
    place.copy_from_slice(bytes.get(..size).unwrap_or_default());
    Ok(program)
}

/// Boots a guest with such a program, and gives the instructions from the kernel's line to the fault.
pub(super) fn count(mut guest: Guest<'_>) -> Result<f64> {
    guest.append.push(SHOW.to_owned());
    let mut console = Console::start(&guest)?;
    // The last words are shown at once even on a quiet console, then again with the log.
    console.wait_for(STOP, 2)?;
    read(&console.running.console())
}

fn read(console: &str) -> Result<f64> {
    let end = stamp(console, FAULT).or_else(|_| stamp(console, STOP))?;
    Ok((end - stamp(console, START)?) * 1e9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_address_of_the_first_instruction_changes() {
        let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let changed = stillborn(program.clone()).unwrap();
        let differs = |at: &usize| program[*at] != changed[*at];
        let places: Vec<_> = (0..program.len()).filter(differs).collect();
        assert!(!places.is_empty() && places.iter().all(|at| (ENTRY..ENTRY + 8).contains(at)), "{places:?}");
        let entry = Elf::parse(&changed).unwrap().entry;
        let within = |header: &&goblin::elf::ProgramHeader| header.vm_range().contains(&(entry as usize));
        assert!(Elf::parse(&program).unwrap().program_headers.iter().find(within).is_none());
        assert!(stillborn(b"#!/bin/sh\n".to_vec()).is_err());
    }

    #[test]
    fn the_time_between_the_two_lines_counts() {
        let log = "[    0.385900] Run /init as init process\n[    0.386412] init[1]: segfault at 5555\n";
        assert!((read(log).unwrap() - 512_000.0).abs() < 1.0);
        let silent =
            "[ 0.385900] Run /init as init process\n[ 0.386900] Kernel panic: Attempted to kill init!\n";
        assert!((read(silent).unwrap() - 1_000_000.0).abs() < 1.0);
        assert!(read("[ 0.3] Run /init as init process\n").is_err());
    }
}
