//! Terminals: settings, speed, size, and pairs of them.

use std::time::Duration;

use linux::Errno;
use linux::fs::{Mode, OpenFlags, open};
use linux::poll::{PollFd, PollFlags, poll};
use linux::terminal::{self, SetWhen, Size};

use crate::support::{have, reading, skip};

const BOTH: OpenFlags =
    OpenFlags::READ_WRITE.union(OpenFlags::NO_CONTROLLING_TERMINAL).union(OpenFlags::CLOSE_ON_EXEC);

/// Opens both ends of a pair.
fn pair() -> (linux::fd::OwnedFd, linux::fd::OwnedFd) {
    let missing = [Errno::NOENT, Errno::NODEV, Errno::NOSPC, Errno::NXIO, Errno::ACCES];
    let master = have(open("/dev/ptmx", BOTH, Mode::empty()), &missing, "pairs of terminals");
    terminal::unlock_peer(&master).unwrap();
    let peer = have(terminal::open_peer(&master, BOTH), &[Errno::IO, Errno::NOENT], "terminals of /dev/pts");
    (master, peer)
}

/// ICANON: whole lines.
const LINES: u32 = 0o2;

fn pts_termios() {
    let (master, peer) = pair();
    assert!(terminal::is_terminal(&peer) && terminal::is_terminal(&master));
    assert_eq!(terminal::foreground_group(&peer), Err(Errno::NOTTY), "nobody's session");
    let mut settings = terminal::settings(&peer).unwrap();
    assert!(settings.local() & LINES != 0);
    assert!(settings.set_speeds(115_200, 115_200));
    terminal::set_settings(&peer, SetWhen::Now, &settings.raw()).unwrap();
    let found = terminal::settings(&peer).unwrap();
    assert_eq!((found.local() & LINES, found.speeds()), (0, (115_200, 115_200)));
    assert_eq!(linux::fs::write(&peer, b"raw"), Ok(3));
    // Another thread of the kernel carries them over.
    let mut list = [PollFd::new(&master, PollFlags::IN)];
    assert_eq!(poll(&mut list, Some(Duration::from_secs(20))), Ok(1));
    assert_eq!(terminal::readable_bytes(&master), Ok(3));
    terminal::set_settings(&peer, SetWhen::Flushed, &settings).unwrap();
}

fn isatty_fail() {
    assert!(!terminal::is_terminal(reading("/dev/zero")));
}

fn ioctl_winsize() {
    let (master, peer) = pair();
    let new = Size { rows: 24, columns: 80 };
    terminal::set_size(&master, new).unwrap();
    assert_eq!(terminal::size(&peer), Ok(new));
    if terminal::size(reading("/dev/null")) != Err(Errno::NOTTY) {
        skip("/dev/null is a terminal");
    }
}

tests![pts_termios, isatty_fail, ioctl_winsize];
