//! `free`, as procps 4 counts: `used` is what programs could not have, `buff/cache` what the kernel keeps for speed.

use alloc::vec::Vec;

use linux::time::sleep;
use query::text::{decimal, parse_decimal, size, size_by_1000};
use query::{Rows, Value};

use crate::options::more;
use crate::{Applet, Flag, HAS_MORE, Io, JSON, Outcome, Parsed, Run, Status, span};

pub(crate) const APPLET: Applet = Applet {
    name: "free",
    summary: "Show how much memory is used and left",
    usage: "[OPTION]...",
    flags: flags![
        ..MORE,
        Flag::new(b'b', "bytes", "in bytes"),
        Flag::new(b'k', "kibi", "in units of 1024 bytes (the default)"),
        Flag::new(b'm', "mebi", "in units of 1024 KiB"),
        Flag::new(b'g', "gibi", "in units of 1024 MiB"),
        Flag::new(b'h', "human", "in whatever unit fits"),
        Flag::rows("kind total:n used:n free:n shared:n? cache:n? available:n?"),
    ],
    run: Run::Parsed(if HAS_MORE { run } else { show }),
};

/// What the smallest images do without.
const MORE: &[Flag] = more(&[
    Flag::new(b'w', "wide", "buffers and cache by themselves"),
    Flag::with(b's', "seconds", "TIME", "again and again, so long between"),
    Flag::new(TEBI, "tebi", "in units of 1024 GiB"),
    Flag::new(PEBI, "pebi", "in units of 1024 TiB"),
    Flag::new(KILO, "kilo", "in units of 1000 bytes; also --mega, --giga, --tera, --peta"),
    Flag::new(KILO + 1, "mega", ""),
    Flag::new(KILO + 2, "giga", ""),
    Flag::new(KILO + 3, "tera", ""),
    Flag::new(KILO + 4, "peta", ""),
    Flag::new(SI, "si", "by 1000, not 1024"),
    Flag::with(b'c', "count", "N", "N times (with -s; else a second between)"),
    Flag::new(b't', "total", "also the sum of memory and swap"),
]);

keys! { 128; TEBI PEBI SI }
/// The first of the five units by 1000.
const KILO: u8 = 131;
const PETA: u8 = KILO + 4;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let count = match parsed.value(b'c').map(|word| (word, parse_decimal(word))) {
        None if parsed.has(b's') => u64::MAX,
        None => 1,
        Some((_, Some(count))) if count > 0 => count,
        Some((word, _)) => return Ok(io.misuse(word, "is no count")),
    };
    let interval = match parsed.value(b's').map(|word| (word, span::parse(word))) {
        None => core::time::Duration::from_secs(1),
        Some((_, Some(interval))) => interval,
        Some((word, None)) => return Ok(io.misuse(word, "not a time")),
    };
    for turn in 0..count {
        if turn > 0 {
            io.out.put(b"\n");
            io.out.flush();
            sleep(interval);
        }
        show(io, parsed)?;
        if io.out.is_broken() {
            break;
        }
    }
    Ok(Status::SUCCESS)
}

/// Gives the bytes of the unit; nothing for whatever fits.
fn unit(parsed: &Parsed<'_>) -> Option<u64> {
    const ALL: &[u8] = &[b'b', b'k', b'm', b'g', b'h', TEBI, PEBI, KILO, KILO + 1, KILO + 2, KILO + 3, PETA];
    let base: u64 = if HAS_MORE && parsed.has(SI) { 1000 } else { 1 << 10 };
    Some(match parsed.last_of(if HAS_MORE { ALL } else { b"bkmgh" }) {
        Some(b'h') => return None,
        Some(b'b') => 1,
        Some(b'm') => base * base,
        Some(b'g') => base * base * base,
        Some(TEBI) if HAS_MORE => base.pow(4),
        Some(PEBI) if HAS_MORE => base.pow(5),
        Some(key @ KILO..=PETA) if HAS_MORE => 1000_u64.pow(u32::from(key - KILO) + 1),
        _ => base,
    })
}

fn show(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let memory = system::machine::memory()?;
    let unit = unit(parsed);
    let amount = |bytes: u64| {
        let mut text = Vec::new();
        match unit {
            Some(unit) => decimal(bytes / unit, &mut text),
            None if HAS_MORE && parsed.has(SI) => size_by_1000(bytes, &mut text),
            None => size(bytes, &mut text),
        }
        Value::Number(bytes).shown(text)
    };
    let is_wide = HAS_MORE && parsed.has(b'w') && !parsed.has(JSON);
    let mut rows = Rows::named(match is_wide {
        true => {
            "kind total=total used=used free=free shared=shared buffers=buffers cache=cache available=available"
        }
        false => "kind total=total used=used free=free shared=shared cache=buff/cache available=available",
    });
    let mut add = |name: &[u8], title: &[u8], amounts: &[u64]| {
        let mut row: Vec<Value> = Vec::new();
        row.push(Value::text(name).shown(title.to_vec()));
        row.extend(amounts.iter().map(|bytes| amount(*bytes)));
        // Swap has no more to say.
        row.resize_with(7 + usize::from(is_wide), || Value::Unknown.shown(Vec::new()));
        rows.push(row);
    };
    let used = memory.total.saturating_sub(memory.available());
    let swap_used = memory.swap_total.saturating_sub(memory.swap_free);
    let cache = memory.buffers.saturating_add(memory.cache());
    let available = memory.available();
    if is_wide {
        let (buffers, cache) = (memory.buffers, memory.cache());
        add(b"memory", b"Mem:", &[memory.total, used, memory.free, memory.shared, buffers, cache, available]);
    } else {
        add(b"memory", b"Mem:", &[memory.total, used, memory.free, memory.shared, cache, available]);
    }
    add(b"swap", b"Swap:", &[memory.swap_total, swap_used, memory.swap_free]);
    if HAS_MORE && parsed.has(b't') {
        let (total, free) = (memory.total + memory.swap_total, memory.free + memory.swap_free);
        add(b"total", b"Total:", &[total, used + swap_used, free]);
    }
    io.show(&rows, parsed);
    Ok(Status::SUCCESS)
}
