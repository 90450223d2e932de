//! `env -S`: one word that holds several, as the first line of a script has no other way to give them. Quotes, backslashes and
//! `${NAME}` are GNU's.

use alloc::vec::Vec;

/// What is wrong with a word that is to be split.
pub(super) type Fault = &'static str;

/// Puts the words that each `-S` holds in its place, as far as options go.
pub(super) fn expand(
    words: &[&[u8]],
    variable: &dyn Fn(&[u8]) -> Option<Vec<u8>>,
) -> Result<Vec<Vec<u8>>, (Vec<u8>, Fault)> {
    let mut words: Vec<Vec<u8>> = words.iter().map(|word| word.to_vec()).collect();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let Some((before, value)) = held(word) else {
            match width(word) {
                0 => break,
                width => at += width,
            }
            continue;
        };
        let (mut fresh, mut end) = (Vec::new(), at + 1);
        if !before.is_empty() {
            fresh.push([b"-", before].concat());
        }
        let value = match value {
            Some(value) => value.to_vec(),
            None => {
                end += 1;
                words.get(at + 1).cloned().ok_or_else(|| (word.clone(), "option needs a value"))?
            }
        };
        split(&value, variable, &mut fresh).map_err(|fault| (value, fault))?;
        words.splice(at..end, fresh);
    }
    Ok(words)
}

/// Finds `-S` in a word: the options before it, and its value, unless that is the next word.
fn held(word: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    if let Some(rest) = word.strip_prefix(b"--") {
        let end = rest.iter().position(|byte| *byte == b'=').unwrap_or(rest.len());
        let (name, value) = rest.split_at(end);
        let is_split = !name.is_empty() && b"split-string".starts_with(name);
        return is_split.then_some((b"", value.get(1..)));
    }
    let cluster = word.strip_prefix(b"-")?;
    // Behind these stands their value.
    let end = cluster.iter().position(|letter| b"SuC".contains(letter))?;
    let (before, rest) = cluster.split_at(end);
    let value = rest.strip_prefix(b"S")?;
    Some((before, Some(value).filter(|value| !value.is_empty())))
}

/// Gives how many words an option is; 0 for what is none, or ends them.
fn width(word: &[u8]) -> usize {
    match word {
        b"--" | b"-" => 0,
        b"--unset" | b"--chdir" => 2,
        [b'-', b'-', ..] => 1,
        [b'-', .., b'u' | b'C'] => 2,
        [b'-', ..] => 1,
        _ => 0,
    }
}

/// Splits a text at blanks outside of quotes.
fn split(
    text: &[u8],
    variable: &dyn Fn(&[u8]) -> Option<Vec<u8>>,
    words: &mut Vec<Vec<u8>>,
) -> Result<(), Fault> {
    let mut quote = 0;
    let mut word: Option<Vec<u8>> = None;
    let mut rest = text;
    while let [byte, behind @ ..] = rest {
        rest = behind;
        match (*byte, quote) {
            (b' ' | b'\t'..=b'\r', 0) => words.extend(word.take()),
            (b'#', 0) if word.is_none() => break,
            (mark @ (b'\'' | b'"'), 0) => {
                quote = mark;
                word.get_or_insert_default();
            }
            (mark, open) if mark == open => quote = 0,
            (b'\\', open) => {
                let [letter, behind @ ..] = rest else { return Err("a backslash stands at its end") };
                rest = behind;
                match (*letter, open) {
                    (b'\'' | b'\\', _) => word.get_or_insert_default().push(*letter),
                    (letter, b'\'') => word.get_or_insert_default().extend([b'\\', letter]),
                    (b'c', 0) => break,
                    (b'_', 0) => words.extend(word.take()),
                    (letter, _) => {
                        word.get_or_insert_default()
                            .push(escaped(letter).ok_or("no such backslash sequence")?);
                    }
                }
            }
            (b'$', 0 | b'"') => {
                let end = rest.iter().position(|byte| *byte == b'}');
                let name = end.and_then(|end| rest.get(..end)).and_then(|name| name.strip_prefix(b"{"));
                let name = name.filter(|name| !name.is_empty()).ok_or("only ${NAME} is known")?;
                rest = rest.get(name.len() + 2..).unwrap_or_default();
                word.get_or_insert_default().extend(variable(name).unwrap_or_default());
            }
            (byte, _) => word.get_or_insert_default().push(byte),
        }
    }
    if quote != 0 {
        return Err("a quote has no end");
    }
    words.extend(word);
    Ok(())
}

fn escaped(letter: u8) -> Option<u8> {
    Some(match letter {
        b'_' => b' ',
        b'f' => b'\x0c',
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => b'\x0b',
        b'"' | b'#' | b'$' => letter,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(words: &[&str]) -> Result<Vec<String>, Fault> {
        let words: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
        let variable = |name: &[u8]| (name == b"N").then(|| b"a b".to_vec());
        let found = expand(&words, &variable).map_err(|fault| fault.1)?;
        Ok(found.into_iter().map(|word| String::from_utf8(word).unwrap()).collect())
    }

    #[test]
    fn words_in_a_word() {
        for (words, expected) in [
            (&["-S", "sh -c  'a b' # not"][..], &["sh", "-c", "a b"][..]),
            (&["-Ssh -x", "script", "-S"], &["sh", "-x", "script", "-S"]),
            (&["-viSA=1 x"], &["-vi", "A=1", "x"]),
            (&["-u", "N", "--split-string=a\\_b"], &["-u", "N", "a", "b"]),
            (&["-S", "-S 'x  y' z"], &["x", "y", "z"]),
            (&["-S", "${N}\"\\_${N}\"'${N}\\n'\"\""], &["a b a b${N}\\n"]),
            (&["-S", "'' a\\cb"], &["", "a"]),
            (&["-Su"], &["u"]),
            (&["-uS", "a b"], &["-uS", "a b"]),
            (&["x", "-S", "a b"], &["x", "-S", "a b"]),
        ] {
            assert_eq!(expanded(words).unwrap(), *expected, "{words:?}");
        }
    }

    #[test]
    fn what_has_no_end_is_refused() {
        for word in ["'a", "\"a", "a\\", "$N", "${}", "${N", "\\q"] {
            assert!(expanded(&["-S", word]).is_err(), "{word}");
        }
        assert!(expanded(&["-S"]).is_err());
    }
}
