//! Links whose far end is a program.

use linux::Errno;
use linux::net::{Carries, open_tunnel};

use crate::support::{have, root};

fn tun() {
    root();
    let missing = [Errno::NOENT, Errno::NXIO, Errno::NODEV, Errno::ACCES];
    let made = open_tunnel(b"/dev/net/tun", b"tun%d", Carries::Packets);
    let (_far, name) = have(made, &missing, "tunnels (TUN)");
    assert_eq!(name.unwrap().as_bytes(), b"tun0");
    let mut socket = system::netlink::Socket::open().unwrap();
    let extent = system::links::Extent::SKIP_STATISTICS;
    assert!(system::links::find(&mut socket, "tun0", extent).is_ok());
}

tests![tun];
