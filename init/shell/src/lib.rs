//! The shell: POSIX.1-2024's command language with the additions of BusyBox ash; this crate never exits the process.
//!
//! A script goes through `parse` (characters to a tree, `syntax`), `expand` (words to fields) and `run` (commands, among
//! them `builtins`). All contact with the system goes through the trait [`System`].

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod builtins;
mod depth;
mod editor;
mod expand;
mod names;
mod parse;
mod run;
mod start;
mod syntax;
mod system;
mod text;
mod warn;

use alloc::string::String;
use alloc::vec::Vec;

pub use parse::SyntaxError;
pub use start::{check, main};
pub use system::{Disposition, Kernel, Start, System, Times, Wait};

/// The commands that the program has besides the shell's own.
pub trait Commands {
    /// Says whether there is a command of this name.
    fn has(&self, name: &[u8]) -> bool;
    /// Says whether a command ends soon by itself, waits for nobody and leaves its process as it was: then a script runs it
    /// in the shell's own.
    fn is_quick(&self, name: &[u8]) -> bool;
    /// Runs a command, its name first, with its environment; gives its status.
    fn call(&self, words: &[&[u8]], environment: &[&[u8]]) -> i32;
    /// Runs a command so that its output is added to memory.
    fn collect(&self, words: &[&[u8]], environment: &[&[u8]], into: &mut Vec<u8>) -> i32;
    /// Gives names that a mistyped one may stand for, nearest first.
    fn nearest(&self, name: &[u8]) -> Vec<&'static str>;
    /// Gives the names of all.
    fn names(&self) -> Vec<&'static str>;
    /// Gives the options of a command as they are typed, each with what it is for.
    fn options(&self, name: &[u8]) -> Vec<(String, String)>;
}
