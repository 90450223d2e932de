//! The types of a kernel (BTF).

use formats::file::btf::{Named, Number, Types};

/// Asks after every type and a field of it. Every question must end, however the types refer to each other.
pub(crate) fn btf(data: &[u8]) {
    let Ok(types) = Types::parse(data) else { return };
    assert!(types.count() <= data.len() / 12, "more types than bytes");
    // Questions cost some steps each, and there are as many as types.
    for number in (0..=types.count() as u32).take(64).map(Number) {
        let name = types.name(number);
        let _ = types.size(number);
        for path in [b"low".as_slice(), b"y[2]", b"link.x", name] {
            if let Some(field) = types.field(number, path) {
                assert!((field.of.0 as usize) <= types.count() || types.size(field.of).is_none());
            }
        }
        for named in [Named::Structure, Named::Union, Named::Enumeration, Named::Plain] {
            if let Some(found) = types.find(named, name) {
                assert_eq!(types.name(found), name);
            }
        }
    }
}
