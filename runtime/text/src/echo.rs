//! `echo`: POSIX leaves options and backslashes open; as BusyBox's and GNU's, this one knows `-n`, `-e` and `-E`, alone or
//! together, as long as a word holds nothing else, and backslashes mean something after `-e` only.

use alloc::vec::Vec;

use crate::escape::{Zero, unescape};

/// Prints what `echo` prints for these words.
pub fn print(words: &mut dyn Iterator<Item = &[u8]>, put: &mut dyn FnMut(&[u8])) {
    let (mut ends_line, mut escapes) = (true, false);
    let mut next = words.next();
    while let Some([b'-', letters @ ..]) = next
        && !letters.is_empty()
        && letters.iter().all(|letter| b"neE".contains(letter))
    {
        for letter in letters {
            match letter {
                b'n' => ends_line = false,
                letter => escapes = *letter == b'e',
            }
        }
        next = words.next();
    }
    while let Some(word) = next {
        if escapes {
            let mut text = Vec::new();
            let goes_on = unescape(word, Zero::Prefixed, &mut text);
            put(&text);
            if !goes_on {
                return;
            }
        } else {
            put(word);
        }
        next = words.next();
        if next.is_some() {
            put(b" ");
        }
    }
    if ends_line {
        put(b"\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(words: &[&str]) -> String {
        let mut out = Vec::new();
        print(&mut words.iter().map(|word| word.as_bytes()), &mut |bytes| out.extend_from_slice(bytes));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn options_count_until_a_word_is_none() {
        assert_eq!(printed(&[]), "\n");
        assert_eq!(printed(&["a", "", "b"]), "a  b\n");
        assert_eq!(printed(&["-n", "a"]), "a");
        assert_eq!(printed(&["-nx", "-"]), "-nx -\n");
        assert_eq!(printed(&["-e", "-E", "\\t"]), "\\t\n");
        assert_eq!(printed(&["-ne", "a\\tb", "-n"]), "a\tb -n");
        assert_eq!(printed(&["-e", "a", "b\\c", "d"]), "a b");
    }
}
