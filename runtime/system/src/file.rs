//! Whole files of any size: those of /proc say nothing of theirs beforehand.

use alloc::vec::Vec;

use linux::fs::{Mode, OpenFlags};
use linux::path::PathArg;

use crate::{Error, Result};

/// Reads a file to its end.
///
/// # Errors
/// What open and read say, with the path.
pub fn read(path: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match read_into(path, &mut bytes) {
        Ok(()) => Ok(bytes),
        Err(errno) => Err(Error::new("read", path, errno)),
    }
}

/// Reads a file to its end into a buffer that keeps its memory from one file to the next.
///
/// # Errors
/// What open and read say.
pub fn read_into(path: impl PathArg, bytes: &mut Vec<u8>) -> linux::Result<()> {
    /// Most files of /proc fit at once; the kernel makes some of them anew at each read, so bigger is better.
    const STEP: usize = 4096;
    bytes.clear();
    let flags = OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC;
    let file = linux::retry(|| linux::fs::open(&path, flags, Mode::empty()))?;
    let mut length = 0;
    loop {
        if bytes.len() - length < STEP / 2 {
            bytes.resize((bytes.len() * 2).max(STEP), 0);
        }
        let room = bytes.get_mut(length..).unwrap_or_default();
        match linux::retry(|| linux::fs::read(&file, room))? {
            0 => break,
            count => length += count,
        }
    }
    bytes.truncate(length);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_any_size_come_whole() {
        let folder = std::env::temp_dir();
        for size in [0, 1, 2047, 2048, 4096, 4097, 100_000] {
            let path = folder.join(std::format!("spelunk-read-{}-{size}", std::process::id()));
            let bytes: Vec<u8> = (0..size).map(|index| index as u8).collect();
            std::fs::write(&path, &bytes).unwrap();
            let found = read(path.as_os_str().as_encoded_bytes());
            std::fs::remove_file(&path).unwrap();
            assert_eq!(found, Ok(bytes));
        }
        assert!(!read(b"/proc/self/maps").unwrap().is_empty());
        assert_eq!(
            std::format!("{}", read(b"/nothing").unwrap_err()),
            "read /nothing: no such file or directory"
        );
    }
}
