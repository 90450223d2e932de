//! The syntax of expressions: text to a tree.

use alloc::boxed::Box;
use alloc::vec::Vec;

use text::character::{self, Class};

use crate::letters;
use crate::set::Set;
use crate::{Error, Odd, Options, Syntax};

/// An expression.
#[derive(Debug)]
pub(super) enum Node {
    Empty,
    Character(u32),
    Any,
    Set(Box<Set>),
    Edge(Edge),
    Group(u32, Box<Node>),
    /// What a group has matched, again; whether letters of either case are the same.
    Again(u32, bool),
    Sequence(Vec<Node>),
    Choice(Vec<Node>),
    /// Least and most times; without the latter as often as there are.
    Repeat(Box<Node>, u32, Option<u32>),
}

/// A place between characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    /// `^`
    Begin,
    /// `$`
    End,
    /// `\<`
    WordBegin,
    /// `\>`
    WordEnd,
    /// `\b`
    Word,
    /// `\B`
    NotWord,
    /// A backslash and a backtick.
    TextBegin,
    /// `\'`
    TextEnd,
    /// What `grep -w` asks for before a match.
    NoWordBefore,
    /// And behind it.
    NoWordBehind,
}

/// How deep groups are nested.
const DEEPEST: u32 = 250;

/// What POSIX lets RE_DUP_MAX be at most for a C `short`: glibc's, too.
const MOST_TIMES: u32 = 0x7fff;

type Parse<T> = Result<T, Error>;

/// Reads an expression.
pub(super) struct Parser<'p> {
    pattern: &'p [u8],
    at: usize,
    options: &'p Options,
    depth: u32,
    /// How many groups there are before this expression.
    base: u32,
    /// How many have begun, these too, and which have ended.
    pub(super) groups: u32,
    ended: Vec<u32>,
    pub(super) has_again: bool,
}

impl<'p> Parser<'p> {
    pub(super) fn new(pattern: &'p [u8], options: &'p Options, base: u32) -> Self {
        Self { pattern, at: 0, options, depth: 0, base, groups: base, ended: Vec::new(), has_again: false }
    }

    /// Reads all of it.
    pub(super) fn all(&mut self) -> Parse<Node> {
        if self.options.syntax == Syntax::Fixed {
            let mut nodes = Vec::new();
            while !self.rest().is_empty() {
                nodes.push(self.character());
            }
            return Ok(single(nodes, Node::Sequence));
        }
        let node = self.choice()?;
        match self.rest() {
            [] => Ok(node),
            // Nothing else ends a choice.
            _ => Err(self.error("no group begins before this end of one")),
        }
    }

    fn is_extended(&self) -> bool {
        self.options.syntax == Syntax::Extended
    }

