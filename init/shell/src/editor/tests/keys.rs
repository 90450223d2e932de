//! What keys do.

use super::Session;
use crate::editor::key::{Decoder, Key};

/// What is typed on an empty line, and what is shown then.
const EMACS: &[(&str, &[u8], &str)] = &[
    ("text", b"echo a", "$ echo a^"),
    ("inserted text", b"ac\x1b[Db", "$ ab^c"),
    ("the start", b"abc\x01x", "$ x^abc"),
    ("the end", b"abc\x01\x05x", "$ abcx^"),
    ("home and end", b"b\x1b[Ha\x1bOFc\x1b[1~_\x1b[4~!", "$ _abc!^"),
    ("backspace", b"abc\x7f\x7f", "$ a^"),
    ("delete", b"abc\x01\x1b[3~\x04", "$ ^c"),
    ("backspace over a wide character", "a\u{4f60}\u{597d}\x7f".as_bytes(), "$ a\u{4f60}^"),
    ("backspace over a character with a mark", "ae\u{301}\x7f".as_bytes(), "$ a^"),
    ("words back", b"one two.three\x1bb\x1bbx", "$ one x^two.three"),
    ("words on", b"one two\x01\x1bfx\x1b[1;5Cy", "$ onex twoy^"),
    ("cut to the end and put back twice", b"one two\x1bb\x0b\x19\x19", "$ one twotwo^"),
    ("cuts that follow join", b"one two three\x17\x17\x19", "$ one two three^"),
    ("an older cut", b"one\x15two\x15\x19\x1by", "$ one^"),
    ("cut a word on", b"one two\x01\x1bd", "$ ^ two"),
    ("cut a word back", b"one two-three\x1b\x7f", "$ one two-^"),
    ("undo takes back a run of typing", b"abc\x17\x1f", "$ abc^"),
    ("undo twice", b"abc\x17\x1f\x1f", "$ ^"),
    ("revert", b"abc\x01def\x1br", "$ ^"),
    ("transpose at the end", b"abc\x14", "$ acb^"),
    ("transpose within", b"abcd\x02\x02\x14", "$ acb^d"),
    ("upper, lower, title", "\u{e9}a BB cc\x01\x1bu\x1bl\x1bc".as_bytes(), "$ \u{c9}A bb Cc^"),
    ("a control character as it is", b"a\x16\x01b", "$ a^Ab^"),
    ("a tab", b"\x16\tb", "$       b^"),
    ("a new line by hand", b"a\x1b\rb", "$ a|> b^"),
    ("up within lines", b"abc\x1b\rde\x1b[Ax", "$ abx^c|> de"),
    ("a byte that is no character", b"a\xffb", "$ a\u{fffd}b^"),
    ("a character that is cut off", b"\xe4\xbda\xe4\x02b", "$ b^a"),
    ("keys that mean nothing", b"a\x1b[15~\x1b[[A\x1b[1;2Q\x1a\x07b", "$ ab^"),
    ("a paste is text", b"a\x1b[200~x\ty\r\x03z\x1b[201~b", "$ ax    y|> ^Czb^"),
    ("a screen cleared", b"ab\x0cc", "$ abc^"),
];

#[test]
fn keys_edit_as_in_emacs() {
    for (name, typed, shown) in EMACS {
        assert_eq!(Session::new(6, 40).type_in(typed), *shown, "{name}");
    }
}

/// What is typed after four commands, and what is shown then.
const HISTORY: &[(&str, &[u8], &str)] = &[
    ("the last one", b"\x1b[A", "$ git log^"),
    ("up to the first, no further", b"\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A", "$ ls -l^"),
    ("up and down again", b"dra\x1b[A\x1b[A\x1b[B\x1b[Bft", "$ draft^"),
    ("the first and the draft", b"x\x1b<\x1b>y", "$ xy^"),
    ("one that begins so", b"ls\x1b[5~\x1b[5~", "$ ls^ -l"),
    ("the last word", b"cat \x1b.", "$ cat log^"),
    ("a search", b"\x12i", "(search) 'i': g^it log"),
    ("a search that goes on", b"\x12ls\x12", "(search) 'ls': ^ls -l"),
    ("back again", b"\x12ls\x12\x13", "(search) 'ls': ^ls /"),
    ("a search that finds nothing", b"\x12lsx", "(not found) 'lsx': ls /^"),
    ("a search that is edited", b"\x12mx\x7f", "(search) 'm': ^make"),
    ("a search left to edit", b"\x12mak\x05!", "$ make!^"),
    ("a search dropped", b"abc\x12mak\x07!", "$ abc!^"),
];

