//! `pwd` (POSIX). Without an option it is `-P`, as GNU's and BusyBox's are, for `/bin/pwd` is how scripts learn where links have led them;
//! with POSIXLY_CORRECT it is `-L`. The shell has its own, which is `-L`.

use linux::fs::stat;

use super::resolve::here;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "pwd",
    summary: "Print the path of the current folder",
    usage: "[OPTION]...",
    flags: flags![
        Flag::new(b'L', "logical", "as PWD has it, if that is right, with the links in it"),
        Flag::new(b'P', "physical", "without links"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let is_logical = match parsed.last_of(b"LP") {
        Some(key) => key == b'L',
        None => io.variable("POSIXLY_CORRECT").is_some(),
    };
    let logical = io.variable("PWD").filter(|path| is_logical && is_here(path));
    match logical.map_or_else(here, |path| Ok(path.to_vec())) {
        Ok(path) => {
            io.out.put(&path);
            io.out.put(b"\n");
            Ok(crate::Status::SUCCESS)
        }
        Err(errno) => Ok(io.complain(b".", &errno)),
    }
}

/// Says whether a path from the root, without `.` and `..`, leads to the current folder.
fn is_here(path: &[u8]) -> bool {
    let is_plain = path.split(|&byte| byte == b'/').all(|name| name != b"." && name != b"..");
    let identity = |path: &[u8]| stat(path).map(|file| (file.device(), file.inode()));
    path.starts_with(b"/") && is_plain && identity(path).is_ok_and(|there| Ok(there) == identity(b"."))
}
