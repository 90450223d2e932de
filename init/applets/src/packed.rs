//! Texts that lie one behind the other in an array made by the compiler. A table that has them behind pointers instead must be
//! relocated, and so copied, page by page at each start of the program.
//!
//! Before each text stands its length, in a byte or two.

/// From here on, a byte of length is the lower half of one, and the next byte has the upper half.
const LONG: u8 = 0x80;

/// Writes what there is room for; gives where the next bytes go.
pub(crate) const fn put(into: &mut [u8], end: usize, bytes: &[u8]) -> usize {
    let mut at = 0;
    while at < bytes.len() && end + at < into.len() {
        into[end + at] = bytes[at];
        at += 1;
    }
    end + bytes.len()
}

/// Writes a text, so far as there is room; gives where the next one goes.
pub(crate) const fn put_text(into: &mut [u8], end: usize, text: &str) -> usize {
    let (length, unit) = (text.len(), LONG as usize);
    let end = if length < unit {
        put(into, end, &[length as u8])
    } else {
        assert!(length < unit << 8, "the text is too long");
        put(into, end, &[(length % unit) as u8 + LONG, (length / unit) as u8])
    };
    put(into, end, text.as_bytes())
}

/// Takes the first text off.
pub(crate) fn text(rest: &mut &'static [u8]) -> Option<&'static str> {
    core::str::from_utf8(bytes(rest)?).ok()
}

/// Takes the first text off, as bytes.
pub(crate) fn bytes(rest: &mut &'static [u8]) -> Option<&'static [u8]> {
    let (length, behind) = match **rest {
        [low @ LONG..=u8::MAX, high, ref behind @ ..] => {
            (usize::from(low - LONG) + usize::from(high) * usize::from(LONG), behind)
        }
        [low, ref behind @ ..] => (low.into(), behind),
        [] => return None,
    };
    let (text, behind) = behind.split_at_checked(length)?;
    *rest = behind;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_as_they_were_put() {
        let texts = ["", "a", &"b".repeat(127), &"c".repeat(128), &"d".repeat(32_767)];
        let mut array = vec![0; 40_000];
        let end = texts.iter().fold(0, |end, text| put_text(&mut array, end, text));
        assert_eq!(texts.iter().fold(0, |end, text| put_text(&mut [], end, text)), end);
        let mut rest: &'static [u8] = array[..end].to_vec().leak();
        let read: Vec<_> = core::iter::from_fn(|| text(&mut rest)).collect();
        assert_eq!(read, texts);
        assert!(rest.is_empty());
    }

    #[test]
    fn what_is_cut_is_no_text() {
        for mut rest in [&b""[..], b"\x01", b"\x80", b"\x80\x01ab", b"\x01\xff"] {
            assert_eq!(text(&mut rest), None);
        }
    }
}