#[test]
fn the_history_is_gone_through() {
    for (name, typed, shown) in HISTORY {
        let mut session = Session::with_history(&["ls -l", "make", "ls /", "git log"]);
        assert_eq!(session.type_in(typed), *shown, "{name}");
    }
}

/// What is typed, and what is shown then, in a shell with some commands and files.
const COMPLETION: &[(&str, &[u8], &str)] = &[
    ("a command", b"t\t", "$ test ^"),
    ("a command among others", b"e\t", "$ e^|echo    exit    export"),
    ("as far as they agree", b"ex\t", "$ ex^|exit    export"),
    ("the list goes", b"e\tx", "$ ex^"),
    ("a command after a separator", b"a;t\t", "$ a;test ^"),
    ("a command within", b"echo $(t\t", "$ echo $(test ^"),
    ("a command after a word of the language", b"if t\t", "$ if test ^"),
    ("a command after an assignment", b"A=1 t\t", "$ A=1 test ^"),
    ("nothing", b"cd zz\t!", "$ cd zz!^"),
    ("a file with a blank", b"cat a\t", "$ cat a\\ b ^"),
    ("in single quotes", b"cat 'a\t", "$ cat 'a b' ^"),
    ("a quote in single quotes", b"cat 'i\t", "$ cat 'it'\\''s' ^"),
    ("in double quotes", b"cat \"a\t", "$ cat \"a b\" ^"),
    ("a folder", b"cat s\t", "$ cat src\\ dir/^"),
    ("a folder in quotes, and on", b"cat \"s\t", "$ cat \"src dir/^"),
    ("in a folder", b"cat ~/d/\t", "$ cat ~/d/inner ^"),
    ("after a redirection", b">a\t", "$ >a\\ b ^"),
    ("the value of an assignment", b"A=a\t", "$ A=a\\ b ^"),
    ("no half characters", b"cat ~/e/\t", "$ cat ~/e/^|\u{e8}2  \u{e9}1"),
    ("a variable", b"echo $HO\t", "$ echo $HO^|HOME  HOST"),
    ("one in braces", b"echo \"a${HOM\t", "$ echo \"a${HOME^"),
    ("none in single quotes", b"echo '$HO\t", "$ echo '$HO^"),
    ("an option", b"ls --alm\t", "$ ls --almost ^"),
    ("in the middle of a line", b"t x\x01\x06\t", "$ test ^ x"),
    ("undone", b"t\t\x1f", "$ t^"),
];

#[test]
fn words_are_completed() {
    for (name, typed, shown) in COMPLETION {
        assert_eq!(Session::new(6, 40).type_in(typed), *shown, "{name}");
    }
}

#[test]
fn lines_are_entered() {
    let mut session = Session::new(6, 40);
    session.type_in(b"one\rtwo\x01\r");
    assert_eq!(session.type_in(b"(a\rb)\x1b[A\r\x04"), "$ one|$ two|$ (a|> b)|$ ^");
    assert_eq!(session.done, ["one", "two", "(a\nb)", "end"]);
    session.type_in(b"x\x03");
    assert_eq!(session.done.last().expect("an end"), "interrupted");
}

#[test]
fn a_command_found_is_entered_at_once() {
    let mut session = Session::with_history(&["make all", "ls"]);
    session.type_in(b"\x12ma\r");
    assert_eq!(session.done, ["make all"]);
    assert_eq!(session.history.entries(), ["ls".as_bytes(), b"make all"]);
}

#[test]
fn keys_are_made_of_any_bytes() {
    let sequences: [&[u8]; 6] =
        [b"\x1b[1;5C", b"\x1bOA", b"\x1b[200~a\rb\x1b[201~", "\u{1f600}".as_bytes(), b"\x1bx", b"\x1b[[A"];
    for sequence in sequences {
        for length in 0..=sequence.len() {
            let mut decoder = Decoder::default();
            let mut keys: Vec<Key> =
                sequence[..length].iter().filter_map(|byte| decoder.take(*byte)).collect();
            if length == sequence.len() {
                assert_eq!((keys.len(), decoder.is_waiting()), (1, false), "{}", sequence.escape_ascii());
            }
            keys.extend(decoder.flush());
            assert!(decoder.flush().is_none() && keys.len() <= 1);
        }
    }
    let mut decoder = Decoder::default();
    let keys: Vec<Key> = b"\x1b\x1b[A".iter().filter_map(|byte| decoder.take(*byte)).collect();
    assert_eq!(keys, [Key::Escape, Key::Up]);
}
