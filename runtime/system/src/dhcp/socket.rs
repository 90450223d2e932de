//! The packet socket of a link: raw frames in and out, past the addresses that the link does not have yet.

use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::fs::IoSliceMut;
use linux::net::{
    self, Control, Family, MessageFlags, PacketAddress, Protocol, SocketFlags, SocketKind, control_room,
    options,
};
use linux::{Errno, Result};

use core::net::Ipv4Addr;

use super::filter;

/// ETH_P_ALL: IPv4 and ARP come through the one socket; the filter keeps the rest out.
const EVERYTHING: u16 = 3;

/// A packet socket that hears what a DHCP client has to hear of one link.
#[derive(Debug)]
pub(super) struct PacketSocket {
    descriptor: OwnedFd,
    index: u32,
    watched: Option<Ipv4Addr>,
}

/// A frame that came.
pub(super) struct Frame<'a> {
    /// From the Ethernet header on.
    pub(super) bytes: &'a [u8],
    /// False when the UDP checksum was left to hardware that was never passed.
    pub(super) checksum_ready: bool,
}

impl PacketSocket {
    /// Opens the socket of a link.
    ///
    /// It is opened for protocol 0, which hears nothing, gets its filter, and only then is bound to the link: so no
    /// unfiltered frame slips in, and no grace period of RCU is waited for. A socket that hears something when it is
    /// bound anew costs 8 to 12 ms.
    pub(super) fn open(index: u32) -> Result<Self> {
        let flags = SocketFlags::CLOSE_ON_EXEC | SocketFlags::NONBLOCK;
        let descriptor = net::socket(Family::PACKET, SocketKind::RAW, flags, Protocol::DEFAULT)?;
        net::attach_filter(&descriptor, &filter::program(None))?;
        options::set_packet_auxiliary(&descriptor, true)?;
        // Spares a copy of each frame that we send; kernels before 4.20 drop it in the filter or in the machine.
        let _ = options::set_packet_ignore_outgoing(&descriptor, true);
        net::bind(&descriptor, &PacketAddress::interface(index, EVERYTHING))?;
        Ok(Self { descriptor, index, watched: None })
    }

    /// Hears ARP packets that speak of this address too.
    pub(super) fn watch(&mut self, address: Ipv4Addr) -> Result<()> {
        if self.watched != Some(address) {
            net::attach_filter(&self.descriptor, &filter::program(Some(address)))?;
            self.watched = Some(address);
        }
        Ok(())
    }

    /// Takes the next frame, if there is one.
    ///
    /// # Errors
    /// `NETDOWN` once when the link was switched off: the socket works again when the link does.
    pub(super) fn receive<'a>(&self, buffer: &'a mut [u8]) -> Result<Option<Frame<'a>>> {
        const AUXILIARY: usize = 20;
        let mut control = [0; control_room(AUXILIARY)];
        let mut slices = [IoSliceMut::new(buffer)];
        let received = match net::recvmsg(&self.descriptor, &mut slices, &mut control, MessageFlags::empty())
        {
            Ok(received) => received,
            Err(Errno::AGAIN | Errno::INTR) => return Ok(None),
            Err(errno) => return Err(errno),
        };
        let count = received.count;
        let cut = received.flags.contains(MessageFlags::TRUNCATED);
        let (mut checksum_ready, mut tagged) = (true, false);
        for message in received.control {
            if let Control::PacketAuxiliary(auxiliary) = message {
                checksum_ready = !auxiliary.checksum_not_ready();
                tagged = auxiliary.vlan.is_some_and(|tag| tag & filter::VLAN != 0);
            }
        }
        // Longer than the link's largest packet, or of a VLAN: not for us.
        if cut || tagged {
            return Ok(None);
        }
        Ok(buffer.get(..count).map(|bytes| Frame { bytes, checksum_ready }))
    }

    /// Sends a frame that is complete from its Ethernet header on.
    pub(super) fn send(&self, frame: &[u8]) -> Result<()> {
        let protocol = frame.get(12..14).and_then(|kind| kind.try_into().ok()).map_or(0, u16::from_be_bytes);
        let to = PacketAddress::interface(self.index, protocol);
        net::sendto(&self.descriptor, frame, MessageFlags::empty(), &to).map(drop)
    }
}

impl AsFd for PacketSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}
