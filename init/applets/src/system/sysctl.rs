//! `sysctl` (procps's; BusyBox has `-a -n -w -p -e -q`): the settings of the kernel, the files below /proc/sys.

use alloc::vec::Vec;

use linux::Errno;
use linux::fs::FileKind;
use query::{Rows, Value};
use regex::{Regex, Syntax};
use system::settings;

use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "sysctl",
    summary: "Show or change settings of the kernel",
    usage: "[OPTION]... NAME[=VALUE]...\n-p [FILE]...\n-a",
    flags: flags![
        Flag::new(b'a', "all", "show all"),
        Flag::new(b'A', "", ""),
        Flag::new(b'X', "", ""),
        Flag::new(b'n', "values", "values without names"),
        Flag::new(b'N', "names", "names without values"),
        Flag::new(b'b', "binary", "values alone, as they are"),
        Flag::new(b'e', "ignore", "say nothing of names that there are not"),
        Flag::new(b'q', "quiet", "do not print what is set"),
        Flag::new(b'w', "write", "all words set something"),
        Flag::may(b'p', "load", "FILE", "set what stands in files (/etc/sysctl.conf)"),
        Flag::with(b'r', "pattern", "PATTERN", "only names that match PATTERN"),
        Flag::new(SYSTEM, "system", "set what stands in all files of the system"),
        Flag::rows("name value"),
    ],
    run: Run::Parsed(run),
};

const SYSTEM: u8 = 128;

/// How things are shown.
struct Shown<'p, 'a> {
    parsed: &'p Parsed<'a>,
    pattern: Option<Regex>,
    rows: Rows<'static>,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let pattern = match parsed.value(b'r') {
        None => None,
        Some(pattern) => {
            let regex = Regex::new(pattern, Syntax::Extended, false);
            Some(regex.map_err(|error| io.misuse_with(pattern, &error))?)
        }
    };
    let mut shown = Shown { parsed, pattern, rows: Rows::named("name value") };
    let mut status = Status::SUCCESS;
    if parsed.has_any(b"aAX") {
        status = shown.tree(io, b"");
    } else if parsed.has(SYSTEM) {
        for file in settings::files() {
            status = status.and(shown.file(io, &file));
        }
    } else if parsed.has(b'p') {
        let first = parsed.value(b'p').filter(|file| !file.is_empty());
        let mut files: Vec<&[u8]> = first.into_iter().chain(parsed.operands.iter().copied()).collect();
        if files.is_empty() {
            files.push(settings::FILE);
        }
        for file in files {
            status = status.and(shown.file(io, file));
        }
    } else if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    if !parsed.has_any(&[b'a', b'A', b'X', b'p', SYSTEM]) {
        for word in &parsed.operands {
            status = status.and(shown.word(io, word, false));
        }
    }
    if parsed.has(JSON) {
        shown.rows.json(&mut io.out);
    }
    Ok(status)
}

impl Shown<'_, '_> {
    /// Sets what stands in a file.
    fn file(&mut self, io: &mut Io<'_>, file: &[u8]) -> Status {
        let mut text = Vec::new();
        let read = crate::source::with(io, file, &mut |_, _, input| input.read_all(&mut text));
        let mut status = io.report(file, read);
        for line in settings::lines(&text) {
            let done = self.word(io, line.text, line.may_fail);
            // What cannot be set is no fault then.
            status = if line.may_fail { status } else { status.and(done) };
        }
        status
    }

    /// Shows a setting, or sets it where the word has a value.
    fn word(&mut self, io: &mut Io<'_>, word: &[u8], may_fail: bool) -> Status {
        let at = word.iter().position(|byte| *byte == b'=');
        let (name, value) = word.split_at_checked(at.unwrap_or(word.len())).unwrap_or_default();
        let name = name.trim_ascii();
        if at.is_none() && self.parsed.has_any(&[b'w', b'p', SYSTEM]) {
            return io.misuse(word, "a setting needs a value: NAME=VALUE");
        }
        let path = settings::path(name);
        if self.pattern.as_ref().is_some_and(|pattern| !pattern.is_match(&settings::name(&path))) {
            return Status::SUCCESS;
        }
        let result = match value.strip_prefix(b"=") {
            None => match linux::fs::stat(path.as_slice()) {
                Ok(file) if file.kind() == FileKind::Directory => {
                    return self.tree(io, path.get(settings::ROOT.len()..).unwrap_or_default());
                }
                Ok(_) => settings::read(&path).map(|value| self.show(io, &path, &value)),
                Err(errno) => Err(errno),
            },
            Some(value) => {
                let value = value.trim_ascii();
                settings::write(&path, value).map(|()| {
                    if !self.parsed.has(b'q') {
                        self.show(io, &path, value);
                    }
                })
            }
        };
        match result {
            Err(_) if may_fail => Status::SUCCESS,
            Err(Errno::NOENT) if self.parsed.has(b'e') => Status::SUCCESS,
            Err(Errno::NOENT) => io.complain(name, &"no such setting"),
            result => io.report(name, result),
        }
    }

    /// Shows all settings below a folder; those that nobody may read are left out.
    fn tree(&mut self, io: &mut Io<'_>, folder: &[u8]) -> Status {
        let path = [settings::ROOT, folder].concat();
        let mut names = system::folder::names(&path).unwrap_or_default();
        query::sort::sort(&mut names);
        let mut status = Status::SUCCESS;
        for name in names {
            let path = [folder, b"/", name.as_slice()].concat();
            let whole = [settings::ROOT, &path].concat();
            let Ok(file) = linux::fs::lstat(whole.as_slice()) else { continue };
            if file.kind() == FileKind::Directory {
                status = status.and(self.tree(io, &path));
                continue;
            }
            let is_wanted =
                self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(&settings::name(&whole)));
            if is_wanted
                && file.permissions().bits() & 0o444 != 0
                && let Ok(value) = settings::read(&whole)
            {
                self.show(io, &whole, &value);
            }
        }
        status
    }

    fn show(&mut self, io: &mut Io<'_>, path: &[u8], value: &[u8]) {
        let name = settings::name(path);
        if self.parsed.has(JSON) {
            self.rows.push([Value::Text(name), Value::text(value)]);
            return;
        }
        match self.parsed.last_of(b"nNb") {
            Some(b'b') => io.out.put(value),
            Some(b'N') => {
                io.out.put(&name);
                io.out.put(b"\n");
            }
            values => {
                for line in value.split(|byte| *byte == b'\n') {
                    if values.is_none() {
                        io.out.put(&name);
                        io.out.put(b" = ");
                    }
                    io.out.put(line);
                    io.out.put(b"\n");
                }
            }
        }
    }
}
