//! Control data of messages: descriptors, credentials and what the kernel says of a packet (cmsg(3)).
//!
//! A descriptor that was received is open whether or not anyone looks; so those that nobody takes are closed when the
//! list is dropped.

use super::Address;
use crate::fd::{BorrowedFd, OwnedFd};
use crate::{Errno, Result};
use core::marker::PhantomData;
use core::mem::offset_of;
use linux_raw_sys::if_packet as packet;
use linux_raw_sys::net as kernel;
use linux_raw_sys::netlink;

const HEADER: usize = size_of::<kernel::cmsghdr>();
const DESCRIPTOR: usize = size_of::<i32>();

/// Gives the room that a control message with so many bytes takes, as a buffer needs it for each.
#[doc(alias = "CMSG_SPACE")]
pub const fn control_room(bytes: usize) -> usize {
    (HEADER + bytes).next_multiple_of(align_of::<kernel::cmsghdr>())
}

/// A control message that came.
#[derive(Debug)]
pub enum Control<'a> {
    /// SCM_RIGHTS: descriptors.
    Descriptors(Descriptors<'a>),
    /// SCM_CREDENTIALS: who sent it.
    Credentials(Credentials),
    /// PACKET_AUXDATA: what the kernel knows of a packet.
    PacketAuxiliary(PacketAuxiliary),
    /// IP_TTL, IPV6_HOPLIMIT: how many hops the packet could still have made.
    HopLimit(u32),
    /// IP_RECVERR, IPV6_RECVERR: why a packet that was sent did not arrive.
    Undelivered(Undelivered),
    /// NETLINK_PKTINFO: the group that a message was sent to.
    NetlinkGroup(u32),
    /// Another one.
    Other {
        /// SOL_ level.
        level: i32,
        /// Its kind within the level.
        kind: i32,
        /// Its bytes.
        data: &'a [u8],
    },
}

/// Who sent a message, as the kernel has checked it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The process.
    pub process: u32,
    /// The user.
    pub user: u32,
    /// The group.
    pub group: u32,
}

/// Why a packet did not arrive (`struct sock_extended_err`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undelivered {
    /// What a call of the socket would give.
    pub error: Option<Errno>,
    /// Who says so (`SO_EE_ORIGIN_`): 1 this machine, 2 ICMP, 3 ICMP of IPv6.
    pub origin: u8,
    /// The type of the ICMP message.
    pub kind: u8,
    /// Its code.
    pub code: u8,
    /// What the code makes of it: the largest packet, where one was too long.
    pub info: u32,
    /// Who sent the ICMP message.
    pub from: Option<Address>,
}

/// What the kernel knows of a packet (`struct tpacket_auxdata`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketAuxiliary {
    /// TP_STATUS_ bits.
    pub status: u32,
    /// The packet's length on the link, in bytes.
    pub length: u32,
    /// The tag of the VLAN that the hardware took out of the frame.
    pub vlan: Option<u16>,
}

impl PacketAuxiliary {
    /// Says whether the checksum is not filled in yet, because the packet never left the machine or will be finished by
    /// hardware: then it must not be checked.
    #[doc(alias = "TP_STATUS_CSUMNOTREADY")]
    pub const fn checksum_not_ready(&self) -> bool {
        self.status & packet::TP_STATUS_CSUMNOTREADY != 0
    }
}

/// Descriptors that came; those that are not taken are closed.
#[derive(Debug)]
pub struct Descriptors<'a> {
    rest: &'a [u8],
}

impl Iterator for Descriptors<'_> {
    type Item = OwnedFd;

    fn next(&mut self) -> Option<OwnedFd> {
        let (number, rest) = self.rest.split_first_chunk::<DESCRIPTOR>()?;
        self.rest = rest;
        // SAFETY: the kernel has opened it for the receiver, and each number is taken here once only.
        Some(unsafe { OwnedFd::from_raw(i32::from_ne_bytes(*number)) })
    }
}

impl Drop for Descriptors<'_> {
    fn drop(&mut self) {
        self.for_each(drop);
    }
}

/// The control messages of a message that came.
#[derive(Debug)]
pub struct ControlMessages<'a> {
    rest: &'a [u8],
}

impl<'a> ControlMessages<'a> {
    /// Takes what the kernel has written.
    ///
    /// # Safety
    /// The bytes must come from one recvmsg(2) just made, since the descriptors in them are taken over.
    pub(super) const unsafe fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }
}

impl<'a> Iterator for ControlMessages<'a> {
    type Item = Control<'a>;

    fn next(&mut self) -> Option<Control<'a>> {
        let (level, kind, data, length) = split(self.rest)?;
        self.rest = self.rest.get(control_room(length)..).unwrap_or_default();
        Some(control(level, kind, data))
    }
}

impl Drop for ControlMessages<'_> {
    fn drop(&mut self) {
        self.for_each(drop);
    }
}

