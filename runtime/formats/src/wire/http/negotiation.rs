//! What a client has already and what it takes: tags of versions (RFC 9110 section 8.8.3), the lists of `If-Match` and
//! `If-None-Match` (13.1), and the codings of `Accept-Encoding` (12.5.3).

/// Says whether a list such as `"a", W/"b"` names a tag, which is in its quotes; `*` names each. A weak tag of the list counts only if
/// `weakly` versions may be compared.
pub fn names_tag(list: &[u8], tag: &[u8], weakly: bool) -> bool {
    let mut rest = list.trim_ascii();
    if rest == b"*" {
        return true;
    }
    loop {
        while let [b',' | b' ' | b'\t', behind @ ..] = rest {
            rest = behind;
        }
        let (is_weak, quoted) = match rest.strip_prefix(b"W/") {
            Some(quoted) => (true, quoted),
            None => (false, rest),
        };
        let Some(inner) = quoted.strip_prefix(b"\"") else { return false };
        let Some(end) = inner.iter().position(|byte| *byte == b'"') else { return false };
        let (named, behind) = quoted.split_at_checked(end + 2).unwrap_or((quoted, b""));
        if named == tag && (weakly || !is_weak) {
            return true;
        }
        rest = behind;
    }
}

/// Says whether a list such as `gzip, br;q=0.5, *;q=0` takes a coding.
pub fn takes_coding(list: &[u8], coding: &[u8]) -> bool {
    let mut takes_any = false;
    for item in list.split(|byte| *byte == b',') {
        let mut parts = item.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let name = parts.next().unwrap_or_default();
        let is_refused = parts.any(|part| match part {
            [b'q' | b'Q', b'=', quality @ ..] => quality.iter().all(|byte| matches!(byte, b'0' | b'.')),
            _ => false,
        });
        if name.eq_ignore_ascii_case(coding) {
            return !is_refused;
        }
        takes_any |= name == b"*" && !is_refused;
    }
    takes_any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_a_list() {
        for (list, weakly, expected) in [
            ("\"a\"", false, true),
            ("\"b\", \"a\"", false, true),
            ("\"b\" ,W/\"a\"", false, false),
            ("\"b\" ,W/\"a\"", true, true),
            ("*", false, true),
            ("\"a,\", \"b\"", true, false),
            ("a", true, false),
            ("\"a", true, false),
            ("", true, false),
            (",,\"a\"", true, true),
        ] {
            assert_eq!(names_tag(list.as_bytes(), b"\"a\"", weakly), expected, "{list}");
        }
    }

    #[test]
    fn codings_of_a_list() {
        for (list, expected) in [
            ("gzip", true),
            ("br, GZIP;q=0.1", true),
            ("gzip;q=0", false),
            ("gzip; q=0.000, *", false),
            ("*", true),
            ("*;q=0", false),
            ("br", false),
            ("x-gzip", false),
            ("", false),
        ] {
            assert_eq!(takes_coding(list.as_bytes(), b"gzip"), expected, "{list}");
        }
    }
}
