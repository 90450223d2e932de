//! What is shown where a line does not fit, and that no more is written than must be.

use super::Session;

#[test]
fn a_long_line_wraps() {
    let mut session = Session::new(6, 10);
    assert_eq!(session.type_in(b"abcdefg"), "$ abcdefg^");
    assert_eq!(session.type_in(b"h"), "$ abcdefgh|^");
    assert_eq!(session.type_in(b"ijk"), "$ abcdefgh|ijk^");
    assert_eq!(session.type_in(b"\x01X"), "$ X^abcdefg|hijk");
    assert_eq!(session.type_in(b"\x0b"), "$ X^");
    // A wide character does not fit into the last column.
    assert_eq!(session.type_in("23456 \u{4f60}".as_bytes()), "$ X23456|\u{4f60}^");
    assert_eq!(session.type_in("\x7f7\u{4f60}".as_bytes()), "$ X23456 7|\u{4f60}^");
}

#[test]
fn what_is_higher_than_the_terminal_is_shown_around_the_cursor() {
    let mut session = Session::new(3, 20);
    session.type_in(b"\x1b[200~1\r2\r3\r4\r5\x1b[201~");
    assert_eq!(session.terminal.shown(), "> 3|> 4|> 5^");
    assert!(session.terminal.gone.is_empty());
    assert_eq!(session.type_in(b"\x1b[A\x1b[A\x1b[A"), "> 2^|> 3|> 4");
    assert_eq!(session.type_in(b"\x1b[Ax"), "$ 1x^|> 2|> 3");
}

#[test]
fn lines_scroll_at_the_bottom() {
    let mut session = Session::new(3, 20);
    session.type_in(b"a\rb\rc\r");
    assert_eq!((session.terminal.shown().as_str(), session.terminal.gone.len()), ("$ b|$ c|$ ^", 1));
}

#[test]
fn typing_writes_no_more_than_the_character() {
    let mut session = Session::new(6, 40);
    session.type_in(b"echo hello");
    let key = session.decoder.take(b'!').expect("a key");
    session.machine.key(key, &session.history, &super::Shell);
    assert_eq!(session.machine.paint(), b"!");
    assert_eq!(session.machine.paint(), b"");
}

#[test]
fn another_size_draws_anew() {
    let mut session = Session::new(6, 40);
    session.type_in(b"abcdefghijklmnop");
    session.machine.resize((6, 10));
    session.paint();
    assert_eq!(session.terminal.shown(), "$ abcdefgh|ijklmnop^");
    session.machine.resize((6, 40));
    session.paint();
    assert_eq!(session.terminal.shown(), "$ abcdefghijklmnop^");
}

#[test]
fn colours_and_lines_of_a_prompt_take_no_room() {
    let mut session = Session::new(6, 10);
    session.machine.begin([b"top\n\x1b[1;32mgo\x1b[0m> ", b"> "], Vec::new(), (6, 10));
    session.terminal.write(b"\r");
    session.paint();
    assert_eq!(session.type_in(b"abc"), "top|go> abc^");
    assert_eq!(session.type_in(b"defg"), "top|go> abcdef|g^");
}
