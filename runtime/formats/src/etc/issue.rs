//! `/etc/issue`: what stands on a terminal before somebody logs in, with letters behind a backslash, or `%`, for what is told of the
//! machine (`agetty(8)`).

use alloc::vec::Vec;

/// Gives the text with what `tell` has for each letter; a letter of which nothing is known stands for itself, or with `%` before it
/// for both.
pub fn expand(text: &[u8], tell: &mut dyn FnMut(u8, &mut Vec<u8>) -> bool) -> Vec<u8> {
    let (mut shown, mut rest) = (Vec::new(), text);
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, after) {
            (b'\\' | b'%', [letter, after @ ..]) => {
                rest = after;
                // With an argument between braces, of which none changes anything here.
                if *first == b'\\'
                    && let [b'{', more @ ..] = after
                    && let Some(end) = more.iter().position(|byte| *byte == b'}')
                {
                    rest = more.get(end + 1..).unwrap_or_default();
                }
                if !tell(*letter, &mut shown) {
                    shown.extend((*first == b'%' && *letter != b'%').then_some(b'%'));
                    shown.push(*letter);
                }
            }
            _ => shown.push(*first),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_told_of() {
        let mut tell = |letter: u8, shown: &mut Vec<u8>| {
            let text: &[u8] = match letter {
                b'n' => b"host",
                b'4' => b"1.2.3.4",
                _ => return false,
            };
            shown.extend_from_slice(text);
            true
        };
        for (text, expected) in [
            ("Debian \\n\n", "Debian host\n"),
            ("%n \\\\ 100%% %q \\q", "host \\ 100% %q q"),
            ("\\4{eth0}|\\q{x}", "1.2.3.4|q"),
            ("a\\", "a\\"),
            ("", ""),
        ] {
            assert_eq!(expand(text.as_bytes(), &mut tell), expected.as_bytes(), "{text}");
        }
    }
}
