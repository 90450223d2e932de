//! The first lines of an answer, and the page of an error.

use alloc::vec::Vec;

use linux::Result;
use net::TcpStream;
use query::Sink;
use query::text::decimal;

use super::super::web_date::date;

/// Codes in words, and what an error's page says.
const CODES: &[(u16, &str, &str)] = &[
    (200, "OK", ""),
    (206, "Partial Content", ""),
    (302, "Found", "It is to be found elsewhere"),
    (304, "Not Modified", ""),
    (400, "Bad Request", "The request makes no sense"),
    (401, "Unauthorized", "A name and a password are needed"),
    (403, "Forbidden", "This must not be seen"),
    (404, "Not Found", "There is nothing of this name"),
    (405, "Method Not Allowed", "This can only be read"),
    (408, "Request Timeout", "No request came in time"),
    (412, "Precondition Failed", "It is another by now"),
    (413, "Content Too Large", "The length of the body is unknown"),
    (416, "Range Not Satisfiable", "It is not so long"),
    (431, "Request Header Fields Too Large", "The request is too long"),
    (500, "Internal Server Error", "The program failed"),
    (501, "Not Implemented", "Such requests are not known here"),
    (505, "HTTP Version Not Supported", "Only HTTP/1 is spoken here"),
];

/// Gives a code in words, and its page's line.
fn words(code: u16) -> (&'static str, &'static str) {
    CODES.iter().find(|known| known.0 == code).map_or(("Unknown", ""), |known| (known.1, known.2))
}

/// An answer's first lines, to which fields are added.
pub(super) struct Reply {
    text: Vec<u8>,
}

impl Reply {
    pub(super) fn new(code: u16) -> Self {
        let mut text = b"HTTP/1.1 ".to_vec();
        decimal(code.into(), &mut text);
        text.push(b' ');
        text.extend_from_slice(words(code).0.as_bytes());
        text.extend_from_slice(b"\r\n");
        let mut reply = Self { text };
        let mut now = Vec::new();
        date(system::machine::now(), &mut now);
        reply.field("Date", &now);
        reply.field("Connection", b"close");
        reply
    }

    pub(super) fn field(&mut self, name: &str, value: &[u8]) {
        for part in [name.as_bytes(), b": ", value, b"\r\n"] {
            self.text.extend_from_slice(part);
        }
    }

    pub(super) fn number(&mut self, name: &str, value: u64) {
        let mut text = Vec::new();
        decimal(value, &mut text);
        self.field(name, &text);
    }

    /// Sends it, with what is behind it.
    pub(super) fn send(mut self, stream: &TcpStream, body: &[u8]) -> Result<()> {
        self.text.extend_from_slice(b"\r\n");
        self.text.extend_from_slice(body);
        let mut stream = stream;
        io::Write::write_all(&mut stream, &self.text)
    }
}

/// Gives the page of an error.
pub(super) fn page(code: u16) -> Vec<u8> {
    let (title, line) = words(code);
    let mut head = Vec::new();
    decimal(code.into(), &mut head);
    head.push(b' ');
    head.extend_from_slice(title.as_bytes());
    [
        b"<HTML><HEAD><TITLE>",
        &head[..],
        b"</TITLE></HEAD>\n<BODY><H1>",
        &head,
        b"</H1>\n",
        line.as_bytes(),
        b"\n</BODY></HTML>\n",
    ]
    .concat()
}

/// Writes text with what has a meaning in HTML as numbers, as BusyBox does: all but letters, digits and the blank.
pub(super) fn escape_html(text: &[u8], out: &mut dyn Sink) {
    for byte in text {
        if byte.is_ascii_alphanumeric() {
            out.put(&[*byte]);
        } else {
            out.put(b"&#");
            decimal((*byte).into(), out);
            out.put(b";");
        }
    }
}
