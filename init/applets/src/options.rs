//! Options are declared once, in a table: parsing, abbreviations, messages and usage text come from it.
//!
//! The rules are those of POSIX (XBD 12.2) and GNU: short options cluster, a value is attached or the next word, long
//! options take `=VALUE` and may be abbreviated as long as that is unique, options may follow operands, `--` ends
//! them, and `-` is an operand.

use alloc::vec::Vec;

use crate::{Arguments, Command, Failure, Io, Outcome, Output, Run, Status, packed, suggestion};

/// Whether commands have more than what the smallest images need to look around.
pub(crate) const HAS_MORE: bool = cfg!(feature = "files");

/// Gives the options that the smallest images do without: there none.
pub(crate) const fn more(flags: &'static [Flag]) -> &'static [Flag] {
    if HAS_MORE { flags } else { &[] }
}

/// One option of a command.
#[derive(Clone, Copy)]
pub struct Flag {
    /// How the command asks for it. A printable ASCII character is also the short option; keys from 128 belong to
    /// options that have no short form.
    pub key: u8,
    takes: Takes,
    long: &'static str,
    value: &'static str,
    help: &'static str,
}

/// Whether an option takes a value, and what usage text calls it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// It stands alone.
    None,
    /// It must have one.
    Required(&'a str),
    /// It may have one, attached.
    Optional(&'a str),
}

#[derive(Clone, Copy)]
enum Takes {
    Nothing,
    Required,
    Optional,
}

impl Flag {
    /// Declares an option without a value; the texts are the long option and what it does.
    pub const fn new(key: u8, long: &'static str, help: &'static str) -> Self {
        Self::any(key, long, Takes::Nothing, "", help)
    }

    /// Declares an option that must have a value.
    pub const fn with(key: u8, long: &'static str, value: &'static str, help: &'static str) -> Self {
        Self::any(key, long, Takes::Required, value, help)
    }

    /// Declares an option that may have an attached value.
    pub const fn may(key: u8, long: &'static str, value: &'static str, help: &'static str) -> Self {
        Self::any(key, long, Takes::Optional, value, help)
    }

    /// Declares `-NUMBER`, a count in its old form or a number below zero: its key is [`NUMBER`], its value what is behind the
    /// dash.
    pub const fn number(help: &'static str) -> Self {
        Self::any(NUMBER, "", Takes::Nothing, "", help)
    }

    /// Declares `--json` of a command whose rows or objects have these fields, in their order, parted by spaces: a name alone
    /// for text, `name:n` for a whole number, `name:d` for one with decimals, `name:b` for true or false, `name:l` for a
    /// list, `name:o` for an object, and `name:s` for text; a capital where it may be left out, `?` behind it where it may be
    /// null. What numbers count stands in the name (`bytes`, `seconds`).
    pub const fn rows(fields: &'static str) -> Self {
        Self::any(JSON, "json", Takes::Nothing, if HAS_CATALOG { fields } else { "" }, "print rows as JSON")
    }

    const fn any(key: u8, long: &'static str, takes: Takes, value: &'static str, help: &'static str) -> Self {
        Self { key, takes, long, value, help }
    }

    /// Gives the long option without its dashes; empty when there is none.
    pub fn long(&self) -> &'static str {
        self.long
    }

    /// Says whether a value belongs to it.
    pub fn value(&self) -> Value<'static> {
        match self.takes {
            Takes::Nothing => Value::None,
            Takes::Required => Value::Required(self.value),
            Takes::Optional => Value::Optional(self.value),
        }
    }

    /// Gives what it does, as a phrase; empty for options that usage text leaves out.
    pub fn help(&self) -> &'static str {
        self.help
    }

    /// Gives the fields of rows as [`Flag::rows`] has them; empty for other options.
    pub fn fields(&self) -> &'static str {
        if self.key == JSON { self.value } else { "" }
    }

    /// Gives the short option, if there is one.
    pub fn short(&self) -> Option<u8> {
        self.key.is_ascii_graphic().then_some(self.key)
    }
}

