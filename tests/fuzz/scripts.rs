//! Small scripts at random, from a grammar of what all shells agree on, the same for the same start.
//!
//! They end by themselves: loops count in variables of their own, and a function calls only those with lower numbers.
//! `a`, `b` and `c` hold text, `n` and `m` numbers, `u` nothing at first.

use crate::mutation::Mutator;

/// How deep commands and words are nested.
const DEPTH: u32 = 3;

/// A generator of scripts.
pub(crate) struct Writer {
    chance: Mutator,
    /// Loops so far, for their counters.
    loops: u32,
    /// How many loops and functions are around what is being written.
    in_loops: u32,
    in_function: Option<usize>,
    /// Whether that runs in a process of its own.
    is_apart: bool,
}

const TEXT: [&str; 14] =
    ["x", "ab", "foo", "a.c", "*.c", "?.c", "[ab]*", "1:2::3", "-n", "d/*", "a=b", "\\*", "\\ ", "[!a].c"];
const QUOTED: [&str; 10] =
    ["''", "'p q'", "'*'", "'$a'", "' x '", "'a\nb'", "'\\'", "'\"'", "\"\"", "'1: 2'"];
const INNER: [&str; 10] = ["x", " ", "p  q", "*", "\\$a", "\\\\", "'", "=", "a,b", "\\x"];
const PATTERNS: [&str; 12] =
    ["*", "?", "a*", "*b", "[a-f]*", "[!x]", "*.c", "x", "'*'", "\\?", "*' '*", "??"];
const SEPARATORS: [&str; 7] =
    ["IFS=:", "IFS=' '", "IFS=", "IFS=', '", "unset IFS", "IFS=': '", "IFS=' \t\n'"];
const NUMBERS: [&str; 8] = ["0", "1", "2", "7", "10", "0x1f", "017", "100"];
const OPERATORS: [&str; 17] =
    ["+", "-", "*", "<", ">", "<=", ">=", "==", "!=", "&", "|", "^", "&&", "||", "<<", ">>", "%"];
const OPTIONS: [&str; 6] = ["set -f", "set +f", "set -e", "set +e", "set -u", "set +u"];
/// Values as lines to read, words to split, arguments of formats.
const VALUES: [&str; 16] = [
    "''",
    "'a b'",
    "' lead  trail '",
    "'a:b::c:'",
    ":x",
    "'a\\b'",
    "'q\"q'",
    "'t\tt'",
    "010",
    "0x1F",
    "'-3'",
    "'a\\ b'",
    "'$a'",
    "/a/b.c",
    "'%d'",
    "'::'",
];
const FORMATS: [&str; 14] = [
    "%d",
    "%5d|",
    "%-5d|",
    "%05d",
    "%+d",
    "%x",
    "%o",
    "%#X",
    "%c",
    "%.2s",
    "%5.1s|",
    "%b",
    "%s-%s\\n",
    "\\101%s\\t%%",
];
/// What `getopts` is told, and what it finds.
const LETTERS: [&str; 4] = ["ab:", ":ab:", "abx", "b:x:"];
const ARGUMENTS: [&str; 8] = ["-a", "-b v", "-bv -a", "-ab x y", "-a -- -b", "-z", "-b", "-a - -a"];
/// What `set -e` looks at or not.
const CONDITIONS: [&str; 18] = [
    "false || true",
    "! true",
    "if false; then :; fi",
    "false && true",
    "(false)",
    "{ false; }",
    "a=$(false)",
    "f0 || false",
    "false | true",
    "true | false",
    "! false",
    "eval false",
    "command false",
    "until true; do :; done",
    "case x in x) false;; esac",
    "a=$(echo y; false; echo z); echo $a",
    "{ false; true; } || echo no",
    "for i in 1; do false; done",
];
/// Descriptors that are moved about.
const MOVES: [&str; 10] = [
    "{ echo o; echo e >&2; } 2>&1 >/dev/null | cat",
    "{ echo o; echo e >&2; } 2>/dev/null",
    "exec 4>o2; echo hi >&4; exec 4>&-; cat o2",
    "exec 5<a.c; read -r a <&5; echo \"$a\"; exec 5<&-",
    "echo x >o2; echo y >>o2; cat <o2",
    "echo z 3>&1 >&3",
    "set -C; { echo n >a.c; } 2>/dev/null || echo kept; set +C",
    "echo m >|o2; cat o2",
    "<a.c cat 0<&0",
    "{ echo q; } 9>&1 1>&9 9>&-",
];
const FILES: [&str; 4] = ["o1", "o2", "d/o", "a.c"];

