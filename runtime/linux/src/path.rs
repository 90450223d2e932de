//! Paths as arguments: any kind of string, terminated on the stack when the kernel needs it.

use crate::{Errno, Result};
use core::ffi::CStr;
use core::mem::MaybeUninit;
use core::slice;

/// The longest path that the kernel takes, with its terminator.
#[doc(alias = "PATH_MAX")]
pub const PATH_BYTES: usize = linux_raw_sys::general::PATH_MAX as usize;

/// Most paths fit this; longer ones take a page of stack, in a function of its own.
const SHORT: usize = 256;

/// What is done with a terminated path.
pub type Call<'a> = &'a mut dyn FnMut(&CStr) -> Result<usize>;

/// Strings that can be given as a path.
pub trait PathArg {
    /// Makes a system call with the path as the kernel wants it; no generic, since as one it was there 60 times.
    ///
    /// # Errors
    /// `INVAL` if the path holds a zero byte, `NAMETOOLONG` if it does not fit [`PATH_BYTES`]; else those of the call.
    fn with(&self, call: Call<'_>) -> Result<usize>;
}

impl PathArg for CStr {
    #[inline]
    fn with(&self, call: Call<'_>) -> Result<usize> {
        call(self)
    }
}

impl PathArg for [u8] {
    fn with(&self, call: Call<'_>) -> Result<usize> {
        if self.len() >= SHORT {
            return long(self, call);
        }
        let mut buffer = [MaybeUninit::uninit(); SHORT];
        call(terminate(self, &mut buffer)?)
    }
}

impl PathArg for str {
    #[inline]
    fn with(&self, call: Call<'_>) -> Result<usize> {
        self.as_bytes().with(call)
    }
}

impl<const N: usize> PathArg for [u8; N] {
    #[inline]
    fn with(&self, call: Call<'_>) -> Result<usize> {
        self.as_slice().with(call)
    }
}

impl<P: PathArg + ?Sized> PathArg for &P {
    #[inline]
    fn with(&self, call: Call<'_>) -> Result<usize> {
        (**self).with(call)
    }
}

#[cold]
#[inline(never)]
fn long(path: &[u8], call: Call<'_>) -> Result<usize> {
    let mut buffer = [MaybeUninit::uninit(); PATH_BYTES];
    call(terminate(path, &mut buffer)?)
}

/// Copies a path and its terminator into a buffer.
#[inline(never)]
fn terminate<'buffer>(path: &[u8], buffer: &'buffer mut [MaybeUninit<u8>]) -> Result<&'buffer CStr> {
    let with_end = buffer.get_mut(..=path.len()).ok_or(Errno::NAMETOOLONG)?;
    for (to, from) in with_end.iter_mut().zip(path.iter().chain(&[0])) {
        to.write(*from);
    }
    // SAFETY: the loop has written every byte of the slice, which is borrowed for as long as the result.
    let written = unsafe { slice::from_raw_parts(with_end.as_ptr().cast::<u8>(), with_end.len()) };
    CStr::from_bytes_with_nul(written).map_err(|_| Errno::INVAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(path: impl PathArg) -> Result<usize> {
        path.with(&mut |path| Ok(path.to_bytes().len()))
    }

    #[test]
    fn strings_of_all_kinds() {
        assert_eq!(length("/proc"), Ok(5));
        assert_eq!(length(b"/proc"), Ok(5));
        assert_eq!(length(c"/proc"), Ok(5));
        assert_eq!(length(""), Ok(0));
        assert_eq!(length([0xff; 4].as_slice()), Ok(4));
    }

    #[test]
    fn the_length_is_checked_at_each_buffer_s_end() {
        for long in [SHORT - 1, SHORT, SHORT + 1, PATH_BYTES - 1] {
            assert_eq!(length(vec![b'x'; long].as_slice()), Ok(long));
        }
        assert_eq!(length(vec![b'x'; PATH_BYTES].as_slice()), Err(Errno::NAMETOOLONG));
    }

    #[test]
    fn a_zero_byte_inside_is_refused() {
        assert_eq!(length("a\0b"), Err(Errno::INVAL));
        assert_eq!(length("a\0"), Err(Errno::INVAL));
    }
}
