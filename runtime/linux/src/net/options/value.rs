//! The types of options' values, and how each is set and got.

use super::name::{OptionName, ValueKind};
use super::{Ipv4Membership, Ipv6Membership, get, set};
use crate::Result;
use crate::fd::AsFd;
use crate::ioctl::Opaque;
use crate::net::Credentials;
use core::marker::PhantomData;
use core::net::Ipv4Addr;
use core::time::Duration;
use linux_raw_sys::general::{__kernel_long_t, __kernel_old_timeval};
use linux_raw_sys::net as kernel;

/// An option whose value is a `T`. All there are stand as constants in `options`.
#[derive(Debug)]
pub struct SocketOption<T> {
    name: OptionName,
    value: PhantomData<T>,
}

impl<T> Clone for SocketOption<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for SocketOption<T> {}

impl<T> SocketOption<T> {
    /// Names an option, which must read and give the kernel's structure of `T`.
    pub(super) const fn new(name: OptionName) -> Self {
        Self { name, value: PhantomData }
    }

    /// Gives the option without the type of its value.
    pub const fn name(self) -> OptionName {
        self.name
    }
}

impl<T: OptionValue> SocketOption<T> {
    /// Sets it on a socket.
    ///
    /// # Errors
    /// `NOPROTOOPT`, `INVAL`, `PERM`, and what the option's own documentation says. See `setsockopt(2)`.
    pub fn set(self, socket: impl AsFd, value: T) -> Result<()> {
        // SAFETY: each row of the table names an option that reads this structure of plain numbers.
        unsafe { set(socket, self.name, &value.into_kernel()) }
    }

    /// Gives what a socket has it set to.
    ///
    /// # Errors
    /// `NOPROTOOPT`. See `getsockopt(2)`.
    pub fn get(self, socket: impl AsFd) -> Result<T> {
        // SAFETY: each row of the table names an option that gives this structure, of plain numbers.
        unsafe { get(socket, self.name) }.map(T::from_kernel)
    }
}

/// Types of an option's value; closed, since the kernel's structure must fit.
pub trait OptionValue: Sized + sealed::Sealed {
    /// The kernel's structure, of plain numbers.
    #[doc(hidden)]
    type Kernel: Copy;
    #[doc(hidden)]
    fn into_kernel(self) -> Self::Kernel;
    #[doc(hidden)]
    fn from_kernel(value: Self::Kernel) -> Self;
}

pub(super) mod sealed {
    pub trait Sealed {
        const KIND: super::ValueKind;
    }
}

impl sealed::Sealed for Opaque {
    const KIND: ValueKind = ValueKind::Opaque;
}

/// 32 bits that are no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word(pub u32);

/// A name of up to 15 bytes, with zeros behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortText(pub [u8; 16]);

/// A time that the kernel counts in whole seconds; more precise ones are rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WholeSeconds(pub Duration);

/// A time that the kernel counts in whole milliseconds; more precise ones are rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WholeMilliseconds(pub Duration);

/// How long closing waits until what was written is sent (SO_LINGER); none: it is sent after the closing. Zero: thrown away, and
/// the other side is told by a reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Linger(pub Option<Duration>);

/// How long sending or receiving waits before it gives `AGAIN`; none for ever. Zero counts as a microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeout(pub Option<Duration>);

/// A [`Timeout`] whose seconds have 64 bits on all processors (Linux 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WideTimeout(pub Option<Duration>);

/// A row a type: its kernel's structure, what that is, and the way there and back.
macro_rules! values {
    ($($type:ty as $kernel:ty, $kind:ident: $into:expr, $from:expr;)*) => {$(
        impl sealed::Sealed for $type {
            const KIND: ValueKind = ValueKind::$kind;
        }

        impl OptionValue for $type {
            type Kernel = $kernel;

            #[inline]
            fn into_kernel(self) -> $kernel {
                let into: fn($type) -> $kernel = $into;
                into(self)
            }

            #[inline]
            fn from_kernel(value: $kernel) -> Self {
                let from: fn($kernel) -> $type = $from;
                from(value)
            }
        }
    )*};
}

