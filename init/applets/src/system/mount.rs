//! `mount`, with the options of util-linux that BusyBox has too: sources also as LABEL=, UUID=, PARTLABEL= and PARTUUID=, and files as disks.
//! Kinds with a program of their own (`/sbin/mount.KIND`) are mounted by that.

use alloc::vec::Vec;

use formats::etc::fstab::{self, Entry, Escaped};
use formats::proc::pid::mountinfo::Mount;
use linux::Errno;
use linux::mount::MountFlags;
use linux::process::CloneFlags;
use query::Json;
use system::disks::{self, Tag};
use system::mount_options::MountOptions;
use system::mounting::{Request, matches};
use system::mounts::Table;

use crate::options::more;
use crate::process::launch;
use crate::{Applet, Flag, HAS_MORE, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "mount",
    summary: "Show what is mounted, or mount a file system",
    usage: "[-t LIST] [--json]\n[OPTION]... SOURCE FOLDER\n[OPTION]... SOURCE | FOLDER    (the rest from /etc/fstab)\n-a [-t LIST] [-O LIST]",
    flags: flags![
        ..MORE,
        Flag::with(b't', "types", "LIST", "kind of file system; for lists also noKIND"),
        Flag::with(b'o', "options", "LIST", "options: ro noexec remount size=1m ..."),
        Flag::new(b'r', "read-only", "same as -o ro"),
        Flag::new(b'w', "rw", "same as -o rw"),
        Flag::new(b'B', "bind", "show a folder in a second place"),
        Flag::new(b'R', "rbind", "so, with what is mounted below it"),
        Flag::new(b'M', "move", "move a mount to another place"),
        Flag::new(b'n', "no-mtab", ""),
        Flag::new(b'i', "internal-only", ""),
        Flag::rows(
            "id:n parent:n source target type root device propagation options:l file_system_options:l"
        ),
    ],
    run: Run::Parsed(run),
};

const FAKE: u8 = 128;
/// The first of the eight `--make-` options.
const SPREAD: u8 = 129;
const LAST_SPREAD: u8 = SPREAD + 7;
keys! { 140; SOURCE TARGET }

const FSTAB: &[u8] = b"/etc/fstab";

/// What the smallest images do without.
const MORE: &[Flag] = more(&[
    Flag::new(b'a', "all", "all of /etc/fstab but noauto, and what is mounted already"),
    Flag::with(b'O', "test-opts", "LIST", "with -a: only lines with these options; noOPTION: without"),
    Flag::with(b'T', "fstab", "FILE", "FILE in place of /etc/fstab"),
    Flag::with(b'L', "label", "LABEL", "the device with this label"),
    Flag::with(b'U', "uuid", "UUID", "the device with this UUID"),
    Flag::with(SOURCE, "source", "SOURCE", "the source, and no folder"),
    Flag::with(TARGET, "target", "FOLDER", "the folder, and no source"),
    Flag::may(b'm', "mkdir", "MODE", "make the folder if it is not there"),
    Flag::new(b'v', "verbose", "say what is mounted"),
    Flag::new(b's', "", ""),
    Flag::new(b'l', "show-labels", ""),
    Flag::new(b'F', "fork", ""),
    Flag::new(FAKE, "fake", "do all but mount"),
    Flag::new(SPREAD, "make-private", "mounts do not spread; also shared, slave, unbindable, rprivate ..."),
    Flag::new(SPREAD + 1, "make-shared", ""),
    Flag::new(SPREAD + 2, "make-slave", ""),
    Flag::new(SPREAD + 3, "make-unbindable", ""),
    Flag::new(SPREAD + 4, "make-rprivate", ""),
    Flag::new(SPREAD + 5, "make-rshared", ""),
    Flag::new(SPREAD + 6, "make-rslave", ""),
    Flag::new(LAST_SPREAD, "make-runbindable", ""),
]);

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let (source, target) = if HAS_MORE { named(parsed) } else { (None, None) };
    let source = source.as_deref();
    let operands: &[&[u8]] = &parsed.operands;
    let (all_named, one_named);
    let operands: &[&[u8]] = match (source, target, operands) {
        (Some(source), Some(target), [])
        | (Some(source), None, &[target])
        | (None, Some(target), &[source]) => {
            all_named = [source, target];
            &all_named
        }
        (Some(name), None, []) | (None, Some(name), []) => {
            one_named = [name];
            &one_named
        }
        (None, None, operands) => operands,
        _ => return Ok(parsed.usage(io)),
    };
    match operands {
        [] if HAS_MORE && parsed.has(b'a') => all(io, parsed),
        [] => list(io, parsed),
        [source, target] => {
            let request = Request { source, target, kind: parsed.value(b't') };
            Ok(one(io, parsed, &request, &given(parsed, Vec::new())))
        }
        [name] => from_table(io, parsed, name),
        _ => Ok(parsed.usage(io)),
    }
}

