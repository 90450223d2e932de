//! `modinfo` (kmod's and BusyBox's): what the section `.modinfo` of a module's file says. Files that are compressed cannot be
//! looked into.

use alloc::vec::Vec;

use formats::file::elf::Elf;
use query::{Rows, Value};
use system::modules::Library;

use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "modinfo",
    summary: "Show what a module of the kernel says of itself",
    usage: "[OPTION]... MODULE|FILE...",
    flags: flags![
        Flag::with(b'F', "field", "NAME", "only this field"),
        Flag::new(b'a', "author", "only who wrote it"),
        Flag::new(b'd', "description", "only what it is"),
        Flag::new(b'l', "license", "only its licence"),
        Flag::new(b'p', "parameters", "only its parameters"),
        Flag::new(b'n', "filename", "only its file"),
        Flag::new(b'0', "null", "end fields with zero bytes"),
        Flag::with(b'k', "set-version", "RELEASE", "modules of this kernel"),
        Flag::with(b'b', "basedir", "FOLDER", "below FOLDER"),
        Flag::rows("module field value"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let names = linux::system::uname().map_err(|errno| io.complain(b"", &errno))?;
    let release = parsed.value(b'k').unwrap_or(names.release());
    let library = Library::read(parsed.value(b'b').unwrap_or_default(), release, &[]);
    let mut rows = Rows::named("module field value");
    let mut status = Status::SUCCESS;
    for word in &parsed.operands {
        let mut paths = Vec::new();
        if word.contains(&b'/') || word.ends_with(b".ko") {
            paths.push(word.to_vec());
        } else {
            let modules = library.modules(word);
            paths.extend(modules.iter().filter_map(|module| library.path(module)));
        }
        if paths.is_empty() {
            status = io.complain(
                word,
                &if library.is_builtin(word) { "is part of the kernel" } else { "no such module" },
            );
        }
        for path in paths {
            status = status.and(show(io, parsed, &path, &mut rows)?);
        }
    }
    if parsed.has(JSON) {
        rows.json(&mut io.out);
    }
    Ok(status)
}

fn show(io: &mut Io<'_>, parsed: &Parsed<'_>, path: &[u8], rows: &mut Rows<'_>) -> Outcome {
    let wanted: Option<&[u8]> = match parsed.last_of(b"Fadlpn") {
        Some(b'F') => parsed.value(b'F'),
        Some(b'a') => Some(b"author"),
        Some(b'd') => Some(b"description"),
        Some(b'l') => Some(b"license"),
        Some(b'p') => Some(b"parm"),
        Some(b'n') => Some(b"filename"),
        _ => None,
    };
    let mut put = |io: &mut Io<'_>, name: &[u8], value: &[u8]| {
        if wanted.is_some_and(|wanted| wanted != name) {
            return;
        }
        if parsed.has(JSON) {
            rows.push([Value::text(system::modules::name_of(path)), Value::text(name), Value::text(value)]);
            return;
        }
        if wanted.is_none() {
            let mut title = name.to_vec();
            title.push(b':');
            title.resize(title.len().max(16), b' ');
            io.out.put(&title);
        }
        io.out.put(value);
        io.out.put(if parsed.has(b'0') { b"\0" } else { b"\n" });
    };
    put(io, b"filename", path);
    if wanted == Some(b"filename") {
        return Ok(Status::SUCCESS);
    }
    let bytes = match system::file::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return Ok(io.complain(b"", &error)),
    };
    let section = Elf::parse(&bytes).and_then(|elf| match elf.sections()?.find_name(b".modinfo")? {
        Some(section) => elf.section_bytes(&section).map(Some),
        None => Ok(None),
    });
    let Ok(Some(section)) = section else { return Ok(io.complain(path, &"no module that can be read")) };
    for field in section.split(|byte| *byte == 0) {
        if let Some(at) = field.iter().position(|byte| *byte == b'=') {
            put(io, field.get(..at).unwrap_or_default(), field.get(at + 1..).unwrap_or_default());
        }
    }
    Ok(Status::SUCCESS)
}
