//! BSD's words of `ps` that look like options and are none: the list that belongs to `k` may begin with a minus, and `V` alone is
//! `-V`.

use alloc::vec::Vec;

use crate::options;
use crate::{Arguments, Io, Status};

/// Runs `ps` after its words are written as options that say the same.
pub(super) fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let words = respelled(arguments.words);
    let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
    let parsed = options::parse(Arguments { words: &words, ..arguments }, io, false);
    let outcome = parsed.and_then(|parsed| super::run(io, &parsed));
    io.settle(outcome)
}

/// Makes `k -pid` `--sort=-pid`; other letters beside the `k` stay.
fn respelled(words: &[&[u8]]) -> Vec<Vec<u8>> {
    let (first, rest) = match words {
        [first, rest @ ..] => (*first, rest),
        [] => return Vec::new(),
    };
    let plain = || words.iter().map(|word| word.to_vec()).collect();
    match rest {
        _ if first == b"V" => Vec::from([b"-V".to_vec()]),
        [list @ [b'-', ..], rest @ ..]
            if first.ends_with(b"k") && first.iter().all(|letter| super::LETTERS.contains(letter)) =>
        {
            let letters = first.split_last().map_or(first, |(_, letters)| letters);
            let letters = Some(letters).filter(|letters| !letters.is_empty());
            let sort = [b"--sort=", *list].concat();
            let rest = rest.iter().map(|word| word.to_vec());
            letters.map(<[u8]>::to_vec).into_iter().chain([sort]).chain(rest).collect()
        }
        _ => plain(),
    }
}

#[cfg(test)]
mod tests {
    use super::respelled;

    #[test]
    fn the_list_of_k_may_begin_with_a_minus() {
        for (words, expected) in [
            (&["k", "-pid"][..], &["--sort=-pid"][..]),
            (&["axk", "-rss,pid", "-o", "pid"], &["ax", "--sort=-rss,pid", "-o", "pid"]),
            (&["k", "pid"], &["k", "pid"]),
            (&["aux"], &["aux"]),
            (&["-k", "-pid"], &["-k", "-pid"]),
            (&["V"], &["-V"]),
            (&[], &[]),
        ] {
            let words: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
            let expected: Vec<&[u8]> = expected.iter().map(|word| word.as_bytes()).collect();
            assert_eq!(respelled(&words), expected);
        }
    }
}
