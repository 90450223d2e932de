//! Outcomes: the acknowledgement or error of a request, and the end of a dump, with the kernel's own words.
//!
//! With `NETLINK_EXT_ACK` the kernel says what it did not like and at which byte of the request; with
//! `NETLINK_CAP_ACK` it does not send the request's payload back. The end of a dump can carry an error too.

use super::message::{Flags, HEADER, Message, kind};
use super::{Attributes, Text};
use crate::Error;
use crate::cursor::Cursor;

attributes! {
    /// What an extended acknowledgement tells beyond the error number.
    pub enum Detail<'a> {
        /// The reason, in a sentence (`NLMSGERR_ATTR_MSG`).
        Reason(Text<'a>) = 1,
        /// Offset in the request of the attribute that was refused (`NLMSGERR_ATTR_OFFS`).
        Offset(u32) = 2,
        /// Number of the attribute that is missing (`NLMSGERR_ATTR_MISS_TYPE`).
        Missing(u32) = 5,
        /// Offset in the request of the nest that misses an attribute (`NLMSGERR_ATTR_MISS_NEST`).
        MissingIn(u32) = 6,
    }
}

/// How a request or a dump ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome<'a> {
    /// The kernel's error number, positive; 0 when all went well.
    pub errno: u32,
    /// The reason in the kernel's words; also comes with success, as a warning.
    pub reason: Option<Text<'a>>,
    /// Offset of the refused attribute from the start of the request's header.
    pub offset: Option<u32>,
    /// Number of the attribute that the request lacks.
    pub missing: Option<u32>,
}

impl<'a> Outcome<'a> {
    /// Reads an outcome; `Ok(None)` when the message is none.
    pub fn parse(message: &Message<'a>) -> Result<Option<Self>, Error> {
        let mut cursor = Cursor::new(message.payload);
        let code = match message.header.kind {
            kind::ERROR => {
                let code = cursor.u32_ne("error number")?;
                skip_request(&mut cursor, message.header.flags)?;
                code
            }
            // Old kernels end some dumps without a code.
            kind::DONE if cursor.is_empty() => 0,
            kind::DONE => cursor.u32_ne("error number")?,
            _ => return Ok(None),
        };
        let mut outcome = Self { errno: code.wrapping_neg(), ..Self::default() };
        if message.header.flags.contains(Flags::EXTENDED) {
            outcome.details(Attributes::new(cursor.rest()));
        }
        Ok(Some(outcome))
    }

    fn details(&mut self, attributes: Attributes<'a>) {
        for attribute in attributes {
            match Detail::parse(attribute) {
                Detail::Reason(text) => self.reason = Some(text),
                Detail::Offset(offset) | Detail::MissingIn(offset) => self.offset = Some(offset),
                Detail::Missing(kind) => self.missing = Some(kind),
                Detail::Other(_) => {}
            }
        }
    }
}

/// Goes past the copy of the request: its header alone when capped, else all of it.
fn skip_request(cursor: &mut Cursor<'_>, flags: Flags) -> Result<(), Error> {
    let mut copy = *cursor;
    let length = usize::try_from(copy.u32_ne("header of the request")?).unwrap_or(usize::MAX);
    cursor.take(HEADER, "header of the request")?;
    // An acknowledgement of success never carries the payload, flagged as capped or not.
    let rest = length.saturating_sub(HEADER).checked_next_multiple_of(4).unwrap_or(usize::MAX);
    if !flags.contains(Flags::CAPPED) && rest <= cursor.rest().len() {
        cursor.take(rest, "payload of the request")?;
    }
    Ok(())
}
