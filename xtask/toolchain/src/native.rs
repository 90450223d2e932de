//! Whether this host's kernel also runs the programs of another architecture, as 64-bit ones often do those of 32 bits.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde::Deserialize;

/// An architecture whose kernels may run programs of a 32-bit one.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Native {
    /// Its name in our tree.
    pub host: String,
    /// The number of the 32-bit architecture in the header of a program (`EM_…`).
    pub elf_machine: u8,
}

impl Native {
    /// Asks the kernel, once. Whether it can depends on how it was configured and started.
    pub(crate) fn works(&self) -> bool {
        /// What the kernel answered, by machine; held while it is asked.
        static ANSWERS: Mutex<BTreeMap<u8, bool>> = Mutex::new(BTreeMap::new());
        let mut answers = ANSWERS.lock().unwrap_or_else(PoisonError::into_inner);
        let ask = || starts(&probe(self.elf_machine)).unwrap_or(false);
        self.host == std::env::consts::ARCH && *answers.entry(self.elf_machine).or_insert_with(ask)
    }
}

/// How often a start is tried again that finds the file open for writing, and the pause between.
const TRIES: usize = 200;
const PAUSE: Duration = Duration::from_millis(10);

/// A place where nothing is.
const NOWHERE: &[u8] = b"/nowhere/interpreter\0";

/// Makes a program of headers alone, which asks for an interpreter that is not there: a kernel that knows the machine
/// looks for it (ENOENT); another one sees no program (ENOEXEC).
fn probe(machine: u8) -> Vec<u8> {
    const HEADER: u8 = 52;
    const SEGMENT: u8 = 32;
    const EXECUTABLE: u8 = 2;
    const INTERPRETER: u8 = 3;
    let mut bytes = b"\x7fELF\x01\x01\x01\0".to_vec(); // 32 bits, little-endian, version 1
    let mut words = |words: &[u8]| words.iter().for_each(|word| bytes.extend([*word, 0, 0, 0]));
    words(&[0, 0]); // the rest of the identification
    words(&[EXECUTABLE, 1, 0, HEADER, 0, 0, HEADER, 1, 0]);
    let place = HEADER + SEGMENT;
    let length = NOWHERE.len() as u8;
    words(&[INTERPRETER, place, 0, 0, length, length, 4, 1]);
    bytes[18] = machine; // type and machine, and the last fields, have 16 bits
    bytes[42..46].copy_from_slice(&[SEGMENT, 0, 1, 0]);
    bytes.extend(NOWHERE);
    bytes
}

/// Says whether the kernel takes this as a program, though it cannot run it.
fn starts(program: &[u8]) -> io::Result<bool> {
    let name = format!("spelunk-native-{}-{:?}", std::process::id(), thread::current().id());
    let path: PathBuf = std::env::temp_dir().join(name);
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o700).open(&path)?;
    file.write_all(program)?;
    drop(file); // a file that is open for writing is not started
    // What another thread starts at this moment inherits the file, until its own execve.
    let start = || Command::new(&path).status().err().map(|error| error.kind());
    let mut refusal = start();
    for _ in 0..TRIES {
        if refusal != Some(ErrorKind::ExecutableFileBusy) {
            break;
        }
        thread::sleep(PAUSE);
        refusal = start();
    }
    fs::remove_file(&path)?;
    Ok(refusal == Some(ErrorKind::NotFound))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_probe_has_its_fields_where_they_belong() {
        let bytes = probe(3);
        assert_eq!(bytes.len(), 52 + 32 + NOWHERE.len());
        let half = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        assert_eq!((half(16), half(18), word(20)), (2, 3, 1), "type, machine, version");
        assert_eq!((word(28), half(40), half(42), half(44)), (52, 52, 32, 1), "segments and sizes");
        assert_eq!((word(52), word(56), word(68)), (3, 84, NOWHERE.len() as u32), "the interpreter's path");
    }

    #[test]
    fn a_machine_that_nobody_has_does_not_start() {
        // EM_860: a processor of 1989 that Linux never ran on.
        assert!(!starts(&probe(7)).unwrap());
        assert!(!starts(b"text").unwrap());
    }
}
