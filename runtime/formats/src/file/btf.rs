//! The types of a kernel as it tells them itself, in `/sys/kernel/btf/vmlinux`: BTF (`Documentation/bpf/btf.rst`, `linux/btf.h`).
//!
//! A head, the types one behind the other, and the names. A type is named by its number, from 1 on; 0 is `void`. Types refer to each
//! other in any order, and in a broken file in circles, so that whoever follows them has only so many steps.

use alloc::vec::Vec;

use crate::cursor::Cursor;
use crate::{Error, Expected};

/// What the file begins with, in the order of the machine that wrote it.
const MAGIC: u16 = 0xeb9f;

/// How many steps a question may take: more than any structure of the kernel's has fields, with those within.
const STEPS: u32 = 1 << 16;

/// How many levels of parts without names are looked into.
const DEPTH: u32 = 16;

/// The kinds of types (BTF_KIND_…).
mod kind {
    pub(super) const INTEGER: u8 = 1;
    pub(super) const POINTER: u8 = 2;
    pub(super) const ARRAY: u8 = 3;
    pub(super) const STRUCTURE: u8 = 4;
    pub(super) const UNION: u8 = 5;
    pub(super) const ENUMERATION: u8 = 6;
    pub(super) const FORWARD: u8 = 7;
    pub(super) const TYPE_NAME: u8 = 8;
    pub(super) const VOLATILE: u8 = 9;
    pub(super) const CONST: u8 = 10;
    pub(super) const RESTRICT: u8 = 11;
    pub(super) const FUNCTION: u8 = 12;
    pub(super) const SIGNATURE: u8 = 13;
    pub(super) const VARIABLE: u8 = 14;
    pub(super) const SECTION: u8 = 15;
    pub(super) const FLOAT: u8 = 16;
    pub(super) const TAG: u8 = 17;
    pub(super) const TYPE_TAG: u8 = 18;
    pub(super) const ENUMERATION_64: u8 = 19;
}

/// What a type is called by in C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// `struct NAME`.
    Structure,
    /// `union NAME`.
    Union,
    /// `enum NAME`.
    Enumeration,
    /// `NAME`, of an integer, a floating number or a `typedef`.
    Plain,
}

/// The number of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number(pub u32);

/// A field of a structure, found by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Where it begins, in bits from the beginning of the structure.
    pub bits: u64,
    /// Its type.
    pub of: Number,
}

/// A type.
#[derive(Clone, Copy, Debug)]
struct Type<'a> {
    kind: u8,
    name: u32,
    /// Whether the fields' places have their lengths in bits above them.
    has_lengths: bool,
    /// Its size in bytes, or the number of the type that it refers to.
    size_or_type: u32,
    /// What comes behind: fields, the ends of an array, and so on.
    more: &'a [u8],
}

/// All types of a kernel.
#[derive(Clone, Debug)]
pub struct Types<'a> {
    types: Vec<Type<'a>>,
    names: &'a [u8],
}

