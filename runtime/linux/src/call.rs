//! From typed arguments to the words of a system call and back.

use crate::fd::BorrowedFd;
use crate::{Errno, Result};

/// Makes a system call with any number of [`Word`] arguments and decodes its result; unsafe to expand.
///
/// `__NR_a | __NR_b` is the call `a` on 64-bit processors, and `b` on 32-bit ones, where `a` has narrower arguments.
macro_rules! syscall {
    ($($number:ident)|+) => {{
        arch::record_call!($($number)|+);
        $crate::call::result(perform!(syscall0, number!($($number)|+)))
    }};
    ($($number:ident)|+, $a:expr $(,)?) => {
        syscall!(@ syscall1 ($($number)|+), $a)
    };
    ($($number:ident)|+, $a:expr, $b:expr $(,)?) => {
        syscall!(@ syscall2 ($($number)|+), $a, $b)
    };
    ($($number:ident)|+, $a:expr, $b:expr, $c:expr $(,)?) => {
        syscall!(@ syscall3 ($($number)|+), $a, $b, $c)
    };
    ($($number:ident)|+, $a:expr, $b:expr, $c:expr, $d:expr $(,)?) => {
        syscall!(@ syscall4 ($($number)|+), $a, $b, $c, $d)
    };
    ($($number:ident)|+, $a:expr, $b:expr, $c:expr, $d:expr, $e:expr $(,)?) => {
        syscall!(@ syscall5 ($($number)|+), $a, $b, $c, $d, $e)
    };
    ($($number:ident)|+, $a:expr, $b:expr, $c:expr, $d:expr, $e:expr, $f:expr $(,)?) => {
        syscall!(@ syscall6 ($($number)|+), $a, $b, $c, $d, $e, $f)
    };
    (@ $stub:ident ($($number:ident)|+), $($argument:expr),+) => {{
        arch::record_call!($($number)|+);
        $crate::call::result(perform!($stub, number!($($number)|+) $(, $crate::call::Word::word($argument))+))
    }};
}

/// Enters the kernel, by the stub for so many arguments.
#[cfg(not(feature = "door"))]
macro_rules! perform {
    ($stub:ident, $number:expr $(, $argument:expr)*) => {
        arch::syscall::$stub($number $(, $argument)*)
    };
}

/// Goes through the door, behind which the kernel is.
#[cfg(feature = "door")]
macro_rules! perform {
    ($stub:ident, $number:expr $(, $argument:expr)*) => {
        $crate::door::perform($number, [$($argument),*])
    };
}

#[cfg(target_pointer_width = "64")]
macro_rules! number {
    ($wide:ident $(| $narrow:ident)?) => {
        linux_raw_sys::general::$wide
    };
}

#[cfg(target_pointer_width = "32")]
macro_rules! number {
    ($number:ident) => {
        linux_raw_sys::general::$number
    };
    ($wide:ident | $narrow:ident) => {
        linux_raw_sys::general::$narrow
    };
}

/// Makes a system call among whose arguments are 64-bit integers, which 32-bit processors pass in two registers.
#[cfg(target_pointer_width = "64")]
macro_rules! wide_syscall {
    ($($number:ident)|+, $($argument:expr),+ $(,)?) => {
        syscall!($($number)|+, $($argument),+)
    };
}

#[cfg(target_pointer_width = "32")]
macro_rules! wide_syscall {
    ($($number:ident)|+, $($argument:expr),+ $(,)?) => {{
        let mut registers = $crate::registers::Registers::EMPTY;
        $($crate::registers::Argument::put($argument, &mut registers);)+
        let [a, b, c, d, e, f] = registers.words();
        arch::record_call!($($number)|+);
        $crate::call::result(perform!(syscall6, number!($($number)|+), a, b, c, d, e, f))
    }};
}

/// Makes a call that carries times of 64 bits; on 32-bit kernels that have no such call, the second one.
#[cfg(target_pointer_width = "64")]
macro_rules! timed {
    ($call:expr, $narrow:expr $(,)?) => {
        $call
    };
}

#[cfg(target_pointer_width = "32")]
macro_rules! timed {
    ($call:expr, $narrow:expr $(,)?) => {
        $crate::time::narrow::either(|| $call, || $narrow)
    };
}

/// A value that fits the register of a system call's argument.
pub(crate) trait Word {
    fn word(self) -> usize;
}

impl Word for usize {
    #[inline(always)]
    fn word(self) -> usize {
        self
    }
}

impl Word for u32 {
    #[inline(always)]
    fn word(self) -> usize {
        self as usize
    }
}

/// Sign-extended, as the kernel expects of a C `int`.
impl Word for i32 {
    #[inline(always)]
    fn word(self) -> usize {
        self as isize as usize
    }
}

/// On 64-bit processors only: the others pass it in two registers, see [`wide_syscall`].
#[cfg(target_pointer_width = "64")]
impl Word for u64 {
    #[inline(always)]
    fn word(self) -> usize {
        self as usize
    }
}

#[cfg(target_pointer_width = "64")]
impl Word for i64 {
    #[inline(always)]
    fn word(self) -> usize {
        self as usize
    }
}

impl Word for BorrowedFd<'_> {
    #[inline(always)]
    fn word(self) -> usize {
        self.as_raw().word()
    }
}

/// The kernel's -1 stands for no descriptor.
impl Word for Option<BorrowedFd<'_>> {
    #[inline(always)]
    fn word(self) -> usize {
        self.map_or(-1, BorrowedFd::as_raw).word()
    }
}

/// The kernel reads or writes through it, so its provenance is exposed.
impl<T> Word for *const T {
    #[inline(always)]
    fn word(self) -> usize {
        self.expose_provenance()
    }
}

impl<T> Word for *mut T {
    #[inline(always)]
    fn word(self) -> usize {
        self.expose_provenance()
    }
}

/// Splits the kernel's word: the last page of numbers are errors.
#[inline(always)]
pub(crate) fn result(word: isize) -> Result<usize> {
    match Errno::from_word(word) {
        Some(errno) => Err(errno),
        None => Ok(word as usize),
    }
}

/// Calls again for as long as a signal interrupts.
///
/// # Errors
/// Whatever the call gives except [`Errno::INTR`].
#[inline]
pub fn retry<T>(mut call: impl FnMut() -> Result<T>) -> Result<T> {
    loop {
        match call() {
            Err(Errno::INTR) => {}
            ended => return ended,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_4095_words_are_errors() {
        assert_eq!(result(0), Ok(0));
        assert_eq!(result(-1), Err(Errno::PERM));
        assert_eq!(result(-4095).map_err(Errno::number), Err(4095));
        assert_eq!(result(-4096), Ok(-4096_isize as usize));
        assert_eq!(result(isize::MIN), Ok(isize::MIN as usize));
    }

    #[test]
    fn integers_are_extended_by_their_sign() {
        assert_eq!((-1_i32).word(), usize::MAX);
        assert_eq!(u32::MAX.word(), 0xffff_ffff);
        assert_eq!(None::<BorrowedFd<'_>>.word(), usize::MAX);
    }

    #[test]
    fn a_call_is_repeated_while_it_is_interrupted() {
        let mut answers = [Ok(7), Err(Errno::INTR), Err(Errno::INTR)].into_iter().rev();
        assert_eq!(retry(|| answers.next().unwrap_or(Err(Errno::IO))), Ok(7));
        assert_eq!(retry(|| answers.next().unwrap_or(Err(Errno::IO))), Err(Errno::IO));
    }
}
