//! What keys do: as in emacs, and those that a keyboard has for it.

use super::key::Key;
use super::machine::{Action, Case};
use super::motion::Motion;

const fn meta(byte: u8) -> Key {
    Key::Meta(byte)
}

const fn control(byte: u8) -> Key {
    Key::Control(byte)
}

/// Keys of a keyboard, and of terminals.
const COMMON: &[(Key, Action)] = &[
    (Key::Enter, Action::Accept),
    (Key::Tab, Action::Complete),
    (Key::Backspace, Action::Delete(Motion::Left)),
    (Key::Delete, Action::Delete(Motion::Right)),
    (Key::Left, Action::Move(Motion::Left)),
    (Key::Right, Action::Move(Motion::Right)),
    (Key::WordLeft, Action::Move(Motion::WordLeft)),
    (Key::WordRight, Action::Move(Motion::WordRight)),
    (Key::Home, Action::Move(Motion::LineStart)),
    (Key::End, Action::Move(Motion::LineEnd)),
    (Key::Up, Action::Up),
    (Key::Down, Action::Down),
    (Key::PageUp, Action::OlderLike),
    (Key::PageDown, Action::NewerLike),
    (control(b'C'), Action::Interrupt),
    (control(b'D'), Action::DeleteOrEnd),
    (control(b'L'), Action::Clear),
    (control(b'R'), Action::Search),
    (control(b'U'), Action::Cut(Motion::LineStart)),
    (control(b'V'), Action::Quote),
    (control(b'W'), Action::Cut(Motion::BlankLeft)),
];

/// Keys of emacs.
const EMACS: &[(Key, Action)] = &[
    (control(b'A'), Action::Move(Motion::LineStart)),
    (control(b'B'), Action::Move(Motion::Left)),
    (control(b'E'), Action::Move(Motion::LineEnd)),
    (control(b'F'), Action::Move(Motion::Right)),
    (control(b'K'), Action::Cut(Motion::LineEnd)),
    (control(b'N'), Action::Down),
    (control(b'P'), Action::Up),
    (control(b'T'), Action::Transpose),
    (control(b'Y'), Action::Yank),
    (control(b'_'), Action::Undo),
    (meta(b'.'), Action::LastWord),
    (meta(b'_'), Action::LastWord),
    (meta(b'<'), Action::Oldest),
    (meta(b'>'), Action::Newest),
    (meta(b'b'), Action::Move(Motion::WordLeft)),
    (meta(b'f'), Action::Move(Motion::WordRight)),
    (meta(b'c'), Action::Case(Case::Title)),
    (meta(b'd'), Action::Cut(Motion::WordRight)),
    (meta(b'l'), Action::Case(Case::Lower)),
    (meta(b'n'), Action::NewerLike),
    (meta(b'p'), Action::OlderLike),
    (meta(b'r'), Action::Revert),
    (meta(b'u'), Action::Case(Case::Upper)),
    (meta(b'y'), Action::YankOlder),
    (meta(0x7f), Action::Cut(Motion::WordLeft)),
    (meta(8), Action::Cut(Motion::WordLeft)),
    (meta(b'\r'), Action::NewLine),
    (meta(b'\n'), Action::NewLine),
];

/// Gives what a key of a keyboard does, in emacs and vi alike.
pub(super) fn common(key: &Key) -> Option<Action> {
    COMMON.iter().find(|(known, _)| known == key).map(|(_, action)| *action)
}

/// Gives what a key does.
pub(super) fn action(key: &Key) -> Option<Action> {
    let own = EMACS.iter().find(|(known, _)| known == key).map(|(_, action)| *action);
    own.or_else(|| common(key))
}
