//! `which` (Debian's and BusyBox's): programs that PATH finds.

use linux::fs::{Access, FileKind, access, stat};

use super::path::join;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "which",
    summary: "Print the paths of programs",
    usage: "[-a] NAME...",
    flags: flags![
        Flag::new(b'a', "all", "all that there are, not the first only"),
        Flag::new(b's', "", "print nothing"),
    ],
    run: Run::Parsed(run),
};

/// Where programs are, when the environment does not say.
const PATH: &[u8] = b"/sbin:/usr/sbin:/bin:/usr/bin";

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let path = io.variable("PATH").unwrap_or(PATH);
    let mut status = Status::from(!parsed.operands.is_empty());
    for &name in &parsed.operands {
        let folders: &[u8] = if name.contains(&b'/') { b"" } else { path };
        let mut is_found = false;
        for folder in folders.split(|&byte| byte == b':') {
            // An empty entry is the current folder.
            let folder = if folder.is_empty() && !name.contains(&b'/') { b"." } else { folder };
            let file = join(folder, name);
            if (is_found && !parsed.has(b'a')) || !is_program(&file) {
                continue;
            }
            is_found = true;
            if !parsed.has(b's') {
                io.out.put(&file);
                io.out.put(b"\n");
            }
        }
        status = status.and(Status::from(is_found));
    }
    Ok(status)
}

fn is_program(path: &[u8]) -> bool {
    stat(path).is_ok_and(|file| file.kind() == FileKind::Regular) && access(path, Access::EXECUTE).is_ok()
}
