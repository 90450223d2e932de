//! Writes files one after the other; `-` is standard input.
//!
//! The kernel moves the bytes where it can (`io::copy::files`): not one of them passes through this program.
//!
//! ```text
//! $ echo one | cat -
//! one
//! $ echo two > file; echo three | cat file - file
//! two
//! three
//! two
//! $ cat missing; echo "status $?"
//! cat: missing: no such file or directory
//! status 1
//! $ cat file > /dev/full; echo "status $?"
//! cat: file: no space left on device
//! status 1
//! ```

#![no_std]
#![no_main]

use spelunk::io::{self, File, Write, copy};
use spelunk::linux::fd::{STDIN, STDOUT};
use spelunk::{Arguments, Environment};

spelunk::program!(main);

fn main(arguments: Arguments, _environment: Environment) -> i32 {
    let mut status = 0;
    for name in arguments.skip(1).map(|name| name.to_bytes()) {
        let copied = match name {
            b"-" => copy::files(STDIN, STDOUT),
            path => File::open(path).and_then(|file| copy::files(file, STDOUT)),
        };
        if let Err(errno) = copied {
            status = 1;
            // Nobody is left to be told of this one's failure.
            let _ = writeln!(io::stderr(), "cat: {}: {errno}", name.escape_ascii());
        }
    }
    status
}