impl<'a> Types<'a> {
    /// Reads them.
    ///
    /// # Errors
    /// Where the head is another one, the parts do not lie in the file, or a type is cut or of a kind that nobody knows.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut head = Cursor::new(bytes);
        if head.u16_ne(Expected::Field)? != MAGIC {
            return Err(Error::new(Expected::Field, 0));
        }
        // The version, of which there is one, and flags, of which there are none.
        if head.u8(Expected::Field)? != 1 {
            return Err(Error::new(Expected::Field, 2));
        }
        head.u8(Expected::Field)?;
        let mut number = || head.u32_ne(Expected::Field).map(|number| number as usize);
        let (length, types_at, types_length, names_at, names_length) =
            (number()?, number()?, number()?, number()?, number()?);
        let part = |at: usize, count: usize| {
            let mut cursor = Cursor::new(bytes);
            let start = length.checked_add(at).ok_or(Error::new(Expected::Offset, 4))?;
            cursor.seek(start, Expected::Offset)?;
            cursor.take(count, Expected::Offset)
        };
        let names = part(names_at, names_length)?;
        let mut cursor = Cursor::new(part(types_at, types_length)?);
        let mut types = Vec::new();
        while !cursor.is_empty() {
            types.push(one(&mut cursor)?);
        }
        Ok(Self { types, names })
    }

    /// Gives how many there are.
    pub fn count(&self) -> usize {
        self.types.len()
    }

    /// Finds a type by its name; one that is only spoken of in advance is none.
    pub fn find(&self, named: Named, name: &[u8]) -> Option<Number> {
        let is_meant = |kind: u8| match named {
            Named::Structure => kind == kind::STRUCTURE,
            Named::Union => kind == kind::UNION,
            Named::Enumeration => matches!(kind, kind::ENUMERATION | kind::ENUMERATION_64),
            Named::Plain => matches!(kind, kind::INTEGER | kind::FLOAT | kind::TYPE_NAME),
        };
        let at = self.types.iter().position(|one| is_meant(one.kind) && self.text(one.name) == name)?;
        u32::try_from(at + 1).ok().map(Number)
    }

    /// Gives the name of a type; empty if it has none.
    pub fn name(&self, number: Number) -> &'a [u8] {
        self.get(number).map_or(b"", |one| self.text(one.name))
    }

    /// Gives the size of a type in bytes; none of `void`, functions, and where the file leads in circles.
    pub fn size(&self, number: Number) -> Option<u64> {
        let (mut number, mut times) = (number, 1_u64);
        for _ in 0..STEPS {
            let one = self.get(number)?;
            match one.kind {
                kind::ARRAY => {
                    let (element, count) = one.array()?;
                    (number, times) = (element, times.checked_mul(count)?);
                }
                // Numbers of a kernel of its own size.
                kind::POINTER => return times.checked_mul(size_of::<usize>() as u64),
                kind::INTEGER
                | kind::STRUCTURE
                | kind::UNION
                | kind::ENUMERATION
                | kind::ENUMERATION_64
                | kind::FLOAT => return times.checked_mul(one.size_or_type.into()),
                _ => number = one.same()?,
            }
        }
        None
    }

    /// Finds a field of a structure or union, as C would write it behind the dot: `a`, `a.b`, `a[2].b`. Fields of a part without
    /// name are those of the whole.
    pub fn field(&self, of: Number, path: &[u8]) -> Option<Field> {
        let (mut steps, mut found) = (STEPS, Field { bits: 0, of });
        for word in path.split(|byte| *byte == b'.') {
            let mut words = word.split(|byte| *byte == b'[');
            let inner = self.named(found.of, words.next()?, DEPTH, &mut steps)?;
            found = Field { bits: found.bits.checked_add(inner.bits)?, of: inner.of };
            for index in words {
                let index = index.strip_suffix(b"]").and_then(|digits| core::str::from_utf8(digits).ok())?;
                let index: u64 = index.parse().ok()?;
                let (element, _) = self.get(self.plain(found.of)?)?.array()?;
                let before = self.size(element)?.checked_mul(index)?.checked_mul(8)?;
                found = Field { bits: found.bits.checked_add(before)?, of: element };
            }
        }
        Some(found)
    }

    /// Finds a field in a structure and, so many levels deep, the parts of it that have no names.
    fn named(&self, of: Number, name: &[u8], depth: u32, steps: &mut u32) -> Option<Field> {
        let structure = self.get(self.plain(of)?)?;
        for (field, bits, of) in structure.fields() {
            *steps = steps.checked_sub(1)?;
            let own = self.text(field);
            if own == name && !own.is_empty() {
                return Some(Field { bits, of });
            }
            if own.is_empty()
                && depth > 0
                && let Some(inner) = self.named(of, name, depth - 1, steps)
            {
                return Some(Field { bits: bits.checked_add(inner.bits)?, of: inner.of });
            }
        }
        None
    }

    /// Gives the type behind names, `const` and the like.
    fn plain(&self, mut number: Number) -> Option<Number> {
        for _ in 0..64 {
            match self.get(number)?.same() {
                Some(next) => number = next,
                None => return Some(number),
            }
        }
        None
    }

    fn get(&self, number: Number) -> Option<&Type<'a>> {
        self.types.get((number.0 as usize).checked_sub(1)?)
    }

    fn text(&self, at: u32) -> &'a [u8] {
        let text = self.names.get(at as usize..).unwrap_or_default();
        text.split(|byte| *byte == 0).next().unwrap_or_default()
    }
}

