//! Tables by the clauses of XBD 9, each row an expression, a text, and what is matched: the whole and the groups, `-` for one
//! that has not; `none`, or `bad` for what is no expression.

use super::run::Machine;
use super::{Odd, Options, Regex, Syntax, Whole};

fn shown(pattern: &str, text: &str, syntax: Syntax) -> String {
    let Ok(regex) = Regex::new(pattern.as_bytes(), syntax, true) else { return "bad".into() };
    let found = regex.find_groups(text.as_bytes(), 0);
    assert_eq!(found.is_some(), regex.is_match(text.as_bytes()), "{pattern}");
    let Some(groups) = found else { return "none".into() };
    assert_eq!(groups[0], regex.find(text.as_bytes(), 0), "{pattern}");
    let group = |group: &Option<core::ops::Range<usize>>| match group {
        Some(range) => format!("<{}>", &text[range.clone()]),
        None => "-".into(),
    };
    groups.iter().map(group).collect()
}

fn check(syntax: Syntax, table: &[(&str, &str, &str)]) {
    for (pattern, text, expected) in table {
        assert_eq!(shown(pattern, text, syntax), *expected, "{pattern} on {text}");
    }
}

#[test]
fn basic_expressions() {
    check(
        Syntax::Basic,
        &[
            // 9.3.2, 9.3.3: characters
            ("a.c", "xabcabc", "<abc>"),
            ("a\\.c", "abca.c", "<a.c>"),
            ("a|b+?{1}()", "a|b+?{1}()", "<a|b+?{1}()>"),
            ("\\*\\[\\]\\$\\^\\\\", "*[]$^\\", "<*[]$^\\>"),
            // 9.3.5: brackets
            ("[]a]*", "a]b", "<a]>"),
            ("[^]a]", "]ab", "<b>"),
            ("[a\\]*", "\\a", "<\\a>"),
            ("[[:alpha:]_-]*", "a_-1", "<a_->"),
            ("[[.-.]-/]*", "-./", "<-./>"),
            ("[[=a=]b]*", "abc", "<ab>"),
            ("[ä-ö]", "é", "<é>"),
            ("[b-a]", "a", "bad"),
            ("[[:nope:]]", "a", "bad"),
            ("[[.ab.]]", "a", "bad"),
            ("[a", "a", "bad"),
            // 9.3.6: several characters
            ("\\(ab*\\)*", "abba", "<abba><a>"),
            ("\\(.\\)\\1", "abccb", "<cc><c>"),
            ("\\(a*\\)b\\1", "aabaa", "<aabaa><aa>"),
            ("\\(a\\)\\{2\\}\\1", "aaaa", "<aaa><a>"),
            ("a\\{2,3\\}", "aaaa", "<aaa>"),
            ("a\\{2,\\}", "aaaa", "<aaaa>"),
            ("a\\{,2\\}", "aaaa", "<aa>"),
            ("a\\{3,2\\}", "a", "bad"),
            ("a\\{2", "a", "bad"),
            ("\\(a", "a", "bad"),
            ("a\\)", "a", "bad"),
            ("\\1", "a", "bad"),
            ("\\(\\1\\)", "a", "bad"),
            ("a\\", "a", "bad"),
            // 9.3.3: where `*` is no operator; 9.3.8: where `^` and `$` are
            ("*a", "*a", "<*a>"),
            ("\\(*a\\)", "*a", "<*a><*a>"),
            ("^*a", "*a", "<*a>"),
            ("a^b$c", "a^b$c", "<a^b$c>"),
            ("^a$", "ba", "none"),
            ("\\(^a\\)", "ba", "none"),
            ("\\(a$\\)", "ba", "<a><a>"),
            ("^^", "^", "<^>"),
            ("$$", "a$", "<$>"),
            // 2024's and GNU's
            ("a\\+b\\?\\|c", "xaab", "<aab>"),
            ("\\<a\\w*\\>", "ba ab", "<ab>"),
            ("\\Bb\\b", "b ab", "<b>"),
        ],
    );
}

