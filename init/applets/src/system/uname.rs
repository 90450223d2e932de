//! `uname` (POSIX `-a -m -n -r -s -v`; `-o` and the long names are GNU's). `-p` and `-i` are not told apart from `-m` by
//! any kernel call, so they print it, and `-a` leaves them out as GNU does where they are not known.

use alloc::vec::Vec;

use query::{Rows, Value};

use crate::{Applet, Arguments, Flag, Io, JSON, JSON_FLAG, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "uname",
    summary: "Print what system this is",
    usage: "[OPTION]...",
    flags: &[
        Flag::new(b'a', "all", "all of the below, in this order"),
        Flag::new(b's', "kernel-name", "the kernel's name (the default)"),
        Flag::new(b'n', "nodename", "the machine's name"),
        Flag::new(b'r', "kernel-release", "the kernel's release"),
        Flag::new(b'v', "kernel-version", "the kernel's build"),
        Flag::new(b'm', "machine", "the architecture (also -p and -i)"),
        Flag::new(b'p', "processor", ""),
        Flag::new(b'i', "hardware-platform", ""),
        Flag::new(b'o', "operating-system", "the operating system"),
        JSON_FLAG,
    ],
    run,
};

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let parsed = match arguments.parse(io) {
        Ok(parsed) => parsed,
        Err(status) => return status,
    };
    if let Some(extra) = parsed.operands.first() {
        io.complain(extra, &"no operand is expected");
        return Status::USAGE;
    }
    let names = match linux::system::uname() {
        Ok(names) => names,
        Err(errno) => return io.complain(b"", &errno),
    };
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
        let mut rows =
            Rows::untitled(&["system", "host", "release", "version", "machine", "operating_system"]);
        rows.push(parts.map(|part| Value::text(part.1)));
        rows.json(&mut io.out);
        return Status::SUCCESS;
    }
    let wanted = |keys: &[u8]| keys.iter().any(|key| parsed.has(*key));
    let mut words: Vec<&[u8]> = parts.iter().filter(|part| wanted(part.0)).map(|part| part.1).collect();
    if words.is_empty() {
        words.push(names.system());
    }
    io.out.put(&words.join(&b' '));
    io.out.put(b"\n");
    Status::SUCCESS
}
