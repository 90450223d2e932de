//! The old interface to tagged parts of links: SIOCSIFVLAN (linux/if_vlan.h).

use super::{INTERFACE_NAME_BYTES, InterfaceName};
use crate::fd::AsFd;
use crate::{Result, ioctl};

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Command {
    /// Makes the part of a link that has a tag: the value.
    Add = 0,
    /// Removes a part.
    Remove = 1,
    /// Gives packets that come with a priority of the tag (the quality) a priority in the kernel: the value.
    SetIngress = 2,
    /// Gives packets with a priority in the kernel (the value) one in the tag: the quality.
    SetEgress = 3,
    /// Says how parts are named that are made from now on: the value.
    SetNameType = 6,
    /// Sets flags (the value) or, if the quality is 0, clears them.
    SetFlag = 7,
}

/// The bytes of a name in this structure.
const NAME_BYTES: usize = 24;

/// What is asked: the kernel's `struct vlan_ioctl_args`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct TagRequest {
    /// What is done, one of [`Command`].
    pub command: u32,
    /// The link, with zeros behind its name.
    pub name: [u8; NAME_BYTES],
    /// A number, or the beginning of another name.
    pub value: u32,
    /// The rest of that.
    pub rest: [u8; NAME_BYTES - 4],
    /// The class of packets.
    pub quality: i16,
}

abi!(TagRequest = "struct vlan_ioctl_args" {
    command: "cmd", name: "device1", value: "u.VID", quality: "vlan_qos",
});

/// Makes, changes or removes a tagged part of a link; over a socket of any kind.
///
/// # Errors
/// `PERM`, `NODEV`, `EXIST`, `INVAL`, `NOPKG` (the kernel has no VLANs). See linux/if_vlan.h.
#[doc(alias = "SIOCSIFVLAN")]
pub fn change(
    socket: impl AsFd,
    command: Command,
    name: Option<InterfaceName>,
    value: u32,
    quality: i16,
) -> Result<()> {
    let mut asked = TagRequest {
        command: command as u32,
        name: [0; NAME_BYTES],
        value,
        rest: [0; NAME_BYTES - 4],
        quality,
    };
    if let Some(name) = name {
        asked.name.iter_mut().zip(name.as_bytes()).for_each(|(to, from)| *to = *from);
    }
    // SAFETY: the kernel reads one such structure, and writes none beyond it.
    unsafe { ioctl::update(socket, ioctl::network::SIOCSIFVLAN, &mut asked) }.map(drop)
}

const _: () = assert!(NAME_BYTES > INTERFACE_NAME_BYTES && size_of::<TagRequest>() == 56);