impl Type<'_> {
    /// Gives the type that this one is another name of, or another word on.
    fn same(&self) -> Option<Number> {
        let refers = matches!(
            self.kind,
            kind::TYPE_NAME | kind::VOLATILE | kind::CONST | kind::RESTRICT | kind::TYPE_TAG | kind::VARIABLE
        );
        refers.then_some(Number(self.size_or_type))
    }

    /// Gives an array's element and how many of it there are.
    fn array(&self) -> Option<(Number, u64)> {
        let (words, _) = self.more.as_chunks();
        let [element, _index, count] =
            [0, 1, 2].map(|at| words.get(at).map(|word| u32::from_ne_bytes(*word)));
        (self.kind == kind::ARRAY).then_some((Number(element?), count?.into()))
    }

    /// Gives the fields of a structure or union: where the name is, the place in bits, the type.
    fn fields(&self) -> impl Iterator<Item = (u32, u64, Number)> + '_ {
        let is_whole = matches!(self.kind, kind::STRUCTURE | kind::UNION);
        let (fields, _) = if is_whole { self.more } else { &[] }.as_chunks::<12>();
        fields.iter().filter_map(|field| {
            let (words, _) = field.as_chunks();
            let [name, of, place] = words else { return None };
            let [name, of, place] = [name, of, place].map(|word| u32::from_ne_bytes(*word));
            let bits = if self.has_lengths { place & 0xff_ffff } else { place };
            Some((name, bits.into(), Number(of)))
        })
    }
}

