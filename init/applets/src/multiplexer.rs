//! What the program does under its own name beside calling commands (`busybox --list`, `--install -s`): it tells of its
//! commands, to people and to programs, and makes links by their names.

use linux::Errno;
use linux::fd::CWD;
use linux::fs;
use query::Json;

use crate::{
    Applet, Arguments, Command, Flag, GROUPS, Io, Outcome, Parsed, Run, Status, Value, file, options,
};

/// The program itself, as a command.
static PROGRAM: Command = command!(APPLET);

const APPLET: Applet = Applet {
    name: "spelunk",
    summary: "Many commands in one file: call them by their names, or behind that of the program",
    usage: "COMMAND [ARGUMENT]...\n--list|--list-full|--list-json\n--install [-s] [FOLDER]",
    flags: flags![
        Flag::new(LIST, "list", "the names of all commands, a line each"),
        Flag::new(LIST_FULL, "list-full", "the same, as paths for --install without a folder"),
        Flag::new(LIST_FULL, "list-long", "the same, as Debian's initramfs-tools ask for it"),
        Flag::new(LIST_JSON, "list-json", "what each is, with options and a JSON Schema of its --json"),
        Flag::new(INSTALL, "install", "make links to this program by all names, where none is yet"),
        Flag::new(b's', "", "with --install: symbolic links"),
    ],
    // Called by none: it needs the names that are no applet's.
    run: Run::Words(|io, arguments| arguments.usage(io)),
};

keys! { 128; LIST LIST_FULL LIST_JSON INSTALL }

/// Where links go that are told no folder: systems have one for all commands nowadays, to which the others are links.
const FOLDER: &[u8] = b"/bin";

/// Does what the options ask of the program itself; beside the commands of this crate it has others, the shell.
pub fn run(io: &mut Io<'_>, words: &[&[u8]], others: &'static [&'static str]) -> Status {
    let outcome = options::parse(Arguments { applet: &PROGRAM, words }, io, false)
        .and_then(|parsed| perform(io, &parsed, others));
    let status = io.settle(outcome);
    io.finish(status)
}

fn perform(io: &mut Io<'_>, parsed: &Parsed<'_>, others: &'static [&'static str]) -> Outcome {
    let names = crate::names().chain(others.iter().copied());
    match parsed.last_of(&[LIST, LIST_FULL, LIST_JSON, INSTALL]) {
        Some(INSTALL) => return install(io, parsed, names),
        Some(_) if !parsed.operands.is_empty() => return Ok(parsed.usage(io)),
        Some(LIST_JSON) => list_json(io),
        Some(LIST) => list(io, b"", names),
        Some(_) => list(io, FOLDER.get(1..).unwrap_or_default(), names),
        None => return Ok(parsed.usage(io)),
    }
    Ok(Status::SUCCESS)
}

fn list(io: &mut Io<'_>, folder: &[u8], names: impl Iterator<Item = &'static str>) {
    for name in names {
        io.out.put(folder);
        io.out.put(if folder.is_empty() { b"" } else { b"/" });
        io.out.put(name.as_bytes());
        io.out.put(b"\n");
    }
}

/// The link by which the kernel tells which file a process runs.
const SELF: &[u8] = b"/proc/self/exe";

/// Makes a link by each name that is free: one that is taken may be another program, which shall stay.
fn install(io: &mut Io<'_>, parsed: &Parsed<'_>, names: impl Iterator<Item = &'static str>) -> Outcome {
    let folder = match parsed.operands.as_slice() {
        [] => FOLDER,
        [folder] => folder,
        [_, extra, ..] => return Ok(io.misuse(extra, "one folder is expected")),
    };
    let mut room = [0; 4096];
    let program = fs::readlink(SELF, &mut room).map_err(|error| io.complain(SELF, &error))?;
    let mut status = Status::SUCCESS;
    for name in names {
        let place = file::path::join(folder, name.as_bytes());
        let made = match parsed.has(b's') {
            true => fs::symlink(program, place.as_slice()),
            false => fs::link_at(CWD, program, CWD, place.as_slice(), false),
        };
        match made {
            Ok(()) | Err(Errno::EXIST) => {}
            // It would be the same of every name.
            Err(error @ (Errno::NOENT | Errno::NOTDIR | Errno::XDEV | Errno::ROFS)) => {
                return Ok(io.complain(&place, &error));
            }
            Err(error) => status = io.complain(&place, &error),
        }
    }
    Ok(status)
}

fn list_json(io: &mut Io<'_>) {
    let mut json = Json::new(&mut io.out);
    json.array();
    for group in GROUPS {
        for applet in group.commands {
            json.line();
            json.object();
            json.field("name", applet.name().as_bytes());
            json.field("group", group.name.as_bytes());
            json.field("summary", applet.summary().as_bytes());
            json.field("usage", applet.usage().as_bytes());
            json.key("options");
            json.array();
            for flag in applet.flags().iter() {
                option(flag, &mut json);
            }
            json.end_array();
            json.key("rows");
            match applet.flags().iter().map(|flag| flag.fields()).find(|fields| !fields.is_empty()) {
                Some(fields) => schema(fields, &mut json),
                None => json.null(),
            }
            json.end_object();
        }
    }
    json.end_array();
    json.end();
}

fn option(flag: Flag, json: &mut Json<'_>) {
    json.object();
    if let Some(letter) = flag.short() {
        json.field("short", &[letter]);
    }
    if !flag.long().is_empty() {
        json.field("long", flag.long().as_bytes());
    }
    match flag.value() {
        Value::None => {}
        Value::Required(name) | Value::Optional(name) => {
            json.field("value", name.as_bytes());
            json.key("value_is_optional");
            json.boolean(matches!(flag.value(), Value::Optional(_)));
        }
    }
    json.field("help", flag.help().as_bytes());
    json.end_object();
}

/// Writes the JSON Schema (2020-12) of an array of objects with these fields.
fn schema(fields: &str, json: &mut Json<'_>) {
    json.object();
    json.field("type", b"array");
    json.key("items");
    json.object();
    json.field("type", b"object");
    json.key("properties");
    json.object();
    for field in fields.split(' ').map(Field::parse) {
        json.key(field.name);
        json.object();
        json.key("type");
        if field.may_be_null {
            json.array();
            json.string(field.kind);
            json.string(b"null");
            json.end_array();
        } else {
            json.string(field.kind);
        }
        json.end_object();
    }
    json.end_object();
    json.key("required");
    json.array();
    for field in fields.split(' ').map(Field::parse).filter(|field| !field.may_be_absent) {
        json.string(field.name.as_bytes());
    }
    json.end_array();
    json.end_object();
    json.end_object();
}

/// A field of a row, as [`Flag::rows`] describes it.
struct Field<'a> {
    name: &'a str,
    /// Its type's name in a schema.
    kind: &'static [u8],
    may_be_null: bool,
    may_be_absent: bool,
}

impl<'a> Field<'a> {
    fn parse(text: &'a str) -> Self {
        let (name, kind) = text.split_once(':').unwrap_or((text, "s"));
        Self {
            name,
            kind: match kind.get(..1).unwrap_or_default() {
                "n" | "N" => b"integer",
                "d" | "D" => b"number",
                "b" | "B" => b"boolean",
                "l" | "L" => b"array",
                "o" | "O" => b"object",
                _ => b"string",
            },
            may_be_null: kind.contains('?'),
            may_be_absent: kind.starts_with(|letter: char| letter.is_ascii_uppercase()),
        }
    }
}
