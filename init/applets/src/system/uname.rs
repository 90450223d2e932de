//! `uname` (POSIX `-a -m -n -r -s -v`; `-o` and the long names are GNU's). `-p` and `-i` are not told apart from `-m` by
//! any kernel call, so they print it, and `-a` leaves them out as GNU does where they are not known.

use query::{Rows, Value};

use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "uname",
    summary: "Print what system this is",
    usage: "[OPTION]...",
    flags: flags![
        Flag::new(b'a', "all", "all of the below, in this order"),
        Flag::new(b's', "kernel-name", "the kernel's name (the default)"),
        Flag::new(b'n', "nodename", "the machine's name"),
        Flag::new(b'r', "kernel-release", "the kernel's release"),
        Flag::new(b'v', "kernel-version", "the kernel's build"),
        Flag::new(b'm', "machine", "the architecture (also -p and -i)"),
        Flag::new(b'p', "processor", ""),
        Flag::new(b'i', "hardware-platform", ""),
        Flag::new(b'o', "operating-system", "the operating system"),
        Flag::rows("system host release version machine operating_system"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if let Some(extra) = parsed.operands.first() {
        return Ok(io.misuse(extra, "no operand is expected"));
    }
    let names = linux::system::uname().map_err(|errno| io.complain(b"", &errno))?;
    // The options that ask for a part, and the part.
    let parts: [(&[u8], &[u8]); 6] = [
        (b"as", names.system()),
        (b"an", names.host()),
        (b"ar", names.release()),
        (b"av", names.version()),
        (b"ampi", names.machine()),
        (b"ao", b"Linux"),
    ];
    if parsed.has(JSON) {
        let mut rows = Rows::named("system host release version machine operating_system");
        rows.push(parts.map(|part| Value::text(part.1)));
        rows.json(&mut io.out);
        return Ok(Status::SUCCESS);
    }
    let is_wanted =
        |keys: &[u8]| if parsed.options.is_empty() { keys == b"as" } else { parsed.has_any(keys) };
    let mut space: &[u8] = b"";
    for (_, part) in parts.iter().filter(|(keys, _)| is_wanted(keys)) {
        io.out.put(space);
        io.out.put(part);
        space = b" ";
    }
    io.out.put(b"\n");
    Ok(Status::SUCCESS)
}
