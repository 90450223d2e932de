//! The words of a command line, in a program without the shell: what spaces separate, except inside quotes.
//!
//! Single quotes keep everything, double quotes keep everything but `\"` and `\\`, a backslash keeps the next byte.
//! There are no variables, patterns, pipes or lists.

use alloc::vec::Vec;

/// Says which quote was never closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unclosed(pub u8);

/// Splits a line into words with the quotes taken away; an empty pair of quotes is an empty word.
///
/// # Errors
/// A quote without its partner.
pub(crate) fn split(line: &[u8]) -> Result<Vec<Vec<u8>>, Unclosed> {
    let mut words = Vec::new();
    let mut word: Option<Vec<u8>> = None;
    let mut quote = None;
    let mut bytes = line.iter().copied();
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (None, b' ' | b'\t' | b'\r' | b'\n') => words.extend(word.take()),
            (None, b'\'' | b'"') => {
                quote = Some(byte);
                word.get_or_insert_default();
            }
            (Some(open), _) if byte == open => quote = None,
            (None, b'\\') => word.get_or_insert_default().extend(bytes.next()),
            (Some(b'"'), b'\\') => match bytes.next() {
                Some(next @ (b'"' | b'\\')) => word.get_or_insert_default().push(next),
                other => word.get_or_insert_default().extend([b'\\'].into_iter().chain(other)),
            },
            _ => word.get_or_insert_default().push(byte),
        }
    }
    words.extend(word);
    quote.map_or(Ok(words), |open| Err(Unclosed(open)))
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::*;

    fn split_text(line: &str) -> Vec<String> {
        let words = split(line.as_bytes()).unwrap();
        words.into_iter().map(|word| String::from_utf8(word).unwrap()).collect()
    }

    #[test]
    fn words_lose_their_quotes() {
        #[rustfmt::skip]
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            (" \t\r\n", &[]),
            ("ls", &["ls"]),
            ("  ls   -l /proc \n", &["ls", "-l", "/proc"]),
            ("echo 'two words'", &["echo", "two words"]),
            ("echo \"two words\"", &["echo", "two words"]),
            ("echo a'b c'd", &["echo", "ab cd"]),
            ("echo '' \"\"", &["echo", "", ""]),
            ("echo \"it's\" '\"'", &["echo", "it's", "\""]),
            ("echo \\'a\\ b", &["echo", "'a b"]),
            ("echo \"a\\\"b\\\\c\\n\"", &["echo", "a\"b\\c\\n"]),
            ("echo '\\'", &["echo", "\\"]),
            ("echo \\", &["echo", ""]),
        ];
        for (line, words) in cases {
            assert_eq!(split_text(line), *words, "{line:?}");
        }
    }

    #[test]
    fn a_lone_quote_is_a_mistake() {
        assert_eq!(split(b"echo 'a"), Err(Unclosed(b'\'')));
        assert_eq!(split(b"echo \"a\\\""), Err(Unclosed(b'"')));
    }
}
