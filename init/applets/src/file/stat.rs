//! `stat` (GNU's formats; `-t` and `--json`).

use alloc::vec::Vec;

use linux::fd::CWD;
use linux::fs::{self, FileKind, Metadata, Statfs, StatxFlags, StatxMask, Timestamp, device_number};
use linux::path::PATH_BYTES;
use query::text::{decimal, radix};
use query::{Json, Sink};
use system::users::Names;
use time::TimeZone;

use super::mode::letters;
use super::moment::{shown, zone};
use super::printing::{Field, in_base, pad};
use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "stat",
    summary: "Show what is known of files, or of their file systems",
    usage: "[OPTION]... FILE...",
    flags: flags![
        Flag::with(
            b'c',
            "format",
            "FORMAT",
            "in this form, a line each: %n name, %s bytes, %a mode, %Y time ...",
        ),
        Flag::with(
            PRINTF,
            "printf",
            "FORMAT",
            "so, with \\n and the like, and without line feeds of its own",
        ),
        Flag::new(b'L', "dereference", "what symbolic links lead to"),
        Flag::new(b'f', "file-system", "of the file systems that hold the files"),
        Flag::new(b't', "terse", "in a line of numbers"),
        Flag::with(CACHED, "cached", "MODE", "of network file systems: always, never, default"),
        Flag::rows(
            "name type size:N blocks:n block_size:n inode:N links:N mode:N uid:N user:S gid:N group:S device:L special_device:L accessed:O modified:O changed:O born:O? type_number:N blocks_free:N blocks_available:N inodes:N inodes_free:N name_bytes:N"
        ),
    ],
    run: Run::Parsed(run),
};

keys! { 128; PRINTF CACHED }

const DEFAULT: &[u8] = b"  File: %N\n  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\nDevice: %Hd,%Ld\tInode: %-11i Links: %h\nAccess: (%04a/%10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\nAccess: %x\nModify: %y\nChange: %z\n Birth: %w\n";
const DEVICE: &[u8] = b"  File: %N\n  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\nDevice: %Hd,%Ld\tInode: %-11i Links: %-5h Device type: %Hr,%Lr\nAccess: (%04a/%10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\nAccess: %x\nModify: %y\nChange: %z\n Birth: %w\n";
const TERSE: &[u8] = b"%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o\n";
const DEFAULT_SYSTEM: &[u8] = b"  File: \"%n\"\n    ID: %-8i Namelen: %-7l Type: %T\nBlock size: %-10s Fundamental block size: %S\nBlocks: Total: %-10b Free: %-10f Available: %a\nInodes: Total: %-10c Free: %d\n";
const TERSE_SYSTEM: &[u8] = b"%n %i %l %t %s %S %b %f %a %c %d\n";

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let sync = match parsed.value(CACHED) {
        Some(b"always") => StatxFlags::DONT_SYNC,
        Some(b"never") => StatxFlags::FORCE_SYNC,
        Some(b"default") | None => StatxFlags::empty(),
        Some(word) => return Ok(io.misuse(word, "not a choice here")),
    };
    let flags = sync | if parsed.has(b'L') { StatxFlags::empty() } else { StatxFlags::NO_FOLLOW };
    let context = Context { names: Names::read(), zone: zone(io), is_system: parsed.has(b'f') };
    let is_json = parsed.has(JSON);
    let (mut status, mut is_first) = (Status::SUCCESS, true);
    if is_json {
        io.out.put(b"[");
    }
    for &path in &parsed.operands {
        let looked = match context.is_system {
            true => fs::statfs(path).map(Facts::System),
            false if path == b"-" => match io.input.descriptor() {
                Some(input) => fs::fstat(input),
                None => Err(linux::Errno::BADF),
            }
            .map(Facts::File),
            false => fs::statx(CWD, path, flags, StatxMask::BASIC | StatxMask::BIRTH).map(Facts::File),
        };
        match looked {
            Ok(Facts::File(file)) if is_json => {
                context.object(path, &file, &mut Json::within(&mut io.out, !is_first));
                is_first = false;
            }
            Ok(Facts::System(system)) if is_json => {
                system_object(path, &system, &mut Json::within(&mut io.out, !is_first));
                is_first = false;
            }
            Ok(facts) => context.print(io, parsed, path, &facts),
            Err(errno) => status = io.complain(path, &errno),
        }
    }
    if is_json {
        io.out.put(b"]\n");
    }
    Ok(status)
}

