//! How commands are called at random: a table of their options and operands, and the words that these are made of.
//!
//! In a pattern `@x` becomes one of the texts of `x` in [`WORDS`], within its word; a word that is `@X`, with a capital,
//! becomes the words of one of the texts of `X`, and may vanish.

use crate::mutation::Mutator;

/// A command.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    /// Some of these come first, up to three.
    options: &'static str,
    /// One of these follows.
    always: &'static [&'static str],
    /// One of these comes last.
    operands: &'static [&'static str],
    /// The file that is its standard input.
    pub(crate) input: &'static str,
    /// Whether its statuses have a meaning beyond failure.
    pub(crate) is_exact: bool,
}

impl Tool {
    /// A command that filters text.
    const fn filter(name: &'static str, options: &'static str) -> Self {
        Self { name, options, always: &[""], operands: FILES, input: "text", is_exact: false }
    }

    const fn always(mut self, always: &'static [&'static str]) -> Self {
        self.always = always;
        self
    }

    const fn operands(mut self, operands: &'static [&'static str]) -> Self {
        self.operands = operands;
        self
    }

    const fn input(mut self, input: &'static str) -> Self {
        self.input = input;
        self
    }

    const fn exact(mut self) -> Self {
        self.is_exact = true;
        self
    }
}

const FILES: &[&str] = &["", "@f", "@f @f", "- @f", "@f none"];

/// The commands that are compared. Left out, for theirs are as they are for their history alone: `find`'s comma, of which GNU's
/// prints what the first part chooses, `tail -1` of several files, which GNU's refuses, and `uniq -Du`.
pub(crate) const TOOLS: &[Tool] = &[
    Tool::filter("base64", "-w@n -i").operands(&["", "@f"]),
    Tool::filter("cat", "-n -b -s -E -T -v -A -e -t -u --number --show-all --squeeze-blank"),
    Tool::filter("cksum", "")
        .always(&["", "-a blake2b", "-a blake2b -l 160", "-a sha256 --untagged", "-a bsd", "-a sysv"])
        .operands(&["", "@f", "@f @f"]),
    Tool::filter("cut", "-s --complement -z -d@d --output-delimiter=@d").always(&[
        "-c@l",
        "-b@l",
        "-f@l",
        "-f@l -d@d",
        "-c @l",
        "--fields=@l",
    ]),
    Tool::filter("expr", "").operands(&["@X", "@X @o @X", "@X @o @X @o @X", "( @X ) @o @i"]).exact(),
    Tool::filter("find", "").always(&["tree", "tree text", "-L tree", "-H tree/link tree", "."]).operands(&[
        "-maxdepth @n @F -prune",
        "-depth @F",
        "( @F -o @F )",
        "! @F",
        "@F -print",
        "-maxdepth @n @F -o @F",
    ]),
    Tool::filter("grep", "-i -v -n -c -l -L -o -w -x -q -s -h -H -b -m@n -A@n -B@n -C@n -z -a --null")
        .always(&["@r", "-E @e", "-F @w", "-e @r -e @w", "-e @r", "-E -e @e -e @e"])
        .operands(&["", "@g", "@g @g", "- @g", "-a bytes", "-r @r tree", "@g none"])
        .exact(),
    Tool::filter("head", "-q -v").always(&["", "-n @n", "-n -@n", "-c @n", "-c -@n", "--lines=@n", "-c @nk"]),
    Tool::filter("hexdump", "-C -b -c -d -o -x -v -n@n -s@n")
        .operands(&["", "bytes", "text bytes"])
        .input("bytes"),
    Tool::filter("od", "-v -A@a -j@n -N@n -w@n")
        .always(&[
            "",
            "-b",
            "-c",
            "-d",
            "-o",
            "-s",
            "-x",
            "-a",
            "-t@t",
            "-t@t -t@t",
            "-t@t@t",
            "-tx1z",
            "-i",
            "-l",
        ])
        .operands(&["", "@f", "@f @f"])
        .input("bytes"),
    Tool::filter("printf", "").operands(&[
        "@p",
        "@p @w",
        "@p @i",
        "@p @i @i @w",
        "@p@p @i @w @i",
        "-- @p @i",
    ]),
    Tool::filter("sed", "-n -E -s")
        .always(&["@c", "@c;@c", "-e @c -e @c", "@c;@c;@c", "{@c;@c}"])
        .operands(&["", "@f", "@f @f", "@f none"]),
    Tool::filter("seq", "-w -s@d")
        .operands(&["@i", "@i @i", "@n @n @i", "@i -1 -5", "1 0.5 @n", "5 1", "-- -3 2"]),
    Tool::filter("sort", "-r -u -f -b -d -i -s -z -t@d -k@k -k@k")
        .always(&["", "-n", "-g", "-h", "-V", "-M", "-c", "-C", "-m"])
        .operands(&["", "@f", "@f @f", "numbers", "sorted sorted"])
        .exact(),
    Tool::filter("tail", "-q -v").always(&["", "-n @n", "-n +@n", "-c @n", "-c +@n", "--bytes=@n"]),
    Tool::filter("test", "")
        .operands(&["@T", "! @T", "@T -a @T", "@T -o @T", "( @T )", "@w", "", "( @T -o @T ) -a ! @T"])
        .exact(),
    Tool::filter("tr", "").operands(&[
        "@s @s",
        "-d @s",
        "-s @s",
        "-ds @s @s",
        "-cd @s",
        "-s @s @s",
        "-c @s @s",
        "-cs @s @s",
        "-t @s @s",
        "-C @s x",
    ]),
    Tool::filter("uniq", "-c -d -i -D -f@n -s@n -w@n -z")
        .operands(&["", "sorted", "text", "-"])
        .input("sorted"),
    Tool::filter("wc", "-l -w -c -m -L"),
    Tool::filter("xargs", "-n@n -r -t -x -s400")
        .always(&["", "-L@n", "-d@d", "-0", "-I{}", "-E the", "-I%"])
        .operands(&["", "echo", "echo a {}", "printf [%s]", "echo {} %", "false"])
        .exact(),
];

