//! ioctl(2): requests by name, number and argument, and the calls that the functions of each topic are made of.
//!
//! A request is a row of a table: its name, how its argument is passed and of which type that is, its number, and the header that
//! it is from. The row is a constant, [`Typed`] by the argument, so that a call passes nothing else; and it is a name of
//! [`Request`], the number alone, which is shown and read by name. Who does neither carries no table.

mod request;

pub mod block;
pub mod devices;
pub mod files;
pub mod input;
pub mod network;
pub mod terminal;

pub use request::{Argument, Direction, Family, Request};

use crate::Result;
use crate::fd::AsFd;
use core::marker::PhantomData;
use core::mem::MaybeUninit;

/// The argument of a request that takes none.
#[derive(Clone, Copy, Debug)]
pub enum Nothing {}

/// The argument of a request that takes a number.
#[derive(Clone, Copy, Debug)]
pub enum Number {}

/// The argument of a request that fills a `T`.
#[derive(Clone, Copy, Debug)]
pub struct Get<T>(PhantomData<T>);

/// The argument of a request that reads a `T`.
#[derive(Clone, Copy, Debug)]
pub struct Set<T>(PhantomData<T>);

/// The argument of a request that reads a `T` and writes it anew, or as much of it as it has.
#[derive(Clone, Copy, Debug)]
pub struct Update<T>(PhantomData<T>);

/// A structure that this crate has no type for.
#[derive(Clone, Copy, Debug)]
pub enum Opaque {}

/// A request with what its argument is: [`Nothing`], [`Number`], [`Get`], [`Set`] or [`Update`].
#[derive(Debug)]
pub struct Typed<A> {
    request: Request,
    argument: PhantomData<A>,
}

impl<A> Clone for Typed<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Typed<A> {}

impl<A> Typed<A> {
    /// Names a request of a driver that no table here has.
    pub const fn new(request: Request) -> Self {
        Self { request, argument: PhantomData }
    }

    /// Gives the request by its number alone.
    pub const fn request(self) -> Request {
        self.request
    }
}

/// Makes a request that passes nothing.
///
/// # Safety
/// What it does must be sound.
///
/// # Errors
/// `NOTTY` (no such request of this file), `BADF`, and those of the request. See `ioctl(2)`.
pub unsafe fn plain(file: impl AsFd, request: Typed<Nothing>) -> Result<usize> {
    // SAFETY: the caller answers for the request, which takes nothing.
    unsafe { syscall!(__NR_ioctl, file.as_fd(), request.request().0, 0_usize) }
}

/// Makes a request that passes a number.
///
/// # Safety
/// What it does must be sound.
///
/// # Errors
/// Those of [`plain`].
pub unsafe fn with_number(file: impl AsFd, request: Typed<Number>, argument: usize) -> Result<usize> {
    // SAFETY: the caller answers for the request, which takes a number.
    unsafe { syscall!(__NR_ioctl, file.as_fd(), request.request().0, argument) }
}

/// Makes a request that reads a value.
///
/// # Safety
/// It must read at most a `T`; what it does must be sound; so must be where pointers in the value lead.
///
/// # Errors
/// Those of [`plain`].
pub unsafe fn set<T>(file: impl AsFd, request: Typed<Set<T>>, value: &T) -> Result<usize> {
    // SAFETY: the caller answers for the request, which reads one `T`.
    unsafe { syscall!(__NR_ioctl, file.as_fd(), request.request().0, core::ptr::from_ref(value)) }
}

/// Makes a request that fills a value.
///
/// # Safety
/// The request must fill exactly a `T` whenever it succeeds.
///
/// # Errors
/// Those of [`plain`].
pub unsafe fn get<T>(file: impl AsFd, request: Typed<Get<T>>) -> Result<T> {
    const { assert!(size_of::<T>() != 0, "this crate has no type for it") };
    let mut value = MaybeUninit::<T>::uninit();
    // SAFETY: the caller answers for the request, which writes one `T`.
    unsafe { syscall!(__NR_ioctl, file.as_fd(), request.request().0, value.as_mut_ptr()) }?;
    // SAFETY: the request succeeded, and then it fills the value.
    Ok(unsafe { value.assume_init() })
}

/// Makes a request that reads a value and writes it anew.
///
/// # Safety
/// The request must touch at most a `T` and leave a valid one, and what it does must be sound; so must be where pointers in the value lead.
///
/// # Errors
/// Those of [`plain`].
pub unsafe fn update<T>(file: impl AsFd, request: Typed<Update<T>>, value: &mut T) -> Result<usize> {
    // SAFETY: the caller answers for the request, which touches one `T`.
    unsafe { syscall!(__NR_ioctl, file.as_fd(), request.request().0, core::ptr::from_mut(value)) }
}
