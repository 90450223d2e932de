//! `/run/udev/data`: what libudev's clients read of a device (`lsblk`, libinput, a network manager), and the links below
//! `/dev/disk` that it tells of.

use alloc::vec::Vec;

use formats::file::device_record::{Record, encode};
use linux::Errno;
use linux::fs::{Mode, mkdir, readlink, rename, symlink, unlink};
use query::text::decimal;

use super::{Device, input, there};
use crate::disks::{self, Contents};
use crate::file::{self, Durability};
use crate::{Result, folder, machine};

const FOLDER: &[u8] = b"/run/udev/data/";

/// Where clients find the devices that have a tag.
const TAGS: &[u8] = b"/run/udev/tags";

/// The subsystems of which clients ask; of the others the kernel says all there is.
const KEPT: [&[u8]; 8] = [b"block", b"net", b"input", b"drm", b"sound", b"hidraw", b"video4linux", b"usb"];

/// Says whether there is a record of a device: it was looked after before.
pub fn is_known(device: &Device) -> bool {
    path(device).is_some_and(|path| linux::fs::stat(path.as_slice()).is_ok())
}

/// Looks at a device, writes down what it is, and gives its node the names that follow from that; gives what was written, none for
/// a device of which the kernel says all there is.
///
/// # Errors
/// Those of the record's file.
pub fn remember(device: &Device) -> Result<Option<Record>> {
    let Some(path) = path(device).filter(|_| KEPT.contains(&device.subsystem())) else { return Ok(None) };
    let mut record = Record { seen_us: machine::uptime().as_millis() * 1000, ..Record::default() };
    match device.subsystem() {
        b"block" => block(device, &mut record),
        b"net" => network(device, &mut record),
        b"input" => {
            input::kinds(device, &mut |name| record.add(name, b"1"));
            seat(&mut record);
        }
        b"drm" | b"sound" => seat(&mut record),
        _ => {}
    }
    let before = file::read(&path).map(|text| Record::parse(&text)).ok();
    if let Some(before) = before {
        record.seen_us = before.seen_us;
        for link in before.links.iter().filter(|link| !record.links.contains(link)) {
            unlink_from(link, device);
        }
    }
    for link in &record.links {
        link_to(link, device);
    }
    // The folder that is made with the file is the last one alone.
    let _ = mkdir("/run/udev", Mode::octal(0o755));
    file::replace(&path, &record.emit(), Durability::Cache)?;
    for tag in &record.tags {
        let _ = mkdir(TAGS, Mode::octal(0o755));
        file::replace(&tagged(tag, &path), b"", Durability::Cache)?;
    }
    Ok(Some(record))
}

/// Forgets a device that is gone, and the names that its node had; gives what was known of it.
pub fn forget(device: &Device) -> Option<Record> {
    let path = path(device)?;
    let record = Record::parse(&file::read(&path).ok()?);
    for link in &record.links {
        unlink_from(link, device);
    }
    for tag in &record.tags {
        let _ = unlink(tagged(tag, &path).as_slice());
    }
    let _ = unlink(path.as_slice());
    Some(record)
}

/// Gives the empty file by which a device with a record is found that has a tag.
fn tagged(tag: &[u8], record: &[u8]) -> Vec<u8> {
    [TAGS, b"/", tag, b"/", record.strip_prefix(FOLDER).unwrap_or_default()].concat()
}

/// Gives the path of a device's record.
fn path(device: &Device) -> Option<Vec<u8>> {
    let mut path = FOLDER.to_vec();
    if let Some((major, minor)) = device.number() {
        path.push(if device.subsystem() == b"block" { b'b' } else { b'c' });
        decimal(major.into(), &mut path);
        path.push(b':');
        decimal(minor.into(), &mut path);
    } else if let Some(index) = device.get("IFINDEX") {
        path.push(b'n');
        path.extend(index.iter().filter(|byte| byte.is_ascii_digit()));
    } else {
        if device.subsystem().is_empty() || device.name().is_empty() {
            return None;
        }
        // Both are parts of paths, and so have no slash.
        path.extend_from_slice(&[b"+", device.subsystem(), b":", device.name()].concat());
    }
    Some(path)
}

fn seat(record: &mut Record) {
    record.add("ID_SEAT", b"seat0");
    record.tags.push(b"seat".to_vec());
}

