//! Regular expressions, in both notations: the first line is the expression, the rest is matched with it.

use std::ops::Range;

use regex::{Regex, Syntax};

/// Reads an expression and matches: what matches is found, groups lie in the whole, and no other match from there on is
/// longer or begins earlier.
pub(crate) fn regex(data: &[u8]) {
    let (pattern, text) = match data.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (data, data),
    };
    // Places of groups, and what groups match again, may take more than a multiple of the text.
    let (pattern, text) = (&pattern[..pattern.len().min(200)], &text[..text.len().min(60)]);
    for syntax in [Syntax::Basic, Syntax::Extended] {
        for utf8 in [false, true] {
            match Regex::new(pattern, syntax, utf8) {
                Ok(regex) => check(&regex, text),
                Err(error) => {
                    assert!(error.at <= pattern.len(), "at {} of {}", error.at, pattern.len());
                    assert!(!error.to_string().is_empty());
                }
            }
        }
    }
}

fn check(regex: &Regex, text: &[u8]) {
    let whole = regex.find(text, 0);
    assert_eq!(whole.is_some(), regex.is_match(text));
    let groups = regex.find_groups(text, 0);
    let Some(whole) = whole else { return assert_eq!(groups, None) };
    let groups = groups.expect("groups of what was found");
    assert_eq!(groups.first(), Some(&Some(whole.clone())));
    for group in groups.into_iter().flatten() {
        assert!(whole.start <= group.start && group.start <= group.end && group.end <= whole.end);
    }
    assert!(regex.find(text, whole.start).is_some_and(|again: Range<usize>| again == whole));
}
