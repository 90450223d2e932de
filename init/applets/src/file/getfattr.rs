//! `getfattr` (that of attr; toybox has `-d -h -n`).

use alloc::vec::Vec;

use io::{Follow, Step};
use linux::Errno;
use query::{Rows, Value};
use regex::{Regex, Syntax};

use super::attribute::{self, Form};
use super::tree::{self, Next};
use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "getfattr",
    summary: "Print the extended attributes of files",
    usage: "[OPTION]... FILE...",
    flags: flags![
        Flag::with(b'n', "name", "NAME", "only this attribute, with its value"),
        Flag::new(b'd', "dump", "with their values"),
        Flag::with(b'e', "encoding", "FORM", "values as text, hex or base64"),
        Flag::with(b'm', "match", "PATTERN", "only names that match (^user\\.); - for all"),
        Flag::new(ONLY, "only-values", "the bytes of the values, nothing else"),
        Flag::new(ABSOLUTE, "absolute-names", "leave the slash before paths as it is"),
        Flag::new(b'h', "no-dereference", "of symbolic links themselves"),
        Flag::new(b'R', "recursive", "also of all that is in folders"),
        Flag::new(b'L', "logical", "with -R: follow all symbolic links"),
        Flag::new(b'P', "physical", "with -R: follow none"),
        Flag::rows("path name value:s?"),
    ],
    run: Run::Parsed(run),
};

keys! { 128; ONLY ABSOLUTE }

/// What is printed of each file.
struct Wanted<'a> {
    name: Option<&'a [u8]>,
    pattern: Option<Regex>,
    form: Option<Form>,
    has_values: bool,
    is_bare: bool,
    is_absolute: bool,
    follows: bool,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let form = match parsed.value(b'e') {
        None => None,
        Some(b"text") => Some(Form::Text),
        Some(b"hex") => Some(Form::Hexadecimal),
        Some(b"base64") => Some(Form::Base64),
        Some(word) => return Ok(io.misuse(word, "is not text, hex or base64")),
    };
    let pattern = match parsed.value(b'm').unwrap_or(b"^user\\.") {
        b"-" => None,
        pattern => Some(
            Regex::new(pattern, Syntax::Extended, false).map_err(|error| io.misuse_with(pattern, &error))?,
        ),
    };
    let wanted = Wanted {
        name: parsed.value(b'n'),
        pattern,
        form,
        has_values: parsed.has_any(&[b'd', b'n', ONLY]),
        is_bare: parsed.has(ONLY),
        is_absolute: parsed.has(ABSOLUTE),
        follows: !parsed.has(b'h'),
    };
    let follow = match parsed.last_of(b"LP") {
        Some(b'L') => Follow::Always,
        Some(_) => Follow::Never,
        None => Follow::First,
    };
    let mut rows = parsed.has(JSON).then(|| Rows::named("path name value"));
    let mut status = Status::SUCCESS;
    for operand in &parsed.operands {
        let one = tree::walk(io, operand, follow, false, &mut |io, visit| {
            let next = if parsed.has(b'R') { Next::Down } else { Next::Beside };
            if visit.step == Step::Leave {
                return (Status::SUCCESS, next);
            }
            (wanted.show(io, visit.path, rows.as_mut()), next)
        });
        status = status.and(one);
    }
    if let Some(rows) = rows {
        rows.json(&mut io.out);
    }
    Ok(status)
}

impl Wanted<'_> {
    fn show(&self, io: &mut Io<'_>, path: &[u8], mut rows: Option<&mut Rows<'_>>) -> Status {
        let names = match self.name {
            Some(name) => Ok(name.to_vec()),
            None => attribute::list(path, self.follows),
        };
        let names = match names {
            Ok(names) => names,
            // A file system without them.
            Err(Errno::OPNOTSUPP) => return Status::SUCCESS,
            Err(errno) => return io.complain(path, &errno),
        };
        let is_meant = |name: &[u8]| {
            self.name.is_some() || self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(name))
        };
        let mut names: Vec<&[u8]> =
            names.split(|byte| *byte == 0).filter(|name| !name.is_empty() && is_meant(name)).collect();
        names.sort_unstable();
        let mut status = Status::SUCCESS;
        let mut text = Vec::new();
        for name in names {
            let value = match self.has_values.then(|| attribute::get(path, name, self.follows)) {
                None => None,
                Some(Ok(value)) => Some(value),
                Some(Err(errno)) => {
                    let what = [path, b": ", name].concat();
                    status = io.complain(&what, &errno);
                    continue;
                }
            };
            match (&mut rows, value) {
                (Some(rows), value) => {
                    let value = value.map_or(Value::Unknown, Value::Text);
                    rows.push([Value::text(path), Value::text(name), value]);
                }
                (None, Some(value)) if self.is_bare => text.extend_from_slice(&value),
                (None, value) => {
                    attribute::quote(name, b"=", &mut text);
                    if let Some(value) = value {
                        text.push(b'=');
                        attribute::write(&value, self.form, &mut text);
                    }
                    text.push(b'\n');
                }
            }
        }
        if !text.is_empty() && !self.is_bare {
            let mut title = b"# file: ".to_vec();
            attribute::quote(self.title(path), b"", &mut title);
            title.push(b'\n');
            io.out.put(&title);
            text.push(b'\n');
        }
        io.out.put(&text);
        status
    }

    /// Paths are shown from the root on, so that `setfattr --restore` may be run somewhere else.
    fn title<'p>(&self, path: &'p [u8]) -> &'p [u8] {
        let relative = path.iter().position(|byte| *byte != b'/').unwrap_or(path.len());
        if self.is_absolute { path } else { path.get(relative..).unwrap_or(path) }
    }
}
