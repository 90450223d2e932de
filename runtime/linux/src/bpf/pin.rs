//! Names for programs, tables and what is attached, in a file system of the kind `bpf` (`/sys/fs/bpf`): others open them by these, and
//! what has a name stays when nobody has it open.

use super::{Attached, Bits, Command, Map, MapKind, Program, bpf};
use crate::fd::{AsFd, OwnedFd};
use crate::path::PathArg;
use crate::{Errno, Result};

#[repr(C)]
struct Pin {
    /// An address.
    path: u64,
    file: u32,
    flags: u32,
}

abi!(Pin starts "union bpf_attr" { path: "pathname", file: "bpf_fd", flags: "file_flags" });

#[repr(C)]
struct Ask {
    file: u32,
    length: u32,
    /// An address.
    info: u64,
}

abi!(Ask starts "union bpf_attr" { file: "info.bpf_fd", length: "info.info_len", info: "info.info" });

#[repr(C)]
#[derive(Default)]
struct MapInfo {
    kind: u32,
    id: u32,
    key_bytes: u32,
    value_bytes: u32,
}

abi!(MapInfo starts "struct bpf_map_info" {
    kind: "type", id: "id", key_bytes: "key_size", value_bytes: "value_size",
});

/// Gives a program, a table or an [`Attached`] a name; unlink(2) takes it away.
///
/// # Errors
/// `EXIST`, `PERM` (not in a file system of the kind `bpf`, or the name has a dot), `INVAL` (no object of bpf), `NOENT`. See `bpf(2)`.
#[doc(alias = "BPF_OBJ_PIN")]
pub fn pin<P: PathArg>(object: impl AsFd, path: P) -> Result<()> {
    let file = object.as_fd().as_raw().cast_unsigned();
    named(Command::PIN, file, &path).map(drop)
}

impl<K: Bits, V: Bits> Map<K, V> {
    /// Opens the table with a name.
    ///
    /// # Errors
    /// `INVAL` (no table with keys and values of this size), `NOENT`, `ACCES`, `PERM`.
    #[doc(alias = "BPF_OBJ_GET")]
    pub fn open<P: PathArg>(path: P) -> Result<Self> {
        let file = open(&path)?;
        let mut info = MapInfo::default();
        let ask = Ask {
            file: file.as_raw().cast_unsigned(),
            length: size_of::<MapInfo>() as u32,
            info: (&raw mut info).expose_provenance() as u64,
        };
        // SAFETY: the attributes of this command; the kernel writes as many bytes as it is told. What it says of a program instead
        // may look like a table of these sizes: the kernel itself refuses to look a key up in it.
        unsafe { bpf(Command::ASK, &ask) }?;
        let is_ours =
            info.key_bytes as usize == size_of::<K>() && info.value_bytes as usize == size_of::<V>();
        if is_ours && MapKind(info.kind).has_one_value() {
            Ok(Self::from_file(file))
        } else {
            Err(Errno::INVAL)
        }
    }
}

impl Program {
    /// Opens the program with a name. What is none is refused when it is to be attached.
    ///
    /// # Errors
    /// `NOENT`, `ACCES`, `PERM`.
    #[doc(alias = "BPF_OBJ_GET")]
    pub fn open<P: PathArg>(path: P) -> Result<Self> {
        open(&path).map(Self)
    }
}

impl Attached {
    /// Opens what was attached and has a name; until that is taken away, it stays attached.
    ///
    /// # Errors
    /// `NOENT`, `ACCES`, `PERM`.
    #[doc(alias = "BPF_OBJ_GET")]
    pub fn open<P: PathArg>(path: P) -> Result<Self> {
        open(&path).map(Self)
    }
}

fn open(path: &dyn PathArg) -> Result<OwnedFd> {
    named(Command::OPEN, 0, path).map(OwnedFd::made)
}

fn named(command: Command, file: u32, path: &dyn PathArg) -> Result<usize> {
    path.with(&mut |path| {
        let pin = Pin { path: path.as_ptr().expose_provenance() as u64, file, flags: 0 };
        // SAFETY: the attributes of this command; the path is a terminated string that lives through the call.
        unsafe { bpf(command, &pin) }
    })
}
