//! Each change of the kernel's network tables as it is told: for those who show what happens, and keep no copy.

use alloc::vec::Vec;

use formats::netlink::{Message, Messages};
use linux::Errno;
use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::net::SocketFlags;

use super::monitor::listen;
use super::{Groups, ROOM, datagram};
use crate::error::{Error, Result};

/// A socket that is told of changes.
#[derive(Debug)]
pub struct Listener {
    descriptor: OwnedFd,
    room: Vec<u8>,
}

impl Listener {
    /// Starts to listen.
    ///
    /// # Errors
    /// `PROTONOSUPPORT` (no network in the kernel), `MFILE`, `NFILE`.
    pub fn open(groups: Groups) -> Result<Self> {
        Ok(Self { descriptor: listen(groups, SocketFlags::empty())?, room: Vec::with_capacity(ROOM) })
    }

    /// Waits for a datagram and gives each of its messages to `take`; false if some could not be kept for us, and are lost.
    ///
    /// # Errors
    /// What receiving gives.
    pub fn next(&mut self, take: &mut dyn FnMut(&Message<'_>)) -> Result<bool> {
        match datagram(&self.descriptor, &mut self.room) {
            Ok(datagram) => {
                let messages = Messages::new(datagram.unwrap_or_default());
                messages.map_while(core::result::Result::ok).for_each(|message| take(&message));
                Ok(true)
            }
            Err(Errno::INTR) => Ok(true),
            Err(Errno::NOBUFS) => Ok(false),
            Err(errno) => Err(Error::new("receive from", b"rtnetlink", errno)),
        }
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}
