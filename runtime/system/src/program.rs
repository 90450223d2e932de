//! What the kernel gave this program at its start: the auxiliary vector, and the shared object that it maps into every
//! program (vDSO).
//!
//! All is read through /proc/self, also memory, so that no unsafe code is needed and any process can look.

use alloc::vec::Vec;

use formats::proc::pid::auxv::{self, Entry, SYSINFO_EHDR};
use linux::fs::{Mode, OpenFlags};

use crate::{Error, Result, file};

/// Gives the entries of the auxiliary vector, in the kernel's order.
///
/// # Errors
/// What the kernel says of /proc/self/auxv.
pub fn auxiliary_vector() -> Result<Vec<Entry>> {
    Ok(auxv::parse(&file::read(b"/proc/self/auxv")?).collect())
}

/// Gives the address of the kernel's shared object and its bytes; nothing if the kernel has none.
///
/// # Errors
/// What the kernel says of /proc/self.
pub fn vdso() -> Result<Option<(u64, Vec<u8>)>> {
    /// No architecture's is larger; what follows it in memory does no harm.
    const MOST: usize = 64 << 10;
    let entries = auxiliary_vector()?;
    let Some(entry) = entries.iter().find(|entry| entry.kind == SYSINFO_EHDR) else {
        return Ok(None);
    };
    Ok(Some((entry.value, memory(entry.value, MOST)?)))
}

/// Gives the text at an address, up to a zero byte.
///
/// # Errors
/// `IO`: nothing is there. Others: what the kernel says of /proc/self/mem.
pub fn text(address: u64) -> Result<Vec<u8>> {
    const MOST: usize = 4096;
    let mut bytes = memory(address, MOST)?;
    bytes.truncate(bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len()));
    Ok(bytes)
}

/// Reads this program's memory from an address to the end of what is mapped there.
fn memory(address: u64, most: usize) -> Result<Vec<u8>> {
    let path = b"/proc/self/mem";
    let error = |errno| Error::new("read", path, errno);
    let file =
        linux::fs::open(path, OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC, Mode::empty()).map_err(error)?;
    let mut bytes = alloc::vec![0; most];
    let count = linux::retry(|| linux::fs::pread(&file, &mut bytes, address)).map_err(error)?;
    bytes.truncate(count);
    Ok(bytes)
}

/// Gives the size of a page of memory, from what the kernel told this program at its start.
pub fn page_size() -> u64 {
    /// AT_PAGESZ.
    const PAGE_SIZE: u64 = 6;
    let vector = auxiliary_vector().unwrap_or_default();
    vector.iter().find(|entry| entry.kind == PAGE_SIZE).map_or(4096, |entry| entry.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use formats::file::elf::Elf;

    #[test]
    fn the_vdso_is_an_elf_image() {
        let Some((address, bytes)) = vdso().unwrap() else { return };
        assert_eq!(address % 4096, 0);
        assert!(Elf::parse_mapped(&bytes).unwrap().dynamic().unwrap().is_some());
    }

    #[test]
    fn the_vector_tells_of_this_program() {
        let entries = auxiliary_vector().unwrap();
        let value =
            |name| entries.iter().find(|entry| entry.meaning().is_some_and(|(found, _)| found == name));
        assert_eq!(value("PAGESZ").unwrap().value % 4096, 0);
        let path = text(value("EXECFN").unwrap().value).unwrap();
        assert!(path.ends_with(std::env::current_exe().unwrap().file_name().unwrap().as_encoded_bytes()));
        assert!(text(1).is_err());
    }
}
