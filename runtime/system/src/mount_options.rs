//! Mount options as people write them (`ro,noexec,size=1m`), as the kernel takes them: flags, and text for the file
//! system (`mount(8)`).

use alloc::vec::Vec;

use linux::mount::MountFlags;

/// Options, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MountOptions {
    /// What is to be done, and how.
    pub flags: MountFlags,
    /// What is for the file system itself, separated by commas.
    pub data: Vec<u8>,
    /// Changes of how mounts spread, each a call of its own.
    pub propagation: Vec<MountFlags>,
    /// The permissions of a mount point that is to be made (`X-mount.mkdir`).
    pub make_folder: Option<u32>,
    /// Flags that were named, to set or to clear: a remount leaves the others as they are.
    named: MountFlags,
}

impl Default for MountOptions {
    fn default() -> Self {
        let (flags, named) = (MountFlags::empty(), MountFlags::empty());
        Self { flags, data: Vec::new(), propagation: Vec::new(), make_folder: None, named }
    }
}

/// Options that set or clear a flag.
const FLAGS: [(&str, MountFlags, bool); 33] = [
    ("ro", MountFlags::READ_ONLY, true),
    ("rw", MountFlags::READ_ONLY, false),
    ("nosuid", MountFlags::NO_SET_USER, true),
    ("suid", MountFlags::NO_SET_USER, false),
    ("nodev", MountFlags::NO_DEVICES, true),
    ("dev", MountFlags::NO_DEVICES, false),
    ("noexec", MountFlags::NO_EXECUTE, true),
    ("exec", MountFlags::NO_EXECUTE, false),
    ("sync", MountFlags::SYNCHRONOUS, true),
    ("async", MountFlags::SYNCHRONOUS, false),
    ("dirsync", MountFlags::SYNCHRONOUS_DIRECTORIES, true),
    ("noatime", MountFlags::NO_ACCESS_TIME, true),
    ("atime", MountFlags::NO_ACCESS_TIME, false),
    ("nodiratime", MountFlags::NO_DIRECTORY_ACCESS_TIME, true),
    ("diratime", MountFlags::NO_DIRECTORY_ACCESS_TIME, false),
    ("relatime", MountFlags::RELATIVE_ACCESS_TIME, true),
    ("norelatime", MountFlags::RELATIVE_ACCESS_TIME, false),
    ("strictatime", MountFlags::STRICT_ACCESS_TIME, true),
    ("nostrictatime", MountFlags::STRICT_ACCESS_TIME, false),
    ("lazytime", MountFlags::LAZY_TIME, true),
    ("nolazytime", MountFlags::LAZY_TIME, false),
    ("silent", MountFlags::SILENT, true),
    ("loud", MountFlags::SILENT, false),
    ("bind", MountFlags::BIND, true),
    ("rbind", MountFlags::BIND.union(MountFlags::RECURSIVE), true),
    ("move", MountFlags::MOVE, true),
    ("remount", MountFlags::REMOUNT, true),
    // Those are for `mount -a` and users, and nothing to the kernel.
    ("defaults", MountFlags::empty(), true),
    ("auto", MountFlags::empty(), true),
    ("noauto", MountFlags::empty(), true),
    ("nofail", MountFlags::empty(), true),
    ("nouser", MountFlags::empty(), true),
    ("_netdev", MountFlags::empty(), true),
];

/// Options that say how mounts spread; each also with an `r` before it, for all mounts below.
const PROPAGATION: [(&str, MountFlags); 4] = [
    ("shared", MountFlags::SHARED),
    ("slave", MountFlags::SLAVE),
    ("private", MountFlags::PRIVATE),
    ("unbindable", MountFlags::UNBINDABLE),
];

impl MountOptions {
    /// Adds options; later ones win over earlier ones.
    pub fn add(&mut self, options: &[u8]) {
        for option in split(options).filter(|option| !option.is_empty()) {
            if let Some((_, flag, sets)) = FLAGS.iter().find(|row| row.0.as_bytes() == option) {
                self.flags.set(*flag, *sets);
                self.named |= *flag;
            } else if let Some(flags) = propagation(option) {
                self.propagation.push(flags);
            } else if let Some(mode) = option.strip_prefix(b"X-mount.mkdir") {
                let octal = |sum: u32, digit: &u8| sum.wrapping_mul(8).wrapping_add(u32::from(digit & 7));
                let mode = mode.strip_prefix(b"=").map(|mode| mode.iter().fold(0, octal));
                self.make_folder = Some(mode.unwrap_or(0o755) & 0o7777);
            } else if matches!(option, b"user" | b"users") {
                self.add(b"noexec,nosuid,nodev");
            } else if matches!(option, b"owner" | b"group") {
                self.add(b"nosuid,nodev");
            } else if !option.starts_with(b"x-")
                && !option.starts_with(b"X-")
                && !option.starts_with(b"comment=")
            {
                if !self.data.is_empty() {
                    self.data.push(b',');
                }
                self.data.extend_from_slice(option);
            }
        }
    }

