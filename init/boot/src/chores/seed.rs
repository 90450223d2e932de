//! The seed of the kernel's random numbers: what the last start left is mixed in and counted, and is replaced before it is, so that no
//! two starts have the same.

use linux::fs::{self, Mode, OpenFlags};
use linux::random::{RandomFlags, SEED_BYTES, credit_random, getrandom};
use system::file::{self, Durability};

use super::kept;
use crate::log::Log;

/// Gives the seed of before to the kernel, and keeps another one.
pub(super) fn sow(log: Log) {
    let flags = OpenFlags::WRITE | OpenFlags::CLOSE_ON_EXEC;
    let Ok(device) = fs::open("/dev/urandom", flags, Mode::empty()) else { return };
    let before = file::read(&kept("seed")).ok().and_then(|bytes| <[u8; SEED_BYTES]>::try_from(bytes).ok());
    if let Some(seed) = &before {
        // Mixed in, so that the next one follows from it.
        let _ = fs::write_all(&device, seed);
    }
    // A seed that could not be replaced may come again: it does not count.
    let is_replaced = keep();
    if let Some(seed) = before.filter(|_| is_replaced) {
        match credit_random(&device, &seed) {
            Ok(()) => log.debug(format_args!("seed: {} bits counted", SEED_BYTES * 8)),
            Err(cause) => log.error(format_args!("seed: {cause}")),
        }
    }
}

/// Keeps a seed for the next start; says whether it is on the disk.
pub(super) fn keep() -> bool {
    let mut seed = [0; SEED_BYTES];
    let count = getrandom(&mut seed, RandomFlags::INSECURE);
    let path = kept("seed");
    count == Ok(SEED_BYTES)
        && file::replace(&path, &seed, Durability::Durable).is_ok()
        && fs::chmod(path.as_slice(), Mode::octal(0o600)).is_ok()
}
