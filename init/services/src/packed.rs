//! The checked form of services, in which a worker hands them to process 1, and process 1 to its successor: each value as its bytes,
//! in the order of the fields.
//!
//! It never leaves the machine or the run. A successor may be another build of the program, and knows by [`Packed::FORM`] whether it
//! reads what was written; a reader that finds anything amiss gives up the whole.

use alloc::string::String;
use alloc::vec::Vec;

use formats::cursor::Cursor;
use formats::time::Duration;
use formats::{Error, Expected};

/// A value that can be packed.
pub trait Packed: Sized {
    /// Tells this form from others: it changes with the names and kinds of what is packed, and with their order.
    const FORM: u32;

    /// Adds the value's bytes.
    fn pack(&self, into: &mut Vec<u8>);

    /// Reads what [`pack`](Self::pack) wrote.
    ///
    /// # Errors
    /// Anything that cannot have been written.
    fn unpack(cursor: &mut Cursor<'_>) -> Result<Self, Error>;
}

/// Makes the number of a form out of the names in it and the forms of its parts (FNV-1a of 32 bits).
pub const fn form(names: &str, mut parts: &[u32]) -> u32 {
    let (mut names, mut sum) = (names.as_bytes(), 0x811c_9dc5_u32);
    while let [byte, rest @ ..] = names {
        sum = (sum ^ *byte as u32).wrapping_mul(0x0100_0193);
        names = rest;
    }
    while let [part, rest @ ..] = parts {
        sum = (sum ^ *part).wrapping_mul(0x0100_0193);
        parts = rest;
    }
    sum
}

/// Packs a value alone.
pub fn pack(value: &impl Packed) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.pack(&mut bytes);
    bytes
}

/// Reads a value that is alone.
///
/// # Errors
/// Those of its parts; anything behind it.
pub fn unpack<T: Packed>(bytes: &[u8]) -> Result<T, Error> {
    let mut cursor = Cursor::new(bytes);
    let value = T::unpack(&mut cursor)?;
    if cursor.is_empty() { Ok(value) } else { Err(cursor.error(Expected::State)) }
}

/// Reads a value that has anything behind it, as in a file that was longer once.
///
/// # Errors
/// Those of its parts.
pub fn unpack_first<T: Packed>(bytes: &[u8]) -> Result<T, Error> {
    T::unpack(&mut Cursor::new(bytes))
}

/// Numbers, in the order of this machine.
macro_rules! numbers {
    ($($kind:ty)*) => {$(
        impl Packed for $kind {
            const FORM: u32 = form(stringify!($kind), &[]);

            fn pack(&self, into: &mut Vec<u8>) {
                into.extend_from_slice(&self.to_ne_bytes());
            }

            fn unpack(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
                cursor.array(Expected::Number).map(Self::from_ne_bytes)
            }
        }
    )*};
}

numbers!(u8 u16 u32 i32 u64);

/// Structures, field by field.
macro_rules! packed {
    ($(#[$attribute:meta])* pub struct $name:ident {$(
        $(#[$field_attribute:meta])* pub $field:ident: $kind:ty,
    )*}) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name {$(
            $(#[$field_attribute])* pub $field: $kind,
        )*}

        impl $crate::packed::Packed for $name {
            const FORM: u32 = $crate::packed::form(
                concat!($(stringify!($field), " "),*),
                &[$(<$kind as $crate::packed::Packed>::FORM),*],
            );

            fn pack(&self, into: &mut alloc::vec::Vec<u8>) {
                $($crate::packed::Packed::pack(&self.$field, into);)*
            }

            fn unpack(cursor: &mut formats::cursor::Cursor<'_>) -> Result<Self, formats::Error> {
                Ok(Self { $($field: $crate::packed::Packed::unpack(cursor)?,)* })
            }
        }
    };
}

/// Choices, each with the word by which files name it.
macro_rules! choice {
    ($(#[$attribute:meta])* pub enum $name:ident {$(
        $(#[$variant_attribute:meta])* $variant:ident = $word:literal,
    )*}) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum $name {$(
            $(#[$variant_attribute])* $variant,
        )*}

        impl $name {
            /// The words of all, in their order.
            pub const WORDS: &[&str] = &[$($word),*];
            const ALL: &[Self] = &[$(Self::$variant),*];

            /// Gives the word.
            pub const fn word(self) -> &'static str {
                match self {$( Self::$variant => $word, )*}
            }

            /// Finds one by its word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }

        impl $crate::packed::Packed for $name {
            const FORM: u32 = $crate::packed::form(concat!($($word, " "),*), &[]);

            fn pack(&self, into: &mut alloc::vec::Vec<u8>) {
                into.push(*self as u8);
            }

            fn unpack(cursor: &mut formats::cursor::Cursor<'_>) -> Result<Self, formats::Error> {
                let number = cursor.u8(formats::Expected::Number)?;
                Self::ALL.get(usize::from(number)).copied().ok_or(cursor.error(formats::Expected::Number))
            }
        }
    };
}