#[test]
fn extended_expressions() {
    check(
        Syntax::Extended,
        &[
            // 9.4.6, 9.4.7: several characters, alternatives; the longest of what begins first
            ("a|ab", "xab", "<ab>"),
            ("xy|abcd|c", "abcd", "<abcd>"),
            ("a*", "baa", "<>"),
            ("(a|ab)(c|bcd)(d*)", "abcd", "<abcd><ab><c><d>"),
            ("(a*)(ab)*(b*)", "abb", "<abb><a>-<bb>"),
            ("(a*)(a|aa)", "aaaa", "<aaaa><aaa><a>"),
            ("(ab|a)(bc)?", "abc", "<abc><a><bc>"),
            ("(a|b)*", "abab", "<abab><b>"),
            ("((a)|(b))*", "ab", "<ab><b>-<b>"),
            ("(a*)*", "x", "<><>"),
            ("(a*)+", "aa", "<aa><aa>"),
            ("(a?){3}", "aa", "<aa><>"),
            ("(a|b){2}c", "xabc", "<abc><b>"),
            ("(a)?b", "b", "<b>-"),
            ("(x){0}y", "xy", "<y>-"),
            ("a||b", "b", "<b>"),
            ("a||b", "c", "<>"),
            ("()a", "a", "<a><>"),
            ("a{2}{3}", "aaaaaaa", "<aaaaaa>"),
            ("(foo|foobar)(bar)?$", "foobar", "<foobar><foobar>-"),
            ("(a+|b)*c", "aabac", "<aabac><a>"),
            ("(.*)([0-9]+)", "a123", "<a123><a12><3>"),
            // 9.4.9: edges
            ("^a|b$", "cab", "<b>"),
            ("(^|x)a", "xa", "<xa><x>"),
            ("a^b", "a^b", "none"),
            // 9.4.3: what is no expression
            ("*a", "*a", "bad"),
            ("(+)", "+", "bad"),
            ("a{1", "a", "bad"),
            ("a{40000}", "a", "bad"),
            ("(a{255}){300}", "a", "bad"),
            ("(", "", "bad"),
            (")", "", "bad"),
            // Open in POSIX: a brace that begins no interval
            ("a{x}", "a{x}", "<a{x}>"),
            ("{a", "{a", "<{a>"),
            ("(a)\\1", "aa", "<aa><a>"),
            // Characters
            (".", "ä", "<ä>"),
            ("^..$", "äö", "<äö>"),
            ("[^a]", "ä", "<ä>"),
            ("\\w+\\W", "ä_1.", "<ä_1.>"),
        ],
    );
}

/// What GNU `grep -E` and `sed -E` (4.9) say of each.
#[test]
fn odd_repetitions_are_taken_or_refused() {
    for (pattern, text, usual, taken, refused) in [
        ("a{1", "xa{1", "bad", "a{1", "bad"),
        ("a{,3}", "aaaa", "aaa", "aaa", "aaa"),
        ("a{,3", "a{,3", "bad", "a{,3", "bad"),
        ("a{1,2,3}", "a{1,2,3}", "bad", "a{1,2,3}", "bad"),
        ("a{x}", "a{x}", "a{x}", "a{x}", "bad"),
        ("a{", "a{", "a{", "a{", "bad"),
        ("a{}", "a{}", "a{}", "bad", "bad"),
        ("a{2,1}", "a", "bad", "bad", "bad"),
        ("{1}a", "a", "bad", "a", "bad"),
        ("*a", "*a", "bad", "a", "bad"),
        ("+?a", "+a", "bad", "a", "bad"),
        ("b|({2}a)", "{2}a", "bad", "a", "bad"),
        ("^*a", "ba", "a", "none", "bad"),
        ("^*a", "ab", "a", "a", "bad"),
    ] {
        for (odd, expected) in [(Odd::Usual, usual), (Odd::Taken, taken), (Odd::Refused, refused)] {
            let options = Options { odd, ..Options::new(Syntax::Extended, true) };
            let shown = match Regex::any(&[pattern.as_bytes()], options) {
                Ok(regex) => regex.find(text.as_bytes(), 0).map_or("none", |range| &text[range]),
                Err(_) => "bad",
            };
            assert_eq!(shown, expected, "{pattern} on {text}, {odd:?}");
        }
    }
}