/// Gives the source and the folder that options name.
fn named<'a>(parsed: &Parsed<'a>) -> (Option<Vec<u8>>, Option<&'a [u8]>) {
    let source = match parsed.last_of(&[b'L', b'U', SOURCE]) {
        Some(b'L') => Some((&b"LABEL="[..], b'L')),
        Some(b'U') => Some((&b"UUID="[..], b'U')),
        Some(_) => Some((&b""[..], SOURCE)),
        None => None,
    };
    let source = source.map(|(tag, key)| [tag, parsed.value(key).unwrap_or_default()].concat());
    (source, parsed.value(TARGET))
}

/// Gives the table of what may be mounted.
fn table<'a>(parsed: &Parsed<'a>) -> &'a [u8] {
    parsed.value(b'T').filter(|_| HAS_MORE).unwrap_or(FSTAB)
}

/// Adds the options of the command line to others, as text: later ones win over earlier ones.
fn given(parsed: &Parsed<'_>, mut text: Vec<u8>) -> Vec<u8> {
    for &(key, value) in &parsed.options {
        text.push(b',');
        if HAS_MORE && key == b'm' {
            let mode = if value.is_empty() { b"0755" } else { value };
            text.extend_from_slice(b"X-mount.mkdir=");
            text.extend_from_slice(mode);
            continue;
        }
        text.extend_from_slice(match key {
            b'o' => value,
            b'r' => b"ro",
            // Their own names say what they ask for.
            b'w' | b'B' | b'R' | b'M' | SPREAD..=LAST_SPREAD => {
                let flag = parsed.applet.flags().iter().find(|flag| flag.key == key);
                let name = flag.map_or("", |flag| flag.long());
                name.strip_prefix("make-").unwrap_or(name).as_bytes()
            }
            _ => b"",
        });
    }
    text
}

/// Takes options apart.
fn taken_apart(text: &[u8]) -> MountOptions {
    let mut options = MountOptions::default();
    options.add(text);
    options
}

/// Mounts one thing and says what went wrong.
fn one(io: &mut Io<'_>, parsed: &Parsed<'_>, request: &Request<'_>, text: &[u8]) -> Status {
    let mut options = taken_apart(text);
    if HAS_MORE && parsed.has(b'v') {
        io.out.put(request.source);
        io.out.put(b" on ");
        io.out.put(request.target);
        io.out.put(b"\n");
    }
    if HAS_MORE && parsed.has(FAKE) {
        return Status::SUCCESS;
    }
    if HAS_MORE && let Some(status) = by_helper(io, parsed, request, &options, text) {
        return status;
    }
    match perform(request, &mut options) {
        #[cfg(feature = "files")]
        Err(Errno::NXIO) => io.complain(request.source, &"no such device"),
        Err(Errno::NODEV) if request.kind.is_some() => {
            io.complain(request.kind.unwrap_or_default(), &"the kernel knows no such file system")
        }
        Err(Errno::INVAL) if request.kind.is_none() && options.flags.is_empty() => {
            io.complain(request.source, &"no known file system on it, or bad options")
        }
        refused => io.report(request.target, refused),
    }
}

/// Has `/sbin/mount.KIND` mount, where there is such a program.
fn by_helper(
    io: &mut Io<'_>,
    parsed: &Parsed<'_>,
    request: &Request<'_>,
    options: &MountOptions,
    text: &[u8],
) -> Option<Status> {
    if parsed.has(b'i') {
        return None;
    }
    let switches = [(b's', &b"-s"[..]), (b'n', b"-n"), (b'v', b"-v")];
    let switches: Vec<_> =
        switches.iter().filter(|(key, _)| parsed.has(*key)).map(|(_, word)| *word).collect();
    let words = system::mounting::helper(request, options, text, &switches)?;
    let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
    Some(launch::run(io, &words, &[], CloneFlags::empty()))
}

/// Mounts by what the source says: the device of a label, a file as a disk.
#[cfg(feature = "files")]
fn perform(request: &Request<'_>, options: &mut MountOptions) -> linux::Result<()> {
    system::mounting::mount_any(request, options)
}

/// A small program takes sources as they are.
#[cfg(not(feature = "files"))]
fn perform(request: &Request<'_>, options: &mut MountOptions) -> linux::Result<()> {
    system::mounting::mount(request, options)
}

