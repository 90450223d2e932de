//! Outcomes: the acknowledgement or error of a request, and the end of a dump, with the kernel's own words.
//!
//! With `NETLINK_EXT_ACK` the kernel says what it did not like and at which byte of the request; with
//! `NETLINK_CAP_ACK` it does not send the request's payload back. The end of a dump can carry an error too.

use super::message::{Flags, HEADER, Message, kind};
use super::{Attributes, Text};
use crate::cursor::Cursor;
use crate::{Error, Expected};

attributes! {
    /// What an extended acknowledgement tells beyond the error number.
    pub enum Detail {
        /// The reason, in a sentence.
        REASON: [u8] = 1 => "NLMSGERR_ATTR_MSG",
        /// Offset in the request of the attribute that was refused.
        OFFSET: u32 = 2 => "NLMSGERR_ATTR_OFFS",
        /// Number of the attribute that is missing.
        MISSING: u32 = 5 => "NLMSGERR_ATTR_MISS_TYPE",
        /// Offset in the request of the nest that misses an attribute.
        MISSING_IN: u32 = 6 => "NLMSGERR_ATTR_MISS_NEST",
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
                let code = cursor.u32_ne(Expected::NetlinkReply)?;
                skip_request(&mut cursor, message.header.flags)?;
                code
            }
            // Old kernels end some dumps without a code.
            kind::DONE if cursor.is_empty() => 0,
            kind::DONE => cursor.u32_ne(Expected::NetlinkReply)?,
            _ => return Ok(None),
        };
        let mut outcome = Self { errno: code.wrapping_neg(), ..Self::default() };
        if message.header.flags.contains(Flags::EXTENDED) {
            outcome.details(Attributes::new(cursor.rest()));
        }
        Ok(Some(outcome))
    }

    fn details(&mut self, attributes: Attributes<'a>) {
        for raw in attributes {
            self.reason = raw.bytes(Detail::REASON).map(Text::read).or(self.reason);
            raw.fill(Detail::OFFSET, &mut self.offset);
            raw.fill(Detail::MISSING_IN, &mut self.offset);
            raw.fill(Detail::MISSING, &mut self.missing);
        }
    }
}

/// Goes past the copy of the request: its header alone when capped, else all of it.
fn skip_request(cursor: &mut Cursor<'_>, flags: Flags) -> Result<(), Error> {
    let mut copy = *cursor;
    let length = usize::try_from(copy.u32_ne(Expected::NetlinkReply)?).unwrap_or(usize::MAX);
    cursor.take(HEADER, Expected::NetlinkReply)?;
    // An acknowledgement of success never carries the payload, flagged as capped or not.
    let rest = length.saturating_sub(HEADER).checked_next_multiple_of(4).unwrap_or(usize::MAX);
    if !flags.contains(Flags::CAPPED) && rest <= cursor.rest().len() {
        cursor.take(rest, Expected::NetlinkReply)?;
    }
    Ok(())
}
