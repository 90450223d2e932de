//! Capabilities that a program's file gives to who executes it: its attribute `security.capability` (capabilities(7)).

use super::Capabilities;
use crate::fs::{SetAttribute, getxattr, removexattr, setxattr};
use crate::path::PathArg;
use crate::{Errno, Result};

/// The attribute.
const NAME: &str = "security.capability";

/// VFS_CAP_REVISION_2: five words, little-endian on all processors.
const PLAIN: u32 = 0x0200_0000;

/// VFS_CAP_REVISION_3: and a sixth, the root user of the namespace that they hold in.
const ROOTED: u32 = 0x0300_0000;

/// VFS_CAP_FLAGS_EFFECTIVE: one for all of them.
const EFFECTIVE: u32 = 1;

/// How long it is at most.
const BYTES: usize = 24;

/// What a file gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileCapabilities {
    /// What who executes it has, as far as his bounding set allows.
    pub permitted: Capabilities,
    /// What he has of it if it is inheritable for him, too.
    pub inheritable: Capabilities,
    /// Whether they count at once, for programs that do not know of capabilities.
    pub is_effective: bool,
    /// The user, as seen from here, who must be root where it is executed; none: root of the first namespace (Linux 4.14).
    pub root: Option<u32>,
}

impl FileCapabilities {
    /// Gives those of the file at a path; none if it has none.
    ///
    /// # Errors
    /// `INVAL` (they are of another kind), `OPNOTSUPP` (the file system keeps none), `NOENT`, `ACCES`. See `getxattr(2)`.
    pub fn of<P: PathArg>(path: P) -> Result<Option<Self>> {
        let mut bytes = [0; BYTES];
        match getxattr(path, NAME, &mut bytes) {
            Err(Errno::NODATA) => Ok(None),
            found => Self::parse(bytes.get(..found?).unwrap_or_default()).ok_or(Errno::INVAL).map(Some),
        }
    }

    /// Gives them to the file at a path, in place of those it has; writing to it takes them away.
    ///
    /// # Errors
    /// `PERM` (needs CAP_SETFCAP), `OPNOTSUPP`, `NOENT`, `ROFS`. See `setxattr(2)`.
    pub fn set<P: PathArg>(&self, path: P) -> Result<()> {
        let (bytes, length) = self.bytes();
        setxattr(path, NAME, bytes.get(..length).unwrap_or_default(), SetAttribute::Any)
    }

    /// Takes those of a file away; says whether it had any.
    ///
    /// # Errors
    /// Those of [`Self::set`].
    pub fn remove<P: PathArg>(path: P) -> Result<bool> {
        match removexattr(path, NAME) {
            Err(Errno::NODATA) => Ok(false),
            removed => removed.map(|()| true),
        }
    }

    /// Reads the attribute (`struct vfs_ns_cap_data`); none if it is of another kind.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (words, rest) = bytes.as_chunks();
        let word = |at: usize| words.get(at).map(|word| u32::from_le_bytes(*word));
        let both =
            |at| Some(Capabilities::from_bits_retain(u64::from(word(at)?) | u64::from(word(at + 2)?) << 32));
        let head = word(0)?;
        let root = match (head & !EFFECTIVE, words.len()) {
            (PLAIN, 5) => None,
            (ROOTED, 6) => Some(word(5)?),
            _ => return None,
        };
        let is_effective = head & EFFECTIVE != 0;
        rest.is_empty().then_some(Self { permitted: both(1)?, inheritable: both(2)?, is_effective, root })
    }

    /// Gives the attribute, and how long it is.
    fn bytes(&self) -> ([u8; BYTES], usize) {
        let half = |set: Capabilities, shift: u32| (set.bits() >> shift) as u32;
        let (kind, length) = if self.root.is_some() { (ROOTED, BYTES) } else { (PLAIN, BYTES - 4) };
        let words = [
            kind | u32::from(self.is_effective),
            half(self.permitted, 0),
            half(self.inheritable, 0),
            half(self.permitted, 32),
            half(self.inheritable, 32),
            self.root.unwrap_or_default(),
        ];
        let mut bytes = [0; BYTES];
        for (to, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
            *to = word.to_le_bytes();
        }
        (bytes, length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_are_read_as_written() {
        let plain = FileCapabilities {
            permitted: Capabilities::SYS_CHROOT | Capabilities::BPF,
            inheritable: Capabilities::KILL,
            is_effective: true,
            root: None,
        };
        for (given, length) in [(plain, 20), (FileCapabilities { root: Some(1000), ..plain }, 24)] {
            let (bytes, found) = given.bytes();
            assert_eq!((found, FileCapabilities::parse(&bytes[..found])), (length, Some(given)));
            for cut in (0..length).chain([length + 1]).filter(|cut| *cut <= BYTES) {
                assert_eq!(FileCapabilities::parse(&bytes[..cut]), None, "{cut}");
            }
        }
        // As setcap(8) writes cap_net_raw=ep.
        let expected = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let raw = FileCapabilities {
            permitted: Capabilities::NET_RAW,
            inheritable: Capabilities::empty(),
            ..plain
        };
        assert_eq!(raw.bytes().0[..20], expected);
    }
}