values! {
    bool as i32, Number: i32::from, |value| value != 0;
    i32 as i32, Number: |value| value, |value| value;
    u32 as i32, Number: |value| value.try_into().unwrap_or(i32::MAX), i32::cast_unsigned;
    Word as i32, Number: |value| value.0.cast_signed(), |value| Word(value.cast_unsigned());
    WholeSeconds as i32, Number: |value| seconds(value.0), |value| {
        WholeSeconds(Duration::from_secs(value.cast_unsigned().into()))
    };
    WholeMilliseconds as i32, Number: |value| {
        value.0.as_micros().div_ceil(1000).try_into().unwrap_or(i32::MAX)
    }, |value| WholeMilliseconds(Duration::from_millis(value.cast_unsigned().into()));
    Linger as [i32; 2], Linger: |value| {
        [i32::from(value.0.is_some()), value.0.map_or(0, seconds)]
    }, |[on, seconds]| Linger((on != 0).then(|| Duration::from_secs(seconds.cast_unsigned().into())));
    Timeout as __kernel_old_timeval, Time: |value| wait(value.0), |value| {
        let time = Duration::from_secs(value.tv_sec as u64) + Duration::from_micros(value.tv_usec as u64);
        Timeout(Some(time).filter(|time| !time.is_zero()))
    };
    WideTimeout as [i64; 2], Time: |value| {
        let limit = value.0.map_or(Duration::ZERO, |limit| limit.max(Duration::from_micros(1)));
        [limit.as_secs().try_into().unwrap_or(i64::MAX), limit.subsec_micros().into()]
    }, |[seconds, micros]| {
        let time = Duration::from_secs(seconds as u64) + Duration::from_micros(micros as u64);
        WideTimeout(Some(time).filter(|time| !time.is_zero()))
    };
    u64 as u64, Wide: |value| value, |value| value;
    [u32; 2] as [u32; 2], Pair: |value| value, |value| value;
    ShortText as [u8; 16], Text: |value| value.0, ShortText;
    Ipv4Addr as [u8; 4], Ipv4: |value| value.octets(), Ipv4Addr::from;
    Ipv4Membership as Ipv4Membership, Ipv4Group: |value| value, |value| value;
    Ipv6Membership as Ipv6Membership, Ipv6Group: |value| value, |value| value;
    Credentials as kernel::ucred, Credentials: |value| {
        kernel::ucred { pid: value.process, uid: value.user, gid: value.group }
    }, |value| Credentials { process: value.pid, user: value.uid, group: value.gid };
}

const _: () = assert!(size_of::<kernel::linger>() == size_of::<[i32; 2]>());

fn seconds(time: Duration) -> i32 {
    let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    seconds.try_into().unwrap_or(i32::MAX)
}

fn wait(limit: Option<Duration>) -> __kernel_old_timeval {
    // Zero would mean for ever: the shortest wait is a microsecond.
    let limit = limit.map_or(Duration::ZERO, |limit| limit.max(Duration::from_micros(1)));
    __kernel_old_timeval {
        tv_sec: limit.as_secs().try_into().unwrap_or(__kernel_long_t::MAX),
        tv_usec: limit.subsec_micros() as __kernel_long_t,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back<T: OptionValue>(value: T) -> T {
        T::from_kernel(value.into_kernel())
    }

    #[test]
    fn values_come_back() {
        assert!(there_and_back(true) && !there_and_back(false));
        assert_eq!((there_and_back(-1), there_and_back(7_u32)), (-1, 7));
        assert_eq!(there_and_back(u32::MAX), i32::MAX as u32);
        let seconds = Duration::from_secs;
        assert_eq!(there_and_back(WholeSeconds(Duration::from_millis(1001))).0, seconds(2));
        assert_eq!(
            there_and_back(WholeMilliseconds(Duration::from_micros(1001))).0,
            Duration::from_millis(2)
        );
        for time in [None, Some(Duration::ZERO), Some(seconds(3))] {
            assert_eq!(there_and_back(Linger(time)).0, time);
        }
        assert_eq!(there_and_back(Timeout(None)).0, None);
        assert_eq!(there_and_back(Timeout(Some(Duration::ZERO))).0, Some(Duration::from_micros(1)));
        assert_eq!(
            there_and_back(Timeout(Some(Duration::from_millis(1500)))).0,
            Some(Duration::from_millis(1500))
        );
    }
}
