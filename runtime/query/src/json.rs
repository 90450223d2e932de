//! JSON (RFC 8259), written as it goes: the caller opens and closes, commas come by themselves.
//!
//! Text is any bytes. JSON has no room for bytes that are not UTF-8: they become U+FFFD, as everywhere; where they
//! matter, [`Json::field_bytes`] adds the exact bytes as hexadecimal digits under a second key.

use crate::Sink;
use crate::text;

/// A writer of one JSON document.
pub struct Json<'a> {
    out: &'a mut dyn Sink,
    comma: bool,
}

impl<'a> Json<'a> {
    /// Starts a document.
    pub fn new(out: &'a mut dyn Sink) -> Self {
        Self { out, comma: false }
    }

    /// Goes on in the middle of a document, after an element or before the first.
    pub fn within(out: &'a mut dyn Sink, after_element: bool) -> Self {
        Self { out, comma: after_element }
    }

    /// Opens an object, `{`.
    pub fn object(&mut self) {
        self.begin();
        self.out.put(b"{");
        self.comma = false;
    }

    /// Closes an object, `}`.
    pub fn end_object(&mut self) {
        self.out.put(b"}");
        self.comma = true;
    }

    /// Opens an array, `[`.
    pub fn array(&mut self) {
        self.begin();
        self.out.put(b"[");
        self.comma = false;
    }

    /// Closes an array, `]`.
    pub fn end_array(&mut self) {
        self.out.put(b"]");
        self.comma = true;
    }

    /// Starts a new line, for documents that are read by people too: between elements only.
    pub fn line(&mut self) {
        if self.comma {
            self.out.put(b",\n");
            self.comma = false;
        }
    }

    /// Ends the document with a line feed.
    pub fn end(self) {
        self.out.put(b"\n");
    }

    /// Writes a key; its value follows.
    pub fn key(&mut self, name: &str) {
        self.string(name.as_bytes());
        self.out.put(b":");
        self.comma = false;
    }

    /// Writes text.
    pub fn string(&mut self, bytes: &[u8]) {
        self.begin();
        self.out.put(b"\"");
        for chunk in bytes.utf8_chunks() {
            self.escaped(chunk.valid().as_bytes());
            if !chunk.invalid().is_empty() {
                self.out.put("\u{fffd}".as_bytes());
            }
        }
        self.out.put(b"\"");
    }

    /// Writes a number.
    pub fn number(&mut self, value: u64) {
        self.begin();
        text::decimal(value, self.out);
    }

    /// Writes a number that may be below zero.
    pub fn signed(&mut self, value: i64) {
        self.begin();
        if value < 0 {
            self.out.put(b"-");
        }
        text::decimal(value.unsigned_abs(), self.out);
    }

    /// Writes a number of thousandths with its point (1500 is `1.500`).
    pub fn thousandths(&mut self, value: u64) {
        self.number(value / 1000);
        self.out.put(b".");
        text::zero_padded(value % 1000, 3, self.out);
    }

    /// Writes `true` or `false`.
    pub fn boolean(&mut self, value: bool) {
        self.begin();
        self.out.put(if value { b"true" } else { b"false" });
    }

    /// Writes `null`.
    pub fn null(&mut self) {
        self.begin();
        self.out.put(b"null");
    }

    /// Writes a key and text.
    pub fn field(&mut self, name: &str, value: &[u8]) {
        self.key(name);
        self.string(value);
    }

    /// Writes a key and a number.
    pub fn field_number(&mut self, name: &str, value: u64) {
        self.key(name);
        self.number(value);
    }

    /// Writes a key and text that anyone may have chosen; when it is not UTF-8, `<name>_hex` follows with every byte.
    pub fn field_bytes(&mut self, name: &str, value: &[u8]) {
        self.field(name, value);
        if core::str::from_utf8(value).is_err() {
            self.begin();
            self.out.put(b"\"");
            self.escaped(name.as_bytes());
            self.out.put(b"_hex\":\"");
            for &byte in value {
                text::radix(u64::from(byte >> 4), 16, self.out);
                text::radix(u64::from(byte & 15), 16, self.out);
            }
            self.out.put(b"\"");
        }
    }

    fn begin(&mut self) {
        if self.comma {
            self.out.put(b",");
        }
        self.comma = true;
    }

    /// Writes UTF-8 with the escapes that JSON demands; DEL and the C1 controls are escaped too, for terminals.
    fn escaped(&mut self, bytes: &[u8]) {
        let mut plain = 0;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let c1 = byte == 0xc2 && bytes.get(at + 1).is_some_and(|&next| next < 0xa0);
            let code = if c1 { bytes[at + 1] } else { byte };
            let escape: &[u8] = match byte {
                b'"' => b"\\\"",
                b'\\' => b"\\\\",
                b'\n' => b"\\n",
                b'\t' => b"\\t",
                b'\r' => b"\\r",
                0..0x20 | 0x7f => b"\\u00",
                _ if c1 => b"\\u00",
                _ => {
                    at += 1;
                    continue;
                }
            };
            self.out.put(&bytes[plain..at]);
            self.out.put(escape);
            if escape == b"\\u00" {
                text::radix(u64::from(code >> 4), 16, self.out);
                text::radix(u64::from(code & 15), 16, self.out);
            }
            at += 1 + usize::from(c1);
            plain = at;
        }
        self.out.put(&bytes[plain..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    fn written(write: impl Fn(&mut Json<'_>)) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&mut Json::new(&mut bytes));
        bytes
    }

    #[test]
    fn nested_values_agree_with_another_reader() {
        let bytes = written(|json| {
            json.array();
            json.object();
            json.field("name", b"eth0");
            json.field_number("mtu", 1500);
            json.key("negative");
            json.signed(i64::MIN);
            json.key("load");
            json.thousandths(1050);
            json.key("list");
            json.array();
            json.null();
            json.boolean(true);
            json.array();
            json.end_array();
            json.end_array();
            json.end_object();
            json.line();
            json.object();
            json.end_object();
            json.end_array();
        });
        let expected = serde_json::json!([
            {"name": "eth0", "mtu": 1500, "negative": i64::MIN, "load": 1.05, "list": [null, true, []]},
            {}
        ]);
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&bytes).unwrap(), expected);
    }

    #[test]
    fn every_character_comes_back() {
        let text: String = (0..0x3000).chain(0xffff..0x1_0010).filter_map(char::from_u32).collect();
        let bytes = written(|json| json.string(text.as_bytes()));
        assert_eq!(serde_json::from_slice::<String>(&bytes).unwrap(), text);
        assert!(!String::from_utf8(bytes).unwrap().chars().any(char::is_control));
    }

    #[test]
    fn bytes_that_are_not_text_are_kept_beside() {
        let bytes = written(|json| {
            json.object();
            json.field_bytes("name", b"f\xffo\xe2\x82");
            json.field_bytes("plain", b"x");
            json.end_object();
        });
        let expected =
            serde_json::json!({"name": "f\u{fffd}o\u{fffd}", "name_hex": "66ff6fe282", "plain": "x"});
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&bytes).unwrap(), expected);
    }
}