/// Reads a type.
fn one<'a>(cursor: &mut Cursor<'a>) -> Result<Type<'a>, Error> {
    let start = *cursor;
    let (name, information) = (cursor.u32_ne(Expected::Record)?, cursor.u32_ne(Expected::Record)?);
    let size_or_type = cursor.u32_ne(Expected::Record)?;
    let (count, kind) = ((information & 0xffff) as usize, (information >> 24 & 0x1f) as u8);
    let length = match kind {
        kind::POINTER
        | kind::FORWARD
        | kind::TYPE_NAME
        | kind::VOLATILE
        | kind::CONST
        | kind::RESTRICT
        | kind::FUNCTION
        | kind::FLOAT
        | kind::TYPE_TAG => 0,
        kind::INTEGER | kind::VARIABLE | kind::TAG => 4,
        kind::ARRAY => 12,
        kind::ENUMERATION | kind::SIGNATURE => count * 8,
        kind::STRUCTURE | kind::UNION | kind::SECTION | kind::ENUMERATION_64 => count * 12,
        _ => return Err(start.error(Expected::Record)),
    };
    let more = cursor.take(length, Expected::Record)?;
    Ok(Type { kind, name, has_lengths: information >> 31 == 1, size_or_type, more })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Joins words of 32 bits.
    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_ne_bytes()).collect()
    }

    /// `struct point { int x; union { int y[4]; struct { int low, high; }; }; place link; int flag : 3; }` with
    /// `typedef const struct point *place`.
    fn sample() -> Vec<u8> {
        let names = b"\0int\0point\0x\0y\0low\0high\0link\0place\0flag\0";
        let at = |name: &[u8]| {
            let mut places =
                (0..names.len()).filter(|at| names[*at..].starts_with(name) && names[*at - 1] == 0);
            places.next().unwrap() as u32
        };
        let kind = |kind: u8, count: u32| u32::from(kind) << 24 | count;
        let types = words(&[
            // 1: int, of 4 bytes, signed.
            at(b"int\0"),
            kind(kind::INTEGER, 0),
            4,
            0x0100_0020,
            // 2: struct point, of 48 bytes, with lengths in bits.
            at(b"point\0"),
            kind(kind::STRUCTURE, 4) | 1 << 31,
            48,
            at(b"x\0"),
            1,
            0,
            0,
            3,
            32,
            at(b"link\0"),
            6,
            256,
            at(b"flag\0"),
            1,
            3 << 24 | 320,
            // 3: a union without name, of 16 bytes.
            0,
            kind(kind::UNION, 2),
            16,
            at(b"y\0"),
            4,
            0,
            0,
            5,
            0,
            // 4: int[4].
            0,
            kind(kind::ARRAY, 0),
            0,
            1,
            1,
            4,
            // 5: a structure without name, of 8 bytes.
            0,
            kind(kind::STRUCTURE, 2),
            8,
            at(b"low\0"),
            1,
            0,
            at(b"high\0"),
            1,
            32,
            // 6: place; 7: the pointer; 8: const.
            at(b"place\0"),
            kind(kind::TYPE_NAME, 0),
            7,
            0,
            kind(kind::POINTER, 0),
            8,
            0,
            kind(kind::CONST, 0),
            2,
        ]);
        let head = [0_u32, types.len() as u32, types.len() as u32, names.len() as u32];
        let mut bytes = MAGIC.to_ne_bytes().to_vec();
        bytes.extend([1, 0]);
        bytes.extend(words(&[24]));
        bytes.extend(words(&head));
        bytes.extend(types);
        bytes.extend(names);
        bytes
    }

    #[test]
    fn sizes_and_fields() {
        let bytes = sample();
        let types = Types::parse(&bytes).unwrap();
        assert_eq!(types.count(), 8);
        let point = types.find(Named::Structure, b"point").unwrap();
        assert_eq!((types.size(point), types.name(point)), (Some(48), b"point".as_slice()));
        let place =
            |path: &str| types.field(point, path.as_bytes()).map(|field| (field.bits, types.size(field.of)));
        assert_eq!(place("x"), Some((0, Some(4))));
        assert_eq!(place("y"), Some((32, Some(16))));
        assert_eq!(place("y[2]"), Some((96, Some(4))));
        assert_eq!((place("low"), place("high")), (Some((32, Some(4))), Some((64, Some(4)))));
        assert_eq!(place("link"), Some((256, Some(size_of::<usize>() as u64))));
        assert_eq!(place("flag"), Some((320, Some(4))));
        for none in ["", "z", "x.y", "y[", "y[a]", "x[0]", "link.x"] {
            assert_eq!(place(none), None, "{none}");
        }
        assert_eq!(types.find(Named::Union, b"point"), None);
        assert_eq!(types.find(Named::Plain, b"place"), Some(Number(6)));
        assert_eq!((types.size(Number(0)), types.size(Number(99))), (None, None));
    }

    #[test]
    fn a_cut_file_is_an_error_or_none() {
        let bytes = sample();
        for length in 0..bytes.len() {
            assert!(Types::parse(&bytes[..length]).is_err(), "{length}");
        }
        let mut other = bytes;
        other[0] ^= 1;
        assert_eq!(Types::parse(&other).unwrap_err(), Error::new(Expected::Field, 0));
    }

    #[test]
    fn circles_end() {
        let names = b"\0a\0";
        let types = words(&[
            // A structure whose parts without name are itself; an array of itself; a name of itself.
            1,
            u32::from(kind::STRUCTURE) << 24 | 3,
            8,
            0,
            1,
            0,
            0,
            1,
            0,
            0,
            1,
            0,
            0,
            u32::from(kind::ARRAY) << 24,
            0,
            2,
            2,
            4,
            1,
            u32::from(kind::TYPE_NAME) << 24,
            3,
        ]);
        let mut bytes = MAGIC.to_ne_bytes().to_vec();
        bytes.extend([1, 0]);
        bytes.extend(words(&[24, 0, types.len() as u32, types.len() as u32, names.len() as u32]));
        bytes.extend(types);
        bytes.extend(names);
        let types = Types::parse(&bytes).unwrap();
        assert_eq!(types.field(Number(1), b"b"), None);
        assert_eq!((types.size(Number(2)), types.size(Number(3))), (None, None));
        assert_eq!(types.field(Number(3), b"b"), None);
    }
}
