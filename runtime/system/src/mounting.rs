//! Mounting as people ask for it: by a device's label or name, of a file as a disk, of a kind that is not said.

use alloc::vec::Vec;

use formats::proc::filesystems;
use linux::Errno;
use linux::fs::{FileKind, Mode, mkdir, stat};
use linux::mount::{self, MountFlags};

use query::text::parse_size;

use crate::disks::{self, Tag};
use crate::loops::Shown;
use crate::mount_options::MountOptions;
use crate::mounts::{self, Table};
use crate::{file, loops};

/// What is to be mounted, and where.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// A device, a folder, or whatever the kind takes.
    pub source: &'a [u8],
    /// The mount point.
    pub target: &'a [u8],
    /// The kind of file system; nothing or `auto` tries those that the kernel knows.
    pub kind: Option<&'a [u8]>,
}

/// Gives the words of the command that mounts this in our place: `/sbin/mount.KIND`, where there is such a program (`mount(8)`,
/// "external helpers"). It gets these switches, and the options as they were written.
pub fn helper(
    request: &Request<'_>,
    options: &MountOptions,
    text: &[u8],
    switches: &[&[u8]],
) -> Option<Vec<Vec<u8>>> {
    let is_known_to_kernel = options.flags.intersects(MountFlags::BIND | MountFlags::MOVE);
    if is_known_to_kernel || !options.propagation.is_empty() {
        return None;
    }
    let kind = match request.kind.filter(|kind| *kind != b"auto") {
        Some(kind) => kind,
        None => kind_on(request.source)?.as_bytes(),
    };
    let paths = [&b"/sbin/mount."[..], b"/usr/sbin/mount."].map(|folder| [folder, kind].concat());
    let helper = paths.into_iter().find(|path| stat(path.as_slice()).is_ok())?;
    let is_for_us = |option: &&[u8]| {
        matches!(*option, b"" | b"rw" | b"ro" | b"auto" | b"noauto" | b"nofail" | b"defaults")
            || option.starts_with(b"x-")
            || option.starts_with(b"X-")
    };
    let access: &[u8] = if options.flags.contains(MountFlags::READ_ONLY) { b"ro" } else { b"rw" };
    let rest = text.split(|byte| *byte == b',').filter(|option| !is_for_us(option));
    let list = [access].into_iter().chain(rest).collect::<Vec<_>>().join(&b',');
    let mut words = Vec::from([helper, request.source.to_vec(), request.target.to_vec()]);
    words.extend(switches.iter().map(|switch| switch.to_vec()));
    words.extend([b"-o".to_vec(), list]);
    Some(words)
}

/// Mounts also by `LABEL=`, `UUID=`, `PARTLABEL=` and `PARTUUID=`, by a list of kinds (`ext4,vfat`, `noext4`), and a file as if it
/// were a disk, with the options `loop`, `loop=DEVICE`, `offset=` and `sizelimit=`, or where the kernel wants a disk in its place.
///
/// # Errors
/// `NXIO` where no device has such a label or name; `INVAL` for an offset that is none; those of [`mount()`] and of `loop(4)`.
pub fn mount_any(request: &Request<'_>, options: &mut MountOptions) -> linux::Result<()> {
    let found = match Tag::split(request.source) {
        Some((tag, value)) => Some(disks::find(tag, value).ok_or(Errno::NXIO)?),
        None => None,
    };
    let mut request = Request { source: found.as_deref().unwrap_or(request.source), ..*request };
    let [device, offset, limit] = [&b"loop"[..], b"offset", b"sizelimit"].map(|name| options.take(name));
    let is_asked = device.is_some() || offset.is_some() || limit.is_some();
    if !is_asked {
        match mount_found(&request, options) {
            Err(Errno::NOTBLK) if is_file(request.source) => {}
            done => return done,
        }
    }
    let bytes = |text: Option<Vec<u8>>| text.map_or(Some(0), |text| parse_size(&text)).ok_or(Errno::INVAL);
    let shown = Shown {
        file: request.source,
        offset: bytes(offset)?,
        limit: bytes(limit)?,
        is_read_only: options.flags.contains(MountFlags::READ_ONLY),
    };
    // It stays a disk as long as it is open or mounted.
    let (path, _open) = loops::attach(&shown, device.as_deref().filter(|path| !path.is_empty()))?;
    request.source = &path;
    mount_found(&request, options)
}

fn is_file(path: &[u8]) -> bool {
    stat(path).is_ok_and(|metadata| metadata.kind() == FileKind::Regular)
}

/// Gives the kind of the file system that lies on a device.
pub fn kind_on(source: &[u8]) -> Option<&'static str> {
    let found = disks::look(source).ok()?.superblock?;
    (found.usage == "filesystem").then_some(found.kind)
}