pub(crate) use {choice, packed};

impl Packed for usize {
    const FORM: u32 = u32::FORM;

    fn pack(&self, into: &mut Vec<u8>) {
        (*self as u32).pack(into);
    }

    fn unpack(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        u32::unpack(cursor).map(|number| number as Self)
    }
}

impl Packed for bool {
    const FORM: u32 = form("bool", &[]);

    fn pack(&self, into: &mut Vec<u8>) {
        into.push(u8::from(*self));
    }

    fn unpack(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        cursor.u8(Expected::Number).map(|byte| byte != 0)
    }
}

impl Packed for Duration {
    const FORM: u32 = form("nanoseconds", &[]);

    fn pack(&self, into: &mut Vec<u8>) {
        self.as_nanos().pack(into);
    }

    fn unpack(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        u64::unpack(cursor).map(Self::from_nanos)
    }
}

impl Packed for String {
    const FORM: u32 = form("text", &[]);

    fn pack(&self, into: &mut Vec<u8>) {
        (self.len() as u32).pack(into);
        into.extend_from_slice(self.as_bytes());
    }

    fn unpack(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let length = u32::unpack(cursor)?;
        let bytes = cursor.take(length as usize, Expected::Word)?;
        core::str::from_utf8(bytes).map(Self::from).map_err(|_| cursor.error(Expected::Word))
    }
}

/// A packed service, as its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackedService(pub Vec<u8>);

impl Packed for PackedService {
    const FORM: u32 = form("bytes", &[crate::Service::FORM]);

    fn pack(&self, into: &mut Vec<u8>) {
        (self.0.len() as u32).pack(into);
        into.extend_from_slice(&self.0);
    }

    fn unpack(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let length = u32::unpack(cursor)?;
        cursor.take(length as usize, Expected::State).map(|bytes| Self(bytes.to_vec()))
    }
}

impl<T: Packed> Packed for Vec<T> {
    const FORM: u32 = form("list", &[T::FORM]);

    fn pack(&self, into: &mut Vec<u8>) {
        (self.len() as u32).pack(into);
        for item in self {
            item.pack(into);
        }
    }

    fn unpack(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        // No room is made ahead: the number may be any.
        (0..u32::unpack(cursor)?).map(|_| T::unpack(cursor)).collect()
    }
}

impl<T: Packed> Packed for Option<T> {
    const FORM: u32 = form("option", &[T::FORM]);

    fn pack(&self, into: &mut Vec<u8>) {
        self.is_some().pack(into);
        if let Some(value) = self {
            value.pack(into);
        }
    }

    fn unpack(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        if bool::unpack(cursor)? { T::unpack(cursor).map(Some) } else { Ok(None) }
    }
}

impl<A: Packed, B: Packed> Packed for (A, B) {
    const FORM: u32 = form("pair", &[A::FORM, B::FORM]);

    fn pack(&self, into: &mut Vec<u8>) {
        self.0.pack(into);
        self.1.pack(into);
    }

    fn unpack(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        Ok((A::unpack(cursor)?, B::unpack(cursor)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file;

    #[test]
    fn what_is_packed_comes_back_and_nothing_less_does() {
        let text = include_str!("../../../tests/samples/fuzz/services/everything.toml");
        let service = file::parse("everything.toml", text, &[]).unwrap();
        let bytes = pack(&service);
        assert_eq!(unpack::<crate::Service>(&bytes), Ok(service));
        for length in 0..bytes.len() {
            assert!(unpack::<crate::Service>(&bytes[..length]).is_err(), "{length}");
        }
        assert!(unpack::<crate::Service>(&[&bytes[..], &[0]].concat()).is_err());
    }

    #[test]
    fn a_form_changes_with_names_kinds_and_order() {
        let forms = [
            form("a b ", &[u32::FORM, bool::FORM]),
            form("a c ", &[u32::FORM, bool::FORM]),
            form("a b ", &[u64::FORM, bool::FORM]),
            form("b a ", &[bool::FORM, u32::FORM]),
            form("a b ", &[u32::FORM, Option::<bool>::FORM]),
            form("a b ", &[u32::FORM, Vec::<bool>::FORM]),
            form("a ", &[u32::FORM]),
        ];
        for (at, form) in forms.iter().enumerate() {
            assert!(forms.iter().skip(at + 1).all(|other| other != form), "{at}");
        }
    }

    #[test]
    fn a_count_beyond_the_bytes_takes_no_memory() {
        assert!(unpack::<Vec<String>>(&u32::MAX.to_ne_bytes()).is_err());
        assert!(unpack::<crate::Kind>(&[9]).is_err());
    }
}
