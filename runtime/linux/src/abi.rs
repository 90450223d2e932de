//! What the kernel's structures are like here: with the feature `abi` written into the object file, where `cargo xtask abi` holds
//! it against the kernel's own headers, for every processor.
//!
//! `abi!` stands behind each structure that is laid out as C would:
//! - `abi!(Operation = "struct sembuf" { index: "sem_num" });` the same in size and alignment, and each named field in place and size;
//! - `abi!(Message starts "struct msgbuf" { kind: "mtype" });` the fields alone: ours is longer, or shorter;
//! - `abi!(Stack: "memory of ours");` no header has it, for this reason.

/// One fact, which is no structure of the kernel's: an expression of C, and what it is here. Its bytes are read from the object file.
#[cfg(feature = "abi")]
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Fact {
    expression: [u8; Self::BYTES],
    value: u64,
}

#[cfg(feature = "abi")]
impl Fact {
    /// Longer than any expression.
    const BYTES: usize = 120;

    pub(crate) const fn new(text: &str, value: usize) -> Self {
        let (mut expression, text) = ([0; Self::BYTES], text.as_bytes());
        let mut at = 0;
        while at < text.len() {
            expression[at] = text[at];
            at += 1;
        }
        Self { expression, value: value as u64 }
    }
}

/// Gives the size of a field by a function that would give the field.
#[cfg(feature = "abi")]
pub(crate) const fn size_of_field<T, F>(_: fn(&T) -> &F) -> usize {
    size_of::<F>()
}

#[cfg(feature = "abi")]
macro_rules! abi {
    ($name:ident: $reason:literal) => {};
    ($name:ident = $c:literal { $($field:tt: $member:literal),* $(,)? }) => {
        abi!(@ $name, $c, [$($field: $member),*],
            $crate::abi::Fact::new(concat!("sizeof(", $c, ")"), size_of::<$name>()),
            $crate::abi::Fact::new(concat!("_Alignof(", $c, ")"), align_of::<$name>()));
    };
    ($name:ident starts $c:literal { $($field:tt: $member:literal),* $(,)? }) => {
        abi!(@ $name, $c, [$($field: $member),*],);
    };
    (@ $name:ident, $c:literal, [$($field:tt: $member:literal),*], $($fact:expr),*) => {
        facts!($($fact,)*
            $($crate::abi::Fact::new(
                concat!("__builtin_offsetof(", $c, ", ", $member, ")"),
                core::mem::offset_of!($name, $field),
            ),
            $crate::abi::Fact::new(
                concat!("sizeof(((", $c, " *)0)->", $member, ")"),
                $crate::abi::size_of_field(|of: &$name| &of.$field),
            ),)*);
    };
}

/// Writes facts into the object file.
#[cfg(feature = "abi")]
macro_rules! facts {
    ($($fact:expr),* $(,)?) => {
        const _: () = {
            const LIST: &[$crate::abi::Fact] = &[$($fact),*];
            #[used]
            // SAFETY: nothing else is in the section, and nobody reads it while the program runs.
            #[unsafe(link_section = ".spelunk.abi")]
            static FACTS: [$crate::abi::Fact; LIST.len()] = match LIST.first_chunk() {
                Some(facts) => *facts,
                None => unreachable!(),
            };
        };
    };
}

#[cfg(not(feature = "abi"))]
macro_rules! abi {
    ($($any:tt)*) => {};
}

#[cfg(not(feature = "abi"))]
macro_rules! facts {
    ($($any:tt)*) => {};
}
