//! `mount`, with the options of util-linux that BusyBox has too. There is no `mount.TYPE` helper, no loop device and no
//! LABEL=/UUID= yet: sources are what the kernel itself takes.

use alloc::vec::Vec;

use formats::etc::fstab::{self, Entry};
use formats::proc::filesystems;
use formats::proc::pid::mountinfo::Mount;
use linux::Errno;
use linux::fs::{Mode, mkdir};
use linux::mount::{MountFlags, bind, mount, move_to, remount, set_propagation};
use query::Json;
use system::mount_options::{MountOptions, propagation};
use system::mounts::{self, Table};

use crate::{Applet, Arguments, Flag, Io, JSON, JSON_FLAG, Parsed, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "mount",
    summary: "Show what is mounted, or mount a file system",
    usage: "[-t LIST] [--json]\n[OPTION]... SOURCE FOLDER\n[OPTION]... SOURCE | FOLDER    (the rest from /etc/fstab)\n-a [-t LIST]",
    flags: &[
        Flag::with(b't', "types", "LIST", "kind of file system; for lists also noKIND"),
        Flag::with(b'o', "options", "LIST", "options: ro noexec remount size=1m ..."),
        Flag::new(b'r', "read-only", "same as -o ro"),
        Flag::new(b'w', "rw", "same as -o rw"),
        Flag::new(b'B', "bind", "show a folder in a second place"),
        Flag::new(b'R', "rbind", "so, with what is mounted below it"),
        Flag::new(b'M', "move", "move a mount to another place"),
        Flag::new(b'a', "all", "all of /etc/fstab but noauto, and what is mounted already"),
        Flag::new(b'v', "verbose", "say what is mounted"),
        Flag::new(FAKE, "fake", "do all but mount"),
        Flag::new(
            SPREAD,
            "make-private",
            "mounts do not spread; also shared, slave, unbindable, rprivate ...",
        ),
        Flag::new(SPREAD + 1, "make-shared", ""),
        Flag::new(SPREAD + 2, "make-slave", ""),
        Flag::new(SPREAD + 3, "make-unbindable", ""),
        Flag::new(SPREAD + 4, "make-rprivate", ""),
        Flag::new(SPREAD + 5, "make-rshared", ""),
        Flag::new(SPREAD + 6, "make-rslave", ""),
        Flag::new(SPREAD + 7, "make-runbindable", ""),
        Flag::new(b'n', "no-mtab", ""),
        Flag::new(b'i', "internal-only", ""),
        JSON_FLAG,
    ],
    run,
};

const FAKE: u8 = 128;
/// The first of the eight `--make-` options.
const SPREAD: u8 = 129;

const FSTAB: &[u8] = b"/etc/fstab";

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let parsed = match arguments.parse(io) {
        Ok(parsed) => parsed,
        Err(status) => return status,
    };
    let options = given(&parsed, arguments);
    let kind = parsed.value(b't');
    match parsed.operands.as_slice() {
        [] if parsed.has(b'a') => all(io, &parsed),
        [] => list(io, &parsed),
        [source, target] => one(io, &parsed, &Request { source, target, kind }, options),
        [name] => from_table(io, &parsed, name, options),
        _ => arguments.usage(io),
    }
}

/// Joins the options of the command line, later ones over earlier ones.
fn given(parsed: &Parsed<'_>, arguments: Arguments<'_>) -> MountOptions {
    let mut options = MountOptions::default();
    for &(key, value) in &parsed.options {
        match key {
            b'o' => options.add(value),
            b'r' => options.add(b"ro"),
            b'w' => options.add(b"rw"),
            b'B' => options.add(b"bind"),
            b'R' => options.add(b"rbind"),
            b'M' => options.add(b"move"),
            _ => {
                let flag = arguments.applet.flags.iter().find(|flag| flag.key == key);
                let name = flag.and_then(|flag| flag.long().strip_prefix("make-"));
                options.propagation.extend(name.and_then(|name| propagation(name.as_bytes())));
            }
        }
    }
    options
}

/// What is to be mounted, and where.
struct Request<'a> {
    source: &'a [u8],
    target: &'a [u8],
    /// The kind of file system; nothing or `auto` tries those that the kernel knows.
    kind: Option<&'a [u8]>,
}

