//! Runs one command of the program as an ordinary program of the host: what the tables are held against when the real
//! program is not built, and what its memory is looked at with.

use std::os::unix::ffi::OsStrExt;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    let words: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
    let environment: Vec<Vec<u8>> =
        std::env::vars_os().map(|(name, value)| [name.as_bytes(), b"=", value.as_bytes()].concat()).collect();
    let environment: Vec<&[u8]> = environment.iter().map(Vec::as_slice).collect();
    let mut io = applets::Io::standard(&environment);
    ExitCode::from(applets::call(&mut io, &words).0)
}
