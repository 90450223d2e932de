//! Which version of a file a client has, and whether it is to have this one: `ETag`, `Last-Modified` and the conditions on them.

use alloc::vec::Vec;

use formats::wire::http::{Head, names_tag};
use linux::fs::Metadata;

use super::super::web_date::{date, seconds};
use super::reply::Reply;

/// What tells one version of a file from another.
pub(super) struct Version {
    /// When it was written and how long it is, in quotes: two of a length within a nanosecond are one.
    tag: Vec<u8>,
    /// In seconds since 1970.
    changed: i64,
}

impl Version {
    pub(super) fn of(about: &Metadata) -> Self {
        let time = about.modified();
        let tag = alloc::format!("\"{:x}-{:x}-{:x}\"", time.seconds, time.nanoseconds, about.size());
        Self { tag: tag.into_bytes(), changed: time.seconds }
    }

    /// Tells it in an answer.
    pub(super) fn put(&self, reply: &mut Reply) {
        let mut shown = Vec::new();
        date(self.changed, &mut shown);
        reply.field("Last-Modified", &shown);
        reply.field("ETag", &self.tag);
    }

    /// Gives the code of the answer if a request's conditions ask for another than the file, tags before dates (RFC 9110, 13.2.2).
    pub(super) fn refusal(&self, head: &Head<'_>) -> Option<u16> {
        let is_another = match (head.field("If-Match"), head.field("If-Unmodified-Since")) {
            (Some(list), _) => !names_tag(list, &self.tag, false),
            (None, Some(since)) => seconds(since).is_some_and(|since| self.changed > since),
            (None, None) => false,
        };
        let is_known = match (head.field("If-None-Match"), head.field("If-Modified-Since")) {
            (Some(list), _) => names_tag(list, &self.tag, true),
            (None, Some(since)) => seconds(since).is_some_and(|since| self.changed <= since),
            (None, None) => false,
        };
        match (is_another, is_known) {
            (true, _) => Some(412),
            (false, true) => Some(304),
            (false, false) => None,
        }
    }

    /// Says whether a part is meant of this version: of another all is wanted (13.1.5).
    pub(super) fn has_part(&self, head: &Head<'_>) -> bool {
        match head.field("If-Range") {
            None => true,
            Some(tag @ ([b'"', ..] | [b'W', b'/', ..])) => tag == self.tag,
            Some(of) => seconds(of) == Some(self.changed),
        }
    }
}
