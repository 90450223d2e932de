//! Sizes as util-linux shows them.

use query::Sink;
use query::text::decimal;

/// Writes a size with its unit, and one decimal where that is not 0: `1.5 GiB`; with a letter alone if that is to be short.
pub(super) fn put(bytes: u64, is_short: bool, out: &mut dyn Sink) {
    let power = (bytes.max(1).ilog2() / 10).min(6);
    let unit = 1_u64 << (10 * power);
    let rounded = (u128::from(bytes) * 100 / u128::from(unit) + 5) as u64 / 10;
    let tenths = rounded % 10;
    decimal(rounded / 10, out);
    if tenths > 0 {
        out.put(b".");
        decimal(tenths, out);
    }
    let units = if is_short { "B K M G T P E" } else { " B| KiB| MiB| GiB| TiB| PiB| EiB" };
    let mut units = units.split(if is_short { ' ' } else { '|' });
    out.put(units.nth(power as usize).unwrap_or_default().as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn units() {
        for (bytes, long, short) in [
            (0, "0 B", "0B"),
            (1023, "1023 B", "1023B"),
            (1536, "1.5 KiB", "1.5K"),
            (64 << 20, "64 MiB", "64M"),
            ((62 << 20) + 1024, "62 MiB", "62M"),
            ((8 << 20) - 512, "8 MiB", "8M"),
            (u64::MAX, "16 EiB", "16E"),
        ] {
            for (is_short, expected) in [(false, long), (true, short)] {
                let mut text = Vec::new();
                put(bytes, is_short, &mut text);
                assert_eq!(text, expected.as_bytes());
            }
        }
    }
}
