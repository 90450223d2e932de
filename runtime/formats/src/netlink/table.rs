//! The two tables that netlink formats are written in: attributes of a family, and numbers that have names.
//!
//! A row is the only place where an attribute's number, type and name are stated.

/// Numbers with their names: two short lists instead of a place for each text, for there are hundreds of them.
#[derive(Clone, Copy, Debug)]
pub struct Names {
    numbers: &'static [u32],
    /// In the order of the numbers, a space after each.
    texts: &'static str,
}

impl Names {
    /// Joins both lists; [`crate::names`] writes them from the same rows.
    pub const fn new(numbers: &'static [u32], texts: &'static str) -> Self {
        Self { numbers, texts }
    }

    /// Gives all numbers with their names, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &'static str)> {
        self.numbers.iter().copied().zip(self.texts.split_ascii_whitespace())
    }

    /// Gives the name of a number, where it has one.
    #[inline(never)]
    pub fn of(&self, number: u32) -> Option<&'static str> {
        self.iter().find(|(known, _)| *known == number).map(|(_, name)| name)
    }

    /// Finds a number by its name, or by its digits.
    #[inline(never)]
    pub fn find(&self, name: &str) -> Option<u32> {
        self.named(name).or_else(|| name.parse().ok())
    }

    /// Finds a number by its name.
    #[inline(never)]
    pub fn named(&self, name: &str) -> Option<u32> {
        self.iter().find(|(_, known)| *known == name).map(|(number, _)| number)
    }

    /// Shows the name of a number, else the number.
    #[inline(never)]
    pub(super) fn show(&self, number: u32, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.of(number) {
            Some(name) => f.pad(name),
            None => core::fmt::Display::fmt(&number, f),
        }
    }
}

/// Makes [`Names`] of rows such as `State::STALE.bits() => "stale",`.
#[macro_export]
macro_rules! names {
    ($($number:expr => $text:literal,)*) => {
        $crate::netlink::Names::new(&[$($number),*], concat!($($text, " "),*))
    };
}

/// Declares the attributes of one family, or of a nest: `LABEL: String = 3 => "IFA_LABEL",` is the constant, of a type
/// that reads and writes no other values, and the name in error messages.
macro_rules! attributes {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$row:meta])* $constant:ident: $value:ty = $number:literal => $text:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Debug)]
        pub enum $name {}

        impl $name {
            $(
                $(#[$row])*
                #[doc(alias = $text)]
                pub const $constant: $crate::netlink::Key<$value> = $crate::netlink::Key::new($number);
            )*

            /// The kernel's names.
            pub const NAMES: $crate::netlink::Names = $crate::names! { $($number => $text,)* };
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

            /// The names of the values.
            pub const NAMES: &$crate::netlink::Names = &$crate::names! { $($value => $text,)* };

            /// Gives the name of the value, where it has one.
            pub fn name(self) -> Option<&'static str> {
                Self::NAMES.of(u32::from(self.0))
            }

            /// Finds a value by its name, or by its number in decimal.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::NAMES.find(name).and_then(|number| number.try_into().ok()).map(Self)
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                Self::NAMES.show(u32::from(self.0), f)
            }
        }

        impl $crate::netlink::Value for $name {
            fn read(bytes: &[u8]) -> Option<Self> {
                <$number as $crate::netlink::Value>::read(bytes).map(Self)
            }
            fn write(&self, writer: &mut $crate::netlink::Writer<'_>) {
                $crate::netlink::Value::write(&self.0, writer);
            }
        }
    };
}

/// Lets a bit set stand as an attribute's value.
macro_rules! flag_values {
    ($($name:ident: $number:ty,)*) => {$(
        impl $crate::netlink::Value for $name {
            fn read(bytes: &[u8]) -> Option<Self> {
                <$number as $crate::netlink::Value>::read(bytes).map(Self::from_bits_retain)
            }
            fn write(&self, writer: &mut $crate::netlink::Writer<'_>) {
                $crate::netlink::Value::write(&self.bits(), writer);
            }
        }
    )*};
}
