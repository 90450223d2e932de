//! Devices: what the kernel tells of them, what they are called and who may use them, and what other programs ask about them.

mod database;
mod input;
mod rules;
mod scan;

use alloc::vec::Vec;

use formats::file::device_record::Record;
use formats::sys::udev_message;
use formats::sys::uevent::Uevent;
use linux::Errno;
use linux::fd::OwnedFd;
use linux::net::options::set_receive_buffer_force;
use linux::net::{Address, Family, MessageFlags, NetlinkAddress, Protocol, SocketFlags, SocketKind};

use crate::{Error, Result};

pub use database::{forget, is_known, remember};
pub use rules::{Rules, Treatment};
pub use scan::{each_there, there};

/// A device at one moment: the fields that the kernel has for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// `KEY=VALUE`, with a zero byte or a line feed between them.
    fields: Vec<u8>,
}

impl Device {
    /// Gives a field.
    pub fn get(&self, key: &str) -> Option<&[u8]> {
        Uevent::fields_of(&self.fields).get(key.as_bytes())
    }

    /// Gives all fields.
    pub fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        Uevent::fields_of(&self.fields).fields()
    }

    /// Gives its folder, below `/sys`.
    pub fn path(&self) -> &[u8] {
        self.get("DEVPATH").unwrap_or_default()
    }

    /// Gives its folder.
    pub fn folder(&self) -> Vec<u8> {
        [b"/sys", self.path()].concat()
    }

    /// Gives the last part of its path, by which its subsystem knows it.
    pub fn name(&self) -> &[u8] {
        self.path().rsplit(|byte| *byte == b'/').next().unwrap_or_default()
    }

    /// Gives the name of the subsystem that it is part of.
    pub fn subsystem(&self) -> &[u8] {
        self.get("SUBSYSTEM").unwrap_or_default()
    }

    /// Says whether it goes.
    pub fn is_removed(&self) -> bool {
        self.get("ACTION") == Some(b"remove")
    }

    /// Gives the number that its node has.
    pub fn number(&self) -> Option<(u32, u32)> {
        let number =
            |key| query::text::parse_decimal(self.get(key)?).and_then(|number| number.try_into().ok());
        Some((number("MAJOR")?, number("MINOR")?))
    }

    /// Gives the path of its node below `/dev`.
    pub fn node(&self) -> Option<&[u8]> {
        self.number()?;
        // The kernel writes a slash in a name as it writes one in a path; it sends no `..`.
        self.get("DEVNAME").filter(|name| !name.split(|byte| *byte == b'/').any(|part| part == b".."))
    }

    /// Reads an attribute of it, without the end of its line.
    pub fn attribute(&self, name: &str) -> Option<Vec<u8>> {
        let text = crate::file::read(&[&self.folder(), &b"/"[..], name.as_bytes()].concat()).ok()?;
        Some(text.trim_ascii().to_vec()).filter(|text| !text.is_empty())
    }
}

/// A socket on which the kernel tells of devices, and on which clients of libudev are told when they have been looked after.
pub struct Listener {
    socket: OwnedFd,
    room: Vec<u8>,
}

/// Something was lost, since more came than there was room for: what there is must be looked at anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost;

impl Listener {
    /// How much the kernel may keep for us: a machine with thousands of devices tells of all of them at once.
    const QUEUE: u32 = 16 << 20;
    /// The kernel's messages are shorter (UEVENT_BUFFER_SIZE and a path).
    const LONGEST: usize = 8192;
    /// The group to which the kernel itself sends, as a bit.
    const KERNEL: u32 = 1;

    /// Starts to listen.
    ///
    /// # Errors
    /// `PROTONOSUPPORT` (no network in the kernel).
    pub fn open() -> Result<Self> {
        let failed = |errno| Error::new("listen to", b"events of devices", errno);
        let flags = SocketFlags::CLOSE_ON_EXEC | SocketFlags::NONBLOCK;
        let socket =
            linux::net::socket(Family::NETLINK, SocketKind::DATAGRAM, flags, Protocol::NETLINK_UEVENT)
                .map_err(failed)?;
        let _ = set_receive_buffer_force(&socket, Self::QUEUE);
        linux::net::bind(&socket, &NetlinkAddress { port: 0, groups: Self::KERNEL }).map_err(failed)?;
        Ok(Self { socket, room: alloc::vec![0; Self::LONGEST] })
    }

    /// Gives the descriptor that is ready when there is something to take.
    pub const fn descriptor(&self) -> &OwnedFd {
        &self.socket
    }

    /// Takes the next event; nothing when all have been taken. What does not come from the kernel is passed over.
    ///
    /// # Errors
    /// [`Lost`], after which there may be more to take.
    pub fn take(&mut self) -> core::result::Result<Option<Device>, Lost> {
        loop {
            match linux::net::recvfrom(&self.socket, &mut self.room, MessageFlags::empty()) {
                Ok((count, Some(Address::Netlink(NetlinkAddress { port: 0, groups: Self::KERNEL })))) => {
                    let message = self.room.get(..count).unwrap_or_default();
                    if Uevent::message(message).is_ok() {
                        // The head has no `=` before its end, so that it is no field.
                        return Ok(Some(Device { fields: message.to_vec() }));
                    }
                }
                Ok(_) | Err(Errno::INTR) => {}
                Err(Errno::NOBUFS) => return Err(Lost),
                Err(_) => return Ok(None),
            }
        }
    }

    /// Tells clients of libudev of an event that has been looked after; one that the kernel did not send, as of a device that was there
    /// at the start, is none to them.
    ///
    /// # Errors
    /// What the kernel says, but not that nobody listens.
    pub fn tell(&self, device: &Device, record: Option<&Record>) -> Result<()> {
        if device.get("SEQNUM").is_none() {
            return Ok(());
        }
        let message = udev_message::message(device.fields(), record);
        let clients = NetlinkAddress { port: 0, groups: udev_message::GROUP };
        match linux::net::sendto(&self.socket, &message, MessageFlags::empty(), &clients) {
            Ok(_) | Err(Errno::CONNREFUSED) => Ok(()),
            Err(errno) => Err(Error::new("tell clients of", device.path(), errno)),
        }
    }
}

#[cfg(test)]
pub(crate) fn device(fields: &str) -> Device {
    Device { fields: fields.as_bytes().to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_knows_its_names() {
        let disk = device(
            "DEVPATH=/devices/virtual/block/loop0\nSUBSYSTEM=block\nMAJOR=7\nMINOR=0\nDEVNAME=loop0\nACTION=add",
        );
        assert_eq!((disk.name(), disk.subsystem()), (&b"loop0"[..], &b"block"[..]));
        assert_eq!((disk.number(), disk.node()), (Some((7, 0)), Some(&b"loop0"[..])));
        assert_eq!(disk.folder(), b"/sys/devices/virtual/block/loop0");
        assert!(!disk.is_removed() && device("ACTION=remove").is_removed());
        assert_eq!(device("MAJOR=1\nMINOR=2\nDEVNAME=../etc/passwd").node(), None);
        assert_eq!(device("DEVNAME=x").node(), None);
    }
}