impl Writer {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { chance: Mutator::new(seed), loops: 0, in_loops: 0, in_function: None, is_apart: false }
    }

    /// Writes the commands of a script.
    pub(crate) fn script(&mut self) -> Vec<String> {
        let count = 3 + self.below(10);
        (0..count).map(|_| self.command(DEPTH)).collect()
    }

    fn below(&mut self, bound: usize) -> usize {
        self.chance.below(bound)
    }

    fn one(&mut self, of: &[&str]) -> String {
        of[self.below(of.len())].to_owned()
    }

    fn list(&mut self, depth: u32) -> String {
        let count = 1 + self.below(3);
        let commands: Vec<String> = (0..count).map(|_| self.command(depth)).collect();
        commands.join("\n")
    }

    fn command(&mut self, depth: u32) -> String {
        if depth == 0 {
            return self.simple(0);
        }
        match self.below(33) {
            0..=11 => self.simple(depth),
            30..=32 => self.utility(),
            12 | 13 => self.choice(depth - 1),
            14 | 15 => self.repetition(depth - 1),
            16 => self.selection(depth - 1),
            17 => {
                let list = self.list(depth - 1);
                let redirect = self.redirect();
                format!("{{ {list}\n}}{redirect}")
            }
            18 | 19 => {
                let list = self.apart(|writer| writer.list(depth - 1));
                // dash takes no notice of redirections of a subshell that ends a group.
                format!("({list})")
            }
            20 => self.function(depth - 1),
            21 | 22 => {
                let (first, second) = (self.simple(depth - 1), self.simple(depth - 1));
                let connector = self.one(&["&&", "||"]);
                format!("{first} {connector} {second}")
            }
            23 => format!("! {}", self.simple(depth - 1)),
            24 => {
                let first = self.apart(|writer| writer.command(depth - 1));
                let second = self.one(&[
                    "cat",
                    "while read -r a b; do printf '[%s|%s]' \"$a\" \"$b\"; done",
                    "{ read -r a; printf '<%s>' \"$a\"; }",
                    "(cat; echo \"$?\")",
                ]);
                let end = self.one(&["", "", " & wait $!; echo \"b$?\"", " & wait; echo \"w$?\""]);
                format!("{{ {first}\n}} | {second}{end}")
            }
            25 => self.document(),
            26 => self.control(),
            27 => self.one(&OPTIONS),
            28 => self.one(&SEPARATORS),
            _ => self.trap(),
        }
    }

    /// Writes what a builtin with rules of its own does with values of all kinds.
    fn utility(&mut self) -> String {
        let (value, other, separator) = (self.one(&VALUES), self.one(&VALUES), self.one(&SEPARATORS));
        match self.below(7) {
            0 => {
                let (raw, names) = (self.one(&["", "-r "]), self.one(&["a", "a b", "a b c", "a b c n"]));
                format!(
                    "printf '%s\\n' {value} {other} | {{ {separator}; read {raw}{names}; echo \"$? [$a] [$b] [$c] [$n]\"; }}"
                )
            }
            1 => format!("({separator}; a={value}; set -- $a; echo $#; printf '[%s]' \"$@\" $a \"$*\" $*)"),
            2 => format!("({separator}; printf '[%s]' $(printf '%s' {value}) {other} \"$*\" ${{u-{value}}})"),
            3 => format!("printf '{}' {value} {other} 2>/dev/null", self.one(&FORMATS)),
            4 => {
                let (letters, words) = (self.one(&LETTERS), self.one(&ARGUMENTS));
                format!(
                    "OPTIND=1; while getopts {letters} a {words} 2>/dev/null; do echo \"$a [${{OPTARG:-}}]\"; done; echo $OPTIND"
                )
            }
            5 => {
                let (first, second) = (self.one(&CONDITIONS), self.one(&CONDITIONS));
                format!("(set -e; trap 'echo \"t$?\"' EXIT; {first}\necho one; {second}\necho two); echo $?")
            }
            _ => self.one(&MOVES),
        }
    }

    /// Writes what runs in a process of its own: loops around it cannot be left there.
    fn apart(&mut self, write: impl FnOnce(&mut Self) -> String) -> String {
        let (loops, function, apart) = (self.in_loops, self.in_function, self.is_apart);
        (self.in_loops, self.is_apart) = (0, true);
        let text = write(self);
        (self.in_loops, self.in_function, self.is_apart) = (loops, function, apart);
        text
    }

    fn simple(&mut self, depth: u32) -> String {
        let (word, other) = (self.word(depth), self.word(depth));
        match self.below(20) {
            0..=5 => format!("printf '<%s>' {word} {other}; echo \" $?\""),
            6 => {
                let name = self.one(&["a", "b", "c"]);
                format!("{name}={}", single(&word))
            }
            7 => format!("a={} b={}", single(&word), single(&other)),
            8 => {
                let name = self.one(&["n", "m"]);
                format!("{name}={}", self.arithmetic(depth))
            }
            9 => self.test(depth),
            10 => {
                let operators = self.one(&[
                    "a=1 eval 'printf %s \"$a\"'",
                    "b=z command printf %s \"$b\"",
                    "a=5 :",
                    "printf '%s\\n' \"$a\"",
                ]);
                format!("{operators}; printf '%s;' \"${{a-none}}\"")
            }
            11 => format!("set -- {word} {other}; echo $#"),
            12 => {
                let redirect = self.redirect();
                format!("printf '%s;' {word}{redirect}")
            }
            13 => self.one(&["true", "false", ":", "(exit 3)", "eval 'false'", "command false"]),
            14 => self.one(&[
                "unset a",
                "unset u b",
                "export a",
                "shift",
                "a=$a$b",
                "unset -f f0",
                "c=$(false)",
            ]),
            15 => format!("eval {}", self.one(&["'a=\"$b\"'", "\"printf %s \\$a\"", "\"n=$((n+1))\""])),
            16 | 17 => self.call(&word),
            18 => format!("{{ cd d && {{ printf '%s;' {word}; cd ..; }}; }}"),
            _ => format!("printf '%s %5s|%-4d|%x\\n' x {depth} \"$n\" 31"),
        }
    }

    fn call(&mut self, word: &str) -> String {
        match self.in_function {
            Some(0) => format!("printf '%s;' \"$1\" {word}"),
            bound => format!("f{} {word} \"$@\"", self.below(bound.unwrap_or(3))),
        }
    }

    fn word(&mut self, depth: u32) -> String {
        match self.below(16) {
            // Beside something empty, dash loses an empty last parameter.
            0 => "\"$@\"".to_owned(),
            chance => (0..1 + chance % 3).map(|_| self.piece(depth)).collect(),
        }
    }

    fn piece(&mut self, depth: u32) -> String {
        match self.below(12) {
            0..=2 => self.one(&TEXT),
            3 | 4 => self.one(&QUOTED),
            5 | 6 => {
                let count = self.below(4);
                let inner: String = (0..count).map(|_| self.inner(depth)).collect();
                format!("\"{inner}\"")
            }
            7 | 8 => self.one(&["$a", "$b", "$c", "$n", "$1", "$2", "$#", "$*", "$@", "\"$*\""]),
            9 if depth > 0 => self.parameter(depth - 1, false),
            10 => self.arithmetic(depth),
            11 if depth > 0 => self.substitution(depth - 1),
            _ => "${c}".to_owned(),
        }
    }

    fn inner(&mut self, depth: u32) -> String {
        match self.below(6) {
            0 | 1 => self.one(&INNER),
            2 => self.one(&["$a", "${b}", "$*", "$n"]),
            3 if depth > 0 => self.parameter(depth - 1, true),
            4 if depth > 0 => self.substitution(depth - 1),
            _ => "$c".to_owned(),
        }
    }

    fn parameter(&mut self, depth: u32, quoted: bool) -> String {
        let name = self.one(&["a", "b", "u", "1", "3", "n"]);
        let assignable = self.one(&["a", "b", "c"]);
        let word = if quoted {
            (0..self.below(3)).map(|_| self.inner(depth)).collect()
        } else {
            single(&self.word(depth))
        };
        match self.below(9) {
            0 => format!("${{{name}:-{word}}}"),
            1 => format!("${{{name}-{word}}}"),
            2 => format!("${{{name}:+{word}}}"),
            3 => format!("${{{name}+{word}}}"),
            4 => format!("${{{assignable}:={}}}", single(&word)),
            5 => format!("${{#{name}}}"),
            _ => {
                let operator = self.one(&["#", "##", "%", "%%"]);
                let pattern = self.one(&PATTERNS);
                format!("${{{name}{operator}{pattern}}}")
            }
        }
    }

    fn substitution(&mut self, depth: u32) -> String {
        if self.below(3) == 0 {
            return self.one(&[
                "`echo x y`",
                "`printf %s \"$a\"`",
                "`echo \\`echo '*'\\``",
                "`false`",
                "`printf 'a\\n\\n'`",
            ]);
        }
        let list = self.apart(|writer| writer.command(depth));
        // Behind a space: two parentheses would begin arithmetic.
        format!("$( {list}\n)")
    }

    fn arithmetic(&mut self, depth: u32) -> String {
        let value = self.formula(depth + 1);
        format!("$(({value}))")
    }

    fn formula(&mut self, depth: u32) -> String {
        if depth == 0 {
            return if self.below(2) == 0 { self.one(&NUMBERS) } else { self.one(&["n", "$n", "m", "${m}"]) };
        }
        let left = self.formula(depth - 1);
        let right = self.formula(0);
        match self.below(9) {
            0 => format!("({left})"),
            1 => format!("- {left}"),
            2 => format!("!{left}"),
            3 => format!("~({left})"),
            4 => format!("{left} ? {right} : ({left})"),
            5 => format!("n = {right}"),
            6 => format!("m += {right}"),
            _ => match self.one(&OPERATORS).as_str() {
                // Neither by none nor too far.
                operator @ ("<<" | ">>" | "%") => format!("({left}) {operator} 3"),
                operator => format!("{left} {operator} ({right})"),
            },
        }
    }

    fn test(&mut self, depth: u32) -> String {
        let (left, right) = (self.word(depth), self.word(depth));
        match self.below(6) {
            0 => format!("[ \"{}\" = {right} ]; echo $?", self.inner(0)),
            1 => format!("[ {left} != {right} ]"),
            2 => format!("test -n {left} && echo full"),
            3 => format!("[ -z {left} ] || echo some"),
            4 => format!("[ \"$n\" -lt {} ]", self.one(&["0", "3", "$m"])),
            _ => format!("[ -{} {} ]; echo $?", self.one(&["f", "d", "e", "s"]), self.one(&FILES)),
        }
    }

    fn redirect(&mut self) -> String {
        let file = self.one(&FILES[..3]);
        match self.below(8) {
            0 => format!(" >{file}; cat {file}"),
            1 => format!(" >>{file}"),
            2 => " 2>/dev/null".to_owned(),
            3 => " 3>&1 >&3".to_owned(),
            // One that is not there gives another status in each shell.
            4 => " <a.c".to_owned(),
            5 => " >/dev/null".to_owned(),
            _ => String::new(),
        }
    }

    fn document(&mut self) -> String {
        let body: String = (0..1 + self.below(4)).map(|_| single(&self.inner(1))).collect();
        let (mark, strips) = (self.one(&["E", "'E'", "\\E"]), self.one(&["<<", "<<-"]));
        let reader = self.one(&[
            "cat",
            "read -r a b; printf '%s-%s' \"$a\" \"$b\"; cat",
            "while read -r a; do printf '[%s]' \"$a\"; done",
        ]);
        format!("{{ {reader}\n}} {strips}{mark}\n{body}\n\tlast $n\nE")
    }

    fn choice(&mut self, depth: u32) -> String {
        let (condition, body, other) = (self.simple(depth), self.list(depth), self.list(depth));
        match self.below(3) {
            0 => format!("if {condition}\nthen {body}\nfi"),
            1 => format!("if {condition}\nthen {body}\nelse {other}\nfi"),
            _ => format!("if false; then :; elif {condition}\nthen {body}\nelse {other}\nfi"),
        }
    }

    fn repetition(&mut self, depth: u32) -> String {
        let words = format!("{} {}", self.word(depth), self.word(depth));
        self.loops += 1;
        let counter = format!("i{}", self.loops);
        self.in_loops += 1;
        let body = self.list(depth);
        self.in_loops -= 1;
        match self.below(4) {
            0 | 1 => format!("for a in {words}\ndo {body}\ndone"),
            2 => format!("for b do {body}\ndone"),
            _ => {
                let (word, test) = if self.below(2) == 0 { ("while", "-le 3") } else { ("until", "-gt 2") };
                format!(
                    "{counter}=0\n{word} {counter}=$(({counter} + 1)); [ ${counter} {test} ]\ndo {body}\ndone"
                )
            }
        }
    }

    fn selection(&mut self, depth: u32) -> String {
        let subject = single(&self.word(depth));
        let arms = 1 + self.below(3);
        let mut text = format!("case {subject} in\n");
        for _ in 0..arms {
            let (pattern, other) = (self.one(&PATTERNS), single(&self.word(0)));
            let body = self.list(depth);
            text.push_str(&format!("{pattern}|{other}) {body}\n;;\n"));
        }
        text + "esac"
    }

    fn function(&mut self, depth: u32) -> String {
        let number = self.below(3).min(self.in_function.unwrap_or(3).saturating_sub(1));
        if self.in_function == Some(0) {
            return self.simple(depth);
        }
        let (loops, function) = (self.in_loops, self.in_function);
        let apart = core::mem::replace(&mut self.is_apart, true);
        (self.in_loops, self.in_function) = (0, Some(number));
        let local = self.one(&["", "local a; a=l\n", "local b=\"$1\"\n", "local n; n=4\n"]);
        let body = self.list(depth);
        (self.in_loops, self.in_function, self.is_apart) = (loops, function, apart);
        format!("f{number}() {{\n{local}{body}\n}}")
    }

    /// Writes what leaves a loop or a function, where there is one.
    fn control(&mut self) -> String {
        let condition = self.one(&["[ \"$n\" -gt 2 ]", "[ -n \"$a\" ]", "true", "false"]);
        let leave = match (self.in_loops > 0, self.in_function.is_some(), self.below(4)) {
            (true, _, 0..=1) => "break",
            (true, _, 2) => "continue",
            (true, _, _) if self.in_loops > 1 => "break 2",
            (_, true, 0) => "return",
            (_, true, _) => "return 5",
            (_, _, 0) => "exit 4",
            _ => ":",
        };
        format!("{condition} && {leave}")
    }

    fn trap(&mut self) -> String {
        // The main shell would get the signal at any time.
        if !self.is_apart && self.below(4) == 0 {
            return "trap 'echo got; n=9' USR1; kill -USR1 $$; echo \"$n\"".to_owned();
        }
        self.one(&[
            "trap 'echo \"end $?\"' EXIT",
            "trap - EXIT",
            "trap 'exit 7' USR1; trap - USR1",
            "(trap 'echo sub' EXIT; exit 2)",
            "(exit 6) & wait $!; echo $?",
        ])
    }
}

/// Gives a word for where nothing is split: there shells join `$@` each in its own way, and values must not grow by doubling.
fn single(word: &str) -> String {
    word.replace("$@", "$*").replace("${c}", "$n")
}
