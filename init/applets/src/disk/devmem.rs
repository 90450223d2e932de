//! `devmem` (BusyBox's): one access of the width that is asked for.

use alloc::vec::Vec;

use linux::fs::{Mode, OpenFlags, open};
use linux::mem::{Width, read_register, write_register};

use crate::{Applet, Io, Outcome, Parsed, Run, Status, amount};

pub(crate) const APPLET: Applet = Applet {
    name: "devmem",
    summary: "Read or write a register at an address of the machine",
    usage: "ADDRESS [WIDTH [VALUE]]    (8, 16, 32 or 64 bits)",
    flags: flags![],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let (address, width, value) = match *parsed.operands.as_slice() {
        [address] => (address, None, None),
        [address, width] => (address, Some(width), None),
        [address, width, value] => (address, Some(width), Some(value)),
        _ => return Ok(parsed.usage(io)),
    };
    let mut number = |word: &[u8]| amount::parse_any(word).ok_or_else(|| io.misuse(word, "is no number"));
    let address = number(address)?;
    let value = value.map(number).transpose()?;
    let width = match width {
        Some(b"8" | b"b") => Width::Byte,
        Some(b"16" | b"h") => Width::Half,
        None | Some(b"32" | b"w") => Width::Word,
        Some(b"64" | b"l") => Width::Double,
        Some(word) => return Ok(io.misuse(word, "8, 16, 32 or 64 is expected")),
    };
    let access = if value.is_some() { OpenFlags::READ_WRITE } else { OpenFlags::READ };
    // What is kept in caches is not what the device has.
    let flags = access | OpenFlags::SYNC | OpenFlags::CLOSE_ON_EXEC;
    let memory = open("/dev/mem", flags, Mode::empty()).map_err(|errno| io.complain(b"/dev/mem", &errno))?;
    let done = match value {
        Some(value) => write_register(&memory, address, width, value).map(|()| None),
        None => read_register(&memory, address, width).map(Some),
    };
    match done {
        Ok(found) => {
            if let Some(found) = found {
                let mut digits = Vec::new();
                query::text::radix(found, 16, &mut digits);
                io.out.put(b"0x");
                (digits.len()..2 * width.bytes()).for_each(|_| io.out.put(b"0"));
                io.out.put(&digits.to_ascii_uppercase());
                io.out.put(b"\n");
            }
            Ok(Status::SUCCESS)
        }
        Err(errno) => Ok(io.complain(b"/dev/mem", &errno)),
    }
}
