//! The kernel's command line.

use formats::proc::cmdline::parse;

/// Reads the words; each is a part of the line, keys are not empty unless quoted so, and a line made of the words again,
/// quoted, has the same words.
pub(crate) fn cmdline(data: &[u8]) {
    let Ok(line) = core::str::from_utf8(data) else { return };
    let mut parameters = parse(line);
    let mut again = String::new();
    let mut words = Vec::new();
    for parameter in parameters.by_ref() {
        assert!(words.len() <= line.len(), "more words than letters");
        assert!(line.contains(parameter.key));
        assert!(parameter.is(parameter.key));
        assert!(parameter.value.is_none() || !parameter.key.is_empty(), "a value without a key");
        words.push(parameter);
    }
    assert!(line.ends_with(parameters.rest()));
    // Words with quotes inside have no other spelling; the rest must come back.
    words.retain(|word| {
        !word.key.is_empty()
            && !word.key.contains('"')
            && !word.value.is_some_and(|value| value.contains('"'))
    });
    for word in &words {
        match word.value {
            Some(value) => again.push_str(&format!("\"{}={value}\" ", word.key)),
            None => again.push_str(&format!("\"{}\" ", word.key)),
        }
    }
    let read: Vec<_> = parse(&again).collect();
    assert_eq!(read, words, "words do not survive being quoted");
}
