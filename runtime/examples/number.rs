//! Numbers the lines of standard input. On a terminal each line appears at once, into a file they go 8 KiB at a time; output
//! that is lost is told.
//!
//! ```text
//! $ printf 'one\n.\nno end' | number
//! 1 one
//! 2 .
//! 3 no end
//! $ echo lost | number > /dev/full; echo "status $?"
//! standard output: no space left on device
//! status 1
//! $ (echo first; sleep 0.2; echo second) | number | head -n 1
//! 1 first
//! ```

#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;

use spelunk::io::{self, BufRead, Result, Write};
use spelunk::{Arguments, Environment};

spelunk::program!(main);

fn main(_arguments: Arguments, _environment: Environment) -> i32 {
    let mut out = io::stdout();
    let status = match number(&mut out) {
        Ok(()) => 0,
        Err(errno) => {
            // Nobody is left to be told of this one's failure.
            let _ = writeln!(io::stderr(), "number: {errno}");
            1
        }
    };
    out.status(status)
}

/// What cannot be written is remembered by the output, and told at its end.
fn number(out: &mut impl Write) -> Result<()> {
    let (mut input, mut line, mut count) = (io::stdin(), Vec::new(), 0_u64);
    while input.read_line(&mut line)? {
        count += 1;
        let written =
            write!(out, "{count} ").and_then(|()| out.write_all(&line)).and_then(|()| writeln!(out));
        if written.is_err() {
            break;
        }
    }
    Ok(())
}
