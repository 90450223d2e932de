//! `blkid` (util-linux's forms of output; BusyBox prints LABEL, UUID and TYPE alone). Devices are read anew each time: there is no
//! cache file, so `-c`, `-g` and `-w` change nothing.

use alloc::vec::Vec;

use query::{Rows, Value};
use system::disks::{self, Contents, Tag};

use crate::{Applet, Flag, Io, JSON, Outcome, Output, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "blkid",
    summary: "Show what devices hold, and by which names they are found",
    usage: "[OPTION]... [DEVICE]...\n-L LABEL | -U UUID",
    flags: flags![
        Flag::with(b'o', "output", "FORM", "full, value, device, export or udev"),
        Flag::with(b's', "match-tag", "TAG", "show only this; may be given several times"),
        Flag::with(b't', "match-token", "TAG=VALUE", "only devices that have it"),
        Flag::with(b'L', "label", "LABEL", "print the device of this label"),
        Flag::with(b'U', "uuid", "UUID", "print the device of this name"),
        Flag::new(b'l', "list-one", "with -t: only the first device"),
        Flag::with(b'n', "match-types", "LIST", "only these kinds; with no before the first: not these"),
        Flag::new(b'p', "probe", "also what it is used for, and its version"),
        Flag::new(b'd', "no-encoding", "show values as they are"),
        Flag::with(b'c', "cache-file", "FILE", ""),
        Flag::with(b'w', "", "FILE", ""),
        Flag::new(b'g', "garbage-collect", ""),
        Flag::new(b'k', "list-filesystems", ""),
        Flag::rows(
            "device type:s? usage:s? version:s? label:s? uuid:s? uuid_sub:s? block_bytes:n? pttype:s? ptuuid:s? partlabel:s? partuuid:s?"
        ),
    ],
    run: Run::Parsed(run),
};

/// What tools have as the status for nothing found.
const NOTHING: Status = Status(2);

/// Names and values, in the order in which they are shown.
type Tags = Vec<(&'static str, Vec<u8>)>;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    for (key, tag) in [(b'L', Tag::Label), (b'U', Tag::Uuid)] {
        if let Some(value) = parsed.value(key) {
            let Some(path) = disks::find(tag, value) else { return Ok(NOTHING) };
            io.out.put(&path);
            io.out.put(b"\n");
            return Ok(Status::SUCCESS);
        }
    }
    let form = parsed.value(b'o').unwrap_or(b"full");
    if !matches!(form, b"full" | b"value" | b"device" | b"export" | b"udev" | b"list") {
        return Ok(io.misuse(form, "no such form"));
    }
    let paths = if parsed.operands.is_empty() {
        disks::paths()
    } else {
        parsed.operands.iter().map(|operand| operand.to_vec()).collect()
    };
    let mut rows = Rows::named(
        "device type usage version label uuid uuid_sub block_bytes pttype ptuuid partlabel partuuid",
    );
    let (mut count, mut failed) = (0, Status::SUCCESS);
    for path in &paths {
        let contents = match disks::look(path) {
            Ok(contents) => contents,
            // What has no medium, or may not be read, is none of the list.
            Err(_) if parsed.operands.is_empty() => continue,
            Err(errno) => {
                io.complain(path, &errno);
                failed = NOTHING;
                continue;
            }
        };
        let tags = tags_of(&contents, parsed.has(b'p'));
        if tags.is_empty() || !is_wanted(&tags, parsed) {
            continue;
        }
        if parsed.has(JSON) {
            rows.push(row(path, &tags_of(&contents, true)));
        } else {
            print(io, parsed, form, path, &tags, count > 0);
        }
        count += 1;
        if parsed.has(b'l') {
            break;
        }
    }
    if parsed.has(JSON) {
        rows.json(&mut io.out);
    }
    Ok(failed.and(if count == 0 { NOTHING } else { Status::SUCCESS }))
}

fn tags_of(contents: &Contents, is_whole: bool) -> Tags {
    let mut tags = Tags::new();
    let mut add = |name, value: &[u8]| {
        if !value.is_empty() {
            tags.push((name, value.to_vec()));
        }
    };
    if let Some(found) = &contents.superblock {
        if matches!(found.version.as_slice(), b"FAT12" | b"FAT16") {
            add("SEC_TYPE", b"msdos");
        }
        add("LABEL", &found.label);
        add("UUID", &found.uuid);
        add("UUID_SUB", &found.part);
        if is_whole {
            add("VERSION", &found.version);
        }
        let mut block = Vec::new();
        if found.block > 0 {
            query::text::decimal(found.block.into(), &mut block);
        }
        add("BLOCK_SIZE", &block);
        add("TYPE", found.kind.as_bytes());
        if is_whole {
            add("USAGE", found.usage.as_bytes());
        }
    }
    if let Some((kind, identifier)) = &contents.table {
        add("PTUUID", identifier);
        add("PTTYPE", kind.as_bytes());
    }
    if let Some((label, identifier)) = &contents.entry {
        add("PARTLABEL", label);
        add("PARTUUID", identifier);
    }
    tags
}

