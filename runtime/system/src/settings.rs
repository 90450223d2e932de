//! The settings of the kernel: files below /proc/sys, whose names people write with dots.

use alloc::vec::Vec;

use linux::fs::{Mode, OpenFlags};

/// The folder of all of them.
pub const ROOT: &[u8] = b"/proc/sys";

/// Folders of files with settings (`sysctl.d(5)`).
const FOLDERS: [&[u8]; 5] =
    [b"/etc/sysctl.d", b"/run/sysctl.d", b"/usr/local/lib/sysctl.d", b"/usr/lib/sysctl.d", b"/lib/sysctl.d"];

/// The file that comes behind those.
pub const FILE: &[u8] = b"/etc/sysctl.conf";

/// Gives the files of the system, in the order in which they are read.
pub fn files() -> Vec<Vec<u8>> {
    let mut files = crate::folder::overlaid(&FOLDERS, b".conf");
    if linux::fs::stat(FILE).is_ok() {
        files.push(FILE.to_vec());
    }
    files
}

/// A line of such a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// `NAME=VALUE`.
    pub text: &'a [u8],
    /// That it cannot be set is no fault (`-` before it).
    pub may_fail: bool,
}

impl<'a> Line<'a> {
    /// Gives the name and the value.
    pub fn pair(self) -> Option<(&'a [u8], &'a [u8])> {
        let at = self.text.iter().position(|byte| *byte == b'=')?;
        let (name, value) = self.text.split_at_checked(at)?;
        Some((name.trim_ascii(), value.get(1..)?.trim_ascii()))
    }
}

/// Reads the lines of such a file, without comments.
pub fn lines(text: &[u8]) -> impl Iterator<Item = Line<'_>> {
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.filter(|line| !matches!(line, [] | [b'#' | b';', ..])).map(|line| {
        let plain = line.strip_prefix(b"-");
        Line { text: plain.unwrap_or(line), may_fail: plain.is_some() }
    })
}

/// Gives the path of a setting. The separator that comes first parts the folders; the other one then stands for it in names,
/// as in `net.ipv4.conf.eth0/1.forwarding`.
pub fn path(name: &[u8]) -> Vec<u8> {
    let has_dots = name.iter().find(|byte| b"./".contains(byte)) == Some(&b'.');
    let byte = |byte: &u8| match byte {
        b'.' if has_dots => b'/',
        b'/' if has_dots => b'.',
        byte => *byte,
    };
    [ROOT, b"/"].concat().into_iter().chain(name.iter().map(byte)).collect()
}

/// Gives the name of a setting, with dots, by its path.
pub fn name(path: &[u8]) -> Vec<u8> {
    let path = path.strip_prefix(ROOT).unwrap_or(path);
    let byte = |byte: &u8| match byte {
        b'/' => b'.',
        b'.' => b'/',
        byte => *byte,
    };
    path.strip_prefix(b"/").unwrap_or(path).iter().map(byte).collect()
}

/// Gives the value of a setting, without the end of its last line.
///
/// # Errors
/// What open and read say.
pub fn read(path: &[u8]) -> linux::Result<Vec<u8>> {
    let mut value = Vec::new();
    crate::file::read_into(path, &mut value)?;
    if value.last() == Some(&b'\n') {
        value.pop();
    }
    Ok(value)
}

/// Sets a setting, in one write, as the kernel wants it.
///
/// # Errors
/// What open and write say: `INVAL` for a value that makes no sense.
pub fn write(path: &[u8], value: &[u8]) -> linux::Result<()> {
    let file = linux::fs::open(path, OpenFlags::WRITE | OpenFlags::CLOSE_ON_EXEC, Mode::empty())?;
    linux::fs::write_all(&file, &[value, b"\n"].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_lines() {
        let lines: Vec<_> = lines(b"# x\n; y\n\n a.b = 1 \n-c = \nd").collect();
        let pairs: Vec<_> = lines.iter().map(|line| (line.pair(), line.may_fail)).collect();
        let expected = [(Some((&b"a.b"[..], &b"1"[..])), false), (Some((b"c", b"")), true), (None, false)];
        assert_eq!(pairs, expected);
    }

    #[test]
    fn names_and_paths() {
        for (name_text, path_text) in [
            ("kernel.ostype", "/proc/sys/kernel/ostype"),
            ("kernel/ostype", "/proc/sys/kernel/ostype"),
            ("net.ipv4.conf.eth0/1.mtu", "/proc/sys/net/ipv4/conf/eth0.1/mtu"),
            ("net/ipv4/conf/eth0.1/mtu", "/proc/sys/net/ipv4/conf/eth0.1/mtu"),
        ] {
            assert_eq!(path(name_text.as_bytes()), path_text.as_bytes());
        }
        assert_eq!(name(b"/proc/sys/net/ipv4/conf/eth0.1/mtu"), b"net.ipv4.conf.eth0/1.mtu");
        assert_eq!(read(&path(b"kernel.ostype")).as_deref(), Ok(&b"Linux"[..]));
    }
}
