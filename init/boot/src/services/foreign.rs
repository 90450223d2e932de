//! A descriptor that a service, or anybody, has made and handed over.

use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::net::options::{LINGER, Linger};

/// Such a descriptor. Closing it waits for nobody: whoever made a socket may have asked that its closing waits until all is sent
/// (SO_LINGER), and that would be our waiting.
#[derive(Debug)]
pub(super) struct Foreign(OwnedFd);

impl From<OwnedFd> for Foreign {
    fn from(file: OwnedFd) -> Self {
        Self(file)
    }
}

impl AsFd for Foreign {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        // What is no socket has no such option.
        let _ = LINGER.set(&self.0, Linger(None));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;
    use linux::fs::dup;
    use linux::net::{Family, SocketFlags, SocketKind, socketpair};

    #[test]
    fn a_socket_that_is_closed_waits_for_nobody() {
        let (one, _other) =
            socketpair(Family::UNIX, SocketKind::STREAM, SocketFlags::CLOSE_ON_EXEC).expect("sockets");
        LINGER.set(&one, Linger(Some(Duration::from_secs(60)))).expect("an option");
        drop(Foreign::from(dup(&one).expect("a copy")));
        assert_eq!(LINGER.get(&one).expect("an option"), Linger(None));
    }
}
