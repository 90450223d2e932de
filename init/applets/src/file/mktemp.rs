//! `mktemp` (GNU; BusyBox has `-d -p -q -t -u`).

use linux::fs::{self, Mode, OpenFlags};
use linux::retry;

use super::path::join;
use super::random::unused;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "mktemp",
    summary: "Make a file or folder with a name that was not there, and print it",
    usage: "[OPTION]... [TEMPLATE]    (the last three X or more become letters and digits)",
    flags: flags![
        Flag::new(b'd', "directory", "a folder"),
        Flag::new(b'q', "quiet", "say nothing of what failed"),
        Flag::new(b'u', "dry-run", "print a name only, and make nothing"),
        Flag::with(b'p', "", "FOLDER", "in FOLDER, unless TMPDIR names another one for -t"),
        Flag::may(TMPDIR, "tmpdir", "FOLDER", "in FOLDER, else in TMPDIR, else in /tmp"),
        Flag::new(b't', "", "TEMPLATE is a name in TMPDIR, else in that of -p, else in /tmp"),
        Flag::with(SUFFIX, "suffix", "SUFFIX", "SUFFIX behind the letters"),
    ],
    run: Run::Parsed(run),
};

keys! { 128; TMPDIR SUFFIX }

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let usual = [&b"tmp."[..], &[b'X'; 10]].concat();
    let template = match parsed.operands.as_slice() {
        [] => usual.as_slice(),
        [template] => template,
        _ => return Ok(parsed.usage(io)),
    };
    let variable = io.variable("TMPDIR").filter(|folder| !folder.is_empty());
    let option = parsed.value(b'p').or(parsed.value(TMPDIR)).filter(|folder| !folder.is_empty());
    let folder = match (parsed.has(b't'), parsed.operands.is_empty() || parsed.has_any(&[b'p', TMPDIR])) {
        (true, _) => variable.or(option),
        (false, true) => option.or(variable),
        (false, false) => Some(&b""[..]),
    };
    let folder = folder.unwrap_or(b"/tmp");
    if parsed.has(b't') && template.contains(&b'/') || !folder.is_empty() && template.starts_with(b"/") {
        return Ok(io.misuse(template, "not a name, but a path"));
    }
    let path = join(folder, template);
    let Some((before, count, after)) = split(&path, parsed.value(SUFFIX)) else {
        return Ok(
            io.complain(template, &"needs three X at least in its last name, at its end with --suffix")
        );
    };
    let after = [after, parsed.value(SUFFIX).unwrap_or_default()].concat();
    if after.contains(&b'/') {
        return Ok(io.misuse(&after, "a suffix has no slash"));
    }
    let (is_folder, is_dry) = (parsed.has(b'd'), parsed.has(b'u'));
    match unused((before, count, &after), &mut |path| make(path, is_folder, is_dry)) {
        Ok(((), path)) => {
            io.out.put(&path);
            io.out.put(b"\n");
            Ok(Status::SUCCESS)
        }
        Err(_) if parsed.has(b'q') => Ok(Status::FAILURE),
        Err(errno) => Ok(io.complain(&path, &errno)),
    }
}

fn make(path: &[u8], is_folder: bool, is_dry: bool) -> linux::Result<()> {
    match (is_dry, is_folder) {
        (true, _) => match fs::lstat(path) {
            Ok(_) => Err(linux::Errno::EXIST),
            Err(linux::Errno::NOENT) => Ok(()),
            Err(errno) => Err(errno),
        },
        (false, true) => fs::mkdir(path, Mode::octal(0o700)),
        (false, false) => {
            let flags =
                OpenFlags::READ_WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::CLOSE_ON_EXEC;
            retry(|| fs::open(path, flags, Mode::octal(0o600))).map(drop)
        }
    }
}

/// Finds the last row of three X or more in the last name: what is before it, how many, and what is behind.
fn split<'a>(path: &'a [u8], suffix: Option<&[u8]>) -> Option<(&'a [u8], usize, &'a [u8])> {
    let end = path.iter().rposition(|&byte| byte == b'X')? + 1;
    let (head, after) = path.split_at(end);
    let start = head.iter().rposition(|&byte| byte != b'X').map_or(0, |at| at + 1);
    let fits = end - start >= 3 && !after.contains(&b'/') && (suffix.is_none() || after.is_empty());
    fits.then(|| (head.get(..start).unwrap_or_default(), end - start, after))
}
