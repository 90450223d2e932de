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

/// What is typed on an empty line in the ways of vi, and what is shown then.
const VI: &[(&str, &[u8], &str)] = &[
    ("text", b"echo a", "$ echo a^"),
    ("an escape goes back to a character", b"abc\x1b", "$ ab^c"),
    ("at the start there is none", b"\x1bhx", "$ ^"),
    ("insert, before and behind", b"bc\x1bhia\x1bA!\x1bIx\x1bay", "$ xy^abc!"),
    ("delete characters", b"abcdef\x1b03x$X", "$ d^f"),
    ("words", b"one two.three\x1b0wdw", "$ one ^.three"),
    ("large words", b"one two.three x\x1b0wdW", "$ one ^x"),
    ("to the end of the word", b"one two\x1b0dew", "$  ^two"),
    ("back", b"one two\x1bbdb", "$ ^two"),
    ("a count before and behind the operator", b"a b c d e f g\x1b02d2w", "$ ^e f g"),
    ("all of a line", b"abc\x1bddix", "$ x^"),
    ("to both ends", b"abcdef\x1b03ld$0d2lP", "$ a^bc"),
    ("a word is changed without the blank", b"one two\x1b0cwx", "$ x^ two"),
    ("one of one letter, too", b"a two\x1b0cwx", "$ x^ two"),
    ("two words are changed", b"one two three\x1b0c2wx", "$ x^ three"),
    ("substitute", b"abc\x1bhsxy", "$ axy^c"),
    ("the rest is changed", b"abc\x1b0lCx", "$ ax^"),
    ("all is changed", b"abc\x1bSx", "$ x^"),
    ("replace characters", b"abc\x1b02rx", "$ x^xc"),
    ("replace as it is typed", b"abcd\x1b0Rxy\x1b", "$ x^ycd"),
    ("find a character", b"a.b.c\x1b0f.ix", "$ ax^.b.c"),
    ("find the second, and before", b"a.b.c\x1b02t.rx", "$ a.^x.c"),
    ("find back, again, and the other way", b"a.b.c\x1bF.;,rx", "$ a.b^xc"),
    ("delete up to a character", b"a.b.c\x1b0df.", "$ ^b.c"),
    ("what is not there", b"abc\x1bdfz", "$ ab^c"),
    ("copy and put", b"ab cd\x1b0yw$p", "$ ab cdab^"),
    ("put twice before", b"xa\x1bx2P", "$ a^ax"),
    ("undo", b"abc\x1bxxu", "$ a^b"),
    ("undo all", b"abc\x1bxxU", "$ ^"),
    ("the case turns", "a\u{e9}B\x1b03~".as_bytes(), "$ A\u{c9}^b"),
    ("repeat", b"abcdef\x1b02x.", "$ ^ef"),
    ("repeat with another count", b"abcdef\x1b02x3.", "$ ^f"),
    ("repeat a change of text", b"one two\x1b0cwx\x1bw.", "$ x ^x"),
    ("a column", b"abcdef\x1b3|x", "$ ab^def"),
    ("wide characters", "a\u{4f60}\u{597d}\x1bhx".as_bytes(), "$ a^\u{597d}"),
    ("a comment", b"abc\x1b#", "$ #abc|$ ^"),
    ("entered from a command", b"abc\x1b0\r", "$ abc|$ ^"),
    ("keys of a keyboard", b"abc\x1b\x1b[D\x1b[Dix", "$ x^abc"),
    ("what means nothing", b"abc\x1bQdQx", "$ a^b"),
];

#[test]
fn keys_edit_as_in_vi() {
    for (name, typed, shown) in VI {
        let mut session = Session::new(6, 40);
        session.machine.edit_as_vi(true);
        // A person pauses behind an escape, a terminal does not behind those of its keys.
        let has_sequences = typed.windows(2).any(|pair| pair == b"\x1b[");
        let pause = |byte: &u8| *byte == 0x1b && !has_sequences;
        let last = typed.split_inclusive(pause).map(|part| session.type_in(part)).last();
        assert_eq!(last.as_deref(), Some(*shown), "{name}");
    }
}

#[test]
fn vi_goes_through_the_history() {
    let mut session = Session::with_history(&["ls -l", "make", "git log"]);
    session.machine.edit_as_vi(true);
    assert_eq!(session.type_in(b"x\x1bkk"), "$ ^make");
    assert_eq!(session.type_in(b"j$_"), "$ git log make^");
    assert_eq!(session.type_in(b"\x1bjG"), "$ ^ls -l");
}

#[test]
fn any_keys_leave_a_line_that_can_be_shown() {
    let pieces: [&[u8]; 12] = [
        b"\x1b",
        b"\x1b[A",
        b"\x1b[D",
        b"\x1b[200~",
        b"\x1b[201~",
        "\u{e9}".as_bytes(),
        "\u{4f60}".as_bytes(),
        "\u{301}".as_bytes(),
        b"\r",
        b"\x12",
        b" ",
        b"\t",
    ];
    for is_vi in [false, true] {
        let mut session = Session::with_history(&["ls -l", "echo \u{597d}"]);
        session.machine.edit_as_vi(is_vi);
        let mut state = 0x2545_f491_u32;
        for _ in 0..6000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let chosen = usize::try_from(state >> 24).unwrap_or(0);
            match pieces.get(chosen) {
                Some(piece) => drop(session.type_in(piece)),
                // Not bytes that are no characters: what is entered is held against text.
                None => drop(session.type_in(&[(chosen & 0x7f) as u8])),
            }
            let (text, at) = (session.machine.text(), session.machine.line.at());
            assert!(at <= text.len() && str::from_utf8(&text[..at]).is_ok(), "{text:?} {at}");
        }
        assert!(session.done.len() > 10);
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
fn vi_searches_again_and_calls_an_editor() {
    let mut session = Session::with_history(&["echo a1", "ls", "echo a2", "echo a3"]);
    session.machine.edit_as_vi(true);
    session.type_in(b"draft\x1b");
    assert_eq!(session.type_in(b"/a\x1b"), "$ echo ^a3");
    assert_eq!(session.type_in(b"n"), "$ echo ^a2");
    assert_eq!(session.type_in(b"n"), "$ echo ^a1");
    assert_eq!(session.type_in(b"n"), "$ echo ^a1");
    assert_eq!(session.type_in(b"N"), "$ echo ^a2");
    assert_eq!(session.type_in(b"jj"), "$ ^draft");
    session.type_in(b"v");
    assert_eq!(session.done, ["edit draft"]);
}

#[test]
fn a_command_found_is_entered_at_once() {
    let mut session = Session::with_history(&["make all", "ls"]);
    session.type_in(b"\x12ma\r");
    assert_eq!(session.done, ["make all"]);
    let entries: Vec<(usize, &[u8])> =
        session.history.entries().iter().map(|entry| (entry.number, &**entry)).collect();
    assert_eq!(entries, [(2, "ls".as_bytes()), (3, b"make all")]);
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
    // A paste may come in pieces.
    let mut decoder = Decoder::default();
    assert!(b"\x1b[200~a\r".iter().all(|byte| decoder.take(*byte).is_none()));
    assert_eq!(decoder.flush(), None);
    let keys: Vec<Key> = b"b\x1b[201~".iter().filter_map(|byte| decoder.take(*byte)).collect();
    assert_eq!(keys, [Key::Paste(b"a\nb".into())]);
    let mut decoder = Decoder::default();
    let keys: Vec<Key> = b"\x1b\x1b[A".iter().filter_map(|byte| decoder.take(*byte)).collect();
    assert_eq!(keys, [Key::Escape, Key::Up]);
}