/// Completes one name: from /etc/fstab, from what is mounted, or by options that need no source.
fn from_table(io: &mut Io<'_>, parsed: &Parsed<'_>, name: &[u8]) -> Outcome {
    let given = given(parsed, Vec::new());
    let options = taken_apart(&given);
    let needs_no_source = options.flags.contains(MountFlags::REMOUNT) || !options.propagation.is_empty();
    if !HAS_MORE {
        let request = Request { source: b"", target: name, kind: None };
        return Ok(if needs_no_source { one(io, parsed, &request, &given) } else { parsed.usage(io) });
    }
    let text = match system::file::read(table(parsed)) {
        Ok(text) => text,
        Err(_) if needs_no_source => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let mut entries = fstab::parse(&text).filter_map(Result::ok);
    let (is_source, is_target) = (parsed.has_any(&[b'L', b'U', SOURCE]), parsed.has(TARGET));
    let resolved = system::mounts::resolve(name);
    let is_meant = |entry: &Entry<'_>| {
        let is_named = |field: Escaped<'_>| field.is(name) || field.is(&resolved);
        !is_source && is_named(entry.target) || !is_target && is_named(entry.source)
    };
    Ok(match entries.find(is_meant) {
        Some(entry) if options.propagation.is_empty() => mount_entry(io, parsed, &entry, true),
        _ if needs_no_source => one(io, parsed, &Request { source: b"", target: name, kind: None }, &given),
        _ if parsed.has(b'T') => io.complain(name, &"not in the table"),
        _ => io.complain(name, &"not in /etc/fstab"),
    })
}

/// Mounts a line of /etc/fstab, if asked with the options of the command line after its own.
fn mount_entry(io: &mut Io<'_>, parsed: &Parsed<'_>, entry: &Entry<'_>, with_given: bool) -> Status {
    let plain = entry.options.plain();
    let options = if with_given { given(parsed, plain) } else { plain };
    let [source, target, kind] = [entry.source, entry.target, entry.kind].map(Escaped::plain);
    one(io, parsed, &Request { source: &source, target: &target, kind: Some(&kind) }, &options)
}

fn all(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let place = table(parsed);
    let text = system::file::read(place)?;
    let mut status = Status::SUCCESS;
    for entry in fstab::parse(&text) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                status = io.complain(place, &error);
                continue;
            }
        };
        let has_options = parsed.value(b'O').is_none_or(|list| has_all(&entry, list));
        if has_options && is_wanted(&entry, parsed.value(b't')) {
            status = status.and(mount_entry(io, parsed, &entry, false));
        }
    }
    Ok(status)
}

/// Says whether `mount -a` is about a line of /etc/fstab.
fn is_wanted(entry: &Entry<'_>, kinds: Option<&[u8]>) -> bool {
    // Read anew each time: one line may mount what another is about.
    let table = Table::read().ok();
    let present = table.as_ref().and_then(|table| table.at(&entry.target.plain()));
    let is_there =
        present.is_some_and(|present| present.kind == entry.kind || present.source == entry.source);
    let (kind, source) = (entry.kind.plain(), entry.source.plain());
    let is_swap = kind == b"swap" || !entry.target.0.starts_with(b"/");
    let is_missing = || {
        entry.has(b"nofail")
            && match Tag::split(&source) {
                Some((tag, value)) => disks::find(tag, value).is_none(),
                None => source.starts_with(b"/") && linux::fs::stat(source.as_slice()).is_err(),
            }
    };
    !is_there && !is_swap && !entry.has(b"noauto") && matches(kinds, &kind) && !is_missing()
}

/// Says whether a line has all options of a list, and none of those that stand there behind `no`.
fn has_all(entry: &Entry<'_>, list: &[u8]) -> bool {
    let mut options = list.split(|byte| *byte == b',');
    options.all(|option| entry.has(option) || option.strip_prefix(b"no").is_some_and(|name| !entry.has(name)))
}

fn list(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let table = Table::read()?;
    let is_json = parsed.has(JSON);
    if is_json {
        io.out.put(b"[");
    }
    let (mut status, mut is_first) = (Status::SUCCESS, true);
    for mount in table.mounts() {
        match mount {
            Ok(mount) if !matches(parsed.value(b't'), &mount.kind.plain()) => {}
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
    Ok(status)
}

/// Prints a mount as every `mount` does.
fn print(io: &mut Io<'_>, mount: &Mount<'_>) {
    let out = &mut io.out;
    for (text, after) in [(mount.source, " on "), (mount.target, " type "), (mount.kind, " (")] {
        out.printable(&text.plain());
        out.put(after.as_bytes());
    }
    // A file system that is read-only makes all its mounts so.
    let is_writable = |options: &[u8]| options.split(|&byte| byte == b',').any(|option| option == b"rw");
    let super_options = &mount.super_options.plain();
    out.put(if is_writable(mount.options) && is_writable(super_options) { b"rw" } else { b"ro" });
    for options in [mount.options, super_options] {
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
    let (source, target, kind, root) = (mount.source, mount.target, mount.kind, mount.root);
    for (name, text) in [("source", source), ("target", target), ("type", kind), ("root", root)] {
        json.field_bytes(name, &text.plain());
    }
    json.field("device", &device);
    json.field("propagation", propagation);
    let super_options = &mount.super_options.plain();
    for (name, options) in [("options", mount.options), ("file_system_options", super_options)] {
        json.key(name);
        json.array();
        options.split(|&byte| byte == b',').for_each(|option| json.string(option));
        json.end_array();
    }
    json.end_object();
}