/// What the letters of patterns stand for.
const WORDS: &[(char, &[&str])] = &[
    ('a', &["d", "o", "x", "n"]),
    (
        'c',
        &[
            "p",
            "d",
            "=",
            "l",
            "n",
            "N",
            "h;G",
            "x;p;x",
            "$!N;P;D",
            "s/@r/@y/",
            "s/@r/@y/g",
            "s/@r/@y/2",
            "s/@r/@y/p",
            "s/@r/@y/I",
            "y/abc/xyz/",
            "@zd",
            "@zp",
            "@z!d",
            "@zs/o/0/g",
            "@z{p;d}",
            "@zq",
            "@zi\\\nin",
            "@za\\\nafter",
            "@zc\\\nchanged",
            "$!{h;d};x",
            "s/@r/[&]/",
            ":a;s/o/0/;ta",
            "@z=",
            "$!d",
            "1~2d",
            "@zl",
            "D",
            "G",
            "H;x",
        ],
    ),
    ('d', &[":", " ", ",", "o", "-"]),
    (
        'e',
        &[
            "o+",
            "(a|b)",
            "^the",
            "dog$",
            "[a-f]{2}",
            "q.*k",
            "(o)(v)?",
            "a|b|c",
            "^$",
            "x*",
            "[[:upper:]]",
            "\\bo",
            "([a-z])\\1",
            "^(the|foo)",
        ],
    ),
    ('f', &["text", "numbers", "bytes", "short", "empty", "sorted"]),
    (
        'F',
        &[
            "-name *.c",
            "-type f",
            "-type d",
            "-type l",
            "-path tree/deep*",
            "-iname B*",
            "-empty",
            "-name b.txt -print0",
            "-size -2",
            "-size +0c",
            "-newer text",
            "-regex .*/[ab].*",
            "-links 1",
            "-true",
            "-false",
            "-printf %p:%y:%d\\n",
            "-printf %f,%h,%P,%s\\n",
            "-exec echo {} ;",
            "-exec echo {} +",
            "-perm -u+r",
            "-mindepth @n",
            "-prune",
            "-quit",
        ],
    ),
    // Texts: how many lines match in a file that is none, GNU's grep says as it likes.
    ('g', &["text", "numbers", "short", "empty", "sorted"]),
    ('i', &["0", "1", "7", "-3", "12", "255", "3", "10", "100"]),
    ('k', &["1", "2", "1,1", "2,2n", "1.2", "1.2,1.4", "2nr", "1f,1", "2b", "1,2r", "1n"]),
    ('l', &["1", "2", "1-3", "3-", "-2", "1,3", "2-4,6", "5,1-2", "1-2,2-5", "4-,1", "20-"]),
    ('n', &["0", "1", "2", "3", "5", "8", "20"]),
    ('o', &["+", "-", "*", "/", "%", "=", "!=", "<", "<=", ">", ">=", "&", "|", ":"]),
    (
        'p',
        &[
            "%s\\n",
            "%d\\n",
            "%5d|",
            "%-5s|",
            "%05d\\n",
            "%x %o\\n",
            "%c",
            "%b\\n",
            "%%\\n",
            "%+d ",
            "%.2s|",
            "%e\\n",
            "%g\\n",
            "%.3f\\n",
            "\\101\\x41\\t\\n",
            "%*d|",
            "a\\cb",
            "%#x\\n",
            "% d\\n",
            "%u\\n",
            "%i,",
            "%10.3s|",
            "plain",
        ],
    ),
    ('q', &["the", "o", "", "foo", "a b", "x", "fox"]),
    (
        'r',
        &[
            "o",
            "the",
            "^t",
            "x*",
            "[aeiou]",
            "o.",
            "[^ ]*$",
            "\\(o\\)\\1",
            "a\\|b",
            "q.*k",
            "^$",
            "[[:digit:]]",
            "b\\{1,2\\}",
            "\\<o",
            "r\\>",
            "T",
            "\\w\\+",
        ],
    ),
    (
        's',
        &[
            "a-z",
            "A-Z",
            "[:lower:]",
            "[:upper:]",
            "[:space:]",
            "abc",
            "\\n",
            "[:alnum:]_",
            "a-y",
            "o",
            "0-9",
            "[x*5]",
            "\\000-\\037",
            " \\t",
        ],
    ),
    ('t', &["x1", "o2", "d4", "u1", "c", "a", "x8", "d1", "x2", "o1", "x", "dS", "uI"]),
    (
        'T',
        &[
            "@q = @q",
            "@q != @q",
            "-n @q",
            "-z @q",
            "@i -lt @i",
            "@i -eq @i",
            "@i -ge @i",
            "-e @f",
            "-s @f",
            "-f @f",
            "-d tree",
            "-L tree/link",
            "-r text",
            "text -nt @f",
            "text -ef @f",
            "@q",
        ],
    ),
    ('w', &["the", "o", "", "foo", "a b", "x", "-n", "=", "12", "(", "!", "fox"]),
    (
        'X',
        &[
            "@i",
            "@w",
            "@i",
            "length @w",
            "substr @w @i @i",
            "index @w o",
            "match abc b",
            "@i",
            "( @i + @i )",
            "+ @w",
        ],
    ),
    ('y', &["X", "", "[&]", "\\0", "a\\nb", "\\n", "\\&", "é", "\\u&x"]),
    (
        'z',
        &["1", "2", "$", "2,3", "/the/", "/o/,/d/", "2,$", "0,/o/", "/T/I", "2,+1", "3~2", "/foo/,3", "4,2"],
    ),
];