enum Facts {
    File(Metadata),
    System(Statfs),
}

struct Context {
    names: Names,
    zone: TimeZone,
    is_system: bool,
}

impl Context {
    fn print(&self, io: &mut Io<'_>, parsed: &Parsed<'_>, path: &[u8], facts: &Facts) {
        let (format, escapes, ends) = match (parsed.value(b'c'), parsed.value(PRINTF)) {
            (_, Some(format)) => (format, true, false),
            (Some(format), None) => (format, false, true),
            (None, None) => (self.format(parsed, facts), false, false),
        };
        let mut rest = format;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            match byte {
                b'%' => {
                    let (field, after) = Field::parse(rest);
                    rest = after;
                    self.field(io, path, facts, &field);
                }
                b'\\' if escapes => {
                    let (byte, count) = super::printing::escape(rest);
                    rest = rest.get(count..).unwrap_or_default();
                    io.out.put(&[byte]);
                }
                byte => io.out.put(&[byte]),
            }
        }
        if ends {
            io.out.put(b"\n");
        }
    }

    fn format(&self, parsed: &Parsed<'_>, facts: &Facts) -> &'static [u8] {
        match (facts, parsed.has(b't')) {
            (Facts::System(_), true) => TERSE_SYSTEM,
            (Facts::System(_), false) => DEFAULT_SYSTEM,
            (Facts::File(_), true) => TERSE,
            (Facts::File(file), false) => match file.kind() {
                FileKind::BlockDevice | FileKind::CharacterDevice => DEVICE,
                _ => DEFAULT,
            },
        }
    }

    fn field(&self, io: &mut Io<'_>, path: &[u8], facts: &Facts, field: &Field<'_>) {
        let mut text = Vec::new();
        let known = match (facts, field.letter) {
            (_, b'%') => {
                text.push(b'%');
                true
            }
            (_, b'n') => {
                text.extend_from_slice(path);
                true
            }
            (Facts::File(file), _) => {
                self.file(path, file, field, &mut text) || self.time(file, field, &mut text)
            }
            (Facts::System(system), _) => system_field(system, field, &mut text),
        };
        if !known {
            text = [b"%", field.text].concat();
        }
        pad(&text, field, &mut io.out);
    }

    /// Gives a field of a file; false if there is none of this letter.
    fn file(&self, path: &[u8], file: &Metadata, field: &Field<'_>, out: &mut Vec<u8>) -> bool {
        let (device, special) = (file.device(), file.special_device());
        let number = |(major, minor): (u32, u32)| match field.modifier {
            b'H' => major.into(),
            b'L' => minor.into(),
            _ => u64::from(device_number(major, minor)),
        };
        match field.letter {
            b'a' => in_base(file.permissions().bits().into(), 8, field, out),
            b'A' => {
                out.push(kind_letter(file.kind()));
                out.extend_from_slice(&letters(file.mode_bits()));
            }
            b'b' => decimal(file.blocks(), out),
            b'B' => decimal(512, out),
            b'd' => decimal(number(device), out),
            b'D' => in_base(number(device), 16, field, out),
            b'f' => in_base(file.mode_bits().into(), 16, field, out),
            b'F' => out.extend_from_slice(kind_name(file.kind(), file.size())),
            b'g' => decimal(file.group().into(), out),
            b'G' => named(&self.names.group(file.group()), file.group(), out),
            b'h' => decimal(file.links().into(), out),
            b'i' => decimal(file.inode(), out),
            b'm' => out.extend_from_slice(&mount_point(path)),
            b'N' => quoted(path, file.kind(), out),
            b'o' => decimal(file.block_size().into(), out),
            b'r' => decimal(number(special), out),
            b'R' => in_base(number(special), 16, field, out),
            b's' => decimal(file.size(), out),
            b't' => in_base(special.0.into(), 16, field, out),
            b'T' => in_base(special.1.into(), 16, field, out),
            b'u' => decimal(file.user().into(), out),
            b'U' => named(&self.names.user(file.user()), file.user(), out),
            b'C' => out.push(b'?'),
            _ => return false,
        }
        true
    }

    /// Gives a time of a file: as text, or in capitals as seconds since 1970, with as many digits of a fraction as asked for.
    fn time(&self, file: &Metadata, field: &Field<'_>, out: &mut Vec<u8>) -> bool {
        let time = match field.letter.to_ascii_lowercase() {
            b'x' => Some(file.accessed()),
            b'y' => Some(file.modified()),
            b'z' => Some(file.changed()),
            b'w' => file.born(),
            _ => return false,
        };
        match (time, field.letter.is_ascii_lowercase()) {
            (Some(time), true) => out.extend_from_slice(&shown(time, &self.zone)),
            (None, true) => out.push(b'-'),
            (time, false) => {
                let Timestamp { seconds, nanoseconds } = time.unwrap_or_default();
                if seconds < 0 {
                    out.push(b'-');
                }
                decimal(seconds.unsigned_abs(), out);
                if let Some(digits) = field.precision.filter(|&digits| digits > 0) {
                    let mut fraction = Vec::new();
                    query::text::zero_padded(nanoseconds.into(), 9, &mut fraction);
                    fraction.resize(digits, b'0');
                    out.push(b'.');
                    out.extend_from_slice(&fraction);
                }
            }
        }
        true
    }

    fn object(&self, path: &[u8], file: &Metadata, json: &mut Json<'_>) {
        json.line();
        json.object();
        json.field_bytes("name", path);
        json.field("type", kind_name(file.kind(), 1));
        json.field_number("size", file.size());
        json.field_number("blocks", file.blocks());
        json.field_number("block_size", file.block_size().into());
        json.field_number("inode", file.inode());
        json.field_number("links", file.links().into());
        json.field_number("mode", file.permissions().bits().into());
        json.field_number("uid", file.user().into());
        json.field("user", &self.names.user(file.user()));
        json.field_number("gid", file.group().into());
        json.field("group", &self.names.group(file.group()));
        for (name, (major, minor)) in [("device", file.device()), ("special_device", file.special_device())] {
            json.key(name);
            json.array();
            json.number(major.into());
            json.number(minor.into());
            json.end_array();
        }
        let times = [
            ("accessed", Some(file.accessed())),
            ("modified", Some(file.modified())),
            ("changed", Some(file.changed())),
        ];
        for (name, time) in times.into_iter().chain([("born", file.born())]) {
            json.key(name);
            match time {
                Some(time) => {
                    json.object();
                    json.key("seconds");
                    json.signed(time.seconds);
                    json.field_number("nanoseconds", time.nanoseconds.into());
                    json.end_object();
                }
                None => json.null(),
            }
        }
        json.end_object();
    }
}

