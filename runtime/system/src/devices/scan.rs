//! The devices that there are: each bus and each class has a folder of links to its own.
//!
//! The other way, to have the kernel send its events again by a word in each file `uevent`, costs a message to every listener
//! and a look at all of `/sys/devices` besides.

use alloc::vec::Vec;

use super::Device;
use crate::{file, folder};

/// Where subsystems are, and what their folders of devices are called.
const PLACES: [(&[u8], &[u8]); 2] = [(b"/sys/bus/", b"/devices/"), (b"/sys/class/", b"/")];

/// Calls `each` with every device that the kernel knows, those of buses first.
pub fn each_there(each: &mut dyn FnMut(Device)) {
    let mut text = Vec::new();
    for (place, inner) in PLACES {
        // A kernel without such devices has no such folder.
        for subsystem in folder::names(place).unwrap_or_default() {
            let devices = [place, &subsystem, inner].concat();
            for name in folder::names(&devices).unwrap_or_default() {
                if let Some(device) = look(&[&devices[..], &name].concat(), &subsystem, &mut text) {
                    each(device);
                }
            }
        }
    }
}

/// Gives a device by its folder, or by a link to it; nothing if there is none.
pub fn there(path: &[u8]) -> Option<Device> {
    // Links to other devices do not say all of their way.
    let path = crate::mounts::resolve(path);
    let mut buffer = [0; linux::path::PATH_BYTES];
    let link = linux::fs::readlink([&path, &b"/subsystem"[..]].concat().as_slice(), &mut buffer).ok()?;
    let subsystem = link.rsplit(|byte| *byte == b'/').next().unwrap_or_default().to_vec();
    look(&path, &subsystem, &mut Vec::new())
}

fn look(link: &[u8], subsystem: &[u8], text: &mut Vec<u8>) -> Option<Device> {
    let mut buffer = [0; linux::path::PATH_BYTES];
    let path = match linux::fs::readlink(link, &mut buffer) {
        // `../../devices/...`
        Ok(target) => {
            let at = target.windows(9).position(|part| part == b"/devices/")?;
            target.get(at..)?
        }
        // The folder itself; a class has files beside its devices, too.
        Err(_) => link.strip_prefix(b"/sys").filter(|path| path.starts_with(b"/devices/"))?,
    };
    file::read_into([link, b"/uevent"].concat().as_slice(), text).ok()?;
    let head = [b"ACTION=add\nDEVPATH=", path, b"\nSUBSYSTEM=", subsystem, b"\n"].concat();
    Some(Device { fields: [&head, text.as_slice()].concat() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_ones_are_there() {
        let (mut has_null, mut has_loopback) = (false, false);
        each_there(&mut |device| {
            assert!(device.path().starts_with(b"/devices/"));
            has_null |= device.subsystem() == b"mem" && device.node() == Some(b"null");
            has_loopback |= device.subsystem() == b"net" && device.get("INTERFACE") == Some(b"lo");
        });
        // A container may have no /sys.
        if folder::names(b"/sys/class").is_ok() {
            assert!(has_null && has_loopback);
            let null = there(b"/sys/class/mem/null").unwrap();
            assert_eq!(null.number(), Some((1, 3)));
            assert_eq!(there(&null.folder()), Some(null));
        }
        assert_eq!(there(b"/sys/class/mem/nobody"), None);
    }
}
