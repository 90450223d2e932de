//! Mounting as people ask for it: by a device's label or name, of a file as a disk, of a kind that is not said.

use formats::proc::filesystems;
use linux::Errno;
use linux::fs::{Mode, mkdir};
use linux::mount::{self, MountFlags};

use crate::disks::{self, Tag};
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

/// Mounts also by `LABEL=`, `UUID=`, `PARTLABEL=` and `PARTUUID=`, and with the option `loop` a file as if it were a disk.
///
/// # Errors
/// `NXIO` where no device has such a label or name; those of [`mount()`] and of `loop(4)`.
pub fn mount_any(request: &Request<'_>, options: &mut MountOptions) -> linux::Result<()> {
    let found = match Tag::split(request.source) {
        Some((tag, value)) => Some(disks::find(tag, value).ok_or(Errno::NXIO)?),
        None => None,
    };
    let mut request = Request { source: found.as_deref().unwrap_or(request.source), ..*request };
    if !options.take(b"loop") {
        return mount_found(&request, options);
    }
    let is_read_only = options.flags.contains(MountFlags::READ_ONLY);
    // It stays a disk as long as it is open or mounted.
    let (path, _open) = loops::attach(request.source, is_read_only)?;
    request.source = &path;
    mount_found(&request, options)
}

/// Mounts a device as what lies on it: the kernel tries those kinds alone whose drivers are there, and is told so of others.
fn mount_found(request: &Request<'_>, options: &mut MountOptions) -> linux::Result<()> {
    if request.kind.is_none_or(|kind| kind == b"auto")
        && let Some(found) = disks::look(request.source).ok().and_then(|contents| contents.superblock)
        && found.usage == "filesystem"
    {
        match mount(&Request { kind: Some(found.kind.as_bytes()), ..*request }, options) {
            Err(Errno::NODEV) => {}
            done => return done,
        }
    }
    mount(request, options)
}

/// Mounts what the kernel itself takes: a device by its path, or whatever the kind wants.
///
/// # Errors
/// Those of `mount(2)` and `mkdir(2)`; `NODEV` where no kind that the kernel knows is there.
pub fn mount(request: &Request<'_>, options: &mut MountOptions) -> linux::Result<()> {
    if let Some(mode) = options.make_folder {
        match mkdir(request.target, Mode::octal(mode)) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(errno) => return Err(errno),
        }
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
