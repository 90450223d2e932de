//! `getopt` (util-linux's, its old form included; BusyBox has it without `-a`). It sorts the words of a script and quotes them
//! for its shell, so that `eval set -- "$(getopt -o ab: -- "$@")"` has them back whatever bytes are in them.

use alloc::vec::Vec;

use crate::{Applet, Arguments, Flag, Io, Run, Status, options};

pub(crate) const APPLET: Applet = Applet {
    name: "getopt",
    summary: "Sort the options of a script's words from its operands",
    usage: "LETTERS WORD...\n[OPTION]... [--] LETTERS WORD...\n[OPTION]... -o LETTERS [OPTION]... [--] WORD...",
    flags: flags![
        Flag::with(
            b'o',
            "options",
            "LETTERS",
            "short options; one that takes a value has : behind it, :: if it may",
        ),
        Flag::with(b'l', "longoptions", "NAMES", "long options, parted by commas, with the same colons"),
        Flag::new(b'a', "alternative", "long options may begin with one dash"),
        Flag::with(b'n', "name", "NAME", "what messages begin with"),
        Flag::new(b'q', "quiet", "no messages"),
        Flag::new(b'Q', "quiet-output", "no output"),
        Flag::with(b's', "shell", "SHELL", "quote for sh, bash, csh or tcsh"),
        Flag::new(b'u', "unquoted", "do not quote"),
        Flag::new(b'T', "test", "end with status 4: this is no old getopt"),
    ],
    run: Run::Words(run),
};

/// What a value of an option is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Takes {
    Nothing,
    Required,
    Optional,
}

/// The options of the script, and how they are printed.
struct Grammar<'a> {
    letters: &'a [u8],
    long: Vec<(&'a [u8], Takes)>,
    has_single_dash: bool,
    /// `+`: the first operand ends the options; `-`: operands stay where they are.
    order: Option<u8>,
    name: &'a [u8],
    is_quiet: bool,
    quotes: bool,
    is_csh: bool,
}

/// How a script's words came out.
struct Sorted {
    out: Vec<u8>,
    operands: Vec<u8>,
    is_wrong: bool,
}

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let first = arguments.words.first().copied();
    let is_old = io.variable("GETOPT_COMPATIBLE").is_some();
    match first {
        None => return io.misuse(b"", "the letters of the options are missing"),
        Some(first) if is_old || !first.starts_with(b"-") => {
            let words = arguments.words.get(1..).unwrap_or_default();
            let letters = if is_old { first.strip_prefix(b"-").unwrap_or(first) } else { first };
            let words = words.strip_prefix(&[&b"--"[..]]).unwrap_or(words);
            let grammar = Grammar { quotes: false, ..Grammar::new(letters, io) };
            return grammar.run(io, words, true);
        }
        Some(_) => {}
    }
    let parsed = match options::parse(arguments, io, true) {
        Ok(parsed) => parsed,
        Err(crate::Failure::Said(status)) => return status,
        Err(crate::Failure::System(_)) => return Status::FAILURE,
    };
    if parsed.has(b'T') {
        return Status(4);
    }
    let (letters, words) = match (parsed.value(b'o'), parsed.operands.split_first()) {
        (Some(letters), _) => (letters, parsed.operands.as_slice()),
        (None, Some((letters, words))) => (*letters, words),
        (None, None) => return io.misuse(b"", "the letters of the options are missing"),
    };
    let mut grammar = Grammar::new(letters, io);
    for names in parsed.values(b'l') {
        let names = names.split(|byte| b", \t\n".contains(byte)).filter(|name| !name.is_empty());
        grammar.long.extend(names.map(|name| match name {
            [name @ .., b':', b':'] => (name, Takes::Optional),
            [name @ .., b':'] => (name, Takes::Required),
            name => (name, Takes::Nothing),
        }));
    }
    grammar.has_single_dash = parsed.has(b'a');
    grammar.name = parsed.value(b'n').unwrap_or(grammar.name);
    grammar.is_quiet = parsed.has(b'q');
    grammar.quotes = !parsed.has(b'u');
    grammar.is_csh = match parsed.value(b's') {
        None | Some(b"sh" | b"bash") => false,
        Some(b"csh" | b"tcsh") => true,
        Some(other) => return io.misuse(other, "no such shell"),
    };
    grammar.run(io, words, !parsed.has(b'Q'))
}

impl<'a> Grammar<'a> {
    fn new(letters: &'a [u8], io: &Io<'_>) -> Self {
        let (order, letters) = match letters {
            [order @ (b'+' | b'-'), letters @ ..] => (Some(*order), letters),
            letters if io.variable("POSIXLY_CORRECT").is_some() => (Some(b'+'), letters),
            letters => (None, letters),
        };
        // A colon in front asks for no messages.
        let is_silent = letters.starts_with(b":");
        Self {
            letters: letters.strip_prefix(b":").unwrap_or(letters),
            long: Vec::new(),
            has_single_dash: false,
            order,
            name: b"getopt",
            is_quiet: is_silent,
            quotes: true,
            is_csh: false,
        }
    }

