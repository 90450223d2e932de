//! Replacing the program of this process: execve(2), execveat(2).

use super::OwnNumber;
use crate::Errno;
use crate::fd::AsFd;
use crate::path::PathArg;
use core::ffi::{CStr, c_char};
use core::fmt;
use core::marker::PhantomData;
use core::ptr;
use linux_raw_sys::general as kernel;

/// A string of the new program's arguments or environment, or the mark that ends the list.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Argument<'a>(*const c_char, PhantomData<&'a CStr>);

impl<'a> Argument<'a> {
    /// The end of a list.
    pub const END: Self = Self(ptr::null(), PhantomData);

    /// Borrows a string.
    #[inline]
    pub const fn new(string: &'a CStr) -> Self {
        Self(string.as_ptr(), PhantomData)
    }

    /// Borrows a variable that the new process completes.
    pub const fn own_number(number: &'a OwnNumber) -> Self {
        Self(number.as_ptr(), PhantomData)
    }

    /// Takes a string that the program was itself started with.
    ///
    /// # Safety
    /// The pointer must be null or lead to a terminated string that lives and does not change for `'a`.
    #[inline]
    pub const unsafe fn from_ptr(string: *const c_char) -> Self {
        Self(string, PhantomData)
    }

    fn is_end(&self) -> bool {
        self.0.is_null()
    }
}

impl fmt::Debug for Argument<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_end() {
            return formatter.write_str("END");
        }
        // SAFETY: a pointer that is not null came from a terminated string that lives for `'a`.
        unsafe { CStr::from_ptr(self.0) }.fmt(formatter)
    }
}

/// Replaces the program of this process; returns only to say why it did not.
///
/// Both lists must end with [`Argument::END`], else the answer is `INVAL`.
///
/// # Errors
/// `NOENT`, `ACCES`, `NOEXEC`, `TOOBIG`, `NOMEM`, `TXTBSY`, `ISDIR`, `LIBBAD`, `LOOP`. See `execve(2)`.
pub fn execve<P: PathArg>(path: P, arguments: &[Argument<'_>], environment: &[Argument<'_>]) -> Errno {
    if !ended(arguments) || !ended(environment) {
        return Errno::INVAL;
    }
    let answer = path.with(&mut |path| {
        // SAFETY: the path is terminated, and so are both lists and the strings in them.
        unsafe { syscall!(__NR_execve, path.as_ptr(), arguments.as_ptr(), environment.as_ptr()) }
    });
    answer.err().unwrap_or(Errno::NOEXEC)
}

/// The same, with a path from a directory; an empty path runs the open file itself.
///
/// # Errors
/// Those of [`execve`]; `BADF`; `NOENT` for a script behind a descriptor that execve closes. See `execveat(2)`.
#[doc(alias = "fexecve")]
pub fn execveat<P: PathArg>(
    directory: impl AsFd,
    path: P,
    arguments: &[Argument<'_>],
    environment: &[Argument<'_>],
) -> Errno {
    if !ended(arguments) || !ended(environment) {
        return Errno::INVAL;
    }
    let answer = path.with(&mut |path| {
        let flags = if path.is_empty() { kernel::AT_EMPTY_PATH } else { 0 };
        let (argv, envp) = (arguments.as_ptr(), environment.as_ptr());
        // SAFETY: the path is terminated, and so are both lists and the strings in them.
        unsafe { syscall!(__NR_execveat, directory.as_fd(), path.as_ptr(), argv, envp, flags) }
    });
    answer.err().unwrap_or(Errno::NOEXEC)
}

fn ended(list: &[Argument<'_>]) -> bool {
    list.last().is_some_and(Argument::is_end)
}
