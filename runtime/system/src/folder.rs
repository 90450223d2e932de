//! The names in a folder.

use alloc::vec::Vec;

use linux::Errno;
use linux::fs::{Directory, Mode, OpenFlags};

use crate::{Error, Result};

/// Calls `each` with every name but `.` and `..`, in the kernel's order.
///
/// # Errors
/// What open and getdents64 say, with the path.
pub fn each(path: &[u8], each: &mut dyn FnMut(&[u8])) -> Result<()> {
    let error = |errno: Errno| Error::new("read", path, errno);
    let flags = OpenFlags::READ | OpenFlags::DIRECTORY | OpenFlags::CLOSE_ON_EXEC;
    let folder = linux::fs::open(path, flags, Mode::empty()).map_err(error)?;
    let mut buffer = alloc::vec![0; 16 << 10];
    let mut entries = Directory::new(folder, &mut buffer);
    while let Some(entry) = entries.next() {
        let entry = entry.map_err(error)?;
        if !entry.is_dot() {
            each(entry.name.to_bytes());
        }
    }
    Ok(())
}

/// Gives all names, in the kernel's order.
///
/// # Errors
/// Those of [`each`].
pub fn names(path: &[u8]) -> Result<Vec<Vec<u8>>> {
    let mut names = Vec::new();
    each(path, &mut |name| names.push(name.to_vec()))?;
    Ok(names)
}

/// Gives those names that are numbers, sorted.
///
/// # Errors
/// Those of [`each`].
pub fn numbers(path: &[u8]) -> Result<Vec<u32>> {
    let mut numbers = Vec::new();
    each(path, &mut |name| {
        numbers.extend(query::text::parse_decimal(name).and_then(|number| u32::try_from(number).ok()));
    })?;
    query::sort::sort(&mut numbers);
    Ok(numbers)
}

/// Gives the paths of files with an ending in several folders, in the order of their names; a name in one folder hides the same name
/// in those behind it.
pub fn overlaid(folders: &[&[u8]], ending: &[u8]) -> Vec<Vec<u8>> {
    let mut found: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    for folder in folders {
        for name in names(folder).unwrap_or_default() {
            if name.ends_with(ending) && !found.iter().any(|known| known.0 == name) {
                let path = [folder, &b"/"[..], &name].concat();
                found.push((name, path));
            }
        }
    }
    query::sort::sort(&mut found);
    found.into_iter().map(|file| file.1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers() {
        let folder = std::env::temp_dir().join(std::format!("spelunk-folder-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for name in ["10", "9", "x1"] {
            std::fs::write(folder.join(name), "").unwrap();
        }
        let path = folder.as_os_str().as_encoded_bytes();
        let (mut found, numbers) = (names(path).unwrap(), numbers(path));
        std::fs::remove_dir_all(&folder).unwrap();
        found.sort();
        assert_eq!(found, [&b"10"[..], b"9", b"x1"]);
        assert_eq!(numbers, Ok(alloc::vec![9, 10]));
        assert!(names(path).is_err());
    }
}