    fn run(&self, io: &mut Io<'_>, words: &[&[u8]], prints: bool) -> Status {
        let mut sorted = Sorted { out: Vec::new(), operands: Vec::new(), is_wrong: false };
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            match word {
                b"--" => break,
                [b'-', b'-', long @ ..] => self.long(io, long, "--", &mut words, &mut sorted),
                [b'-', cluster @ ..] if !cluster.is_empty() => {
                    if self.has_single_dash && self.is_long(cluster) {
                        self.long(io, cluster, "-", &mut words, &mut sorted);
                    } else {
                        self.cluster(io, cluster, &mut words, &mut sorted);
                    }
                }
                operand => match self.order {
                    Some(b'-') => self.put(operand, &mut sorted.out),
                    Some(_) => {
                        self.put(operand, &mut sorted.operands);
                        break;
                    }
                    None => self.put(operand, &mut sorted.operands),
                },
            }
        }
        words.for_each(|word| self.put(word, &mut sorted.operands));
        if prints {
            io.out.put(&sorted.out);
            io.out.put(b" --");
            io.out.put(&sorted.operands);
            io.out.put(b"\n");
        }
        Status::from(!sorted.is_wrong)
    }

    /// Says whether a word with one dash is meant as a long option: not if its first letter is a short one, unless it is the
    /// whole name of a long one.
    fn is_long(&self, word: &[u8]) -> bool {
        let name = word.split(|byte| *byte == b'=').next().unwrap_or_default();
        let is_whole = self.long.iter().any(|known| known.0 == name);
        let is_short = word.first().is_some_and(|letter| self.takes(*letter).is_some());
        is_whole || self.long.iter().any(|known| known.0.starts_with(name)) && !is_short
    }

    /// Finds a short option.
    fn takes(&self, letter: u8) -> Option<Takes> {
        let at = self.letters.iter().position(|known| *known == letter).filter(|_| letter != b':')?;
        Some(match self.letters.get(at + 1..) {
            Some([b':', b':', ..]) => Takes::Optional,
            Some([b':', ..]) => Takes::Required,
            _ => Takes::Nothing,
        })
    }

    fn cluster<'w>(
        &self,
        io: &mut Io<'_>,
        mut cluster: &'w [u8],
        words: &mut dyn Iterator<Item = &'w [u8]>,
        sorted: &mut Sorted,
    ) {
        while let [letter, rest @ ..] = cluster {
            cluster = rest;
            let Some(takes) = self.takes(*letter) else {
                self.complain(io, &[*letter], "no such option", sorted);
                continue;
            };
            let value = match takes {
                Takes::Nothing => None,
                Takes::Required if rest.is_empty() => match words.next() {
                    Some(value) => Some(value),
                    None => return self.complain(io, &[*letter], "option needs a value", sorted),
                },
                Takes::Required | Takes::Optional => Some(core::mem::take(&mut cluster)),
            };
            sorted.out.extend_from_slice(&[b' ', b'-', *letter]);
            if let Some(value) = value {
                self.put(value, &mut sorted.out);
            }
        }
    }

    fn long<'w>(
        &self,
        io: &mut Io<'_>,
        word: &'w [u8],
        dashes: &str,
        words: &mut dyn Iterator<Item = &'w [u8]>,
        sorted: &mut Sorted,
    ) {
        let at = word.iter().position(|byte| *byte == b'=');
        let (name, value) =
            (word.get(..at.unwrap_or(word.len())).unwrap_or_default(), at.and_then(|at| word.get(at + 1..)));
        let shown = [dashes.as_bytes(), name].concat();
        let mut matching = self.long.iter().filter(|known| known.0.starts_with(name));
        let known = match self.long.iter().find(|known| known.0 == name) {
            Some(known) => known,
            None => match (matching.next(), matching.next()) {
                (Some(known), None) => known,
                (Some(_), Some(_)) => return self.complain(io, &shown, "ambiguous option", sorted),
                (None, _) => return self.complain(io, &shown, "no such option", sorted),
            },
        };
        let value = match (known.1, value) {
            (Takes::Nothing, Some(_)) => return self.complain(io, &shown, "option takes no value", sorted),
            (Takes::Required, None) => match words.next() {
                Some(value) => Some(value),
                None => return self.complain(io, &shown, "option needs a value", sorted),
            },
            (_, value) => value,
        };
        sorted.out.extend_from_slice(b" --");
        sorted.out.extend_from_slice(known.0);
        if known.1 != Takes::Nothing {
            self.put(value.unwrap_or_default(), &mut sorted.out);
        }
    }

    fn complain(&self, io: &mut Io<'_>, word: &[u8], reason: &str, sorted: &mut Sorted) {
        sorted.is_wrong = true;
        if !self.is_quiet {
            io.err.printable(self.name);
            io.err.put(b": ");
            io.err.printable(word);
            io.err.put(b": ");
            io.err.put(reason.as_bytes());
            io.err.put(b"\n");
        }
    }

    /// Adds a word, quoted if that is wanted.
    fn put(&self, word: &[u8], out: &mut Vec<u8>) {
        out.push(b' ');
        if !self.quotes {
            out.extend_from_slice(word);
            return;
        }
        out.push(b'\'');
        for &byte in word {
            match byte {
                b'\'' => out.extend_from_slice(b"'\\''"),
                b'!' if self.is_csh => out.extend_from_slice(b"'\\!'"),
                b'\\' if self.is_csh => out.extend_from_slice(b"\\\\"),
                b'\n' if self.is_csh => out.extend_from_slice(b"\\n"),
                byte if self.is_csh && byte.is_ascii_whitespace() => {
                    out.extend_from_slice(&[b'\'', b'\\', byte, b'\'']);
                }
                byte => out.push(byte),
            }
        }
        out.push(b'\'');
    }
}
