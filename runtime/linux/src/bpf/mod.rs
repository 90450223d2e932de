//! Programs within the kernel, and the tables that they share with others: bpf(2). Programs are written with
//! `formats::file::ebpf`.

mod attach;
mod map;
mod pin;
mod program;
mod ring;

pub use attach::{AttachPoint, Attached, attach_to_card, attach_to_group};
pub use map::{Bits, Map, MapKind, Prefix};
pub use pin::pin;
pub use program::{Program, ProgramKind, Refused, attach_to_socket, load, load_for};
pub use ring::RingBuffer;

use crate::Result;

/// What the kernel is asked for.
#[derive(Clone, Copy)]
struct Command(u32);

impl Command {
    /// BPF_MAP_CREATE.
    const MAKE_MAP: Self = Self(0);
    /// BPF_MAP_LOOKUP_ELEM.
    const FIND: Self = Self(1);
    /// BPF_MAP_UPDATE_ELEM.
    const SET: Self = Self(2);
    /// BPF_MAP_DELETE_ELEM.
    const REMOVE: Self = Self(3);
    /// BPF_MAP_GET_NEXT_KEY.
    const NEXT_KEY: Self = Self(4);
    /// BPF_PROG_LOAD.
    const LOAD: Self = Self(5);
    /// BPF_OBJ_PIN.
    const PIN: Self = Self(6);
    /// BPF_OBJ_GET.
    const OPEN: Self = Self(7);
    /// BPF_OBJ_GET_INFO_BY_FD.
    const ASK: Self = Self(15);
    /// BPF_LINK_CREATE.
    const LINK: Self = Self(28);
}

/// Makes the call with the attributes of a command.
///
/// # Safety
/// They must be those of the command, and what they point to must be valid.
unsafe fn bpf<T>(command: Command, attributes: &T) -> Result<usize> {
    // SAFETY: the caller answers for the attributes, which the kernel reads.
    unsafe { syscall!(__NR_bpf, command.0, core::ptr::from_ref(attributes), size_of::<T>()) }
}
