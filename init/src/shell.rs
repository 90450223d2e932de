//! The command `sh`: the shell over the kernel, with the commands of this program behind those of PATH.

#![expect(unsafe_code, reason = "a shell does with descriptors what its scripts say")]

use alloc::vec::Vec;
use core::ffi::CStr;

use linux::fs::Numbers;
use rt::Environment;
use shell::Kernel;

use crate::commands::Applets;

/// Says whether a name is the shell's; that of a login begins with a dash.
pub(crate) fn is_name(name: &[u8]) -> bool {
    matches!(name.strip_prefix(b"-").unwrap_or(name), b"sh" | b"ash")
}

/// Runs the shell with these words, the path by which it was called first.
pub(crate) fn run<'a>(
    environment: Environment,
    path: &'a [u8],
    words: impl Iterator<Item = &'a [u8]>,
) -> i32 {
    let environment: Vec<&[u8]> = environment.map(CStr::to_bytes).collect();
    let words: Vec<&[u8]> = core::iter::once(path).chain(words).collect();
    // SAFETY: this process is a shell, and nothing else in it owns a descriptor while a command runs.
    let numbers = unsafe { Numbers::claim() };
    shell::main(&Kernel::new(numbers), &Applets, &words, &environment)
}
