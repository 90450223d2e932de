//! Expressions as programs: steps that lie in a row, those of each part of an expression together.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::Error;
use crate::parse::{Edge, Node};
use crate::set::Set;

/// A step.
#[derive(Debug)]
pub(super) enum Step {
    Character(u32),
    Any,
    Set(Box<Set>),
    Edge(Edge),
    /// Goes on at either.
    Split(u32, u32),
    Jump(u32),
    /// Notes where a group begins (even) or ends (odd).
    Note(u32),
    Again(u32, bool),
}

/// A part of an expression: its first step and the one behind its last.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) begin: u32,
    pub(super) end: u32,
    pub(super) shape: Shape,
}

/// What a part is, as far as there are groups in it.
#[derive(Debug)]
pub(super) enum Shape {
    /// Without groups.
    Leaf,
    Group(u32, Box<Piece>),
    Sequence(Vec<Piece>),
    Choice(Vec<Piece>),
    /// Once or more, or not at all.
    Loop(Box<Piece>),
    /// Once or not at all; whether that may be for an empty text.
    Optional(Box<Piece>, bool),
}

/// The most steps: what an expression of intervals in intervals comes to grows with each.
const MOST_STEPS: usize = 1 << 16;

/// Makes programs.
#[derive(Default)]
pub(super) struct Compiler {
    pub(super) steps: Vec<Step>,
    /// What comes last in an expression comes first in the program.
    is_backward: bool,
}

impl Compiler {
    /// Gives the program that reads matches of an expression, of which there is a program already, from their end to their begin.
    pub(super) fn backward(node: &Node) -> Vec<Step> {
        let mut compiler = Self { steps: Vec::new(), is_backward: true };
        // What was not too large in one direction is not in the other.
        let _ = compiler.add(node);
        compiler.steps
    }

    fn at(&self) -> u32 {
        self.steps.len() as u32
    }

    fn push(&mut self, step: Step) -> Result<usize, Error> {
        if self.steps.len() == MOST_STEPS {
            return Err(Error { message: "too large with all its repetitions", at: 0 });
        }
        self.steps.push(step);
        Ok(self.steps.len() - 1)
    }

    fn set(&mut self, at: usize, step: Step) {
        if let Some(slot) = self.steps.get_mut(at) {
            *slot = step;
        }
    }

    /// Adds the steps of an expression.
    pub(super) fn add(&mut self, node: &Node) -> Result<Piece, Error> {
        let begin = self.at();
        let shape = match node {
            Node::Empty => Shape::Leaf,
            Node::Character(number) => self.leaf(Step::Character(*number))?,
            Node::Any => self.leaf(Step::Any)?,
            Node::Set(set) => self.leaf(Step::Set(set.clone()))?,
            Node::Edge(edge) => self.leaf(Step::Edge(*edge))?,
            Node::Again(number, ignores_case) => self.leaf(Step::Again(*number, *ignores_case))?,
            Node::Group(number, inner) => {
                self.push(Step::Note(number * 2))?;
                let piece = self.add(inner)?;
                self.push(Step::Note(number * 2 + 1))?;
                Shape::Group(*number, Box::new(piece))
            }
            Node::Sequence(nodes) => {
                let nodes = nodes.iter();
                let ordered: Vec<_> = if self.is_backward { nodes.rev().collect() } else { nodes.collect() };
                let pieces = ordered.into_iter().map(|node| self.add(node)).collect::<Result<Vec<_>, _>>()?;
                kept(pieces, Shape::Sequence)
            }
            Node::Choice(nodes) => self.choice(nodes)?,
            Node::Repeat(inner, least, most) => self.repeat(inner, *least, *most)?,
        };
        Ok(Piece { begin, end: self.at(), shape })
    }

    fn leaf(&mut self, step: Step) -> Result<Shape, Error> {
        self.push(step)?;
        Ok(Shape::Leaf)
    }

    fn choice(&mut self, nodes: &[Node]) -> Result<Shape, Error> {
        let mut pieces = Vec::new();
        let mut jumps = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            let split = if index + 1 < nodes.len() { Some(self.push(Step::Jump(0))?) } else { None };
            pieces.push(self.add(node)?);
            if let Some(split) = split {
                jumps.push(self.push(Step::Jump(0))?);
                let other = self.at();
                self.set(split, Step::Split(split as u32 + 1, other));
            }
        }
        for jump in jumps {
            let end = self.at();
            self.set(jump, Step::Jump(end));
        }
        Ok(kept(pieces, Shape::Choice))
    }

    /// Adds an expression as often as it comes at least, and what lets it come more often.
    fn repeat(&mut self, inner: &Node, least: u32, most: Option<u32>) -> Result<Shape, Error> {
        let mut pieces = Vec::new();
        let copies = if most.is_none() { least.saturating_sub(1) } else { least };
        for _ in 0..copies {
            pieces.push(self.add(inner)?);
        }
        match most {
            None => pieces.push(self.endless(inner, least == 0)?),
            Some(most) => {
                for index in least..most {
                    pieces.push(self.optional(inner, index == 0)?);
                }
            }
        }
        Ok(kept(pieces, Shape::Sequence))
    }

    fn endless(&mut self, inner: &Node, is_optional: bool) -> Result<Piece, Error> {
        let begin = self.at();
        let split = if is_optional { Some(self.push(Step::Jump(0))?) } else { None };
        let piece = self.add(inner)?;
        match split {
            Some(split) => {
                self.push(Step::Jump(begin))?;
                let end = self.at();
                self.set(split, Step::Split(begin + 1, end));
            }
            None => {
                let next = self.at() + 1;
                self.push(Step::Split(begin, next))?;
            }
        }
        let shape = match piece.shape {
            Shape::Leaf => Shape::Leaf,
            _ => Shape::Loop(Box::new(piece)),
        };
        Ok(Piece { begin, end: self.at(), shape })
    }

    fn optional(&mut self, inner: &Node, may_be_empty: bool) -> Result<Piece, Error> {
        let begin = self.at();
        let split = self.push(Step::Jump(0))?;
        let piece = self.add(inner)?;
        let end = self.at();
        self.set(split, Step::Split(begin + 1, end));
        let shape = match piece.shape {
            Shape::Leaf => Shape::Leaf,
            _ => Shape::Optional(Box::new(piece), may_be_empty),
        };
        Ok(Piece { begin, end, shape })
    }
}

/// Keeps the parts of an expression if there are groups in any.
fn kept(pieces: Vec<Piece>, of: fn(Vec<Piece>) -> Shape) -> Shape {
    if pieces.iter().all(|piece| matches!(piece.shape, Shape::Leaf)) { Shape::Leaf } else { of(pieces) }
}