    /// Takes an option that is not for the kernel out of the text, `loop` or `offset=512`; gives its last value if it was there,
    /// empty if it has none.
    pub fn take(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        let (mut value, mut rest) = (None, Vec::new());
        for option in split(&self.data) {
            match option.strip_prefix(name) {
                Some(b"") => value = Some(Vec::new()),
                Some([b'=', given @ ..]) => value = Some(given.to_vec()),
                _ => rest.push(option),
            }
        }
        self.data = rest.join(&b',');
        value
    }

    /// Takes over the flags of a mount as it is, but for those that were named here: for a remount.
    pub fn keep(&mut self, options: &[u8]) {
        let mut present = Self::default();
        present.add(options);
        let mut kept = present.flags - self.named;
        let access_time = MountFlags::NO_ACCESS_TIME
            | MountFlags::RELATIVE_ACCESS_TIME
            | MountFlags::STRICT_ACCESS_TIME
            | MountFlags::NO_DIRECTORY_ACCESS_TIME;
        // They exclude each other.
        if self.named.intersects(access_time) {
            kept -= access_time;
        }
        self.flags |= kept;
    }

    /// Gives the flags that belong to a mount, not to a call.
    pub fn lasting(&self) -> MountFlags {
        self.flags - MountFlags::BIND - MountFlags::RECURSIVE - MountFlags::MOVE - MountFlags::REMOUNT
    }
}

/// Reads a way of spreading, as in `rshared`.
pub fn propagation(name: &[u8]) -> Option<MountFlags> {
    let find = |name: &[u8]| PROPAGATION.iter().find(|row| row.0.as_bytes() == name).map(|row| row.1);
    find(name).or_else(|| Some(find(name.strip_prefix(b"r")?)? | MountFlags::RECURSIVE))
}

/// Splits at commas, but not within double quotes (`context="a,b"`).
fn split(options: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut quoted = false;
    options.split(move |&byte| {
        quoted ^= byte == b'"';
        byte == b',' && !quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(text: &str) -> MountOptions {
        let mut options = MountOptions::default();
        options.add(text.as_bytes());
        options
    }

    #[test]
    fn flags_and_data_are_told_apart() {
        let parsed =
            options("defaults,ro,size=1m,nosuid,,x-systemd.automount,mode=755,suid,context=\"a,ro\"");
        assert_eq!(parsed.flags, MountFlags::READ_ONLY);
        assert_eq!(parsed.data, b"size=1m,mode=755,context=\"a,ro\"");
        assert_eq!(options("user,exec").flags, MountFlags::NO_SET_USER | MountFlags::NO_DEVICES);
        assert_eq!(options("exec,owner").flags, MountFlags::NO_SET_USER | MountFlags::NO_DEVICES);
        assert!(options("exec,user").flags.contains(MountFlags::NO_EXECUTE));
        assert_eq!(options("rbind,rslave").flags, MountFlags::BIND | MountFlags::RECURSIVE);
        assert_eq!(
            options("rslave,shared").propagation,
            [MountFlags::SLAVE | MountFlags::RECURSIVE, MountFlags::SHARED]
        );
        assert_eq!(options("X-mount.mkdir").make_folder, Some(0o755));
        assert_eq!(options("X-mount.mkdir=0700").make_folder, Some(0o700));
        assert_eq!(propagation(b"rprivate"), Some(MountFlags::PRIVATE | MountFlags::RECURSIVE));
        assert_eq!(propagation(b"r"), None);
        let mut looped = options("ro,loop,size=1m,offset=1,offset=4k,loops");
        assert_eq!((looped.take(b"loop"), looped.take(b"loop")), (Some(Vec::new()), None));
        assert_eq!(looped.take(b"offset").as_deref(), Some(&b"4k"[..]));
        assert_eq!(looped.data, b"size=1m,loops");
    }

    #[test]
    fn a_remount_keeps_what_was_not_named() {
        let mut remount = options("remount,rw,exec,noatime");
        remount.keep(b"ro,nosuid,noexec,relatime");
        assert_eq!(remount.lasting(), MountFlags::NO_SET_USER | MountFlags::NO_ACCESS_TIME);
        let mut plain = options("remount,ro");
        plain.keep(b"rw,relatime");
        assert_eq!(plain.lasting(), MountFlags::READ_ONLY | MountFlags::RELATIVE_ACCESS_TIME);
    }
}