/// Gives a name, else the word for one that nobody knows.
fn named(name: &[u8], number: u32, out: &mut Vec<u8>) {
    let mut digits = Vec::new();
    decimal(number.into(), &mut digits);
    out.extend_from_slice(if name == digits { b"UNKNOWN" } else { name });
}

fn quoted(path: &[u8], kind: FileKind, out: &mut Vec<u8>) {
    let mut put = |name: &[u8]| out.extend_from_slice(&[b"'", name, b"'"].concat());
    put(path);
    let mut buffer = [0; PATH_BYTES];
    if kind == FileKind::Symlink
        && let Ok(target) = fs::readlink(path, &mut buffer)
    {
        out.extend_from_slice(b" -> ");
        out.extend_from_slice(&[b"'", target, b"'"].concat());
    }
}

/// Gives the highest folder above a path that is still of its file system.
fn mount_point(path: &[u8]) -> Vec<u8> {
    let Ok(mut path) = super::resolve::resolve(path, super::resolve::Needs::All, true) else {
        return b"?".to_vec();
    };
    let device = |path: &[u8]| fs::lstat(path).map(|file| file.device());
    while path.len() > 1 {
        let above = super::path::parent(&path).to_vec();
        if device(&above) != device(&path) {
            break;
        }
        path = above;
    }
    path
}

