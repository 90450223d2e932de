//! What calls count and list, as strace shows it: file systems, use of resources, times, processors, descriptors that select(2)
//! waits for.

use alloc::format;
use alloc::vec::Vec;

use linux::named::Named;
use linux::trace::names::{FileSystemMagic, MountedFlags};
use query::text::decimal;

use super::memory::{Process, WORD};
use super::signals;
use super::words::{address, hexadecimal, named, set};

/// How many members a set has at most that is shown: the kernel's largest number of processors, and of descriptors for select.
const MOST: u64 = 8192;

/// Shows what statfs(2) gave.
pub(super) fn file_system(process: &Process, at: u64, out: &mut Vec<u8>) -> bool {
    let Some(mut fields) = process.fields(at, 10 * WORD + 8) else { return false };
    out.extend_from_slice(b"{f_type=");
    named::<FileSystemMagic>(fields.word(), out);
    for name in ["f_bsize", "f_blocks", "f_bfree", "f_bavail", "f_files", "f_ffree"] {
        out.extend_from_slice(format!(", {name}={}", fields.word()).as_bytes());
    }
    for begin in [", f_fsid={val=[", ", "] {
        out.extend_from_slice(begin.as_bytes());
        hexadecimal(fields.packed(4), out);
    }
    out.extend_from_slice(format!("]}}, f_namelen={}", fields.word()).as_bytes());
    out.extend_from_slice(format!(", f_frsize={}, f_flags=", fields.word()).as_bytes());
    set(&MountedFlags::NAMES, fields.word(), 0, out);
    out.push(b'}');
    true
}

/// Shows what was used of the processor (getrusage(2)).
pub(super) fn usage(process: &Process, at: u64, out: &mut Vec<u8>) -> bool {
    out.extend_from_slice(b"{ru_utime=");
    let is_read = process.times(at, "usec", out);
    out.extend_from_slice(b", ru_stime=");
    let is_read = is_read && process.times(at.wrapping_add(2 * WORD as u64), "usec", out);
    out.extend_from_slice(b", ...}");
    is_read
}

/// Shows what times(2) gave, in ticks.
pub(super) fn ticks(process: &Process, at: u64, out: &mut Vec<u8>) -> bool {
    let Some(mut fields) = process.fields(at, 4 * WORD) else { return false };
    for (begin, name) in [("{", "utime"), (", ", "stime"), (", ", "cutime"), (", ", "cstime")] {
        out.extend_from_slice(format!("{begin}tms_{name}={}", fields.word()).as_bytes());
    }
    out.push(b'}');
    true
}

/// Shows the members of a set that takes so many bytes: processors, or descriptors below a number.
pub(super) fn members(process: &Process, at: u64, bytes: u64, below: u64, out: &mut Vec<u8>) -> bool {
    let list = present(process, at, bytes.min(MOST / 8), below);
    list.is_some_and(|list| {
        listed(&list, out);
        true
    })
}

fn listed(numbers: &[u64], out: &mut Vec<u8>) {
    out.push(b'[');
    for (index, number) in numbers.iter().enumerate() {
        out.extend_from_slice(if index > 0 { b" " } else { b"" });
        decimal(*number, out);
    }
    out.push(b']');
}

fn present(process: &Process, at: u64, bytes: u64, below: u64) -> Option<Vec<u64>> {
    let mut fields = process.fields(at, bytes as usize)?;
    let bits = fields.take(bytes as usize);
    let is_in =
        |number: &u64| bits.get((number / 8) as usize).is_some_and(|byte| byte >> (number % 8) & 1 == 1);
    Some((0..below.min(bytes * 8)).filter(is_in).collect())
}

/// Gives the bytes of a set of descriptors below a number: whole words of the kernel's.
pub(super) const fn set_bytes(below: u64) -> u64 {
    let bits = WORD as u64 * 8;
    let below = if below > MOST { MOST } else { below };
    below.div_ceil(bits) * WORD as u64
}

