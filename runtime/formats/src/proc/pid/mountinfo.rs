//! `/proc/<pid>/mountinfo`: the mounts that a process sees, a line each (`proc_pid_mountinfo(5)`).

use crate::etc::fstab::Escaped;
use crate::proc::words::{Words, decimal};
use crate::{Error, Expected};

/// One mount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mount<'a> {
    /// Its number, unique while it exists.
    pub id: u32,
    /// The number of the mount it stands on.
    pub parent: u32,
    /// Major and minor number of the device.
    pub device: (u32, u32),
    /// The folder of the file system that is mounted; `/` unless it is bound.
    pub root: Escaped<'a>,
    /// Where it is mounted.
    pub target: Escaped<'a>,
    /// Options of this mount, separated by commas.
    pub options: &'a [u8],
    /// The group among which mounts below it appear everywhere, if it is shared.
    pub shared: Option<u32>,
    /// The group from which mounts come, if it is a slave.
    pub master: Option<u32>,
    /// Whether it cannot be bound elsewhere.
    pub is_unbindable: bool,
    /// The kind of the file system.
    pub kind: Escaped<'a>,
    /// What is mounted: a device, or whatever the file system calls it.
    pub source: Escaped<'a>,
    /// Options of the file system, which all its mounts share, separated by commas.
    pub super_options: Escaped<'a>,
}

/// Reads the lines; one that makes no sense is an error in its place.
pub fn parse(text: &[u8]) -> impl Iterator<Item = Result<Mount<'_>, Error>> {
    let mut lines = Words::new(text);
    core::iter::from_fn(move || lines.line().map(parse_line))
}

fn parse_line(line: &[u8]) -> Result<Mount<'_>, Error> {
    let mut words = Words::new(line);
    let id = words.number(Expected::MountNumber)?;
    let parent = words.number(Expected::MountNumber)?;
    let mut device = Words::new(words.word(Expected::DeviceNumber)?);
    let number =
        |digits: Option<&[u8]>| digits.and_then(decimal).and_then(|number| u32::try_from(number).ok());
    let major =
        number(device.until(b':', Expected::DeviceNumber).ok()).ok_or(words.error(Expected::DeviceNumber))?;
    let minor = number(Some(device.rest())).ok_or(words.error(Expected::DeviceNumber))?;
    let root = Escaped(words.word(Expected::Root)?);
    let target = Escaped(words.word(Expected::MountPoint)?);
    let options = words.word(Expected::Options)?;
    let (mut shared, mut master, mut is_unbindable) = (None, None, false);
    loop {
        match words.word(Expected::Hyphen)? {
            b"-" => break,
            b"unbindable" => is_unbindable = true,
            field => {
                let group = |prefix: &[u8]| number(field.strip_prefix(prefix));
                shared = shared.or(group(b"shared:"));
                master = master.or(group(b"master:"));
            }
        }
    }
    let kind = Escaped(words.word(Expected::FileSystemType)?);
    // A source may be the empty text, which leaves two spaces in a row; the last words are found from the end then.
    let tail = words.rest();
    let (source, super_options) = match (words.word(Expected::Source), words.word(Expected::Options)) {
        (Ok(source), Ok(options)) if !tail.starts_with(b"  ") => (source, options),
        (Ok(options), _) => (&b""[..], options),
        (Err(error), _) => return Err(error),
    };
    Ok(Mount {
        id,
        parent,
        device: (major, minor),
        root,
        target,
        options,
        shared,
        master,
        is_unbindable,
        kind,
        source: Escaped(source),
        super_options: Escaped(super_options),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;
    use alloc::vec::Vec;

    const SAMPLE: &[u8] = include_bytes!("../../../../../tests/samples/proc/6.18-x86_64/pid/mountinfo");

    #[test]
    fn a_captured_file() {
        let mounts: Vec<Mount<'_>> = parse(SAMPLE).map(Result::unwrap).collect();
        let at = |target: &[u8]| mounts.iter().find(|mount| mount.target.is(target)).unwrap();
        let root = at(b"/");
        assert_eq!((root.id, root.parent, root.device), (43, 42, (254, 0)));
        assert!(root.kind.is(b"ext4") && root.source.is(b"/dev/vda"));
        assert_eq!(root.options, b"rw,relatime");
        assert!(root.super_options.is(b"rw,discard,resv_strict,resuid=65534,resgid=65534"));
        let odd = at(b"/mnt/a b\tc\\d\ne#f");
        assert!(odd.source.is(b"odd name"));
        assert_eq!((odd.shared, odd.master), (Some(1), None));
        let bound = at(b"/mnt/bound");
        assert!(bound.root.is(b"/inner"));
        assert_eq!((bound.shared, bound.master), (None, Some(1)));
        assert!(at(b"/mnt/unbindable").is_unbindable);
        assert!(at(b"/mnt/nameless").source.is(b""));
    }

    #[test]
    fn damage_is_no_panic() {
        let broken = parse(b"1 2 0:3 / / rw\n").next().unwrap();
        assert_eq!(broken.unwrap_err().expected(), Expected::Hyphen);
        torture(SAMPLE, |text| parse(text).for_each(|_| ()));
    }
}
