//! Names of variables as small numbers, so that the tree and the table of variables need no hashing.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::syntax::Bytes;

/// A name of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Symbol(pub(crate) u32);

impl Symbol {
    /// Gives its place in a table of all names.
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

macro_rules! known {
    ($($name:ident)*) => {
        /// Names that the shell itself asks for.
        #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "the names are the variables' own")]
        enum Known { $($name),* }

        impl Symbol {
            $(pub(crate) const $name: Self = Self(Known::$name as u32);)*
        }

        const KNOWN: &[&str] = &[$(stringify!($name)),*];
    };
}

known! { CDPATH ENV FCEDIT HOME IFS LINENO OLDPWD OPTARG OPTIND PATH PPID PS1 PS2 PS4 PWD LC_ALL LC_CTYPE LANG HISTFILE HISTSIZE TERM TMPDIR }

/// All names that were ever met.
pub(crate) struct Names {
    names: Vec<Bytes>,
    /// The numbers by the names that they stand for.
    numbers: HashTable<Symbol>,
    hasher: DefaultHashBuilder,
}

impl Names {
    pub(crate) fn new() -> Self {
        let mut names =
            Self { names: Vec::new(), numbers: HashTable::new(), hasher: DefaultHashBuilder::default() };
        for name in KNOWN {
            names.symbol(name.as_bytes());
        }
        names
    }

    /// Gives the number of a name, a new one if it has none.
    pub(crate) fn symbol(&mut self, name: &[u8]) -> Symbol {
        let Self { names, numbers, hasher } = self;
        let hash = |name: &[u8]| hasher.hash_one(name);
        let text = |symbol: &Symbol| names.get(symbol.index()).map_or(&[][..], |name| name);
        if let Some(symbol) = numbers.find(hash(name), |symbol| text(symbol) == name) {
            return *symbol;
        }
        let symbol = Symbol(names.len() as u32);
        numbers.insert_unique(hash(name), symbol, |symbol| hash(text(symbol)));
        names.push(Rc::from(name));
        symbol
    }

    /// Gives a name.
    pub(crate) fn name(&self, symbol: Symbol) -> &[u8] {
        self.names.get(symbol.index()).map_or(&[], |name| name)
    }
}

/// Says whether a text may be a variable's name: `[A-Za-z_][A-Za-z0-9_]*`.
pub(crate) fn is_name(text: &[u8]) -> bool {
    text.first().is_some_and(|byte| begins_name(*byte)) && text.iter().all(|byte| continues_name(*byte))
}

/// Says whether a byte may begin a name.
pub(crate) const fn begins_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

/// Says whether a byte may stand in a name.
pub(crate) const fn continues_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
