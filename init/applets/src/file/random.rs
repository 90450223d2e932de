//! Names that nobody can guess, for things that must not be there yet.

use alloc::vec::Vec;

use io::temporary::chance;
use linux::Errno;

const LETTERS: &[u8; 64] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ab";

/// How often a name that is taken gives way to another one.
const TRIES: usize = 100;

/// Puts letters and digits in place of what is there.
fn fill(name: &mut [u8]) {
    chance(name);
    for byte in name {
        *byte = LETTERS[usize::from(*byte) & 63];
    }
}

/// Calls `make` with names until one is not taken: `before`, `count` letters of chance, `after`.
pub(super) fn unused<T>(
    (before, count, after): (&[u8], usize, &[u8]),
    make: &mut dyn FnMut(&[u8]) -> linux::Result<T>,
) -> linux::Result<(T, Vec<u8>)> {
    let mut name = [before, &alloc::vec![0; count], after].concat();
    for _ in 0..TRIES {
        fill(name.get_mut(before.len()..before.len() + count).unwrap_or_default());
        match make(&name) {
            Err(Errno::EXIST) => {}
            made => return made.map(|made| (made, name)),
        }
    }
    Err(Errno::EXIST)
}