    fn rest(&self) -> &'p [u8] {
        self.pattern.get(self.at..).unwrap_or_default()
    }

    fn error(&self, message: &'static str) -> Error {
        Error { message, at: self.at.min(self.pattern.len()) }
    }

    /// Takes an operator: alone in an extended expression, behind a backslash in a basic one.
    fn accept(&mut self, operator: u8) -> bool {
        let is_next = self.is_next(operator);
        if is_next {
            self.at += if self.is_extended() { 1 } else { 2 };
        }
        is_next
    }

    fn is_next(&self, operator: u8) -> bool {
        match self.rest() {
            [first, ..] if self.is_extended() => *first == operator,
            [b'\\', second, ..] if !self.is_extended() => *second == operator,
            _ => false,
        }
    }

    fn choice(&mut self) -> Parse<Node> {
        let mut nodes = Vec::from([self.sequence()?]);
        while self.accept(b'|') {
            nodes.push(self.sequence()?);
        }
        Ok(single(nodes, Node::Choice))
    }

    fn sequence(&mut self) -> Parse<Node> {
        let begin = self.at;
        let mut nodes = Vec::new();
        loop {
            if self.rest().is_empty() || self.is_next(b'|') || self.is_next(b')') {
                return Ok(single(nodes, Node::Sequence));
            }
            // In a basic expression `*` stands for itself where nothing is before it.
            let is_first = match nodes.as_slice() {
                [] => true,
                [Node::Edge(Edge::Begin)] => self.at == begin + 1,
                _ => false,
            };
            let node = self.atom(is_first, self.at == begin)?;
            let node = self.repeated(node)?;
            nodes.push(node);
        }
    }

    fn atom(&mut self, is_first: bool, is_begin: bool) -> Parse<Node> {
        if self.is_next(b'(') {
            return self.group();
        }
        match self.rest() {
            [b'\\', ..] => self.backslash(),
            [b'[', ..] => self.bracket(),
            [b'.', ..] => self.one(Node::Any),
            [b'^', ..] if self.is_extended() || is_begin => self.one(Node::Edge(Edge::Begin)),
            [b'$', ..] if self.is_extended() || self.is_last() => self.one(Node::Edge(Edge::End)),
            [b'*', ..] if is_first && !self.is_extended() => self.one(Node::Character(u32::from(b'*'))),
            [b'*' | b'+' | b'?', ..] if self.is_extended() => self.of_nothing(),
            // A comma alone does not make it one here.
            [b'{', b',', ..] if self.options.odd == Odd::Usual => Ok(self.character()),
            [b'{', ..] if self.is_extended() && self.is_interval() => self.of_nothing(),
            _ => Ok(self.character()),
        }
    }

    /// Takes repetitions that nothing stands before, if that is no mistake.
    fn of_nothing(&mut self) -> Parse<Node> {
        if self.options.odd != Odd::Taken {
            return Err(self.error("nothing to repeat"));
        }
        self.repeated(Node::Empty).map(|_| Node::Empty)
    }

    fn one(&mut self, node: Node) -> Parse<Node> {
        self.at += 1;
        Ok(node)
    }

    /// Says whether `$` stands where a basic expression has it as an operator: before the end of all or of a group.
    fn is_last(&self) -> bool {
        matches!(self.rest(), [_] | [_, b'\\', b')' | b'|', ..])
    }

    /// Takes a character that stands for itself.
    fn character(&mut self) -> Node {
        let number = self.number();
        match self.options.ignores_case && letters::has_cases(number) {
            true => Node::Set(Box::new(Set::new(false, Vec::from([(number, number)]), Vec::new(), true))),
            false => Node::Character(number),
        }
    }

    fn number(&mut self) -> u32 {
        let rest = self.rest();
        let width = character::width(rest, self.options.utf8);
        self.at += width;
        character::number(rest.get(..width).unwrap_or_default())
    }

    fn group(&mut self) -> Parse<Node> {
        let begin = self.at;
        self.accept(b'(');
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.error("nested too deep"));
        }
        self.groups += 1;
        let number = self.groups;
        let inner = self.choice()?;
        if !self.accept(b')') {
            self.at = begin;
            return Err(self.error("no end of the group that begins here"));
        }
        self.depth -= 1;
        self.ended.push(number);
        Ok(Node::Group(number, Box::new(inner)))
    }

    fn backslash(&mut self) -> Parse<Node> {
        let Some(letter) = self.rest().get(1).copied() else {
            return Err(self.error("nothing behind the backslash"));
        };
        let node = match letter {
            b'1'..=b'9' => {
                let number = self.base + u32::from(letter - b'0');
                if !self.ended.contains(&number) {
                    return Err(self.error("no group of this number ends before it"));
                }
                self.has_again = true;
                Node::Again(number, self.options.ignores_case)
            }
            b'<' => Node::Edge(Edge::WordBegin),
            b'>' => Node::Edge(Edge::WordEnd),
            b'b' => Node::Edge(Edge::Word),
            b'B' => Node::Edge(Edge::NotWord),
            b'`' => Node::Edge(Edge::TextBegin),
            b'\'' => Node::Edge(Edge::TextEnd),
            b'{' if !self.is_extended() => return Err(self.error("nothing to repeat")),
            letter => match Set::escape(letter) {
                Some(set) => Node::Set(Box::new(set)),
                None => {
                    self.at += 1;
                    return Ok(self.character());
                }
            },
        };
        self.at += 2;
        Ok(node)
    }

    /// Takes what says how often an expression comes.
    fn repeated(&mut self, mut node: Node) -> Parse<Node> {
        // An edge in front of a basic expression's `*` is nothing to repeat.
        if !self.is_extended() && matches!(node, Node::Edge(Edge::Begin)) {
            return Ok(node);
        }
        if matches!(node, Node::Edge(Edge::Begin)) && self.options.odd != Odd::Usual {
            let is_repeated = matches!(self.rest(), [b'*' | b'+' | b'?', ..]) || self.is_interval();
            return if is_repeated { self.of_nothing().map(|_| node) } else { Ok(node) };
        }
        loop {
            let (least, most) = if self.rest().first() == Some(&b'*') {
                self.at += 1;
                (0, None)
            } else if self.accept(b'+') {
                (1, None)
            } else if self.accept(b'?') {
                (0, Some(1))
            } else if self.is_interval() {
                self.interval()?
            } else {
                return Ok(node);
            };
            node = Node::Repeat(Box::new(node), least, most);
        }
    }

    /// Says whether an interval begins: in an extended expression `{` may stand for itself.
    fn is_interval(&self) -> bool {
        let [_, behind @ ..] = self.rest() else { return false };
        self.is_next(b'{')
            && match self.options.odd {
                _ if !self.is_extended() => true,
                Odd::Usual => matches!(behind, [b'0'..=b'9' | b',', ..]),
                Odd::Refused => true,
                Odd::Taken => {
                    let length = behind.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b',')).count();
                    let (inner, end) = behind.split_at(length);
                    end.first() == Some(&b'}') && inner.iter().filter(|byte| **byte == b',').count() < 2
                }
            }
    }

    fn interval(&mut self) -> Parse<(u32, Option<u32>)> {
        let begin = self.at;
        self.accept(b'{');
        let least = self.times()?;
        let has_comma = self.rest().first() == Some(&b',');
        let most = if has_comma {
            self.at += 1;
            self.times()?
        } else {
            least
        };
        if !has_comma && least.is_none() || !self.accept(b'}') {
            self.at = begin;
            return Err(self.error("an interval is {NUMBER}, {NUMBER,} or {NUMBER,NUMBER}"));
        }
        let least = least.unwrap_or(0);
        if most.is_some_and(|most| most < least) {
            self.at = begin;
            return Err(self.error("the interval's second number is less than its first"));
        }
        Ok((least, most))
    }

    fn times(&mut self) -> Parse<Option<u32>> {
        let mut number = None;
        while let [digit @ b'0'..=b'9', ..] = self.rest() {
            let sum = number.unwrap_or(0) * 10 + u32::from(digit - b'0');
            if sum > MOST_TIMES {
                return Err(self.error("too many times"));
            }
            number = Some(sum);
            self.at += 1;
        }
        Ok(number)
    }

    fn bracket(&mut self) -> Parse<Node> {
        let begin = self.at;
        self.at += 1;
        let negated = self.rest().first() == Some(&b'^');
        self.at += usize::from(negated);
        let (mut ranges, mut classes) = (Vec::new(), Vec::new());
        let mut is_first = true;
        loop {
            match self.rest() {
                [] => {
                    self.at = begin;
                    return Err(self.error("no ] for the [ that stands here"));
                }
                [b']', ..] if !is_first => {
                    self.at += 1;
                    return Ok(Node::Set(Box::new(Set::new(
                        negated,
                        ranges,
                        classes,
                        self.options.ignores_case,
                    ))));
                }
                [b'[', b':', ..] => {
                    let name = self.delimited(b':')?;
                    classes
                        .push(Class::named(name).ok_or_else(|| self.error("no such class of characters"))?);
                }
                _ => ranges.push(self.range()?),
            }
            is_first = false;
        }
    }

    /// Takes a character of a bracket expression, or two with what is between them.
    fn range(&mut self) -> Parse<(u32, u32)> {
        let begin = self.at;
        let low = self.element()?;
        if !matches!(self.rest(), [b'-', next, ..] if *next != b']') {
            return Ok((low, low));
        }
        self.at += 1;
        let high = self.element()?;
        if high < low {
            self.at = begin;
            return Err(self.error("the range ends before it begins"));
        }
        Ok((low, high))
    }

    fn element(&mut self) -> Parse<u32> {
        let [b'[', mark @ (b'.' | b'='), ..] = self.rest() else { return Ok(self.number()) };
        let name = self.delimited(*mark)?;
        match character::width(name, self.options.utf8) {
            width if width == name.len() && width > 0 => Ok(character::number(name)),
            _ => Err(self.error("no such collating element")),
        }
    }

    /// Takes `[:...:]` or its like, and gives what is within.
    fn delimited(&mut self, mark: u8) -> Parse<&'p [u8]> {
        let inner = self.rest().get(2..).unwrap_or_default();
        let Some(length) = inner.windows(2).position(|pair| pair == [mark, b']']) else {
            return Err(self.error("no end of what begins here"));
        };
        self.at += length + 4;
        Ok(inner.get(..length).unwrap_or_default())
    }
}

fn single(mut nodes: Vec<Node>, of: fn(Vec<Node>) -> Node) -> Node {
    match nodes.len() {
        0 => Node::Empty,
        1 => nodes.pop().unwrap_or(Node::Empty),
        _ => of(nodes),
    }
}

/// Makes the expression that any of these is.
pub(super) fn choice(nodes: Vec<Node>) -> Node {
    single(nodes, Node::Choice)
}

/// Makes an expression that matches between two edges.
pub(super) fn between(before: Edge, node: Node, behind: Edge) -> Node {
    Node::Sequence(Vec::from([Node::Edge(before), node, Node::Edge(behind)]))
}