/// Reads the first message: level, kind, bytes and how many.
fn split(bytes: &[u8]) -> Option<(i32, i32, &[u8], usize)> {
    let length = usize::from_ne_bytes(take(bytes, offset_of!(kernel::cmsghdr, cmsg_len))?);
    let level = i32::from_ne_bytes(take(bytes, offset_of!(kernel::cmsghdr, cmsg_level))?);
    let kind = i32::from_ne_bytes(take(bytes, offset_of!(kernel::cmsghdr, cmsg_type))?);
    let data = bytes.get(HEADER..length)?;
    Some((level, kind, data, data.len()))
}

fn take<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

/// Gives a message its type; one that is cut stays bytes.
fn control(level: i32, kind: i32, data: &[u8]) -> Control<'_> {
    let other = Control::Other { level, kind, data };
    let known = match (level as u32, kind as u32) {
        (kernel::SOL_SOCKET, kernel::SCM_RIGHTS) => return Control::Descriptors(Descriptors { rest: data }),
        (kernel::SOL_SOCKET, kernel::SCM_CREDENTIALS) => credentials(data).map(Control::Credentials),
        (kernel::SOL_PACKET, packet::PACKET_AUXDATA) => auxiliary(data).map(Control::PacketAuxiliary),
        (kernel::SOL_NETLINK, netlink::NETLINK_PKTINFO) => {
            take(data, 0).map(u32::from_ne_bytes).map(Control::NetlinkGroup)
        }
        (kernel::SOL_IP, kernel::IP_TTL) | (kernel::SOL_IPV6, kernel::IPV6_HOPLIMIT) => {
            take(data, 0).map(u32::from_ne_bytes).map(Control::HopLimit)
        }
        (kernel::SOL_IP, kernel::IP_RECVERR) | (kernel::SOL_IPV6, kernel::IPV6_RECVERR) => {
            undelivered(data).map(Control::Undelivered)
        }
        _ => None,
    };
    known.unwrap_or(other)
}

fn credentials(data: &[u8]) -> Option<Credentials> {
    let field = |at| take(data, at).map(u32::from_ne_bytes);
    Some(Credentials {
        process: field(offset_of!(kernel::ucred, pid))?,
        user: field(offset_of!(kernel::ucred, uid))?,
        group: field(offset_of!(kernel::ucred, gid))?,
    })
}

fn auxiliary(data: &[u8]) -> Option<PacketAuxiliary> {
    let status = u32::from_ne_bytes(take(data, offset_of!(packet::tpacket_auxdata, tp_status))?);
    let tag = u16::from_ne_bytes(take(data, offset_of!(packet::tpacket_auxdata, tp_vlan_tci))?);
    Some(PacketAuxiliary {
        status,
        length: u32::from_ne_bytes(take(data, offset_of!(packet::tpacket_auxdata, tp_len))?),
        vlan: (status & packet::TP_STATUS_VLAN_VALID != 0).then_some(tag),
    })
}

/// Reads `struct sock_extended_err` of linux/errqueue.h, behind which the address stands.
fn undelivered(data: &[u8]) -> Option<Undelivered> {
    /// The bytes of that structure.
    const LENGTH: usize = 16;
    let number = u32::from_ne_bytes(take(data, 0)?);
    let [origin, kind, code] = take(data, 4)?;
    Some(Undelivered {
        error: u16::try_from(number).ok().and_then(Errno::new),
        origin,
        kind,
        code,
        info: u32::from_ne_bytes(take(data, 8)?),
        from: Address::parse(data.get(LENGTH..)?),
    })
}

/// Control messages to be sent, written into a buffer of the caller's; each needs [`control_room`].
#[derive(Debug)]
pub struct SendControl<'buffer, 'fd> {
    buffer: &'buffer mut [u8],
    used: usize,
    borrowed: PhantomData<BorrowedFd<'fd>>,
}

impl<'buffer, 'fd> SendControl<'buffer, 'fd> {
    /// Starts with none.
    pub const fn new(buffer: &'buffer mut [u8]) -> Self {
        Self { buffer, used: 0, borrowed: PhantomData }
    }