#[test]
fn bytes_that_are_no_characters_are_matched() {
    for utf8 in [false, true] {
        let matches =
            |pattern: &[u8], text: &[u8]| Regex::new(pattern, Syntax::Extended, utf8).unwrap().find(text, 0);
        assert_eq!(matches(b"a.b", b"a\xffb"), Some(0..3));
        assert_eq!(matches(b"[\x80-\xff]+", b"a\x90\xfe"), Some(1..3));
        assert_eq!(matches(b"\xe4", b"\xc3\xa4"), None);
        assert_eq!(matches(b"^..$", "ä".as_bytes()), if utf8 { None } else { Some(0..2) });
    }
}

#[test]
fn a_search_goes_on_from_a_place() {
    let regex = Regex::new(b"^a|b", Syntax::Extended, true).unwrap();
    assert_eq!(regex.find(b"aab", 0), Some(0..1));
    assert_eq!(regex.find(b"aab", 1), Some(2..3));
    assert_eq!(regex.find(b"aab", 3), None);
}

#[test]
fn nothing_takes_exponential_time() {
    let text = "a".repeat(20_000);
    for pattern in ["(a*)*b", "(a|a)*b", "(a|aa)+$b", "((a?){50}){10}b", "(.*)(.*)(.*)(.*)b"] {
        let regex = Regex::new(pattern.as_bytes(), Syntax::Extended, true).unwrap();
        assert!(!regex.is_match(text.as_bytes()), "{pattern}");
    }
    let regex = Regex::new(b"(a|aa)*(b|c)", Syntax::Extended, true).unwrap();
    let groups = regex.find_groups([text.as_bytes(), b"c"].concat().as_slice(), 0).unwrap();
    assert_eq!(groups, [Some(0..20_001), Some(19_998..20_000), Some(20_000..20_001)]);
    let again = Regex::new(b"\\(a*\\)*\\1b", Syntax::Basic, true).unwrap();
    assert!(!again.is_match(&text.as_bytes()[..30]));
}

#[test]
fn deep_nesting_is_refused() {
    let nested = |depth: usize| ["(".repeat(depth), ")".repeat(depth)].concat();
    assert!(Regex::new(nested(200).as_bytes(), Syntax::Extended, true).is_ok());
    assert!(Regex::new(nested(100_000).as_bytes(), Syntax::Extended, true).is_err());
}

#[test]
fn errors_say_where() {
    let error =
        |pattern: &str| Regex::new(pattern.as_bytes(), Syntax::Extended, true).unwrap_err().to_string();
    assert_eq!(error("ab(c"), "no end of the group that begins here at character 3");
    assert_eq!(error("a|*"), "nothing to repeat at character 3");
    assert_eq!(error("[[:x:]]"), "no such class of characters at character 7");
}

/// Finds as [`Regex::find`] does, by trying each place.
fn find_slowly(regex: &Regex, text: &[u8], from: usize) -> Option<core::ops::Range<usize>> {
    let mut machine = Machine::new(&regex.steps, regex.text(text));
    let mut at = from;
    loop {
        if let Some(end) = machine.ends((regex.whole.begin, regex.whole.end), at, text.len()).last() {
            return Some(at..*end);
        }
        at = regex.text(text).next(at)?.1;
    }
}

