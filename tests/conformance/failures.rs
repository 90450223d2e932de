//! Scripts of which one system call fails, each in turn: the outcome is the usual one, or something is said about it, and
//! nothing crashes, hangs, or leaves a descriptor open. And sandboxes that take calls away, which scripts never notice.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use linux::Errno;
use linux::security::Refusal;
use linux_raw_sys::general as kernel;
use spelunk_tests::sandbox::refuse;
use spelunk_tests::tally::Tally;

/// What calls fail with: what is used up, and a signal.
const ERRORS: [Errno; 2] = [Errno::NOMEM, Errno::INTR];

/// No script takes so many calls.
const MOST: usize = 600;

const SCRIPTS: &[&str] = &[
    "echo a | cat | cat",
    "x=$(echo a; echo b); echo $x",
    "x=$(/bin/echo a); echo $x $?",
    "{ echo a; echo b; } >f; cat <f; read x <f; echo $x",
    "cat <<E\nhere $((1+1))\nE\n:",
    "(echo a; exit 3); echo $?",
    "echo a >f & wait $!; echo $?; read x <f; echo $x",
    "echo a | cat >f & wait; read x <f; echo $x",
    "cd /; cd - >/dev/null; for x in [f-h]; do echo $x; done",
    "f() { echo $1; }; f : 3>&1 >f; . ./f; read x <f; echo $x",
    "trap 'echo t' EXIT; /bin/true && echo b",
];

/// Calls that sandboxes take from every program (Docker's, man-db's, those of old kernels), without which all is as usual.
const REFUSED: [(&str, u32); 8] = [
    ("unshare", kernel::__NR_unshare),
    ("clone3", kernel::__NR_clone3),
    ("close_range", kernel::__NR_close_range),
    ("faccessat2", kernel::__NR_faccessat2),
    ("openat2", kernel::__NR_openat2),
    ("pidfd_open", kernel::__NR_pidfd_open),
    ("rseq", kernel::__NR_rseq),
    ("memfd_create", kernel::__NR_memfd_create),
];

/// Runs all; gives how many went well and how many did not.
pub(crate) fn run(ours: &Path, folder: &Path, tally: &Tally) {
    for script in SCRIPTS {
        let each_call = |errno: &Errno| each_call(ours, folder, script, *errno);
        tally.case(&format!("failures: {script}"), || {
            ERRORS.iter().try_for_each(each_call).and_then(|()| refused(ours, folder, script))
        });
    }
}

/// What came of a run: its output, its status, what it said.
struct Outcome {
    out: String,
    status: Option<i32>,
    err: String,
}

/// Has each call of a script fail.
fn each_call(ours: &Path, folder: &Path, script: &str, errno: Errno) -> Result<()> {
    let usual = perform(ours, folder, script, usize::MAX, errno)?.0;
    ensure!(usual.err.is_empty(), "without a failure it says {:?}", usual.err);
    for at in 0..MOST {
        let (found, count) =
            perform(ours, folder, script, at, errno).with_context(|| format!("call {at}: {errno}"))?;
        let Outcome { out, status, err } = &found;
        ensure!(
            !err.is_empty() || (out, status) == (&usual.out, &usual.status),
            "call {at}: {errno}: status {status:?}, output {out:?}, and nothing is said"
        );
        ensure!(!err.contains("panicked"), "call {at}: {errno}: {err}");
        if count.is_some_and(|count| count <= at) {
            return Ok(());
        }
    }
    anyhow::bail!("more than {MOST} calls")
}

/// Takes each of the calls away that sandboxes take.
fn refused(ours: &Path, folder: &Path, script: &str) -> Result<()> {
    let usual = end(&mut prepared(ours, folder, script)?, folder)?;
    for (name, number) in REFUSED {
        for errno in [Errno::PERM, Errno::NOSYS] {
            let failed = |_| std::io::ErrorKind::Other.into();
            let mut command = prepared(ours, folder, script)?;
            let confine = move || refuse(number, Refusal::Error(errno)).map_err(failed);
            // SAFETY: system calls only, which are safe between fork and execve.
            let command = unsafe { command.pre_exec(confine) };
            let found = end(command, folder).with_context(|| format!("{name}: {errno}"))?;
            ensure!(
                (&found.out, &found.status, &found.err) == (&usual.out, &usual.status, &usual.err),
                "{name}: {errno}: status {:?}, output {:?}, {}",
                found.status,
                found.out,
                found.err
            );
        }
    }
    Ok(())
}

/// Runs a script of which this call fails; gives how many calls there were, if the shell came to its end by itself.
fn perform(
    ours: &Path,
    folder: &Path,
    script: &str,
    at: usize,
    errno: Errno,
) -> Result<(Outcome, Option<usize>)> {
    let report = folder.join("report");
    let _ = fs::remove_file(&report);
    let mut command = prepared(ours, folder, script)?;
    command.env("SPELUNK_FAILURE", format!("{at} {} {}", errno.number(), report.display()));
    let outcome = end(&mut command, folder)?;
    let report = fs::read_to_string(&report).unwrap_or_default();
    let Some((count, open)) = report.split_once(' ') else { return Ok((outcome, None)) };
    ensure!(open == "[]", "descriptors stay open: {open}\n{}", outcome.err);
    Ok((outcome, Some(count.parse()?)))
}

/// Makes the folder in which a script runs, and the command for it, which ends after ten seconds.
fn prepared(ours: &Path, folder: &Path, script: &str) -> Result<Command> {
    let place = folder.join("failures");
    fs::create_dir_all(&place)?;
    fs::write(place.join("g"), "")?;
    let mut command = Command::new("/usr/bin/timeout");
    command.args(["-s", "KILL", "10"]).arg(ours).args(["-c", script]);
    command.current_dir(&place).stdin(Stdio::null()).env_clear().env("PATH", super::PATH);
    Ok(command)
}

/// Runs it and takes the folder away.
fn end(command: &mut Command, folder: &Path) -> Result<Outcome> {
    let output = command.output()?;
    fs::remove_dir_all(folder.join("failures"))?;
    // `timeout` gives 128 and the number of the signal that has ended what it runs.
    let status = output.status.code();
    ensure!(status.is_some_and(|status| status < 128), "{}", output.status);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Outcome { out: text(&output.stdout), status, err: text(&output.stderr) })
}
