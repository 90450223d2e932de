//! What was cut, to be put back.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// The texts that were cut last, the newest first.
#[derive(Debug, Default)]
pub(super) struct Kills {
    texts: VecDeque<Vec<u8>>,
}

/// How many are kept.
const MOST: usize = 16;

impl Kills {
    /// Keeps a text; one that was cut right after another joins it, on the side where it stood.
    pub(super) fn add(&mut self, text: &[u8], joins: bool, before: bool) {
        if text.is_empty() {
            return;
        }
        match self.texts.front_mut().filter(|_| joins) {
            Some(front) if before => *front = [text, front].concat(),
            Some(front) => front.extend_from_slice(text),
            None => {
                self.texts.push_front(text.to_vec());
                self.texts.truncate(MOST);
            }
        }
    }

    /// Gives the newest.
    pub(super) fn newest(&self) -> &[u8] {
        self.texts.front().map_or(&[], Vec::as_slice)
    }

    /// Makes the one before the newest, and the newest the oldest.
    pub(super) fn turn(&mut self) {
        self.texts.rotate_left(usize::from(!self.texts.is_empty()));
    }
}