/// The options of a command, as `flags!` packs them.
///
/// For each its key, whether it takes a value, and its three texts.
#[derive(Clone, Copy)]
pub struct Flags(&'static [u8]);

impl Flags {
    /// Gives the options in the order of their rows.
    pub fn iter(self) -> impl Iterator<Item = Flag> {
        let mut rest = self.0;
        core::iter::from_fn(move || {
            let (&[key, takes], mut texts) = rest.split_first_chunk()?;
            let takes = match takes {
                0 => Takes::Nothing,
                1 => Takes::Required,
                _ => Takes::Optional,
            };
            let mut text = || packed::text(&mut texts);
            let flag = Flag { key, takes, long: text()?, value: text()?, help: text()? };
            rest = texts;
            Some(flag)
        })
    }

    /// Takes what [`packed`](fn@packed) made.
    pub(crate) const fn new(packed: &'static [u8]) -> Self {
        Self(packed)
    }

    /// Gives the bytes that they are.
    pub(crate) const fn packed(self) -> &'static [u8] {
        self.0
    }
}

/// Packs rows of options, `flags![Flag::new(…), …]`; `flags![..SHARED, Flag::new(…), …]` puts those of another table, an array
/// of [`Flag`], before them.
macro_rules! flags {
    (..$shared:expr $(, $flag:expr)* $(,)?) => {{
        const TABLES: [&[$crate::Flag]; 2] = [&$shared, &[$($flag),*]];
        const PACKED: [u8; $crate::options::packed_length(TABLES)] = $crate::options::packed(TABLES);
        $crate::Flags::new(&PACKED)
    }};
    ($($flag:expr),* $(,)?) => {
        flags![..[], $($flag),*]
    };
}

/// Gives numbers to the options that no letter stands for: the first one's, and then one more each.
macro_rules! keys {
    ($number:expr;) => {};
    ($number:expr; $name:ident $($rest:ident)*) => {
        const $name: u8 = $number;
        keys! { $number + 1; $($rest)* }
    };
}

/// Gives how many bytes the tables come to.
pub(crate) const fn packed_length(tables: [&[Flag]; 2]) -> usize {
    pack(tables, &mut [])
}

/// Packs tables into one. They are constants, so that a text which is too long does not compile.
pub(crate) const fn packed<const N: usize>(tables: [&[Flag]; 2]) -> [u8; N] {
    let mut bytes = [0; N];
    pack(tables, &mut bytes);
    bytes
}

/// Writes what there is room for, and gives the length of all.
const fn pack(tables: [&[Flag]; 2], into: &mut [u8]) -> usize {
    let mut end = 0;
    let mut row = 0;
    while row < tables[0].len() + tables[1].len() {
        let flag = if row < tables[0].len() { tables[0][row] } else { tables[1][row - tables[0].len()] };
        end = packed::put(into, end, &[flag.key, flag.takes as u8]);
        let texts = [flag.long, flag.value, flag.help];
        let mut at = 0;
        while at < texts.len() {
            let longest = if flag.key == JSON { LONGEST_FIELDS } else { LONGEST[at] };
            assert!(texts[at].len() <= longest, "the text of an option is too long");
            end = packed::put_text(into, end, texts[at]);
            at += 1;
        }
        row += 1;
    }
    end
}

/// How long an option's name, its value's name and its help may be, so that usage text keeps its columns.
const LONGEST: [usize; 3] = [24, 12, 72];

/// How long the fields of rows may be.
const LONGEST_FIELDS: usize = 1000;

/// Whether the program tells of the fields of rows.
const HAS_CATALOG: bool = cfg!(feature = "multiplexer");

/// The key of [`Flag::number`].
pub const NUMBER: u8 = 0xfe;

/// The key of `--json` in every command that has rows to show.
pub const JSON: u8 = 0xff;

/// The options that were found, in their order, and the operands.
pub struct Parsed<'a> {
    /// The command they are for.
    pub applet: &'static Command,
    /// Key and value (empty when there is none) of each option.
    pub options: Vec<(u8, &'a [u8])>,
    /// The words that are not options.
    pub operands: Vec<&'a [u8]>,
}

impl<'a> Parsed<'a> {
    /// Says whether the option was given.
    pub fn has(&self, key: u8) -> bool {
        self.options.iter().any(|option| option.0 == key)
    }

