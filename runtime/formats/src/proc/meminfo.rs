//! `/proc/meminfo`: where the memory is (`proc_meminfo(5)`). All values are bytes.

use crate::proc::pid::status::kilobytes;
use crate::proc::words::Words;
use crate::{Error, Expected};

/// The fields that answer "how much is left"; those that a kernel does not show are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// What the kernel manages.
    pub total: u64,
    /// What nobody uses.
    pub free: u64,
    /// What programs could have without swapping, as the kernel estimates it (Linux 3.14).
    pub available: Option<u64>,
    /// Raw blocks of devices that are kept.
    pub buffers: u64,
    /// Pages of files that are kept, those of `shared` too.
    pub cached: u64,
    /// tmpfs and shared memory, which cannot be dropped.
    pub shared: u64,
    /// The kernel's own objects that can be dropped.
    pub reclaimable: u64,
    /// The size of all swap areas.
    pub swap_total: u64,
    /// What is free of it.
    pub swap_free: u64,
}

impl Memory {
    /// Gives what the page cache and the dropable objects hold, as `free` counts it.
    pub fn cache(&self) -> u64 {
        self.cached.saturating_add(self.reclaimable)
    }

    /// Gives what programs could have; estimated for kernels that do not say.
    pub fn available(&self) -> u64 {
        let guess =
            self.free.saturating_add(self.buffers).saturating_add(self.cached.saturating_sub(self.shared));
        self.available.unwrap_or(guess)
    }
}

/// Reads the file; fields in any order, unknown ones passed over.
pub fn parse(text: &[u8]) -> Result<Memory, Error> {
    let mut memory = Memory::default();
    let mut lines = Words::new(text);
    let mut has_total = false;
    while let Some(line) = lines.line() {
        let mut words = Words::new(line);
        let Ok(key) = words.until(b':', Expected::Key) else { continue };
        let field = match key {
            b"MemTotal" => {
                has_total = true;
                &mut memory.total
            }
            b"MemFree" => &mut memory.free,
            b"MemAvailable" => memory.available.insert(0),
            b"Buffers" => &mut memory.buffers,
            b"Cached" => &mut memory.cached,
            b"Shmem" => &mut memory.shared,
            b"SReclaimable" => &mut memory.reclaimable,
            b"SwapTotal" => &mut memory.swap_total,
            b"SwapFree" => &mut memory.swap_free,
            _ => continue,
        };
        *field = kilobytes(words)?;
    }
    if has_total { Ok(memory) } else { Err(lines.error(Expected::MemTotal)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    const SAMPLE: &[u8] = include_bytes!("../../../../tests/samples/proc/6.18-x86_64/meminfo");

    #[test]
    fn a_captured_file() {
        let memory = parse(SAMPLE).unwrap();
        let kilobytes = |bytes: u64| bytes / 1024;
        assert_eq!(kilobytes(memory.total), 24_684_084);
        assert_eq!(kilobytes(memory.free), 22_642_672);
        assert_eq!(memory.available, Some(24_012_660 * 1024));
        assert_eq!(kilobytes(memory.buffers), 15_312);
        assert_eq!(kilobytes(memory.cache()), 1_362_036 + 300_980);
        assert_eq!(kilobytes(memory.shared), 8_872);
        assert_eq!((memory.swap_total, memory.swap_free), (0, 0));
    }

    #[test]
    fn old_kernels_and_damage() {
        let old =
            parse(b"MemTotal: 100 kB\nMemFree: 10 kB\nBuffers: 5 kB\nCached: 30 kB\nShmem: 8 kB\n").unwrap();
        assert_eq!(old.available(), 37 * 1024);
        assert_eq!(parse(b"MemFree: 10 kB\n").unwrap_err().expected(), Expected::MemTotal);
        assert_eq!(
            parse(b"MemTotal: 18446744073709551615 kB\n").unwrap_err().expected(),
            Expected::Kilobytes
        );
        torture(SAMPLE, |text| {
            let _ = parse(text).map(|memory| (memory.cache(), memory.available()));
        });
    }
}
