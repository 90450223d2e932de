//! `/proc/<pid>/status`: a process for readers, a field a line (`proc_pid_status(5)`).

use crate::proc::words::{Words, decimal};
use crate::{Error, Expected};

/// The fields of a process that `stat` does not have. Those that a kernel does not show are absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Real, effective, saved and file system user.
    pub users: [u32; 4],
    /// Real, effective, saved and file system group.
    pub groups: [u32; 4],
    /// Resident memory of its own, in bytes; absent for threads of the kernel.
    pub anonymous_bytes: Option<u64>,
    /// Resident memory in all, in bytes; absent for threads of the kernel.
    pub resident_bytes: Option<u64>,
    /// Memory in swap, in bytes.
    pub swapped_bytes: Option<u64>,
}

/// Reads the file; fields in any order, unknown ones passed over.
pub fn parse(text: &[u8]) -> Result<Status, Error> {
    let mut status = Status::default();
    let mut lines = Words::new(text);
    let mut has_user = false;
    while let Some(line) = lines.line() {
        let mut words = Words::new(line);
        let Ok(key) = words.until(b':', Expected::Key) else { continue };
        match key {
            b"Uid" => {
                status.users = identifiers(words)?;
                has_user = true;
            }
            b"Gid" => status.groups = identifiers(words)?,
            b"RssAnon" => status.anonymous_bytes = Some(kilobytes(words)?),
            b"VmRSS" => status.resident_bytes = Some(kilobytes(words)?),
            b"VmSwap" => status.swapped_bytes = Some(kilobytes(words)?),
            _ => {}
        }
    }
    if has_user { Ok(status) } else { Err(lines.error(Expected::Uid)) }
}

fn identifiers(mut words: Words<'_>) -> Result<[u32; 4], Error> {
    let mut identifiers = [0; 4];
    for identifier in &mut identifiers {
        *identifier = words.number(Expected::Number)?;
    }
    Ok(identifiers)
}

/// Reads a number of kB, as bytes.
pub(crate) fn kilobytes(mut words: Words<'_>) -> Result<u64, Error> {
    let error = words.error(Expected::Kilobytes);
    let number = decimal(words.word(Expected::Kilobytes)?);
    number.and_then(|number| number.checked_mul(1024)).ok_or(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    const SAMPLE: &[u8] = include_bytes!("../../../../../tests/samples/proc/6.18-x86_64/pid/status");

    #[test]
    fn a_captured_file() {
        let status = parse(SAMPLE).unwrap();
        assert_eq!(status.users, [1000, 1000, 1000, 1000]);
        assert_eq!(status.groups, [1001, 1001, 1001, 1001]);
        assert_eq!(status.swapped_bytes, Some(0));
        assert!(status.anonymous_bytes < status.resident_bytes && status.anonymous_bytes.is_some());
    }

    #[test]
    fn a_thread_of_the_kernel_has_no_memory() {
        let status = parse(b"Name:\tkthreadd\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n").unwrap();
        assert_eq!(status, Status::default());
    }

    #[test]
    fn damage_is_no_panic() {
        assert_eq!(parse(b"").unwrap_err().expected(), Expected::Uid);
        torture(SAMPLE, |text| {
            let _ = parse(text);
        });
    }
}