/// Gives the letter that `ls` shows for a kind.
pub(super) fn kind_letter(kind: FileKind) -> u8 {
    match kind {
        FileKind::Directory => b'd',
        FileKind::Symlink => b'l',
        FileKind::CharacterDevice => b'c',
        FileKind::BlockDevice => b'b',
        FileKind::Fifo => b'p',
        FileKind::Socket => b's',
        FileKind::Regular => b'-',
        FileKind::Other => b'?',
    }
}

fn kind_name(kind: FileKind, size: u64) -> &'static [u8] {
    match kind {
        FileKind::Regular if size == 0 => b"regular empty file",
        FileKind::Regular => b"regular file",
        FileKind::Directory => b"directory",
        FileKind::Symlink => b"symbolic link",
        FileKind::CharacterDevice => b"character special file",
        FileKind::BlockDevice => b"block special file",
        FileKind::Fifo => b"fifo",
        FileKind::Socket => b"socket",
        FileKind::Other => b"weird file",
    }
}

fn system_field(system: &Statfs, field: &Field<'_>, out: &mut Vec<u8>) -> bool {
    match field.letter {
        b'a' => decimal(system.available, out),
        b'b' => decimal(system.blocks, out),
        b'c' => decimal(system.files, out),
        b'd' => decimal(system.files_free, out),
        b'f' => decimal(system.free, out),
        b'i' => in_base(system.identity, 16, field, out),
        b'l' => decimal(system.name_bytes, out),
        b's' | b'S' => decimal(system.block_size, out),
        b't' => in_base(system.kind, 16, field, out),
        b'T' => system_name(system.kind, out),
        _ => return false,
    }
    true
}

/// The numbers of `statfs(2)` that machines of ours meet.
const SYSTEMS: &[(u64, &str)] = &[
    (0xef53, "ext2/ext3"),
    (0x0102_1994, "tmpfs"),
    (0x8584_58f6, "ramfs"),
    (0x9fa0, "proc"),
    (0x6265_6572, "sysfs"),
    (0x794c_7630, "overlayfs"),
    (0x9123_683e, "btrfs"),
    (0x5846_5342, "xfs"),
    (0x7371_7368, "squashfs"),
    (0xe0f5_e1e2, "erofs"),
    (0xf2f5_2010, "f2fs"),
    (0x2405_1905, "ubifs"),
    (0x72b6, "jffs2"),
    (0x4d44, "msdos"),
    (0x2011_bab0, "exfat"),
    (0x9660, "isofs"),
    (0x6969, "nfs"),
    (0xff53_4d42, "cifs"),
    (0x0102_1997, "v9fs"),
    (0x6573_5546, "fuseblk"),
    (0x0027_e0eb, "cgroupfs"),
    (0x6367_7270, "cgroup2fs"),
    (0x1cd1, "devpts"),
    (0x6462_6720, "debugfs"),
    (0x7472_6163, "tracefs"),
    (0xcafe_4a11, "bpf_fs"),
    (0x9584_58f6, "hugetlbfs"),
    (0x1980_0202, "mqueue"),
    (0x6165_676c, "pstorefs"),
    (0x6e73_6673, "nsfs"),
];

fn system_name(kind: u64, out: &mut Vec<u8>) {
    match SYSTEMS.iter().find(|known| known.0 == kind & 0xffff_ffff) {
        Some((_, name)) => out.extend_from_slice(name.as_bytes()),
        None => {
            out.extend_from_slice(b"UNKNOWN (0x");
            radix(kind, 16, out);
            out.put(b")");
        }
    }
}

fn system_object(path: &[u8], system: &Statfs, json: &mut Json<'_>) {
    let mut kind = Vec::new();
    system_name(system.kind, &mut kind);
    json.line();
    json.object();
    json.field_bytes("name", path);
    json.field("type", &kind);
    for (name, value) in [
        ("type_number", system.kind),
        ("block_size", system.block_size),
        ("blocks", system.blocks),
        ("blocks_free", system.free),
        ("blocks_available", system.available),
        ("inodes", system.files),
        ("inodes_free", system.files_free),
        ("name_bytes", system.name_bytes),
    ] {
        json.field_number(name, value);
    }
    json.end_object();
}
