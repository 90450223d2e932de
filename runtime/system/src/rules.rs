//! Rules of routing: which packets ask which table.

use alloc::vec::Vec;

use formats::netlink::message::kind;
use formats::netlink::{Family, Flags, Writer};

use crate::error::Result;
use crate::netlink::Socket;

pub use formats::netlink::rule::{Action, Range, Rule, RuleFlags};

/// Gives the rules of a family, in the order in which they are asked.
///
/// # Errors
/// `AFNOSUPPORT` (a kernel without rules), or else what the kernel says; [`crate::Cause::Unsteady`].
pub fn dump(socket: &mut Socket, family: Family) -> Result<Vec<Rule>> {
    let query = Rule { family, ..Rule::default() };
    let mut rules =
        socket.ask(&"rules", kind::GET_RULE, Flags::DUMP, &|writer| query.emit(writer), Rule::parse)?;
    // A kernel without IPv6 gives those of IPv4.
    rules.retain(|rule| rule.family == family);
    Ok(rules)
}

/// Adds a rule; without a priority, before those that there are.
///
/// # Errors
/// `EXIST`, `INVAL`, `PERM`, `OPNOTSUPP`.
pub fn add(socket: &mut Socket, rule: &Rule) -> Result<()> {
    let write = &|writer: &mut Writer<'_>| rule.emit(writer);
    socket.change("add", &"rule", kind::NEW_RULE, Flags::CREATE | Flags::EXCLUSIVE, write)
}

/// Removes the first rule that has everything that `rule` says.
///
/// # Errors
/// `NOENT` (none has), `PERM` (it is permanent).
pub fn delete(socket: &mut Socket, rule: &Rule) -> Result<()> {
    let write = &|writer: &mut Writer<'_>| rule.emit(writer);
    socket.change("delete", &"rule", kind::DELETE_RULE, Flags::empty(), write)
}
