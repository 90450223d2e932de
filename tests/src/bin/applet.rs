//! Runs one command of the program as an ordinary program of the host: the one that names the link by which it is called,
//! else the one that its first argument names. Tables are held against it when the real program is not at hand.

use std::os::unix::ffi::OsStrExt;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut words: Vec<_> = std::env::args_os().collect();
    let path = words.first().map_or(&b""[..], |path| path.as_bytes());
    if applets::find(path.rsplit(|&byte| byte == b'/').next().unwrap_or_default()).is_none() {
        words.remove(0);
    }
    let words: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
    let environment: Vec<Vec<u8>> =
        std::env::vars_os().map(|(name, value)| [name.as_bytes(), b"=", value.as_bytes()].concat()).collect();
    let environment: Vec<&[u8]> = environment.iter().map(Vec::as_slice).collect();
    let mut io = applets::Io::standard(&environment).with_threads(spelunk_tests::threads::together);
    let status = match words.as_slice() {
        [option, ..] if option.starts_with(b"-") => applets::multiplexer::run(&mut io, &words, &[]),
        words => applets::call(&mut io, words),
    };
    ExitCode::from(status.0)
}
