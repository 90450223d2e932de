//! The two tables that netlink formats are written in: attributes of a family, and numbers that have names.
//!
//! A row is the only place where an attribute's number, name, type, reader and writer are stated.

/// Declares the attributes of one family: `Label(Text<'a>) = 3,` is the constant, the variant, the reader and the writer.
///
/// The enum has one more variant, `Other`, for what the table does not know and for values too short for their type.
macro_rules! attributes {
    ($(#[$meta:meta])* pub enum $name:ident<$life:lifetime> {
        $($(#[$row:meta])* $variant:ident($value:ty) = $number:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum $name<$life> {
            $($(#[$row])* $variant($value),)*
            /// An attribute that this table does not know, or whose value is too short for its type.
            Other($crate::netlink::Raw<$life>),
        }

        impl<$life> $name<$life> {
            /// Gives a raw attribute its meaning.
            pub fn parse(raw: $crate::netlink::Raw<$life>) -> Self {
                match raw.kind {
                    $($number => match <$value as $crate::netlink::Value<$life>>::read(raw.value) {
                        Some(value) => Self::$variant(value),
                        None => Self::Other(raw),
                    },)*
                    _ => Self::Other(raw),
                }
            }

            /// Appends the attribute to a message.
            pub fn emit(&self, writer: &mut $crate::netlink::Writer<'_>) {
                match self {
                    $(Self::$variant(value) => writer.attribute($number, value),)*
                    Self::Other(raw) => writer.raw(raw),
                }
            }

            /// Gives the number of the attribute.
            pub const fn kind(&self) -> u16 {
                match self {
                    $(Self::$variant(_) => $number,)*
                    Self::Other(raw) => raw.kind,
                }
            }

            /// Gives the name of an attribute's number, for error messages.
            pub const fn name(kind: u16) -> Option<&'static str> {
                match kind {
                    $($number => Some(stringify!($variant)),)*
                    _ => None,
                }
            }
        }
    };
}

/// Declares a number of the kernel whose values have names but whose list is open: constants, names both ways, and a
/// `Display` that prints the name, else the number.
macro_rules! open_values {
    ($(#[$meta:meta])* pub struct $name:ident($number:ty) {
        $($constant:ident = $value:literal => $text:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $number);

        impl $name {
            $(
                #[doc = concat!("The value that is shown as `", $text, "`.")]
                pub const $constant: Self = Self($value);
            )*

            /// Gives the name of the value, where it has one.
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some($text),)*
                    _ => None,
                }
            }

            /// Finds a value by its name, or by its number in decimal.
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self($value)),)*
                    _ => name.parse().ok().map(Self),
                }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self.name() {
                    Some(name) => f.pad(name),
                    None => core::fmt::Display::fmt(&self.0, f),
                }
            }
        }

        impl<'a> $crate::netlink::Value<'a> for $name {
            fn read(bytes: &'a [u8]) -> Option<Self> {
                <$number as $crate::netlink::Value<'a>>::read(bytes).map(Self)
            }
            fn write(&self, out: &mut alloc::vec::Vec<u8>) {
                $crate::netlink::Value::write(&self.0, out);
            }
        }
    };
}

/// Lets a bit set stand as an attribute's value.
macro_rules! flag_values {
    ($($name:ident: $number:ty,)*) => {$(
        impl<'a> $crate::netlink::Value<'a> for $name {
            fn read(bytes: &'a [u8]) -> Option<Self> {
                <$number as $crate::netlink::Value<'a>>::read(bytes).map(Self::from_bits_retain)
            }
            fn write(&self, out: &mut alloc::vec::Vec<u8>) {
                $crate::netlink::Value::write(&self.bits(), out);
            }
        }
    )*};
}