    /// Gives the value of the last option with this key.
    pub fn value(&self, key: u8) -> Option<&'a [u8]> {
        self.options.iter().rev().find(|option| option.0 == key).map(|option| option.1)
    }

    /// Gives the values of all options with this key.
    pub fn values(&self, key: u8) -> impl Iterator<Item = &'a [u8]> {
        self.options.iter().filter(move |option| option.0 == key).map(|option| option.1)
    }

    /// Says whether any of these options was given.
    pub fn has_any(&self, keys: &[u8]) -> bool {
        self.last_of(keys).is_some()
    }

    /// Gives which of these options, of which the last one counts, was given last.
    pub fn last_of(&self, keys: &[u8]) -> Option<u8> {
        self.options.iter().rev().map(|option| option.0).find(|key| keys.contains(key))
    }

    /// Prints the usage text on standard error, for operands that make no sense; gives the status that the
    /// command has for this.
    pub fn usage(&self, io: &mut Io<'_>) -> Status {
        Arguments { applet: self.applet, words: &[] }.usage(io)
    }
}

/// What is wrong with a word, to be shown after it.
type Fault = &'static str;

const UNKNOWN: Fault = "no such option";
const AMBIGUOUS: Fault = "ambiguous option";

/// Runs a command whose words were written anew.
pub(crate) fn run_with(
    arguments: Arguments<'_>,
    words: &[&[u8]],
    leading: bool,
    io: &mut Io<'_>,
    run: fn(&mut Io<'_>, &Parsed<'_>) -> Outcome,
) -> Status {
    let parsed = parse(Arguments { words, ..arguments }, io, leading);
    let outcome = parsed.and_then(|parsed| run(io, &parsed));
    io.settle(outcome)
}

/// Splits the words of a command; prints help or the complaint itself, and then gives the status to end with.
pub(crate) fn parse<'a>(
    arguments: Arguments<'a>,
    io: &mut Io<'_>,
    leading: bool,
) -> Result<Parsed<'a>, Failure> {
    let applet = arguments.applet;
    let flags = applet.flags();
    let mut parsed = Parsed { applet, options: Vec::new(), operands: Vec::new() };
    let mut words = arguments.words.iter().copied();
    while let Some(word) = words.next() {
        let fault = match word {
            b"--" => {
                parsed.operands.extend(words);
                break;
            }
            [b'-', b'-', long @ ..] => match parse_long(flags, long, &mut words) {
                Ok(option) => {
                    parsed.options.push(option);
                    continue;
                }
                Err(UNKNOWN) if long == b"help" => {
                    print_help(arguments.applet, &mut io.out);
                    return Err(Status::SUCCESS.into());
                }
                Err(fault) => fault,
            },
            [b'-', cluster @ ..] if !cluster.is_empty() => {
                match parse_cluster(flags, cluster, &mut words, &mut parsed.options) {
                    Ok(()) => continue,
                    Err(fault) => fault,
                }
            }
            operand => {
                parsed.operands.push(operand);
                if leading {
                    parsed.operands.extend(words);
                    break;
                }
                continue;
            }
        };
        io.complain(word, &fault);
        return Err(advise(arguments, word, fault, io).into());
    }
    Ok(parsed)
}

fn parse_long<'a>(
    flags: Flags,
    word: &'a [u8],
    words: &mut impl Iterator<Item = &'a [u8]>,
) -> Result<(u8, &'a [u8]), Fault> {
    let split = word.iter().position(|&byte| byte == b'=');
    let (name, attached) = match split {
        Some(at) => (&word[..at], Some(&word[at + 1..])),
        None => (word, None),
    };
    let mut matching =
        flags.iter().filter(|flag| !flag.long().is_empty() && flag.long().as_bytes().starts_with(name));
    let flag = match flags.iter().find(|flag| !flag.long().is_empty() && flag.long().as_bytes() == name) {
        Some(exact) => exact,
        None => match (matching.next(), matching.next()) {
            (Some(only), None) => only,
            (Some(_), Some(_)) => return Err(AMBIGUOUS),
            (None, _) => return Err(UNKNOWN),
        },
    };
    match (flag.value(), attached) {
        (Value::None, Some(_)) => Err("option takes no value"),
        (Value::None | Value::Optional(_), None) => Ok((flag.key, b"")),
        (_, Some(value)) => Ok((flag.key, value)),
        (Value::Required(_), None) => Ok((flag.key, words.next().ok_or("option needs a value")?)),
    }
}

