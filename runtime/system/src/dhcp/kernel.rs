//! The one netlink socket of the driver: requests and their outcomes, and the news about links in between.

use alloc::collections::VecDeque;
use alloc::vec;
use alloc::vec::Vec;
use formats::time::Duration;

use formats::netlink::message::kind;
use formats::netlink::{Flags, Messages, link};
use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::net::{
    self, Address, Family, MessageFlags, NetlinkAddress, Protocol, SocketFlags, SocketKind, options,
};
use linux::poll::{self, PollFd, PollFlags};
use linux::{Errno, Result};
use protocols::netlink::{Client, Failure, Progress};

use super::facts::LinkNews;
use crate::{Cause, netlink};

/// RTMGRP_LINK: each change of a link is told.
const LINKS: u32 = 1;

/// Room for a datagram; the kernel makes its own fit (`NLMSG_GOODSIZE`).
const ROOM: usize = 8192;

/// How long an answer may take that the kernel gives before it returns from the request.
const PATIENCE: Duration = Duration::from_secs(1);

/// The socket, the requests that are being put together, and the news that nobody has taken yet.
#[derive(Debug)]
pub(super) struct Kernel {
    descriptor: OwnedFd,
    buffer: Vec<u8>,
    /// Requests are added here; [`Kernel::exchange`] sends them.
    pub(super) requests: Client,
    /// What was told of links, oldest first.
    pub(super) news: VecDeque<LinkNews>,
}

/// Why requests were not, or not all, carried out.
#[derive(Debug)]
pub(super) struct Refused {
    /// Which request of the exchange the kernel refused first, from 0; none when there was no answer.
    pub(super) request: Option<usize>,
    /// Why.
    pub(super) cause: Cause,
}

impl Kernel {
    /// Opens the socket and listens to changes of links.
    pub(super) fn open() -> Result<Self> {
        let flags = SocketFlags::CLOSE_ON_EXEC | SocketFlags::NONBLOCK;
        let descriptor = net::socket(Family::NETLINK, SocketKind::RAW, flags, Protocol::NETLINK_ROUTE)?;
        // Kernels that lack them explain less and check less.
        let _ = options::set_netlink_extended_ack(&descriptor, true);
        let _ = options::set_netlink_cap_ack(&descriptor, true);
        let _ = options::set_netlink_strict_check(&descriptor, true);
        net::bind(&descriptor, &NetlinkAddress { port: 0, groups: LINKS })?;
        Ok(Self { descriptor, buffer: vec![0; ROOM], requests: Client::default(), news: VecDeque::new() })
    }

    /// Asks for all links; they come as news.
    pub(super) fn list_links(&mut self) -> core::result::Result<(), Refused> {
        self.requests.clear();
        let extent = link::Extent::SKIP_STATISTICS;
        let _ = self.requests.request(kind::GET_LINK, Flags::DUMP, |writer| {
            link::emit_query(writer, 0, None, extent);
        });
        self.exchange()
    }

    /// Sends what was put into `requests` since its last `clear`, and waits for the outcome.
    pub(super) fn exchange(&mut self) -> core::result::Result<(), Refused> {
        let mut sent = net::send(&self.descriptor, self.requests.start(), MessageFlags::empty());
        loop {
            sent.map_err(no_answer)?;
            let progress = match self.receive() {
                Ok(Some((count, sender))) => {
                    let datagram = self.buffer.get(..count).unwrap_or_default();
                    self.requests.handle(datagram, sender, &mut |_| ())
                }
                Ok(None) => self.wait()?,
                Err(Errno::NOBUFS) => self.requests.overrun(),
                Err(errno) => return Err(no_answer(errno)),
            };
            match progress {
                Progress::More => {}
                Progress::Done => return Ok(()),
                Progress::Restart => {
                    sent = net::send(&self.descriptor, self.requests.restart(), MessageFlags::empty());
                }
                Progress::Failed(failure) => return Err(refused(failure)),
            }
        }
    }

    /// Takes the news that have come; `false` when some were lost, so that all links must be asked for.
    pub(super) fn absorb(&mut self) -> bool {
        loop {
            match self.receive() {
                Ok(Some(_)) => {}
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
    }

    /// Receives one datagram into the buffer and takes the news out of it; gives its length and sender.
    fn receive(&mut self) -> Result<Option<(usize, u32)>> {
        let (count, from) = match net::recvfrom(&self.descriptor, &mut self.buffer, MessageFlags::empty()) {
            Err(Errno::AGAIN | Errno::INTR) => return Ok(None),
            other => other?,
        };
        let sender = match from {
            Some(Address::Netlink(address)) => address.port,
            _ => u32::MAX,
        };
        // Anyone may send to the socket; only what the kernel says is true.
        if sender == NetlinkAddress::KERNEL.port {
            let datagram = self.buffer.get(..count).unwrap_or_default();
            self.news.extend(Messages::new(datagram).flatten().filter_map(|message| LinkNews::of(&message)));
        }
        Ok(Some((count, sender)))
    }

    /// Waits for an answer that is late; the kernel has it ready as a rule.
    fn wait(&self) -> core::result::Result<Progress, Refused> {
        match poll::poll(&mut [PollFd::new(&self.descriptor, PollFlags::IN)], Some(PATIENCE.into())) {
            Ok(0) => Err(no_answer(Errno::TIMEDOUT)),
            Ok(_) | Err(Errno::INTR) => Ok(Progress::More),
            Err(errno) => Err(no_answer(errno)),
        }
    }
}

impl AsFd for Kernel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

fn no_answer(errno: Errno) -> Refused {
    Refused { request: None, cause: errno.into() }
}

fn refused(failure: Failure) -> Refused {
    let request = match &failure {
        Failure::Refused(refusal) => Some(refusal.request),
        Failure::Interrupted | Failure::Malformed(_) => None,
    };
    Refused { request, cause: netlink::cause(failure) }
}