/// Mounts one thing and says what went wrong.
fn one(io: &mut Io<'_>, parsed: &Parsed<'_>, request: &Request<'_>, mut options: MountOptions) -> Status {
    if parsed.has(b'v') {
        io.out.put(request.source);
        io.out.put(b" on ");
        io.out.put(request.target);
        io.out.put(b"\n");
    }
    if parsed.has(FAKE) {
        return Status::SUCCESS;
    }
    match perform(request, &mut options) {
        Ok(()) => Status::SUCCESS,
        Err(Errno::NODEV) if request.kind.is_some() => {
            io.complain(request.kind.unwrap_or_default(), &"the kernel knows no such file system")
        }
        Err(Errno::INVAL) if request.kind.is_none() && options.flags.is_empty() => {
            io.complain(request.source, &"no known file system on it, or bad options")
        }
        Err(errno) => io.complain(request.target, &errno),
    }
}

fn perform(request: &Request<'_>, options: &mut MountOptions) -> linux::Result<()> {
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
        remount(target, options.lasting() | flags & MountFlags::BIND, options.data.as_slice())?;
    } else if flags.contains(MountFlags::MOVE) {
        move_to(request.source, target)?;
    } else if flags.contains(MountFlags::BIND) {
        bind(request.source, target, flags & MountFlags::RECURSIVE)?;
        // The kernel takes no other flags when it binds.
        if !options.lasting().is_empty() {
            remount(target, options.lasting() | MountFlags::BIND, "")?;
        }
    } else if !(request.source.is_empty() && request.kind.is_none()) {
        match request.kind.filter(|kind| *kind != b"auto") {
            Some(kind) => mount(request.source, target, kind, options.lasting(), options.data.as_slice())?,
            None => try_kinds(request, options)?,
        }
    }
    options.propagation.iter().try_for_each(|&flags| set_propagation(target, flags))
}

/// Tries the kinds that the kernel knows; each says EINVAL to what is not its own.
fn try_kinds(request: &Request<'_>, options: &MountOptions) -> linux::Result<()> {
    let text =
        system::file::read(b"/proc/filesystems").map_err(|error| error.errno().unwrap_or(Errno::NODEV))?;
    let flags = options.lasting();
    let mut result = Err(Errno::NODEV);
    for kind in filesystems::on_devices(&text) {
        result =
            mount(request.source, request.target, kind, flags | MountFlags::SILENT, options.data.as_slice());
        if !matches!(result, Err(Errno::INVAL | Errno::NODEV)) {
            break;
        }
    }
    result
}

/// Completes one name: from /etc/fstab, from what is mounted, or by options that need no source.
fn from_table(io: &mut Io<'_>, parsed: &Parsed<'_>, name: &[u8], options: MountOptions) -> Status {
    let needs_no_source = options.flags.contains(MountFlags::REMOUNT) || !options.propagation.is_empty();
    let text = match system::file::read(FSTAB) {
        Ok(text) => text,
        Err(_) if needs_no_source => Vec::new(),
        Err(error) => return io.complain(b"", &error),
    };
    let mut entries = fstab::parse(&text).filter_map(Result::ok);
    match entries.find(|entry| *entry.target == *name || *entry.source == *name) {
        Some(entry) if options.propagation.is_empty() => mount_entry(io, parsed, &entry, true),
        _ if needs_no_source => one(io, parsed, &Request { source: b"", target: name, kind: None }, options),
        _ => io.complain(name, &"not in /etc/fstab"),
    }
}

/// Mounts a line of /etc/fstab, if asked with the options of the command line after its own.
fn mount_entry(io: &mut Io<'_>, parsed: &Parsed<'_>, entry: &Entry<'_>, with_given: bool) -> Status {
    let mut options = MountOptions::default();
    options.add(&entry.options);
    for &(key, value) in parsed.options.iter().filter(|_| with_given) {
        options.add(match key {
            b'o' => value,
            b'r' => b"ro",
            b'w' => b"rw",
            _ => b"",
        });
    }
    let request = Request { source: &entry.source, target: &entry.target, kind: Some(&entry.kind) };
    one(io, parsed, &request, options)
}

