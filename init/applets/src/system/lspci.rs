//! `lspci` (BusyBox's: numbers, no names; `-n` in the form of pciutils).

use query::{Rows, Value};

use super::bus::{Bus, ROOT, hexadecimal};
use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "lspci",
    summary: "List the devices of the PCI bus",
    usage: "[OPTION]...",
    flags: flags![
        Flag::new(b'm', "", "words in quotes, with the numbers of the subsystem"),
        Flag::new(b'k', "", "with the driver"),
        Flag::new(b'n', "", "with the revision, as pciutils has numbers"),
        Flag::new(b'D', "", "with the domain, also where it is 0"),
        ROOT,
        Flag::rows(
            "slot class:n vendor:n device:n subsystem_vendor:n? subsystem_device:n? revision:n? driver:s?"
        ),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if !parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let bus = Bus::read(parsed, "pci");
    let mut rows = Rows::named("slot class vendor device subsystem_vendor subsystem_device revision driver");
    for device in &bus.devices {
        let read = |name| bus.number(device, name, 16);
        // One that has vanished has no class.
        let (Some(class), Some(vendor), Some(number)) = (read("class"), read("vendor"), read("device"))
        else {
            continue;
        };
        let subsystem = [read("subsystem_vendor"), read("subsystem_device")];
        let (revision, driver) = (read("revision"), bus.driver(device));
        if parsed.has(JSON) {
            let shown =
                |number: Option<u32>| number.map_or(Value::Unknown, |number| Value::Number(number.into()));
            rows.push([
                Value::text(device),
                Value::Number(class.into()),
                Value::Number(vendor.into()),
                Value::Number(number.into()),
                shown(subsystem[0]),
                shown(subsystem[1]),
                shown(revision),
                driver.map_or(Value::Unknown, Value::Text),
            ]);
            continue;
        }
        let slot = if parsed.has(b'D') { device } else { device.strip_prefix(b"0000:").unwrap_or(device) };
        io.out.printable(slot);
        let [class, vendor, number] = [class >> 8, vendor, number].map(|number| hexadecimal(number, 4));
        if parsed.has(b'm') {
            let [first, second] = subsystem.map(|number| hexadecimal(number.unwrap_or_default(), 4));
            let class = [b"Class ", class.as_slice()].concat();
            for word in [&class, &vendor, &number, &first, &second] {
                quoted(io, word);
            }
        } else {
            io.out.put(if parsed.has(b'n') { b" " } else { b" Class " });
            io.out.put(&[class.as_slice(), b": ", &vendor, b":", &number].concat());
            if let Some(revision) = revision.filter(|revision| parsed.has(b'n') && *revision > 0) {
                io.out.put(&[b" (rev ", hexadecimal(revision, 2).as_slice(), b")"].concat());
            }
        }
        match driver.filter(|_| parsed.has(b'k')) {
            Some(driver) if parsed.has(b'm') => quoted(io, &driver),
            Some(driver) => {
                io.out.put(b" ");
                io.out.printable(&driver);
            }
            None => {}
        }
        io.out.put(b"\n");
    }
    if parsed.has(JSON) {
        rows.json(&mut io.out);
    }
    Ok(Status::SUCCESS)
}

fn quoted(io: &mut Io<'_>, word: &[u8]) {
    io.out.put(b" \"");
    io.out.printable(word);
    io.out.put(b"\"");
}
