//! What `swapon` and `swapoff` share: what the kernel uses, what /etc/fstab says, and devices by their labels.

use alloc::vec::Vec;

use formats::etc::fstab::{self, Entry};
use formats::proc::swaps;
use query::{Rows, Value};

use super::device;
use crate::{Io, JSON, Parsed, Status};

/// Gives the devices and files that are meant: by operands, `-L`, `-U`; says which are not there.
pub(super) fn meant(io: &mut Io<'_>, parsed: &Parsed<'_>) -> (Vec<Vec<u8>>, Status) {
    let labels = parsed.values(b'L').map(|label| [b"LABEL=", label].concat());
    let names = parsed.values(b'U').map(|name| [b"UUID=", name].concat());
    let operands = parsed.operands.iter().map(|operand| operand.to_vec());
    let words: Vec<Vec<u8>> = labels.chain(names).chain(operands).collect();
    let found: Vec<Vec<u8>> = words.iter().filter_map(|word| device::named(io, word)).collect();
    let status = Status::from(found.len() == words.len());
    (found, status)
}

/// Calls `each` with every line of /etc/fstab that is for swap and not `noauto`; says which make no sense.
pub(super) fn each_listed(
    io: &mut Io<'_>,
    each: &mut dyn FnMut(&mut Io<'_>, &Entry<'_>) -> Status,
) -> Status {
    let text = match system::file::read(b"/etc/fstab") {
        Ok(text) => text,
        Err(error) => return io.complain(b"", &error),
    };
    let mut status = Status::SUCCESS;
    for entry in fstab::parse(&text) {
        match entry {
            Ok(entry) if entry.kind.is(b"swap") && !entry.has(b"noauto") => {
                status = status.and(each(io, &entry))
            }
            Ok(_) => {}
            Err(error) => status = io.complain(b"/etc/fstab", &error),
        }
    }
    status
}

/// Shows what the kernel uses.
pub(super) fn show(io: &mut Io<'_>, parsed: &Parsed<'_>, is_exact: bool, has_titles: bool) -> Status {
    let text = system::file::read(b"/proc/swaps").unwrap_or_default();
    let titles = if has_titles {
        "name=NAME type=TYPE bytes=SIZE bytes_used=USED priority=PRIO"
    } else {
        "name type bytes bytes_used priority"
    };
    let mut rows = Rows::named(titles);
    for row in swaps::rows(&text) {
        let size = |digits: &[u8]| {
            let bytes = query::text::parse_decimal(digits).unwrap_or(0).saturating_mul(1024);
            let mut shown = Vec::new();
            super::size::put(bytes, true, &mut shown);
            if is_exact { Value::Number(bytes) } else { Value::Number(bytes).shown(shown) }
        };
        let [room, used, priority] = row.numbers;
        let priority = core::str::from_utf8(priority).ok().and_then(|digits| digits.parse().ok());
        rows.push([
            Value::Text(row.place.plain()),
            Value::text(row.kind),
            size(room),
            size(used),
            priority.map_or(Value::Unknown, Value::Signed),
        ]);
    }
    if !rows.is_empty() || parsed.has(JSON) {
        io.show(&rows, parsed);
    }
    Status::SUCCESS
}
