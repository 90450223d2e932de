//! Exits with the set of those of its descriptors 0 to 2 that are open, as a number with a bit for each.

#![no_std]
#![no_main]

use linux::fd::{STDERR, STDIN, STDOUT};
use rt::{Arguments, Environment};

rt::program!(main);

fn main(_arguments: Arguments, _environment: Environment) -> i32 {
    let standard = [STDIN, STDOUT, STDERR].into_iter().enumerate();
    let open = standard.filter(|&(_, fd)| linux::fs::descriptor_flags(fd).is_ok());
    open.fold(0, |set, (number, _)| set | 1 << number)
}
