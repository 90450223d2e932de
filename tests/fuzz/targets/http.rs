//! What comes over HTTP: heads, lines of requests and of answers, bodies in chunks, addresses.

use formats::url::Url;
use formats::wire::http::{
    Chunks, Head, Part, content_range, escape, names_tag, part, request, status, takes_coding, unescape,
};

/// Reads a message as server and as client. A part of a body lies within it; what a path stands for, escaped, stands for the same; a
/// body in chunks is the same however it comes; an address may be read again.
pub(crate) fn http(data: &[u8]) {
    let Some(head) = Head::find(data) else { return };
    assert!(head.length <= data.len());
    if let Ok(request) = request(head.first) {
        assert!(request.target.starts_with(b"/"));
        if let Some(path) = unescape(request.target) {
            let mut escaped = Vec::new();
            escape(&path, &mut escaped);
            assert!(escaped.iter().all(u8::is_ascii_graphic));
            assert_eq!(unescape(&escaped), Some(path), "a path does not survive being escaped");
        }
    }
    let _ = status(head.first);
    let _ = head.content_length();
    for (_, value) in head.fields() {
        for length in [0, 1, 10, u64::MAX] {
            if let Part::Bytes(first, last) = part(value, length) {
                assert!(first <= last && last < length, "a part of {length} bytes");
            }
        }
        assert!(
            names_tag(value, b"\"a\"", true) || !names_tag(value, b"\"a\"", false),
            "strictly, but not weakly"
        );
        assert!(takes_coding(value, b"gzip") == takes_coding(value, b"GZIP"));
        if let Some((first, last, _)) = content_range(value) {
            assert!(first <= last);
        }
        if let Some(url) = Url::parse(value) {
            address(&url);
            url.join(value).as_ref().map(address);
            url.join(head.first).as_ref().map(address);
        }
    }
    chunks(data.get(head.length..).unwrap_or_default());
}

/// What goes into a request must not end its line.
fn address(url: &Url) {
    assert!(!url.host.is_empty() && url.target.starts_with(b"/"));
    assert!(!url.target.iter().any(|byte| *byte == b' ' || byte.is_ascii_control()));
    assert!(!url.file_name().contains(&b'/'));
}

fn chunks(body: &[u8]) {
    let (mut whole, mut single) = (Vec::new(), Vec::new());
    let mut decoder = Chunks::default();
    let taken = decoder.take(body, &mut whole);
    let mut slow = Chunks::default();
    let mut count = 0;
    for byte in body {
        match slow.take(&[*byte], &mut single) {
            Ok(1) => count += 1,
            Ok(_) => break,
            Err(_) => {
                assert!(taken.is_err(), "what comes in pieces is refused");
                return;
            }
        }
    }
    assert_eq!(taken, Ok(count));
    assert_eq!((whole, decoder.is_done()), (single, slow.is_done()));
}
