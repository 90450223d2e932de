//! Names in paths, found without a look at any file.

use alloc::ffi::CString;
use alloc::vec::Vec;

/// Gives a path without the slashes at its end; one that is nothing but slashes is one slash.
pub(super) fn trimmed(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|&byte| byte != b'/') {
        Some(last) => path.get(..=last).unwrap_or(path),
        None => path.get(..1).unwrap_or(path),
    }
}

/// Gives the last name of a path.
pub(super) fn base(path: &[u8]) -> &[u8] {
    let path = trimmed(path);
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(slash) if path.len() > 1 => path.get(slash + 1..).unwrap_or_default(),
        _ => path,
    }
}

/// Gives what leads to the last name of a path: `.` if nothing does.
pub(crate) fn parent(path: &[u8]) -> &[u8] {
    let path = trimmed(path);
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(slash) => trimmed(path.get(..=slash).unwrap_or_default()),
        None => b".",
    }
}

/// Puts a name behind a folder.
pub(crate) fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    let mut path = folder.to_vec();
    if !folder.is_empty() && !folder.ends_with(b"/") {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    path
}

/// Gives the names of a path, without those that are empty.
pub(super) fn names(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|&byte| byte == b'/').filter(|name| !name.is_empty())
}

/// Gives a word with another in each place that is marked in it; the mark is not empty.
pub(super) fn filled(word: &[u8], mark: &[u8], with: &[u8]) -> Vec<u8> {
    let (mut text, mut rest) = (Vec::new(), word);
    while let Some(at) = memchr::memmem::find(rest, mark) {
        text.extend_from_slice(rest.get(..at).unwrap_or_default());
        text.extend_from_slice(with);
        rest = rest.get(at + mark.len()..).unwrap_or_default();
    }
    text.extend_from_slice(rest);
    text
}

/// Ends a word of the command line, which cannot have a zero byte inside, with one.
pub(super) fn terminated(word: &[u8]) -> CString {
    CString::new(word).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_paths() {
        let cases = [
            ("a", "a", "."),
            ("a/", "a", "."),
            ("a/b", "b", "a"),
            ("a//b//", "b", "a"),
            ("/a", "a", "/"),
            ("//a", "a", "/"),
            ("/", "/", "/"),
            ("//", "/", "/"),
            ("", "", "."),
            (".", ".", "."),
            ("..", "..", "."),
        ];
        for (path, last, folder) in cases {
            assert_eq!(
                (base(path.as_bytes()), parent(path.as_bytes())),
                (last.as_bytes(), folder.as_bytes())
            );
        }
        assert_eq!([join(b"a", b"b"), join(b"/", b"b"), join(b"", b"b")], [&b"a/b"[..], b"/b", b"b"]);
        assert_eq!(filled(b"{}x{}{", b"{}", b"{}"), b"{}x{}{");
        assert_eq!(names(b"//a/b/").collect::<Vec<_>>(), [b"a", b"b"]);
    }
}