/// Gives the words of a call.
pub(crate) fn call(tool: &Tool, chance: &mut Mutator) -> Vec<String> {
    let mut words = Vec::new();
    let options: Vec<&str> = tool.options.split_whitespace().collect();
    if !options.is_empty() {
        for _ in 0..chance.below(4) {
            spread(pick(&options, chance), chance, &mut words);
        }
    }
    spread(pick(tool.always, chance), chance, &mut words);
    spread(pick(tool.operands, chance), chance, &mut words);
    words
}

fn pick<'a>(choices: &[&'a str], chance: &mut Mutator) -> &'a str {
    choices[chance.below(choices.len())]
}

/// Adds the words of a pattern.
fn spread(pattern: &str, chance: &mut Mutator, words: &mut Vec<String>) {
    for word in pattern.split(' ').filter(|word| !word.is_empty()) {
        match word.strip_prefix('@').map(str::as_bytes) {
            Some([letter]) if letter.is_ascii_uppercase() => {
                spread(pick(texts(char::from(*letter)), chance), chance, words);
            }
            _ => words.push(filled(word, chance)),
        }
    }
}

/// Fills in the letters within a word.
fn filled(word: &str, chance: &mut Mutator) -> String {
    let mut text = String::new();
    let mut parts = word.split('@');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let mut letters = part.chars();
        let chosen = pick(texts(letters.next().unwrap()), chance);
        text.push_str(&filled(chosen, chance));
        text.push_str(letters.as_str());
    }
    text
}

fn texts(letter: char) -> &'static [&'static str] {
    WORDS.iter().find(|row| row.0 == letter).unwrap().1
}
