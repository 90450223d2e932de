//! `free`, as procps 4 counts: `used` is what programs could not have, `buff/cache` what the kernel keeps for speed.

use query::text::{decimal, size};
use query::{Rows, Value};

use crate::{Applet, Arguments, Flag, Io, JSON_FLAG, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "free",
    summary: "Show how much memory is used and left",
    usage: "[OPTION]...",
    flags: &[
        Flag::new(b'b', "bytes", "in bytes"),
        Flag::new(b'k', "kibi", "in units of 1024 bytes (the default)"),
        Flag::new(b'm', "mebi", "in units of 1024 KiB"),
        Flag::new(b'g', "gibi", "in units of 1024 MiB"),
        Flag::new(b'h', "human", "in whatever unit fits"),
        Flag::new(b't', "total", "also the sum of memory and swap"),
        JSON_FLAG,
    ],
    run,
};

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let parsed = match arguments.parse(io) {
        Ok(parsed) => parsed,
        Err(status) => return status,
    };
    let memory = match system::machine::memory() {
        Ok(memory) => memory,
        Err(error) => return io.complain(b"", &error),
    };
    let shift = match parsed.last_of(b"bkmgh") {
        Some(b'b') => Some(0),
        Some(b'm') => Some(20),
        Some(b'g') => Some(30),
        Some(b'h') => None,
        _ => Some(10),
    };
    let amount = |bytes: u64| {
        Value::Number(bytes).shown(|text| match shift {
            Some(shift) => decimal(bytes >> shift, text),
            None => size(bytes, text),
        })
    };
    let blank = || Value::Unknown.shown(|_| ());
    let label = |name: &[u8], title: &[u8]| Value::text(name).shown(|text| text.extend_from_slice(title));
    let mut rows = Rows::titled(&[
        ("kind", ""),
        ("total", "total"),
        ("used", "used"),
        ("free", "free"),
        ("shared", "shared"),
        ("cache", "buff/cache"),
        ("available", "available"),
    ]);
    let used = memory.total.saturating_sub(memory.available());
    let swap_used = memory.swap_total.saturating_sub(memory.swap_free);
    rows.push([
        label(b"memory", b"Mem:"),
        amount(memory.total),
        amount(used),
        amount(memory.free),
        amount(memory.shared),
        amount(memory.buffers.saturating_add(memory.cache())),
        amount(memory.available()),
    ]);
    let mut push = |label, total, used, free| {
        rows.push([label, amount(total), amount(used), amount(free), blank(), blank(), blank()]);
    };
    push(label(b"swap", b"Swap:"), memory.swap_total, swap_used, memory.swap_free);
    if parsed.has(b't') {
        let (total, free) = (memory.total + memory.swap_total, memory.free + memory.swap_free);
        push(label(b"total", b"Total:"), total, used + swap_used, free);
    }
    io.show(&rows, &parsed);
    Status::SUCCESS
}
