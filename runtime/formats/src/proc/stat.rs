//! `/proc/stat`: what the processors did, and when the machine was booted (`proc_stat(5)`).

use crate::proc::words::Words;
use crate::{Error, Expected};

/// Totals since boot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// When the machine was booted, in seconds since 1970.
    pub boot_time: u64,
    /// How many processors are online.
    pub processors: u32,
    /// Time of all processors in ticks: user, nice, system, idle, waiting for devices, interrupts, soft interrupts, stolen.
    pub ticks: [u64; 8],
}

/// Reads the file; unknown lines are passed over.
pub fn parse(text: &[u8]) -> Result<Totals, Error> {
    let mut totals = Totals::default();
    let mut lines = Words::new(text);
    let mut has_boot_time = false;
    while let Some(line) = lines.line() {
        let mut words = Words::new(line);
        match words.word(Expected::Key) {
            Ok(b"cpu") => {
                for ticks in &mut totals.ticks {
                    // Older kernels count fewer kinds.
                    *ticks = words.number(Expected::Number).unwrap_or(0);
                }
            }
            Ok(key) if key.starts_with(b"cpu") => totals.processors = totals.processors.saturating_add(1),
            Ok(b"btime") => {
                totals.boot_time = words.number(Expected::Time)?;
                has_boot_time = true;
            }
            _ => {}
        }
    }
    if has_boot_time { Ok(totals) } else { Err(lines.error(Expected::BootTime)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    const SAMPLE: &[u8] = include_bytes!("../../../../tests/samples/proc/6.18-x86_64/stat");

    #[test]
    fn a_captured_file() {
        let totals = parse(SAMPLE).unwrap();
        assert_eq!(totals.boot_time, 1_795_250_522);
        assert_eq!(totals.processors, 2);
        assert_eq!(totals.ticks, [16273, 62168, 24414, 235_316, 1356, 0, 115, 32]);
        assert_eq!(parse(b"cpu 1 2\n").unwrap_err().expected(), Expected::BootTime);
        torture(SAMPLE, |text| {
            let _ = parse(text);
        });
    }
}