/// Writes down what lies on a disk or partition.
fn block(device: &Device, record: &mut Record) {
    let Some(node) = device.node() else { return };
    let serial = device.attribute("serial").or_else(|| device.attribute("device/serial"));
    if let Some(serial) = serial {
        record.add("ID_SERIAL", &serial);
        let bus = if device.name().starts_with(b"vd") { &b"virtio-"[..] } else { b"" };
        record.links.push([b"disk/by-id/", bus, &encode(&serial)].concat());
    }
    let Ok(contents) = disks::look(&[b"/dev/", node].concat()) else { return };
    file_system(&contents, record);
    if let Some((kind, name)) = &contents.table {
        record.add("ID_PART_TABLE_TYPE", kind.as_bytes());
        record.add("ID_PART_TABLE_UUID", name);
    }
    if let Some((label, name)) = &contents.entry {
        record.add("ID_PART_ENTRY_NUMBER", device.get("PARTN").unwrap_or_default());
        record.add("ID_PART_ENTRY_NAME", &encode(label));
        record.add("ID_PART_ENTRY_UUID", name);
        link(record, b"disk/by-partlabel/", label);
        link(record, b"disk/by-partuuid/", name);
    }
}

fn file_system(contents: &Contents, record: &mut Record) {
    let Some(found) = &contents.superblock else { return };
    let safe: Vec<u8> =
        found.label.iter().map(|byte| if byte.is_ascii_graphic() { *byte } else { b'_' }).collect();
    record.add("ID_FS_LABEL", &safe);
    record.add("ID_FS_LABEL_ENC", &encode(&found.label));
    record.add("ID_FS_UUID", &found.uuid);
    record.add("ID_FS_UUID_ENC", &encode(&found.uuid));
    record.add("ID_FS_VERSION", &found.version);
    record.add("ID_FS_TYPE", found.kind.as_bytes());
    record.add("ID_FS_USAGE", found.usage.as_bytes());
    if matches!(found.usage, "filesystem" | "other" | "crypto") {
        link(record, b"disk/by-uuid/", &found.uuid);
        link(record, b"disk/by-label/", &found.label);
    }
}

fn link(record: &mut Record, folder: &[u8], name: &[u8]) {
    if !name.is_empty() && !matches!(name, b"." | b"..") {
        record.links.push([folder, &encode(name)].concat());
    }
}

/// Writes down what names a network interface might have that stay from boot to boot.
fn network(device: &Device, record: &mut Record) {
    let parent = there(&[&device.folder(), &b"/device"[..]].concat());
    // The driver is that of the device it stands on, and the slot that of the one below which a bus may lie, as virtio's.
    let driver = parent.as_ref().and_then(|parent| parent.get("DRIVER")).unwrap_or_default();
    let slot = device.path().split(|byte| *byte == b'/').rev().find(|part| is_slot(part));
    record.add("ID_BUS", if slot.is_some() { b"pci" } else { b"" });
    record.add("ID_NET_DRIVER", driver);
    let letters: Vec<u8> =
        device.attribute("address").unwrap_or_default().into_iter().filter(|byte| *byte != b':').collect();
    let is_ethernet = device.attribute("type").as_deref() == Some(b"1") && letters.len() == 12;
    if !is_ethernet || device.path().starts_with(b"/devices/virtual/") {
        return;
    }
    record.add("ID_NET_NAME_MAC", &[b"enx", letters.as_slice()].concat());
    if let Some(slot) = slot {
        let mut name = b"en".to_vec();
        slot_name(slot, &mut name);
        record.add("ID_NET_NAME_PATH", &name);
        record.add("ID_PATH", &[b"pci-", slot].concat());
    }
}

