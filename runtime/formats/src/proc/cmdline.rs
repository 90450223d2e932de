//! `/proc/cmdline`: what the boot loader told the kernel, as words of the form `key` or `key=value`.
//!
//! Quoting is the kernel's (`lib/cmdline.c`, `next_arg`): a double quote anywhere switches the meaning of spaces
//! as ends of words, quotes around a whole word or a whole value are taken away, others stay. A word `--` ends the
//! kernel's own parameters; what follows belongs to the arguments of process 1.

/// One word of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter<'a> {
    /// What stands before the first `=`.
    pub key: &'a str,
    /// What stands after it, or nothing when there is no `=`.
    pub value: Option<&'a str>,
}

impl Parameter<'_> {
    /// Says whether this is the key, where `-` and `_` are the same letter, as they are for the kernel.
    pub fn is(&self, key: &str) -> bool {
        let letter = |byte: u8| if byte == b'-' { b'_' } else { byte };
        self.key.len() == key.len() && self.key.bytes().zip(key.bytes()).all(|(a, b)| letter(a) == letter(b))
    }
}

/// Reads the words of a kernel command line up to its end or the word `--`.
pub const fn parse(line: &str) -> Parameters<'_> {
    Parameters { rest: line }
}

/// The words that are still to be read.
#[derive(Clone, Debug)]
pub struct Parameters<'a> {
    rest: &'a str,
}

impl<'a> Parameters<'a> {
    /// Gives what has not been read; after the last word, that is what followed `--`.
    pub const fn rest(&self) -> &'a str {
        self.rest
    }
}

impl<'a> Iterator for Parameters<'a> {
    type Item = Parameter<'a>;

    fn next(&mut self) -> Option<Parameter<'a>> {
        let text = self.rest.trim_ascii_start();
        let (word, rest) = cut_word(text);
        self.rest = rest;
        match word {
            "" => None,
            // Left in place, so that no later call goes on behind it.
            "--" => {
                self.rest = text;
                None
            }
            _ => Some(split(word)),
        }
    }
}

/// Cuts off the first word; a space ends it when an even number of quotes precede.
fn cut_word(text: &str) -> (&str, &str) {
    let mut quoted = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            _ if byte.is_ascii_whitespace() && !quoted => {
                return text.split_at_checked(at).unwrap_or((text, ""));
            }
            _ => {}
        }
    }
    (text, "")
}

/// Splits a word at its first `=` that is not its first letter, and takes away the quotes around either part.
fn split(word: &str) -> Parameter<'_> {
    let inner = word.strip_prefix('"').map(|inner| inner.strip_suffix('"').unwrap_or(inner));
    let word = inner.unwrap_or(word);
    let equals = word.bytes().skip(1).position(|byte| byte == b'=').map(|at| at + 1);
    let Some((key, value)) = equals.and_then(|at| Some((word.get(..at)?, word.get(at + 1..)?))) else {
        return Parameter { key: word, value: None };
    };
    let value = match value.strip_prefix('"') {
        Some(inner) => inner.strip_suffix('"').unwrap_or(inner),
        None => value,
    };
    Parameter { key, value: Some(value) }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    fn words(line: &str) -> Vec<(&str, Option<&str>)> {
        parse(line).map(|word| (word.key, word.value)).collect()
    }

    #[test]
    fn words_are_split_as_the_kernel_splits_them() {
        // Line; the parameters that `next_arg` of Linux 6.1 gives for it.
        type Case<'a> = (&'a str, &'a [(&'a str, Option<&'a str>)]);
        #[rustfmt::skip]
        let cases: &[Case<'_>] = &[
            ("", &[]),
            ("  \n", &[]),
            ("quiet", &[("quiet", None)]),
            ("console=ttyS0,115200 quiet\n", &[("console", Some("ttyS0,115200")), ("quiet", None)]),
            ("\tro  \t root=/dev/vda ", &[("ro", None), ("root", Some("/dev/vda"))]),
            ("empty= next", &[("empty", Some("")), ("next", None)]),
            ("a=b=c", &[("a", Some("b=c"))]),
            ("=a b", &[("=a", None), ("b", None)]),
            ("=a=b", &[("=a", Some("b"))]),
            ("name=\"two words\" x", &[("name", Some("two words")), ("x", None)]),
            ("\"name=two words\" x", &[("name", Some("two words")), ("x", None)]),
            ("\"two words\"", &[("two words", None)]),
            ("name=two\" \"words", &[("name", Some("two\" \"words"))]),
            ("name=\"never closed x", &[("name", Some("never closed x"))]),
            ("name=\"", &[("name", Some(""))]),
            ("\"", &[("", None)]),
            ("dyndbg=\"file a.c +p; file b.c +p\"", &[("dyndbg", Some("file a.c +p; file b.c +p"))]),
            ("a -- b", &[("a", None)]),
            ("a --b", &[("a", None), ("--b", None)]),
            ("spelunk.hostname=höhle", &[("spelunk.hostname", Some("höhle"))]),
        ];
        for (line, expected) in cases {
            assert_eq!(words(line), *expected, "{line:?}");
        }
    }

    #[test]
    fn what_follows_two_dashes_is_left_over() {
        let mut parameters = parse("quiet -- single -x");
        assert_eq!(parameters.by_ref().count(), 1);
        assert_eq!(parameters.next(), None);
        assert_eq!(parameters.rest(), "-- single -x");
    }

    #[test]
    fn dashes_and_underscores_are_the_same_in_keys() {
        let word = Parameter { key: "spelunk.log-level", value: None };
        assert!(word.is("spelunk.log_level"));
        assert!(!word.is("spelunk.log_levels"));
    }

    #[test]
    fn any_cut_of_a_line_can_be_read() {
        let line = "a=\"b c\" \"d=e f\" =g \"h\"=i -- j";
        for end in 0..=line.len() {
            for start in 0..=end {
                let _ = parse(&line[start..end]).count();
            }
        }
    }
}
