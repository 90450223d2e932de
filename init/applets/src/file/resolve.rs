//! Paths without links: what `readlink -f` and `realpath` print.

use alloc::vec::Vec;

use linux::Errno;
use linux::fs::{FileKind, lstat, readlink};
use linux::path::PATH_BYTES;

use super::path::{join, names};

/// What of a path must be there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// All of it.
    All,
    /// All but the last name.
    Folders,
    /// Nothing.
    Nothing,
}

/// More links one after the other than this are a loop, as the kernel has it.
const LINKS: u32 = 40;

/// Gives the path of the current folder.
pub(super) fn here() -> linux::Result<Vec<u8>> {
    let mut buffer = [0; PATH_BYTES];
    linux::fs::getcwd(&mut buffer).map(<[u8]>::to_vec)
}

/// Gives the path from the root, without `.`, `..` and links; without `follows`, links stay as they are.
pub(super) fn resolve(path: &[u8], needs: Needs, follows: bool) -> linux::Result<Vec<u8>> {
    if path.is_empty() {
        return Err(Errno::NOENT);
    }
    let mut done = if path.starts_with(b"/") { b"/".to_vec() } else { here()? };
    // What is still to come, the last first.
    let mut rest: Vec<Vec<u8>> = Vec::new();
    push(path, &mut rest);
    let mut links = 0;
    // Something with a slash behind it must be a folder.
    let mut must_be_folder = path.ends_with(b"/");
    while let Some(name) = rest.pop() {
        match name.as_slice() {
            b"." => continue,
            b".." => {
                up(&mut done);
                continue;
            }
            _ => {}
        }
        let next = join(&done, &name);
        let found = lstat(next.as_slice());
        match found.map(|file| file.kind()) {
            Ok(FileKind::Symlink) if follows => {
                links += 1;
                if links > LINKS {
                    return Err(Errno::LOOP);
                }
                let mut buffer = [0; PATH_BYTES];
                let target = readlink(next.as_slice(), &mut buffer)?;
                if target.starts_with(b"/") {
                    done = b"/".to_vec();
                }
                must_be_folder |= rest.is_empty() && target.ends_with(b"/");
                push(target, &mut rest);
                continue;
            }
            Ok(kind) => {
                let is_folder = kind == FileKind::Directory || kind == FileKind::Symlink;
                if (must_be_folder || !rest.is_empty()) && !is_folder && needs != Needs::Nothing {
                    return Err(Errno::NOTDIR);
                }
            }
            Err(errno) => match needs {
                Needs::Nothing => {}
                Needs::Folders if rest.is_empty() && errno == Errno::NOENT => {}
                _ => return Err(errno),
            },
        }
        done = next;
    }
    Ok(done)
}

fn push(path: &[u8], rest: &mut Vec<Vec<u8>>) {
    let start = rest.len();
    rest.extend(names(path).map(<[u8]>::to_vec));
    rest.get_mut(start..).unwrap_or_default().reverse();
}

fn up(path: &mut Vec<u8>) {
    let slash = path.iter().rposition(|&byte| byte == b'/').unwrap_or(0);
    path.truncate(slash.max(1));
}

/// Gives the way from a folder to a place; both are paths from the root.
pub(super) fn relative(folder: &[u8], place: &[u8]) -> Vec<u8> {
    let common = names(folder).zip(names(place)).take_while(|(left, right)| left == right).count();
    let mut way = Vec::new();
    for name in names(folder).skip(common).map(|_| &b".."[..]).chain(names(place).skip(common)) {
        way = join(&way, name);
    }
    if way.is_empty() { b".".to_vec() } else { way }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_from_one_place_to_another() {
        for (folder, place, way) in [
            ("/a/b", "/a/b/c", "c"),
            ("/a/b", "/a", ".."),
            ("/a", "/a", "."),
            ("/x/y", "/a", "../../a"),
            ("/", "/a", "a"),
        ] {
            assert_eq!(relative(folder.as_bytes(), place.as_bytes()), way.as_bytes());
        }
    }
}
