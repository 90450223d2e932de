//! The third opinion: the kernel that runs here, which has the layout of its own structures in `/sys/kernel/btf/vmlinux`.
//!
//! What has no type in a kernel's code is not in there: structures that only programs use, and constants.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result};
use formats::file::btf::{Named, Number, Types};

use super::{Facts, compile};
use crate::machine::Architecture;

/// Where it is, in kernels that were built with it (CONFIG_DEBUG_INFO_BTF).
const FILE: &str = "/sys/kernel/btf/vmlinux";

/// What came of it.
#[derive(Debug, Default)]
struct Outcome {
    /// Facts that are the same.
    same: usize,
    /// What is not, each in a line.
    differences: Vec<String>,
    /// Facts about what the kernel has no type of this name for.
    unknown: usize,
}

/// Compares what runtime/linux says of its structures with the kernel that runs, and adds the differences; gives what came of it in
/// words, or the reason why it could not be.
pub(super) fn compare(differences: &mut Vec<String>) -> Result<String> {
    let bytes = match fs::read(Path::new(FILE)) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(format!("not held against the running kernel: it has no {FILE} (DEBUG_INFO_BTF)"));
        }
        bytes => bytes.with_context(|| format!("read {FILE}"))?,
    };
    let types = Types::parse(&bytes).map_err(|error| anyhow::anyhow!("{FILE}: {error:?}"))?;
    let facts = compile::ours(&Architecture::load(std::env::consts::ARCH)?)?;
    let Outcome { same, differences: found, unknown } = judge(&types, &facts);
    differences.extend(found);
    Ok(format!("{same} facts are as the running kernel has them (BTF); it has no type for {unknown}"))
}

fn judge(types: &Types<'_>, facts: &Facts) -> Outcome {
    let mut outcome = Outcome::default();
    for (expression, value) in facts {
        let Some(question) = question(expression) else { continue };
        match question.answer(types) {
            None => outcome.unknown += 1,
            Some(found) if found == *value => outcome.same += 1,
            Some(found) => {
                outcome.differences.push(format!("BTF: {expression} is {found}, and {value} here"));
            }
        }
    }
    outcome
}

/// What is asked of a type.
#[derive(Debug, PartialEq, Eq)]
struct Question<'a> {
    /// `struct iovec`.
    of: &'a str,
    asked: Asked<'a>,
}

#[derive(Debug, PartialEq, Eq)]
enum Asked<'a> {
    Size,
    /// Where a field begins, in bytes.
    Place(&'a str),
    SizeOf(&'a str),
}

/// Reads `sizeof(struct a)`, `__builtin_offsetof(struct a, b)`, `sizeof(((struct a *)0)->b)`; alignments are not in the file.
fn question(expression: &str) -> Option<Question<'_>> {
    if let Some(rest) = expression.strip_prefix("sizeof(((") {
        let (of, field) = rest.strip_suffix(')')?.split_once(" *)0)->")?;
        return Some(Question { of, asked: Asked::SizeOf(field) });
    }
    if let Some(rest) = expression.strip_prefix("__builtin_offsetof(") {
        let (of, field) = rest.strip_suffix(')')?.split_once(", ")?;
        return Some(Question { of, asked: Asked::Place(field) });
    }
    let of = expression.strip_prefix("sizeof(")?.strip_suffix(')')?;
    Some(Question { of, asked: Asked::Size })
}

impl Question<'_> {
    fn answer(&self, types: &Types<'_>) -> Option<u64> {
        let of = found(types, self.of)?;
        match self.asked {
            Asked::Size => types.size(of),
            Asked::Place(field) => types.field(of, field.as_bytes()).map(|field| field.bits / 8),
            Asked::SizeOf(field) => types.field(of, field.as_bytes()).and_then(|field| types.size(field.of)),
        }
    }
}

fn found(types: &Types<'_>, name: &str) -> Option<Number> {
    let (named, name) = match name.split_once(' ') {
        Some(("struct", name)) => (Named::Structure, name),
        Some(("union", name)) => (Named::Union, name),
        _ => (Named::Plain, name),
    };
    types.find(named, name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_questions() {
        let asked = |expression| question(expression).map(|question| (question.of, question.asked));
        assert_eq!(asked("sizeof(struct iovec)"), Some(("struct iovec", Asked::Size)));
        assert_eq!(
            asked("__builtin_offsetof(struct iovec, iov_len)"),
            Some(("struct iovec", Asked::Place("iov_len")))
        );
        assert_eq!(
            asked("sizeof(((union bpf_attr *)0)->map_fd)"),
            Some(("union bpf_attr", Asked::SizeOf("map_fd")))
        );
        assert_eq!(asked("_Alignof(struct iovec)"), None);
    }

    #[test]
    fn a_difference_is_told() {
        let bytes = fs::read(crate::workspace::root().join("tests/samples/fuzz/btf/point")).unwrap();
        let types = Types::parse(&bytes).unwrap();
        let facts = [
            ("sizeof(struct point)", 48),
            ("sizeof(((struct point *)0)->y[1])", 4),
            ("__builtin_offsetof(struct point, high)", 12),
            ("sizeof(struct other)", 1),
            ("_Alignof(struct point)", 8),
        ];
        let facts = facts.map(|(name, value)| (name.to_owned(), value)).into_iter().collect();
        let outcome = judge(&types, &facts);
        assert_eq!((outcome.same, outcome.unknown), (2, 1));
        assert_eq!(outcome.differences, ["BTF: __builtin_offsetof(struct point, high) is 8, and 12 here"]);
    }
}
