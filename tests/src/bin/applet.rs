//! Runs one applet as a process of the host: `applet NAME [ARGUMENT]...`. Tests start it inside namespaces, where the
//! program itself, which has no standard library, cannot be built by `cargo test`.

use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<Vec<u8>> = std::env::args_os().skip(1).map(OsStringExt::into_vec).collect();
    let variables: Vec<Vec<u8>> =
        std::env::vars_os().map(|(name, value)| [name.as_bytes(), b"=", value.as_bytes()].concat()).collect();
    let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
    let variables: Vec<&[u8]> = variables.iter().map(Vec::as_slice).collect();
    ExitCode::from(applets::call(&mut applets::Io::standard(&variables), &words).0)
}