fn parse_cluster<'a>(
    flags: Flags,
    mut cluster: &'a [u8],
    words: &mut impl Iterator<Item = &'a [u8]>,
    found: &mut Vec<(u8, &'a [u8])>,
) -> Result<(), Fault> {
    while let [letter, rest @ ..] = cluster {
        if matches!(letter, b'0'..=b'9' | b'.') && flags.iter().any(|flag| flag.key == NUMBER) {
            found.push((NUMBER, cluster));
            break;
        }
        let flag = flags.iter().find(|flag| flag.short() == Some(*letter)).ok_or(UNKNOWN)?;
        let (value, rest) = match flag.value() {
            Value::None => (&b""[..], rest),
            Value::Required(_) if rest.is_empty() => (words.next().ok_or("option needs a value")?, rest),
            Value::Required(_) | Value::Optional(_) => (rest, &b""[..]),
        };
        found.push((*letter, value));
        cluster = rest;
    }
    Ok(())
}

/// Says what could have been meant, or where to read.
fn advise(arguments: Arguments<'_>, word: &[u8], fault: Fault, io: &mut Io<'_>) -> Status {
    let near = match word.strip_prefix(b"--") {
        Some(long) if fault == UNKNOWN || fault == AMBIGUOUS => {
            let names =
                arguments.applet.flags().iter().map(|flag| flag.long()).filter(|long| !long.is_empty());
            suggestion::nearest(long.split(|&byte| byte == b'=').next().unwrap_or_default(), names)
        }
        _ => Vec::new(),
    };
    if near.is_empty() {
        io.err.put(b"Try: ");
        io.err.put(arguments.applet.name().as_bytes());
        io.err.put(b" --help\n");
    } else {
        suggestion::print(&near, "--", &mut io.err);
    }
    io.err.flush();
    Status::misuse(arguments.applet.name())
}

/// Prints the usage text of a command.
pub(crate) fn print_help(applet: &Command, out: &mut Output<'_>) {
    for (index, form) in applet.usage().split('\n').enumerate() {
        out.put(if index == 0 { b"Usage: " } else { b"       " });
        out.put(applet.name().as_bytes());
        if !form.is_empty() {
            out.put(b" ");
            out.put(form.as_bytes());
        }
        out.put(b"\n");
    }
    out.put(b"\n");
    out.put(applet.summary().as_bytes());
    out.put(b"\n");
    if applet.flags().iter().next().is_some() {
        out.put(b"\n");
    }
    for flag in applet.flags().iter().filter(|flag| !flag.help().is_empty()) {
        print_flag(flag, out);
    }
    if let Run::Confined(keeps, _) = applet.run {
        out.put(keeps.summary().as_bytes());
    }
}