    /// Adds descriptors, which the receiver gets copies of (SCM_RIGHTS); the kernel takes 253 at most.
    ///
    /// # Errors
    /// `NOBUFS` if the buffer has no room for them; nothing is added then.
    #[doc(alias = "SCM_RIGHTS")]
    pub fn add_descriptors(&mut self, descriptors: &[BorrowedFd<'fd>]) -> Result<()> {
        let data = self.add(kernel::SOL_SOCKET, kernel::SCM_RIGHTS, descriptors.len() * DESCRIPTOR)?;
        for (to, from) in data.chunks_exact_mut(DESCRIPTOR).zip(descriptors) {
            to.copy_from_slice(&from.as_raw().to_ne_bytes());
        }
        Ok(())
    }

    /// Adds who sends it, which the kernel checks (SCM_CREDENTIALS).
    ///
    /// # Errors
    /// `NOBUFS` if the buffer has no room for them; nothing is added then.
    #[doc(alias = "SCM_CREDENTIALS")]
    pub fn add_credentials(&mut self, credentials: Credentials) -> Result<()> {
        let data = self.add(kernel::SOL_SOCKET, kernel::SCM_CREDENTIALS, size_of::<kernel::ucred>())?;
        let fields = [credentials.process, credentials.user, credentials.group];
        for (to, from) in data.chunks_exact_mut(4).zip(fields) {
            to.copy_from_slice(&from.to_ne_bytes());
        }
        Ok(())
    }

    /// Gives the bytes as sendmsg(2) wants them.
    pub(super) fn bytes(&self) -> &[u8] {
        self.buffer.get(..self.used).unwrap_or_default()
    }

    /// Writes a header, and gives the place for the data.
    fn add(&mut self, level: u32, kind: u32, bytes: usize) -> Result<&mut [u8]> {
        let room = control_room(bytes);
        let message =
            self.buffer.get_mut(self.used..).and_then(|rest| rest.get_mut(..room)).ok_or(Errno::NOBUFS)?;
        self.used += room;
        message.fill(0);
        let mut field = |at: usize, value: &[u8]| {
            message.iter_mut().skip(at).zip(value).for_each(|(to, from)| *to = *from);
        };
        field(offset_of!(kernel::cmsghdr, cmsg_len), &(HEADER + bytes).to_ne_bytes());
        field(offset_of!(kernel::cmsghdr, cmsg_level), &level.to_ne_bytes());
        field(offset_of!(kernel::cmsghdr, cmsg_type), &kind.to_ne_bytes());
        message.get_mut(HEADER..HEADER + bytes).ok_or(Errno::NOBUFS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials_bytes() -> [u8; control_room(12)] {
        let mut buffer = [0xee; control_room(12)];
        let mut control = SendControl::new(&mut buffer);
        control.add_credentials(Credentials { process: 9, user: 8, group: 7 }).unwrap();
        assert_eq!(control.add_descriptors(&[crate::fd::STDIN]), Err(Errno::NOBUFS));
        assert_eq!(control.bytes().len(), control_room(12));
        buffer
    }

    #[test]
    fn credentials_come_back() {
        let bytes = credentials_bytes();
        // SAFETY: no descriptors are in these bytes.
        let mut messages = unsafe { ControlMessages::new(&bytes) };
        let Some(Control::Credentials(who)) = messages.next() else { panic!("no credentials") };
        assert_eq!(who, Credentials { process: 9, user: 8, group: 7 });
        assert!(messages.next().is_none());
    }

    #[test]
    fn cut_messages_end_the_list() {
        let bytes = credentials_bytes();
        for length in 0..HEADER + 12 {
            // SAFETY: no descriptors are in these bytes.
            assert!(unsafe { ControlMessages::new(&bytes[..length]) }.next().is_none(), "{length}");
        }
        for wrong in [0, HEADER - 1, usize::MAX, bytes.len() + 1] {
            let mut bytes = bytes;
            bytes[..size_of::<usize>()].copy_from_slice(&wrong.to_ne_bytes());
            // SAFETY: no descriptors are in these bytes.
            assert!(unsafe { ControlMessages::new(&bytes) }.next().is_none(), "{wrong}");
        }
    }

    #[test]
    fn what_the_kernel_says_of_a_packet() {
        let mut data = [0; 20];
        data[..4]
            .copy_from_slice(&(packet::TP_STATUS_CSUMNOTREADY | packet::TP_STATUS_VLAN_VALID).to_ne_bytes());
        data[4..8].copy_from_slice(&342_u32.to_ne_bytes());
        data[16..18].copy_from_slice(&5_u16.to_ne_bytes());
        let known = auxiliary(&data).unwrap();
        assert!(known.checksum_not_ready());
        assert_eq!((known.length, known.vlan), (342, Some(5)));
        assert!(matches!(control(263, 8, &data[..17]), Control::Other { level: 263, kind: 8, .. }));
    }

    #[test]
    fn why_a_packet_did_not_arrive() {
        let mut data = Vec::from([113, 0, 0, 0, 2, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        data.extend_from_slice(&2_u16.to_ne_bytes());
        data.extend_from_slice(&[0, 0, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
        let Control::Undelivered(why) = control(0, 11, &data) else { panic!("not known") };
        assert_eq!((why.error, why.origin, why.kind, why.code), (Some(Errno::HOSTUNREACH), 2, 3, 1));
        assert_eq!(why.from.and_then(Address::internet).unwrap().to_string(), "10.0.0.1:0");
        for length in 0..16 {
            assert!(matches!(control(0, 11, &data[..length]), Control::Other { .. }), "{length}");
        }
        assert!(matches!(control(0, 2, &64_u32.to_ne_bytes()), Control::HopLimit(64)));
    }
}
