//! BSD's words of `ps` that look like options and are none: the list that belongs to `k` may begin with a minus, and `V` alone is
//! `-V`.

use alloc::vec::Vec;

use crate::options;
use crate::{Arguments, Io, Status};

/// Runs `ps` after its words are written as options that say the same.
pub(super) fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let mut sort = Vec::new();
    options::run_with(arguments, &respelled(arguments.words, &mut sort), false, io, super::run)
}

/// Makes `k -pid` `--sort=-pid`, which is put together in `sort`; other letters beside the `k` stay.
fn respelled<'w>(words: &[&'w [u8]], sort: &'w mut Vec<u8>) -> Vec<&'w [u8]> {
    match words {
        [b"V", ..] => Vec::from([&b"-V"[..]]),
        [[letters @ .., b'k'], list @ [b'-', ..], rest @ ..] if super::are_letters(letters) => {
            *sort = [b"--sort=", *list].concat();
            let letters = Some(letters).filter(|letters: &&[u8]| !letters.is_empty());
            letters.into_iter().chain([sort.as_slice()]).chain(rest.iter().copied()).collect()
        }
        _ => words.to_vec(),
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
            assert_eq!(respelled(&words, &mut Vec::new()), expected);
        }
    }
}
