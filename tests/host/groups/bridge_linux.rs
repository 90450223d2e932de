//! Bridges: links that join others.

use linux::Errno;
use linux::mount::{MountFlags, mount};
use system::links::{self, Change, Extent, Kind};
use system::netlink::Socket;

use crate::support::{root, skip};

fn bridge() {
    root();
    let mut socket = Socket::open().unwrap();
    let new = Change { name: Some("br9"), kind: Some(Kind::Plain("bridge")), ..Change::default() };
    if let Err(error) = links::add(&mut socket, &new) {
        assert_eq!(error.errno(), Some(Errno::OPNOTSUPP), "{error}");
        skip("this kernel has no bridges");
    }
    let found = links::find(&mut socket, "br9", Extent::SKIP_STATISTICS).unwrap();
    assert_eq!(found.kind.as_deref(), Some("bridge"));
    // What /sys shows is of the network that it was mounted in.
    mount("none", "/sys", "sysfs", MountFlags::empty(), "").unwrap();
    let id = std::fs::read_to_string("/sys/class/net/br9/bridge/root_id").unwrap();
    assert!(id.starts_with("8000."), "{id}");
    links::delete(&mut socket, found.index).unwrap();
    let gone = links::find(&mut socket, "br9", Extent::SKIP_STATISTICS);
    assert_eq!(gone.unwrap_err().errno(), Some(Errno::NODEV));
}

fn bridge_delete_fail() {
    let mut socket = Socket::open().unwrap();
    let errno = links::delete(&mut socket, 0x7fff_ff00).unwrap_err().errno();
    assert!(matches!(errno, Some(Errno::NODEV | Errno::PERM)), "{errno:?}");
}

tests![bridge, bridge_delete_fail];