fn all(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Status {
    let text = match system::file::read(FSTAB) {
        Ok(text) => text,
        Err(error) => return io.complain(b"", &error),
    };
    let mut status = Status::SUCCESS;
    for entry in fstab::parse(&text) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                status = io.complain(FSTAB, &error);
                continue;
            }
        };
        // Read anew each time: one line may mount what another is about.
        let table = Table::read().ok();
        let present = table.as_ref().and_then(|table| table.at(&entry.target));
        let is_there =
            present.is_some_and(|present| present.kind == entry.kind || present.source == entry.source);
        let is_swap = *entry.kind == *b"swap" || !entry.target.starts_with(b"/");
        if is_there || is_swap || entry.has(b"noauto") || !matches(parsed.value(b't'), &entry.kind) {
            continue;
        }
        if entry.has(b"nofail") && linux::fs::stat(&*entry.source).is_err() && entry.source.starts_with(b"/")
        {
            continue;
        }
        status = status.and(mount_entry(io, parsed, &entry, false));
    }
    status
}

/// Says whether a kind is in a list such as `ext4,tmpfs`, or not in one such as `noproc,sysfs`.
pub(super) fn matches(list: Option<&[u8]>, kind: &[u8]) -> bool {
    let Some(list) = list else { return true };
    let (list, wanted) = match list.strip_prefix(b"no") {
        Some(list) => (list, false),
        None => (list, true),
    };
    list.split(|&byte| byte == b',').any(|item| item.strip_prefix(b"no").unwrap_or(item) == kind) == wanted
}

fn list(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Status {
    let table = match Table::read() {
        Ok(table) => table,
        Err(error) => return io.complain(b"", &error),
    };
    let is_json = parsed.has(JSON);
    if is_json {
        io.out.put(b"[");
    }
    let (mut status, mut is_first) = (Status::SUCCESS, true);
    for mount in table.mounts() {
        match mount {
            Ok(mount) if !matches(parsed.value(b't'), &mount.kind) => {}
            Ok(mount) if is_json => {
                object(&mount, &mut Json::within(&mut io.out, !is_first));
                is_first = false;
            }
            Ok(mount) => print(io, &mount),
            Err(error) => status = io.complain(b"", &error),
        }
    }
    if is_json {
        io.out.put(b"]\n");
    }
    status
}

/// Prints a mount as every `mount` does.
fn print(io: &mut Io<'_>, mount: &Mount<'_>) {
    let out = &mut io.out;
    for (text, after) in [(&mount.source, " on "), (&mount.target, " type "), (&mount.kind, " (")] {
        out.printable(text);
        out.put(after.as_bytes());
    }
    // A file system that is read-only makes all its mounts so.
    let is_writable = |options: &[u8]| options.split(|&byte| byte == b',').any(|option| option == b"rw");
    out.put(if is_writable(mount.options) && is_writable(&mount.super_options) { b"rw" } else { b"ro" });
    for options in [mount.options, &mount.super_options] {
        for option in
            options.split(|&byte| byte == b',').filter(|option| !matches!(*option, b"rw" | b"ro" | b""))
        {
            out.put(b",");
            out.printable(option);
        }
    }
    out.put(b")\n");
}

/// Writes a mount as an object.
fn object(mount: &Mount<'_>, json: &mut Json<'_>) {
    let mut device = Vec::new();
    query::text::decimal(mount.device.0.into(), &mut device);
    device.push(b':');
    query::text::decimal(mount.device.1.into(), &mut device);
    let propagation: &[u8] = match (mount.shared, mount.master, mount.is_unbindable) {
        (_, _, true) => b"unbindable",
        (Some(_), None, _) => b"shared",
        (None, Some(_), _) => b"slave",
        (Some(_), Some(_), _) => b"shared,slave",
        (None, None, _) => b"private",
    };
    json.line();
    json.object();
    json.field_number("id", mount.id.into());
    json.field_number("parent", mount.parent.into());
    let (source, target, kind, root) = (&mount.source, &mount.target, &mount.kind, &mount.root);
    for (name, text) in [("source", source), ("target", target), ("type", kind), ("root", root)] {
        json.field_bytes(name, text);
    }
    json.field("device", &device);
    json.field("propagation", propagation);
    for (name, options) in [("options", mount.options), ("file_system_options", &mount.super_options)] {
        json.key(name);
        json.array();
        options.split(|&byte| byte == b',').for_each(|option| json.string(option));
        json.end_array();
    }
    json.end_object();
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
