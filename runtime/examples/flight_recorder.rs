//! Counts the bytes of files. When one cannot be read it panics, and then the last system calls of each thread are shown; on
//! SIGQUIT (Ctrl-\) they are shown too, and it goes on.
//!
//! It is built with the feature `recorder`. A program without it has nothing of this, and pays nothing.
//!
//! ```text
//! $ printf 'one\ntwo\n' > file; flight_recorder file
//! 8 file
//! $ (flight_recorder file missing; true) 2>&1 | grep -e missing -e thread -e ENOENT
//! panic at ...: missing: no such file or directory
//! last calls of thread main, the newest last:
//! ... us ago: openat(-100, 0x...) = ENOENT, ... us
//! ```

#![no_std]
#![no_main]

use core::ffi::CStr;

use spelunk::io::{self, File, Read, Result, Write};
use spelunk::rt::recorder;
use spelunk::{Arguments, Environment};

spelunk::program!(main);

fn main(arguments: Arguments, _environment: Environment) -> i32 {
    if let Err(errno) = recorder::start() {
        let _ = writeln!(io::stderr(), "flight_recorder: {errno}");
        return 1;
    }
    let mut out = io::stdout();
    let told = arguments.skip(1).try_for_each(|path| writeln!(out, "{} {}", length(path), shown(path)));
    out.status(i32::from(told.is_err()))
}

/// Reads a file to its end.
#[allow(clippy::panic, reason = "it is what is shown")]
fn length(path: &CStr) -> u64 {
    match count(path) {
        Ok(length) => length,
        Err(errno) => panic!("{}: {errno}", shown(path)),
    }
}

fn count(path: &CStr) -> Result<u64> {
    let mut file = File::open(path.to_bytes())?;
    let (mut buffer, mut length) = ([0; 4096], 0);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(length),
            count => length += count as u64,
        }
    }
}

fn shown(path: &CStr) -> impl core::fmt::Display {
    path.to_bytes().escape_ascii()
}