/// Shows which descriptors are ready, and how much time is left, as the kernel leaves both in the arguments of select(2).
pub(super) fn selected(process: &Process, arguments: &[u64; 6], parts: &str, out: &mut Vec<u8>) {
    let [below, sets @ .., time, _] = *arguments;
    let mut separator = "";
    for (name, at) in ["in", "out", "except"].into_iter().zip(sets) {
        if let Some(list) = present(process, at, set_bytes(below), below).filter(|list| !list.is_empty()) {
            out.extend_from_slice(format!("{separator}{name} ").as_bytes());
            listed(&list, out);
            separator = ", ";
        }
    }
    if time != 0 {
        out.extend_from_slice(format!("{separator}left ").as_bytes());
        process.times(time, parts, out);
    }
}

/// Shows the signals that pselect6(2) blocks, with their length.
pub(super) fn select_mask(process: &Process, at: u64, out: &mut Vec<u8>) -> bool {
    let Some(mut fields) = process.fields(at, 2 * WORD) else { return false };
    let (mask, length) = (fields.word(), fields.word());
    out.extend_from_slice(b"{sigmask=");
    if mask == 0 || !signals::mask(process, mask, out) {
        address(mask, out);
    }
    out.extend_from_slice(b", sigsetsize=");
    decimal(length, out);
    out.push(b'}');
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::strace::sample::{own, shown, shown_of_memory};

    fn at<T>(value: &T) -> u64 {
        core::ptr::from_ref(value).addr() as u64
    }

    #[test]
    fn sets_are_lists_of_their_members() {
        let set = [1_u64 << 3 | 1 << 63, 1];
        let of = |bytes, below| shown_of_memory(|process, out| members(process, at(&set), bytes, below, out));
        assert_eq!(of(16, 128), "[3 63 64]");
        assert_eq!(of(16, 64), "[3 63]");
        assert_eq!(of(1, 8), "[3]");
        assert_eq!(of(16, 3), "[]");
        assert_eq!(
            (set_bytes(0), set_bytes(1), set_bytes(64), set_bytes(u64::MAX)),
            (0, WORD as u64, 8, 1024)
        );
    }

    #[test]
    fn what_is_ready_is_told_with_the_time_that_is_left() {
        let (ready, nothing, left) = ([1_usize << 5], [0_usize], [0_usize, 7]);
        let arguments = [6, at(&ready), at(&nothing), 0, at(&left), 0];
        let tell = |process: &Process, out: &mut Vec<u8>| {
            selected(&Process { is_wide: WORD == 8, ..*process }, &arguments, "usec", out);
            true
        };
        assert_eq!(shown_of_memory(tell), "in [5], left {tv_sec=0, tv_usec=7}");
        let arguments = [6, 0, at(&nothing), at(&ready), 0, 0];
        let tell = |process: &Process, out: &mut Vec<u8>| {
            selected(process, &arguments, "usec", out);
            true
        };
        assert_eq!(shown_of_memory(tell), "except [5]");
    }

    #[test]
    fn counts_have_their_names() {
        let words = [1_usize, 2, 3, 4];
        assert_eq!(
            shown_of_memory(|process, out| ticks(process, at(&words), out)),
            "{tms_utime=1, tms_stime=2, tms_cutime=3, tms_cstime=4}"
        );
        let mut words = [0_usize; 13];
        (words[0], words[1], words[6], words[8], words[9]) = (0xef53, 4096, 11, 255, 4096);
        words[10] = 0x1020;
        let text = shown_of_memory(|process, out| file_system(process, at(&words), out));
        assert!(text.starts_with("{f_type=EXT2_SUPER_MAGIC, f_bsize=4096, f_blocks=0, "), "{text}");
        assert!(
            WORD == 4 || text.ends_with("f_namelen=255, f_frsize=4096, f_flags=ST_VALID|ST_RELATIME}"),
            "{text}"
        );
        // Nothing is there.
        assert_eq!(shown(|out| assert!(!usage(&own(), 8, out))), "{ru_utime=, ru_stime=, ...}");
    }
}