/// Says whether a part of a path is that of a device on PCI: `0000:00:02.0`.
fn is_slot(part: &[u8]) -> bool {
    part.len() == 12
        && part.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b':',
            10 => *byte == b'.',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Writes a place on PCI as names have it: `p0s2`, with `P` for another domain than the first and `f` for a function beyond it.
fn slot_name(slot: &[u8], into: &mut Vec<u8>) {
    let number = |range: core::ops::Range<usize>| {
        let text = slot.get(range).and_then(|digits| core::str::from_utf8(digits).ok());
        text.and_then(|text| u64::from_str_radix(text, 16).ok()).unwrap_or(0)
    };
    for (letter, number, is_shown) in [
        (b'P', number(0..4), number(0..4) > 0),
        (b'p', number(5..7), true),
        (b's', number(8..10), true),
        (b'f', number(11..12), number(11..12) > 0),
    ] {
        if is_shown {
            into.push(letter);
            decimal(number, into);
        }
    }
}

/// What a link below `/dev` leads to.
fn target(link: &[u8], node: &[u8]) -> Vec<u8> {
    let depth = link.iter().filter(|byte| **byte == b'/').count();
    let mut target = b"../".repeat(depth);
    target.extend_from_slice(node);
    target
}

/// Gives a node another name; who has that name already keeps it, so that a copy of a disk does not take its place.
fn link_to(link: &[u8], device: &Device) {
    let Some(node) = device.node() else { return };
    let path = [b"/dev/", link].concat();
    let (target, mut buffer) = (target(link, node), [0; linux::path::PATH_BYTES]);
    match readlink(path.as_slice(), &mut buffer) {
        Ok(present) if present == target => return,
        Ok(_) if linux::fs::stat(path.as_slice()).is_ok() => return,
        _ => {}
    }
    for (at, _) in link.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
        let folder = [b"/dev/", link.get(..at).unwrap_or_default()].concat();
        let _ = mkdir(folder.as_slice(), Mode::octal(0o755));
    }
    let draft = [&path[..], b".new"].concat();
    match symlink(target.as_slice(), draft.as_slice()) {
        Ok(()) | Err(Errno::EXIST) => {
            let _ = rename(draft.as_slice(), path.as_slice());
        }
        // Without /dev there is nobody to look for it.
        Err(_) => {}
    }
}

/// Takes a name from a node; another one of that name that is still there gets it.
fn unlink_from(link: &[u8], device: &Device) {
    let Some(node) = device.node() else { return };
    let path = [b"/dev/", link].concat();
    let mut buffer = [0; linux::path::PATH_BYTES];
    if readlink(path.as_slice(), &mut buffer).is_ok_and(|present| present == target(link, node)) {
        let _ = unlink(path.as_slice());
        let next = folder::names(b"/sys/class/block").unwrap_or_default().into_iter().find_map(|name| {
            let other = there(&[b"/sys/class/block/", name.as_slice()].concat())?;
            let text = file::read(&self::path(&other)?).ok()?;
            (other.node() != Some(node) && Record::parse(&text).links.iter().any(|has| has == link))
                .then_some(other)
        });
        if let Some(next) = next {
            link_to(link, &next);
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::super::device;
    use super::*;

    #[test]
    fn records_are_called_by_number_index_or_name() {
        let path = |fields: &str| path(&device(fields)).map(|path| String::from_utf8(path).unwrap());
        let disk = "DEVPATH=/devices/x/vda\nSUBSYSTEM=block\nMAJOR=253\nMINOR=1\n";
        assert_eq!(path(disk).as_deref(), Some("/run/udev/data/b253:1"));
        assert_eq!(path("SUBSYSTEM=input\nMAJOR=13\nMINOR=64").as_deref(), Some("/run/udev/data/c13:64"));
        assert_eq!(path("SUBSYSTEM=net\nIFINDEX=2").as_deref(), Some("/run/udev/data/n2"));
        assert_eq!(
            path("SUBSYSTEM=pci\nDEVPATH=/devices/pci0000:00/0000:00:02.0").as_deref(),
            Some("/run/udev/data/+pci:0000:00:02.0")
        );
        assert_eq!(path("A=b"), None);
    }

    #[test]
    fn places_on_pci_are_names() {
        let name = |slot: &str| {
            let mut name = Vec::new();
            slot_name(slot.as_bytes(), &mut name);
            String::from_utf8(name).unwrap()
        };
        assert_eq!((name("0000:00:02.0"), name("0001:0a:1f.3")), ("p0s2".into(), "P1p10s31f3".into()));
        assert!(is_slot(b"0000:00:02.0") && !is_slot(b"pci0000:00") && !is_slot(b"0000:00:02-0"));
    }

    #[test]
    fn links_lead_out_of_their_folders() {
        assert_eq!(target(b"disk/by-uuid/x", b"vda1"), b"../../vda1");
        assert_eq!(target(b"cdrom", b"sr0"), b"sr0");
    }

    #[test]
    fn the_loopback_is_described() {
        if let Some(loopback) = there(b"/sys/class/net/lo") {
            let mut record = Record::default();
            network(&loopback, &mut record);
            assert_eq!(record, Record::default());
        }
    }
}
