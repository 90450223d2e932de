//! Words as a shell reads them back.

use alloc::vec::Vec;

use crate::character;
use crate::escape;

/// Adds a word such that a shell reads it as it is (GNU's `shell-escape`): bare where that will do, else in quotes, with what does
/// not print as `$'\\n'`, which POSIX has since 2024.
pub fn quote(word: &[u8], is_utf8: bool, out: &mut Vec<u8>) {
    let is_plain = |(at, byte): (usize, &u8)| match byte {
        b'#' | b'~' => at > 0,
        b'{' | b'}' => word.len() > 1,
        byte => byte.is_ascii_alphanumeric() || b"%+,-./:@]_".contains(byte) || *byte >= 0x80,
    };
    let is_text = characters(word, is_utf8).all(prints);
    if !word.is_empty() && is_text && word.iter().enumerate().all(is_plain) {
        return out.extend_from_slice(word);
    }
    // In double quotes these mean themselves.
    let is_simple = |byte: &u8| is_plain((1, byte)) || matches!(byte, b' ' | b'\'');
    if is_text && word.contains(&b'\'') && word.iter().all(is_simple) {
        return out.extend([b"\"", word, b"\""].concat());
    }
    out.push(b'\'');
    let mut is_escaped = false;
    for letter in characters(word, is_utf8) {
        if prints(letter) == is_escaped {
            out.extend_from_slice(if is_escaped { b"''" } else { b"'$'" });
            is_escaped = !is_escaped;
        }
        match letter {
            b"'" => out.extend_from_slice(b"'\\''"),
            letter if !is_escaped => out.extend_from_slice(letter),
            letter => letter.iter().for_each(|byte| escape_byte(*byte, out)),
        }
    }
    out.push(b'\'');
}

/// Gives the characters of a text, and each byte that is none.
fn characters(text: &[u8], is_utf8: bool) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    core::iter::from_fn(move || {
        let (first, behind) = rest.split_at_checked(character::width(rest, is_utf8).max(1))?;
        rest = behind;
        Some(first)
    })
}

fn prints(letter: &[u8]) -> bool {
    match letter {
        [byte] => matches!(byte, b' '..=b'~'),
        several => str::from_utf8(several).is_ok_and(|text| !text.contains(char::is_control)),
    }
}

fn escape_byte(byte: u8, out: &mut Vec<u8>) {
    out.push(b'\\');
    match b"abfnrtv".iter().find(|letter| escape::control(**letter) == Some(byte)) {
        Some(letter) => out.push(*letter),
        None => out.extend([6, 3, 0].map(|shift| b'0' + (byte >> shift & 7))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_as_gnus_printf_has_them() {
        for (word, expected) in [
            (&b"plain-%+,./:@_]x}"[..], &b"plain-%+,./:@_]x}"[..]),
            (b"", b"''"),
            (b"a b$c", b"'a b$c'"),
            (b"it's a", b"\"it's a\""),
            (b"a'b$c", b"'a'\\''b$c'"),
            (b"~x", b"'~x'"),
            (b"x~#", b"x~#"),
            (b"{", b"'{'"),
            (b"a\nb", b"'a'$'\\n''b'"),
            (b"\xff", b"''$'\\377'"),
            (b"x\x01y'z", b"'x'$'\\001''y'\\''z'"),
            ("é".as_bytes(), "é".as_bytes()),
            (b"\xc2\x9b", b"''$'\\302\\233'"),
        ] {
            let mut out = Vec::new();
            quote(word, true, &mut out);
            assert_eq!(out, expected, "{}", word.escape_ascii());
        }
        let mut out = Vec::new();
        quote("é".as_bytes(), false, &mut out);
        assert_eq!(out, b"''$'\\303\\251'");
    }
}