fn print_flag(flag: Flag, out: &mut Output<'_>) {
    const COLUMN: usize = 26;
    let mut left: Vec<u8> = Vec::new();
    left.extend_from_slice(b"  ");
    match flag.short() {
        Some(letter) => left.extend_from_slice(&[b'-', letter]),
        None if flag.key == NUMBER => left.extend_from_slice(b"-NUMBER"),
        None => left.extend_from_slice(b"  "),
    }
    let (open, name, close) = match flag.value() {
        Value::None => ("", "", ""),
        Value::Required(name) if flag.long().is_empty() => (" ", name, ""),
        Value::Optional(name) if flag.long().is_empty() => ("[", name, "]"),
        Value::Required(name) => ("=", name, ""),
        Value::Optional(name) => ("[=", name, "]"),
    };
    if !flag.long().is_empty() {
        left.extend_from_slice(if flag.short().is_some() { b", --" } else { b"  --" });
        left.extend_from_slice(flag.long().as_bytes());
    }
    for part in [open, name, close] {
        left.extend_from_slice(part.as_bytes());
    }
    left.resize(left.len().max(COLUMN - 2) + 2, b' ');
    out.put(&left);
    out.put(flag.help().as_bytes());
    out.put(b"\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Applet, Input};

    const DEMO: Applet = Applet {
        name: "demo",
        summary: "Show options",
        usage: "[OPTION]... [FILE]...\n--list",
        flags: flags![
            Flag::new(b'a', "all", "do not leave anything out"),
            Flag::new(b'l', "", "long lines"),
            Flag::with(b'o', "output", "FILE", "write to FILE"),
            Flag::with(b'n', "", "COUNT", "stop after COUNT"),
            Flag::may(200, "color", "WHEN", "colour: always, never or auto"),
            Flag::new(201, "columns", "in columns"),
            Flag::rows("name bytes:n"),
        ],
        run: Run::Parsed(|_, _| Ok(Status::SUCCESS)),
    };
    static COMMAND: Command = command!(DEMO);

    /// Gives options as `key=value`, operands, and what was printed.
    fn parsed(words: &[&str], leading: bool) -> (Result<Vec<String>, Status>, String) {
        let words: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut io = Io::new(Input::Memory(b""), Output::memory(&mut out), Output::memory(&mut err), &[]);
        io.name = COMMAND.name();
        let result = parse(Arguments { applet: &COMMAND, words: &words }, &mut io, leading);
        let result = result.map(|parsed| {
            let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
            let options = parsed.options.iter().map(|(key, value)| format!("{key}={}", text(value)));
            options.chain(parsed.operands.iter().map(|operand| text(operand))).collect()
        });
        let result = result.map_err(|failure| match failure {
            Failure::Said(status) => status,
            Failure::System(error) => panic!("{error}"),
        });
        let _ = io.finish(Status::SUCCESS);
        drop(io);
        out.extend(err);
        (result, String::from_utf8(out).unwrap())
    }

    #[test]
    fn forms_of_options() {
        let cases: &[(&[&str], &[&str])] = &[
            (&["-al"], &["97=", "108="]),
            (&["-lofile", "-o", "other"], &["108=", "111=file", "111=other"]),
            (&["--output=file", "--output", "other", "--out", ""], &["111=file", "111=other", "111="]),
            (&["--color", "always", "--color=never"], &["200=", "200=never", "always"]),
            (&["file", "-a", "-"], &["97=", "file", "-"]),
            (&["-a", "--", "-a", "--"], &["97=", "-a", "--"]),
            (&["-n", "-5", "-n-5"], &["110=-5", "110=-5"]),
            (&["--js", "--al"], &["255=", "97="]),
            (&["-o", "--"], &["111=--"]),
            (&[""], &[""]),
        ];
        for (words, expected) in cases {
            let (result, printed) = parsed(words, false);
            assert_eq!(result.unwrap(), *expected, "{words:?}");
            assert_eq!(printed, "");
        }
        assert_eq!(parsed(&["-a", "env", "-x", "--"], true).0.unwrap(), ["97=", "env", "-x", "--"]);
    }

    #[test]
    fn mistakes_are_named() {
        for (words, expected) in [
            (["-ax"], "demo: -ax: no such option\nTry: demo --help\n"),
            (["--colour"], "demo: --colour: no such option\nNearest: --color\n"),
            (["--col=x"], "demo: --col=x: ambiguous option\nNearest: --color, --columns\n"),
            (["--all=x"], "demo: --all=x: option takes no value\nTry: demo --help\n"),
            (["-o"], "demo: -o: option needs a value\nTry: demo --help\n"),
            (["--\x1b[2J"], "demo: --\\x1b[2J: no such option\nTry: demo --help\n"),
        ] {
            assert_eq!(parsed(&words, false), (Err(Status::FAILURE), expected.into()));
        }
    }

    #[test]
    fn help_comes_from_the_table() {
        let (result, printed) = parsed(&["-a", "--help", "--nonsense"], false);
        assert_eq!(result, Err(Status::SUCCESS));
        let expected = "\
Usage: demo [OPTION]... [FILE]...
       demo --list

Show options

  -a, --all               do not leave anything out
  -l                      long lines
  -o, --output=FILE       write to FILE
  -n COUNT                stop after COUNT
      --color[=WHEN]      colour: always, never or auto
      --columns           in columns
      --json              print rows as JSON
";
        assert_eq!(printed, expected);
    }
}
