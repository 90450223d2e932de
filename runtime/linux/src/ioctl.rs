//! The base of ioctl(2): each request of a topic is a function of that topic, made of one of these.

use crate::Result;
use crate::fd::AsFd;
use core::mem::MaybeUninit;

/// Makes a request that passes an integer, or nothing (0).
///
/// # Safety
/// The request must take its argument as a number, and what it does must be sound.
///
/// # Errors
/// `NOTTY` (no such request of this file), `BADF`, and those of the request. See `ioctl(2)`.
pub unsafe fn with_number(file: impl AsFd, request: u32, argument: usize) -> Result<usize> {
    // SAFETY: the caller answers for the request.
    unsafe { syscall!(__NR_ioctl, file.as_fd(), request, argument) }
}

/// Makes a request that reads a value.
///
/// # Safety
/// The request must read at most a `T`, and what it does must be sound.
///
/// # Errors
/// Those of [`with_number`].
pub unsafe fn set<T>(file: impl AsFd, request: u32, value: &T) -> Result<usize> {
    // SAFETY: the caller answers for the request, which reads one `T`.
    unsafe { syscall!(__NR_ioctl, file.as_fd(), request, core::ptr::from_ref(value)) }
}

/// Makes a request that fills a value.
///
/// # Safety
/// The request must fill a whole `T` whenever it succeeds.
///
/// # Errors
/// Those of [`with_number`].
pub unsafe fn get<T>(file: impl AsFd, request: u32) -> Result<T> {
    let mut value = MaybeUninit::<T>::uninit();
    // SAFETY: the caller answers for the request, which writes one `T`.
    unsafe { syscall!(__NR_ioctl, file.as_fd(), request, value.as_mut_ptr()) }?;
    // SAFETY: the request succeeded, and then it fills the value.
    Ok(unsafe { value.assume_init() })
}

/// Makes a request that reads a value and writes it anew.
///
/// # Safety
/// The request must read and write at most a `T`, leaving a valid one.
///
/// # Errors
/// Those of [`with_number`].
pub unsafe fn update<T>(file: impl AsFd, request: u32, value: &mut T) -> Result<usize> {
    // SAFETY: the caller answers for the request, which touches one `T`.
    unsafe { syscall!(__NR_ioctl, file.as_fd(), request, core::ptr::from_mut(value)) }
}