#[test]
fn the_automaton_finds_what_trying_each_place_finds() {
    let parts = ["a", "b", "ä", ".", "[ab]", "[^a]", "(a|ab)", "(b|ba)", "^", "$", "\\b", "\\<", "|", "\n"];
    let letters = ["a", "b", "ä", " ", "\n", "\u{20ac}"];
    let mut state = 1_u32;
    let mut random = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as usize % below
    };
    let mut found = 0;
    for round in 0..4000 {
        let mut pattern = String::new();
        for _ in 0..1 + random(5) {
            pattern += parts[random(parts.len())];
            pattern += ["", "", "*", "+", "?", "{2}"][random(6)];
        }
        let options = Options {
            by_lines: round % 3 == 0,
            whole: [Whole::Any, Whole::Any, Whole::Word, Whole::Text][round % 4],
            ..Options::new(Syntax::Extended, round % 2 == 0)
        };
        let Ok(regex) = Regex::any(&[pattern.as_bytes()], options) else { continue };
        for _ in 0..8 {
            let text: String = (0..random(10)).map(|_| letters[random(letters.len())]).collect();
            let expected = find_slowly(&regex, text.as_bytes(), 0);
            assert_eq!(regex.find(text.as_bytes(), 0), expected, "{pattern:?} on {text:?}, {options:?}");
            assert_eq!(regex.is_match(text.as_bytes()), expected.is_some(), "{pattern:?} on {text:?}");
            found += usize::from(expected.is_some());
        }
    }
    assert!(found > 5000, "{found}");
}

/// Gives what is found with options, each match in brackets.
fn all(patterns: &[&str], options: Options, text: &str) -> String {
    let patterns: Vec<_> = patterns.iter().map(|pattern| pattern.as_bytes()).collect();
    let regex = Regex::any(&patterns, options).unwrap();
    let (mut shown, mut at) = (String::new(), 0);
    while let Some(place) = regex.find(text.as_bytes(), at) {
        shown += &format!("<{}>", &text[place.clone()]);
        at = place.end.max(at + 1);
    }
    shown
}

#[test]
fn options_say_what_is_a_match() {
    let plain = Options::new(Syntax::Extended, true);
    let ignoring = Options { ignores_case: true, ..plain };
    assert_eq!(all(&["straße|[x-z]"], ignoring, "STRAßE Y"), "<STRAßE><Y>");
    assert_eq!(all(&["[^a]"], ignoring, "aAb"), "<b>");
    assert_eq!(all(&["[[:upper:]]"], ignoring, "aB1"), "<a><B>");
    assert_eq!(all(&["(a)\\1"], ignoring, "aA"), "<aA>");
    let words = Options { whole: Whole::Word, ..plain };
    assert_eq!(all(&["a|ab"], words, "ab abc a"), "<ab><a>");
    assert_eq!(all(&["foo.*"], words, "foo barX_"), "<foo barX_>");
    let fixed = Options { syntax: Syntax::Fixed, ..plain };
    assert_eq!(all(&["a.b", "*"], fixed, "a.b axb *"), "<a.b><*>");
    let texts = Options { whole: Whole::Text, ..plain };
    assert_eq!(all(&["a", "b*"], texts, "bb"), "<bb>");
    assert_eq!(all(&["a", "b*"], texts, "ab"), "");
    let lines = Options { by_lines: true, ..plain };
    assert_eq!(all(&["^.$"], lines, "a\nb\ncc"), "<a><b>");
    assert_eq!(all(&["\\`.|.\\'"], lines, "a\nb"), "<a><b>");
    assert_eq!(all(&["(a)\\1", "(b)\\1"], plain, "abbaa"), "<bb><aa>");
}

