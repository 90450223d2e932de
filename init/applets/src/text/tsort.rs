//! `tsort` (POSIX).

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::source;
use crate::{Applet, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "tsort",
    summary: "Put words in an order that pairs of them ask for",
    usage: "[FILE]",
    flags: flags![],
    run: Run::Parsed(run),
};

/// A word.
struct Node<'t> {
    word: &'t [u8],
    /// How many there are that come before it and were not printed.
    before: usize,
    /// Those that come behind it.
    behind: Vec<usize>,
    is_printed: bool,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let name = match parsed.operands.as_slice() {
        [] => &b"-"[..],
        [name] => *name,
        [_, more, ..] => {
            io.misuse(more, "is one operand too many");
            return Ok(Status::FAILURE);
        }
    };
    let mut text = Vec::new();
    let result = source::with(io, name, &mut |_, _, input| input.read_all(&mut text));
    if result.is_err() {
        return Ok(io.report(name, result));
    }
    let words: Vec<&[u8]> = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect();
    let (pairs, rest) = words.as_chunks::<2>();
    if !rest.is_empty() {
        return Ok(io.complain(name, &"has an odd number of words"));
    }
    Ok(sort(io, name, &mut nodes(pairs)))
}

/// Gives the words in the order in which they came first.
fn nodes<'t>(pairs: &[[&'t [u8]; 2]]) -> Vec<Node<'t>> {
    let mut nodes: Vec<Node<'t>> = Vec::new();
    let mut known = BTreeMap::new();
    for pair in pairs {
        let [first, second] = pair.map(|word| {
            *known.entry(word).or_insert_with(|| {
                nodes.push(Node { word, before: 0, behind: Vec::new(), is_printed: false });
                nodes.len() - 1
            })
        });
        if first != second {
            nodes[first].behind.push(second);
            nodes[second].before += 1;
        }
    }
    nodes
}

fn sort(io: &mut Io<'_>, name: &[u8], nodes: &mut [Node<'_>]) -> Status {
    let mut status = Status::SUCCESS;
    let mut ready: alloc::collections::VecDeque<usize> =
        (0..nodes.len()).filter(|at| nodes[*at].before == 0).collect();
    let mut left = nodes.len();
    while left > 0 {
        let at = match ready.pop_front() {
            Some(at) => at,
            None => {
                let loop_ = find_loop(nodes);
                status = io.complain(name, &"has a loop:");
                for at in &loop_ {
                    io.complain(nodes[*at].word, &"is in it");
                }
                match loop_.first() {
                    Some(at) => *at,
                    None => break,
                }
            }
        };
        if core::mem::replace(&mut nodes[at].is_printed, true) {
            continue;
        }
        left -= 1;
        io.out.put(nodes[at].word);
        io.out.put(b"\n");
        // The pair that came last first, as others' commands have it.
        for next in core::mem::take(&mut nodes[at].behind).into_iter().rev() {
            nodes[next].before -= 1;
            if nodes[next].before == 0 && !nodes[next].is_printed {
                ready.push_back(next);
            }
        }
    }
    status
}

/// Finds words of which each comes before the one before it here, and the last behind the first.
fn find_loop(nodes: &[Node<'_>]) -> Vec<usize> {
    let Some(mut at) = nodes.iter().position(|node| !node.is_printed) else { return Vec::new() };
    let mut path: Vec<usize> = Vec::new();
    // Each has one before it that was not printed: going back leads into a loop.
    loop {
        if let Some(begin) = path.iter().position(|seen| *seen == at) {
            return path.split_off(begin);
        }
        path.push(at);
        match nodes.iter().position(|node| !node.is_printed && node.behind.contains(&at)) {
            Some(before) => at = before,
            None => return path,
        }
    }
}