/// Mounts a device as what lies on it: the kernel tries those kinds alone whose drivers are there, and is told so of others.
fn mount_found(request: &Request<'_>, options: &mut MountOptions) -> linux::Result<()> {
    let list = request.kind.filter(|kind| *kind != b"auto");
    let is_list = list.is_none_or(|list| list.contains(&b',') || list.starts_with(b"no"));
    if !is_list || options.flags != options.lasting() {
        return mount(request, options);
    }
    if let Some(found) = kind_on(request.source).filter(|found| matches(list, found.as_bytes())) {
        match mount(&Request { kind: Some(found.as_bytes()), ..*request }, options) {
            Err(Errno::NODEV) => {}
            done => return done,
        }
    }
    let Some(list) = list.filter(|list| !list.starts_with(b"no")) else { return mount(request, options) };
    let mut result = Err(Errno::NODEV);
    for kind in list.split(|byte| *byte == b',') {
        result = mount(&Request { kind: Some(kind), ..*request }, options);
        if !matches!(result, Err(Errno::INVAL | Errno::NODEV)) {
            break;
        }
    }
    result
}

/// Says whether a kind is in a list such as `ext4,tmpfs`, or not in one such as `noproc,sysfs`.
pub fn matches(list: Option<&[u8]>, kind: &[u8]) -> bool {
    let Some(list) = list else { return true };
    let (list, wanted) = match list.strip_prefix(b"no") {
        Some(list) => (list, false),
        None => (list, true),
    };
    list.split(|&byte| byte == b',').any(|item| item.strip_prefix(b"no").unwrap_or(item) == kind) == wanted
}

/// Mounts what the kernel itself takes: a device by its path, or whatever the kind wants.
///
/// # Errors
/// Those of `mount(2)` and `mkdir(2)`; `NODEV` where no kind that the kernel knows is there.
pub fn mount(request: &Request<'_>, options: &mut MountOptions) -> linux::Result<()> {
    if let Some(mode) = options.make_folder {
        make_folder(request.target, Mode::octal(mode))?;
    }
    let (flags, target) = (options.flags, request.target);
    if flags.contains(MountFlags::REMOUNT) {
        // What was not named stays as it is; without /proc the names given must do.
        let table = Table::read().ok();
        if let Some(present) = table.as_ref().and_then(|table| table.at(&mounts::resolve(target))) {
            options.keep(present.options);
        }
        mount::remount(target, options.lasting() | flags & MountFlags::BIND, options.data.as_slice())?;
    } else if flags.contains(MountFlags::MOVE) {
        mount::move_to(request.source, target)?;
    } else if flags.contains(MountFlags::BIND) {
        mount::bind(request.source, target, flags & MountFlags::RECURSIVE)?;
        // The kernel takes no other flags when it binds.
        if !options.lasting().is_empty() {
            mount::remount(target, options.lasting() | MountFlags::BIND, "")?;
        }
    } else if !(request.source.is_empty() && request.kind.is_none()) {
        match request.kind.filter(|kind| *kind != b"auto") {
            Some(kind) => {
                mount::mount(request.source, target, kind, options.lasting(), options.data.as_slice())?
            }
            None => try_kinds(request, options)?,
        }
    }
    options.propagation.iter().try_for_each(|&flags| mount::set_propagation(target, flags))
}

/// Makes a mount point, and the folders above it that are missing.
fn make_folder(path: &[u8], mode: Mode) -> linux::Result<()> {
    let mut made = mkdir(path, mode);
    if made == Err(Errno::NOENT)
        && let Some(at) = path.strip_suffix(b"/").unwrap_or(path).iter().rposition(|byte| *byte == b'/')
    {
        make_folder(path.get(..at).unwrap_or_default(), mode)?;
        made = mkdir(path, mode);
    }
    if made == Err(Errno::EXIST) { Ok(()) } else { made }
}

/// Tries the kinds that the kernel knows; each says EINVAL to what is not its own.
fn try_kinds(request: &Request<'_>, options: &MountOptions) -> linux::Result<()> {
    let text = file::read(b"/proc/filesystems").map_err(|error| error.errno().unwrap_or(Errno::NODEV))?;
    let flags = options.lasting();
    let mut result = Err(Errno::NODEV);
    for kind in filesystems::on_devices(&text) {
        result = mount::mount(
            request.source,
            request.target,
            kind,
            flags | MountFlags::SILENT,
            options.data.as_slice(),
        );
        if !matches!(result, Err(Errno::INVAL | Errno::NODEV)) {
            break;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_kinds() {
        assert!(matches(None, b"ext4"));
        assert!(matches(Some(b"tmpfs,ext4"), b"ext4") && !matches(Some(b"tmpfs,ext4"), b"proc"));
        assert!(!matches(Some(b"noproc,sysfs"), b"sysfs") && matches(Some(b"noproc,nosysfs"), b"ext4"));
    }
}