#[test]
fn lines_are_found_in_a_text() {
    let find = |pattern: &str, text: &str, from: usize| {
        let options = Options { delimiter: Some(b'\n'), ..Options::new(Syntax::Extended, true) };
        let at = Regex::any(&[pattern.as_bytes()], options).unwrap().find_line(text.as_bytes(), from)?;
        Some(text[..at].matches('\n').count())
    };
    let text = "one\ntwo ab\n\nb\nabc";
    for (pattern, lines) in [
        ("ab", vec![1, 4]),
        ("^b", vec![3]),
        ("a*b$", vec![1, 3]),
        ("^$", vec![2]),
        ("[^a]b|c$", vec![4]),
        ("a(b|x)c", vec![4]),
        ("(o|b)\\1", vec![]),
        ("([a-z])b", vec![1, 4]),
        ("x*", vec![0, 1, 2, 3, 4]),
    ] {
        let begins = [0, 4, 11, 12, 14];
        for (line, begin) in begins.iter().enumerate() {
            let next = lines.iter().find(|found| **found >= line).copied();
            assert_eq!(find(pattern, text, *begin), next, "{pattern} from line {line}");
        }
    }
    for pattern in ["^$", "x*", "$", "(x|^)"] {
        assert_eq!(find(pattern, "a\nb\n", 4), None, "{pattern}: there is no line behind the last");
        assert_eq!(find(pattern, "", 0), None, "{pattern}");
    }
    assert_eq!(find("$", "a\nb", 2), Some(1));
}

#[test]
fn states_that_are_too_many_are_forgotten() {
    let regex = Regex::new(b"(a|b)*a(a|b){14}c", Syntax::Extended, true).unwrap();
    let mut state = 7_u32;
    let text: Vec<u8> = (0..60_000)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if state >> 31 == 0 { b'a' } else { b'b' }
        })
        .collect();
    assert!(!regex.is_match(&text));
    assert_eq!(regex.find(&[&text[..], &b"abbbbbbbbbbbbbbc"[..]].concat(), 0), Some(0..60_016));
}

/// Lines of a large text are the same that match by themselves: whatever is passed over, by whichever way.
#[test]
fn lines_of_a_large_text_are_those_that_match_alone() {
    let mut state = 7_u32;
    let mut text = Vec::new();
    for _ in 0..4000 {
        for _ in 0..3 + text.len() % 40 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Some letters are rare, and some characters have two bytes.
            let place = (state >> 24) as usize * (state >> 16 & 0xff) as usize / 2600;
            text.extend_from_slice(
                "aaab bcde f:1zé".chars().nth(place.min(14)).unwrap().to_string().as_bytes(),
            );
        }
        text.push(b'\n');
    }
    let patterns = [
        "z",
        "zz*y?",
        "z[ab]",
        "(ab|cd)+ ",
        "a.*: b",
        "[zf]1",
        "é|z$",
        "^z",
        "\\bz",
        "f:*1*é",
        "(z|f)(a|b)*$",
    ];
    for (pattern, utf8, ignores_case) in patterns
        .iter()
        .flat_map(|pattern| [(pattern, true, false), (pattern, false, false), (pattern, false, true)])
    {
        let options =
            Options { delimiter: Some(b'\n'), ignores_case, ..Options::new(Syntax::Extended, utf8) };
        let regex = Regex::any(&[pattern.as_bytes()], options).unwrap();
        let (mut at, mut found) = (0, Vec::new());
        while let Some(place) = regex.find_line(&text, at) {
            found.push(text[..place].iter().filter(|byte| **byte == b'\n').count());
            let rest = text[place..].iter().position(|byte| *byte == b'\n').unwrap();
            at = place + rest + 1;
        }
        let alone = Regex::any(&[pattern.as_bytes()], Options { delimiter: None, ..options }).unwrap();
        let lines = text.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty());
        let expected: Vec<usize> =
            lines.filter(|(_, line)| alone.find(line, 0).is_some()).map(|(number, _)| number).collect();
        assert!(found == expected, "{pattern} {utf8} {ignores_case}: {} {}", found.len(), expected.len());
    }
}
