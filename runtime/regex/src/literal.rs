//! A text that is in every match of an expression: where it is not, nothing else has to be looked at.

use alloc::vec::Vec;

use memchr::memmem::Finder;

use crate::parse::Node;

/// Such a text.
#[derive(Debug)]
pub(crate) struct Literal {
    finder: Finder<'static>,
    /// Whether it is the whole expression.
    pub(crate) is_all: bool,
}

impl Literal {
    /// Finds the longest that an expression has.
    pub(crate) fn of(node: &Node, utf8: bool) -> Option<Self> {
        let mut search = Search { utf8, ..Search::default() };
        let is_all = search.read(node);
        search.end();
        let is_all = is_all && search.runs <= 1;
        (!search.best.is_empty()).then(|| Self { finder: Finder::new(&search.best).into_owned(), is_all })
    }

    /// Gives where it is first.
    pub(crate) fn find(&self, text: &[u8]) -> Option<usize> {
        self.finder.find(text)
    }

    /// Gives its length in bytes.
    pub(crate) fn len(&self) -> usize {
        self.finder.needle().len()
    }
}

#[derive(Default)]
struct Search {
    utf8: bool,
    now: Vec<u8>,
    best: Vec<u8>,
    /// How many there were.
    runs: usize,
}

impl Search {
    /// Reads an expression; false when it matches anything but one text.
    fn read(&mut self, node: &Node) -> bool {
        match node {
            Node::Empty => true,
            Node::Character(number) => self.add(*number),
            Node::Group(_, inner) => self.read(inner),
            Node::Sequence(nodes) => {
                let mut is_all = true;
                for node in nodes {
                    is_all &= self.read(node);
                }
                is_all
            }
            Node::Repeat(inner, least @ 1.., most) => {
                // What is behind it is behind the last of its rounds only.
                let is_all = self.read(inner) && *least == 1 && *most == Some(1);
                if !is_all {
                    self.end();
                }
                is_all
            }
            _ => {
                self.end();
                false
            }
        }
    }

    fn add(&mut self, number: u32) -> bool {
        match char::from_u32(number) {
            Some(letter) => self.now.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
            None if !self.utf8 => self.now.push(number as u8),
            // A byte that is no character may be found as a part of one.
            None => {
                self.end();
                return false;
            }
        }
        true
    }

    fn end(&mut self) {
        if !self.now.is_empty() {
            self.runs += 1;
        }
        if self.now.len() > self.best.len() {
            self.best = core::mem::take(&mut self.now);
        }
        self.now.clear();
    }
}
