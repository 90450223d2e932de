//! What is a script and what is none.

use crate::check;

const STACK: usize = 1 << 20;

#[test]
fn scripts_are_parsed() {
    let scripts: &[(&str, usize)] = &[
        ("", 0),
        ("# a comment\n\n", 0),
        ("a; b & c\nd", 4),
        ("if a; then b; elif c; then d; else e; fi", 1),
        ("while a; do b; done; until c\ndo d\ndone", 2),
        ("for i in a b; do c; done; for i\ndo c; done; for i in; do c; done", 3),
        ("case x in (a|b) c;; d) ;; *) e;& f) esac", 1),
        ("f() { a; }; g() ( b ); h() if a; then b; fi >c", 3),
        ("a <<E1 <<-'E2' | b\nx $(c\n) y\nE1\n\t$z\n\tE2\nd", 2),
        ("echo $((1 + (2))) $((a) ) $( (b) ) `c \\`d\\`` \"$(e \")\")\" ${f:-\"}\"} ${g#'}'} ${#h} ${#}", 1),
        ("[[ a == b* && ( -f c || ! -z d ) ]] && e", 1),
        ("! a | b && c || ! d", 1),
        ("a=1 b=$c d; e=f >g 2>&1 3<&- h", 2),
        ("echo \"a\\\nb\" 'c\nd' e\\\nf", 1),
        ("echo $'a\\'b' $x$1${10}$@ \"$\" a$", 1),
        ("echo ${x/a/b} ${x//a} ${x:1:2} ${x: -1} ${x^^}", 1),
        ("{ a; } >b; (a; b) 2>c | d", 2),
        ("echo }; echo if then; echo a}b", 3),
        ("a &&\n\n b |\n c", 1),
    ];
    for (script, count) in scripts {
        match check(script.as_bytes(), STACK) {
            Ok(found) => assert_eq!(found, *count, "{script}"),
            Err(error) => panic!("{script}\n{error}"),
        }
    }
}

#[test]
fn mistakes_are_named_with_their_place() {
    let scripts: &[(&str, &str, u32, u32)] = &[
        ("a\nif b; fi", "\"fi\" unexpected, expected \"then\"", 2, 7),
        ("a;; b", "\";;\" unexpected", 1, 2),
        ("case x in a) b;; esac )", "\")\" unexpected", 1, 23),
        ("for 1 in a; do b; done", "\"1\" unexpected, expected a name", 1, 5),
        ("a | | b", "\"|\" unexpected, expected a command", 1, 5),
        ("{ }", "\"}\" unexpected, expected a command", 1, 3),
        ("a > ; b", "\";\" unexpected, expected a word", 1, 5),
        ("f( a", "\"a\" unexpected, expected \")\"", 1, 4),
        ("while a; do b; fi", "\"fi\" unexpected, expected \"done\"", 1, 16),
    ];
    for (script, message, line, column) in scripts {
        let error = check(script.as_bytes(), STACK).expect_err(script);
        assert!(error.0.message.ends_with(message), "{script}: {error}");
        assert_eq!((error.0.position.line, error.0.position.column), (*line, *column), "{script}: {error}");
    }
}

#[test]
fn what_ends_too_early_is_told_apart() {
    for script in
        ["if a", "a && ", "echo 'b", "echo \"b", "echo $(b", "echo ${b", "echo `b", "( a", "case x in", "{ a"]
    {
        assert!(check(script.as_bytes(), STACK).expect_err(script).is_incomplete(), "{script}");
    }
    for script in ["a;; b", "fi", "a )"] {
        assert!(!check(script.as_bytes(), STACK).expect_err(script).is_incomplete(), "{script}");
    }
}

#[test]
fn an_error_shows_its_line_and_points_at_the_column() {
    let error = check(b"a\n\tif b; fi\n", STACK).expect_err("no then");
    assert_eq!(
        alloc::format!("{error}"),
        "line 2: syntax error: \"fi\" unexpected, expected \"then\"\n    2 |  if b; fi\n      |        ^"
    );
}

#[test]
fn what_nests_too_deep_is_refused() {
    for (open, count) in
        [("( ", 200_000), ("$(", 100_000), ("${x:-", 100_000), ("if ", 100_000), ("$((", 100_000)]
    {
        let error = check(open.repeat(count).as_bytes(), STACK).expect_err(open);
        assert!(error.0.message.contains("nested too deep"), "{open}: {error}");
    }
    let error = check("echo $((".repeat(300).as_bytes(), STACK).expect_err("no end");
    assert!(error.is_incomplete() || error.line_number() == 1, "soon enough: {error}");
    let long = [b"echo $((1".as_slice(), &b"+1".repeat(500_000), b"))"].concat();
    assert_eq!(check(&long, STACK).ok(), Some(1));
    let deep = [b"echo $((".as_slice(), &b"(".repeat(5000), b"1", &b")".repeat(5000), b"))"].concat();
    assert_eq!(check(&deep, STACK).ok(), Some(1), "said when it is run");
}
