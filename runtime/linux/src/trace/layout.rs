//! Where the fields of structures lie that another program hands to the kernel, for who reads them out of its memory: the places
//! that differ between processors. What is the same everywhere, its reader knows.

use core::mem::offset_of;
use linux_raw_sys::general as kernel;

/// A field: where it begins in bytes, and its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Bytes before it.
    pub at: usize,
    /// Bytes of it.
    pub size: usize,
}

/// What stat(2) fills: `struct stat`, or `struct stat64` where the words are narrow.
#[derive(Clone, Copy, Debug)]
pub struct StatFields {
    /// `st_mode`.
    pub mode: Field,
    /// `st_rdev`.
    pub device: Field,
    /// `st_size`.
    pub size: Field,
    /// Bytes of all.
    pub bytes: usize,
}

#[cfg(target_pointer_width = "64")]
use kernel::stat as Stat;
#[cfg(target_pointer_width = "32")]
use kernel::stat64 as Stat;

const fn field<F>(at: usize, _: fn(&Stat) -> &F) -> Field {
    Field { at, size: size_of::<F>() }
}

/// Where the fields of what stat(2) fills are.
pub const STAT: StatFields = StatFields {
    mode: field(offset_of!(Stat, st_mode), |stat| &stat.st_mode),
    device: field(offset_of!(Stat, st_rdev), |stat| &stat.st_rdev),
    size: field(offset_of!(Stat, st_size), |stat| &stat.st_size),
    bytes: size_of::<Stat>(),
};

/// Whether the kernel's `struct sigaction` has a place for the code that ends a handler (`sa_restorer`).
pub const HAS_RESTORER: bool = offset_of!(kernel::kernel_sigaction, sa_mask) > 2 * size_of::<usize>();

/// Bytes of `struct epoll_event`: 12 where it is packed.
pub const EPOLL_EVENT_BYTES: usize = size_of::<kernel::epoll_event>();

/// What a signal is told with (`siginfo_t`), taken apart: the members that a sent signal has, and a child's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// `si_signo`.
    pub signal: i32,
    /// `si_errno`.
    pub error: i32,
    /// `si_code`: who sent it, or why.
    pub code: i32,
    /// `si_pid`: who sent it, or the child.
    pub process: i32,
    /// `si_uid`.
    pub user: u32,
    /// `si_status`, of a child.
    pub status: i32,
    /// `si_utime` and `si_stime`, of a child, in ticks.
    pub times: [i64; 2],
    /// `si_addr`, of a fault; `si_value`, of a signal with one.
    pub address: u64,
}

impl Told {
    /// Takes bytes apart; none if they are too few.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        const WORD: usize = size_of::<usize>();
        // Three numbers, then a union whose members begin at a whole word.
        const UNION: usize = 12_usize.next_multiple_of(WORD);
        let int = |at: usize| Some(i32::from_ne_bytes(*bytes.get(at..)?.first_chunk()?));
        let word = |at: usize| Some(usize::from_ne_bytes(*bytes.get(at..)?.first_chunk()?));
        let times = (UNION + 12).next_multiple_of(WORD);
        let time = |at: usize| Some(word(at)? as isize as i64);
        let value = if int(8)? < 0 { (UNION + 8).next_multiple_of(WORD) } else { UNION };
        Some(Self {
            signal: int(0)?,
            error: int(4)?,
            code: int(8)?,
            process: int(UNION)?,
            user: int(UNION + 4)?.cast_unsigned(),
            status: int(UNION + 8)?,
            times: [time(times)?, time(times + WORD)?],
            address: word(value)? as u64,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_childs_end_is_taken_apart() {
        let mut bytes = [0; size_of::<kernel::siginfo_t>()];
        let union = if size_of::<usize>() == 8 { 16 } else { 12 };
        for (at, value) in [(0, 17), (8, 1), (union, 4711), (union + 4, 1000), (union + 8, 3)] {
            bytes[at..at + 4].copy_from_slice(&i32::to_ne_bytes(value));
        }
        let told = Told::of(&bytes).unwrap();
        assert_eq!((told.signal, told.code, told.process, told.user, told.status), (17, 1, 4711, 1000, 3));
        assert_eq!(told.times, [0, 0]);
        assert_eq!(Told::of(&bytes[..20]), None);
    }

    #[test]
    fn fields_lie_within() {
        for field in [STAT.mode, STAT.device, STAT.size] {
            assert!(field.at + field.size <= STAT.bytes && field.size <= 8, "{field:?}");
        }
    }
}
