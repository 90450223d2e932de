//! Numbers by which a network namespace knows others (linux/net_namespace.h).

use super::{Attributes, Writer};
use crate::cursor::Cursor;
use crate::{Error, Expected};

attributes! {
    /// What is said of a namespace.
    pub enum Attribute {
        /// Its number; -1 where it has none.
        NUMBER: i32 = 1 => "NETNSA_NSID",
        /// A descriptor of the one that is meant.
        DESCRIPTOR: u32 = 3 => "NETNSA_FD",
    }
}

/// Appends the payload of a question for the number of the namespace behind a descriptor.
pub fn emit_query(writer: &mut Writer<'_>, descriptor: u32) {
    // The family, and what aligns it.
    writer.fixed(&[0; 4]);
    writer.attribute(Attribute::DESCRIPTOR, &descriptor);
}

/// Reads the number from an answer; none if the namespace has none here.
///
/// # Errors
/// An answer without it.
pub fn parse(payload: &[u8]) -> Result<Option<u32>, Error> {
    let mut cursor = Cursor::new(payload);
    cursor.take(4, Expected::Number)?;
    let mut number: Option<i32> = None;
    for raw in Attributes::new(cursor.rest()) {
        raw.fill(Attribute::NUMBER, &mut number);
    }
    number.map(|number| u32::try_from(number).ok()).ok_or(cursor.error(Expected::Number))
}

#[cfg(test)]
mod tests {
    use super::super::message::{Message, Messages, kind};
    use super::super::{Flags, Writer};
    use super::*;

    #[test]
    fn a_question_and_its_answers() {
        let mut request = Vec::new();
        let mut writer = Writer::new(&mut request, kind::GET_NAMESPACE_NUMBER, Flags::REQUEST);
        emit_query(&mut writer, 7);
        writer.finish().unwrap();
        let message: Message<'_> = Messages::new(&request).next().unwrap().unwrap();
        assert_eq!(message.payload, [0, 0, 0, 0, 8, 0, 3, 0, 7, 0, 0, 0]);
        // Four bytes of family, then NETNSA_NSID.
        let answer = |number: i32| [&[0, 0, 0, 0, 8, 0, 1, 0][..], &number.to_ne_bytes()].concat();
        assert_eq!(parse(&answer(5)), Ok(Some(5)));
        assert_eq!(parse(&answer(-1)), Ok(None));
        for length in 0..12 {
            assert!(parse(&answer(5)[..length]).is_err(), "{length}");
        }
    }
}
