//! The settings of the kernel: files below /proc/sys, whose names people write with dots.

use alloc::vec::Vec;

use linux::fs::{Mode, OpenFlags};

/// The folder of all of them.
pub const ROOT: &[u8] = b"/proc/sys";

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