fn value_of<'t>(tags: &'t Tags, name: &[u8]) -> Option<&'t [u8]> {
    tags.iter().find(|tag| tag.0.as_bytes() == name).map(|tag| tag.1.as_slice())
}

/// Says whether a device is one of those that are asked for.
fn is_wanted(tags: &Tags, parsed: &Parsed<'_>) -> bool {
    let has_token = parsed.value(b't').is_none_or(|token| {
        let mut parts = token.splitn(2, |byte| *byte == b'=');
        let (name, value) = (parts.next().unwrap_or_default(), parts.next());
        let value = value.map(|value| {
            value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\"")).unwrap_or(value)
        });
        value_of(tags, name).is_some_and(|found| value.is_none_or(|value| found == value))
    });
    let has_kind = parsed.value(b'n').is_none_or(|list| {
        let (list, is_in) = match list.strip_prefix(b"no") {
            Some(list) => (list, false),
            None => (list, true),
        };
        let kind = value_of(tags, b"TYPE").unwrap_or_default();
        list.split(|byte| *byte == b',').any(|known| known == kind) == is_in
    });
    has_token && has_kind
}

fn print(io: &mut Io<'_>, parsed: &Parsed<'_>, form: &[u8], path: &[u8], tags: &Tags, is_later: bool) {
    let only: Vec<&[u8]> = parsed.values(b's').collect();
    let mut shown = tags.iter().filter(|tag| only.is_empty() || only.contains(&tag.0.as_bytes())).peekable();
    let out = &mut io.out;
    match form {
        b"device" => {
            out.printable(path);
            out.put(b"\n");
        }
        b"value" => {
            for (_, value) in shown {
                out.printable(value);
                out.put(b"\n");
            }
        }
        b"export" | b"udev" => {
            let is_udev = form == b"udev";
            if is_later {
                out.put(b"\n");
            }
            if !is_udev {
                out.put(b"DEVNAME=");
                out.printable(path);
                out.put(b"\n");
            }
            for (name, value) in shown {
                if is_udev { udev(out, name, value) } else { line(out, "", name, "", &shell(value)) }
            }
        }
        _ if shown.peek().is_none() => {}
        _ => {
            out.printable(path);
            out.put(b":");
            for (name, value) in shown {
                out.put(b" ");
                out.put(name.as_bytes());
                out.put(b"=\"");
                if parsed.has(b'd') {
                    out.put(value)
                } else {
                    out.printable(&quoted(value))
                }
                out.put(b"\"");
            }
            out.put(b"\n");
        }
    }
}

fn line(out: &mut Output<'_>, before: &str, name: &str, after: &str, value: &[u8]) {
    for part in [before.as_bytes(), name.as_bytes(), after.as_bytes(), b"=", value, b"\n"] {
        out.put(part);
    }
}

/// Writes a tag as udev's rules want it: its letters alone, and again with the others as `\xNN`.
fn udev(out: &mut Output<'_>, name: &str, value: &[u8]) {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"#+-.:=@_/".contains(byte) || *byte >= 128;
    let (before, name) = match name {
        "PTUUID" => ("ID_PART_TABLE_", "UUID"),
        "PTTYPE" => ("ID_PART_TABLE_", "TYPE"),
        "PARTLABEL" => ("ID_PART_ENTRY_", "NAME"),
        "PARTUUID" => ("ID_PART_ENTRY_", "UUID"),
        name => ("ID_FS_", name),
    };
    let safe: Vec<u8> = value.iter().map(|byte| if is_plain(byte) { *byte } else { b'_' }).collect();
    line(out, before, name, "", &safe);
    if matches!(name, "LABEL" | "UUID" | "UUID_SUB") {
        let mut encoded = Vec::new();
        for byte in value {
            if is_plain(byte) {
                encoded.push(*byte);
            } else {
                encoded.extend_from_slice(b"\\x");
                query::text::radix((byte >> 4).into(), 16, &mut encoded);
                query::text::radix((byte & 15).into(), 16, &mut encoded);
            }
        }
        line(out, before, name, "_ENC", &encoded);
    }
}

/// A value between quotes.
fn quoted(value: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for byte in value {
        if matches!(byte, b'"' | b'\\' | b'$' | b'`') {
            text.push(b'\\');
        }
        text.push(*byte);
    }
    text
}

/// A value that a shell reads as it stands.
fn shell(value: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for byte in value {
        if b"\"\\$`<>&|;()*?[]#~'! \t\n".contains(byte) {
            text.push(b'\\');
        }
        text.push(*byte);
    }
    text
}

fn row(path: &[u8], tags: &Tags) -> Vec<Value> {
    let names = "TYPE USAGE VERSION LABEL UUID UUID_SUB BLOCK_SIZE PTTYPE PTUUID PARTLABEL PARTUUID";
    let value = |name: &str| match value_of(tags, name.as_bytes()) {
        None => Value::Unknown,
        Some(value) if name == "BLOCK_SIZE" => {
            query::text::parse_decimal(value).map_or(Value::Unknown, Value::Number)
        }
        Some(value) => Value::text(value),
    };
    core::iter::once(Value::text(path)).chain(names.split(' ').map(value)).collect()
}
