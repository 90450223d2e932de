//! Scripts too deep, too long, or without what they need: a clear error and its status, never a crash.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, ensure};
use spelunk_tests::tally::Tally;

/// How deep what cannot be run is nested.
const DEEP: usize = 10_000;

/// Scripts that are nested too deep: what opens, what stands within, what closes.
const NESTED: &[(&str, &str, &str)] = &[
    ("(", "echo x", ")"),
    ("{ ", "echo x;", " }; "),
    ("$(", "echo x", ")"),
    ("echo \"$(", "echo x", ")\""),
    ("echo ${x:-", "y", "}"),
    ("if ", "true;", " then :; fi; "),
    ("while ", "false;", " do :; done; "),
    ("case x in x) ", "true", " ;; esac "),
    ("f() { ", "true;", " }; "),
    ("$((", "1", "))"),
];

/// What else must end with an error: the script, its status, and what is said.
const REFUSED: &[(&str, i32, &str)] = &[
    ("f() { f; }; f", 2, "nested too deep"),
    ("x='eval \"$x\"'; eval \"$x\"", 2, "nested too deep"),
    ("x='x'; echo $((x))", 2, "lead to one another"),
    ("ulimit -n 4; echo $(echo a; echo b); echo no", 2, "too many open files"),
    ("ulimit -n 4; echo a | cat; echo no", 2, "too many open files"),
    ("ulimit -n 3; read x </dev/null", 1, "too many open files"),
    ("ulimit -v 200000; x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done", 2, "out of memory"),
    ("ulimit -v 200000; x=a; while :; do x=${x#b}${x:-c}; done; echo no", 2, "out of memory"),
    ("ulimit -v 200000; x=$(tr '\\0' x </dev/zero); echo no", 2, "out of memory"),
    ("echo x >/dev/full", 1, "write: no space left on device"),
    ("printf x >/dev/full", 1, "write: no space left on device"),
    ("{ pwd; } >/dev/full", 1, "write: no space left on device"),
    ("x=$(echo a >/dev/full)", 1, "write: no space left on device"),
    ("echo x >&-", 1, "write: bad file descriptor"),
    ("trap '' PIPE; { sleep 0.1; echo x; echo $? >&2; } | :; exit 9", 9, "write: broken pipe"),
    ("/bin/true $(seq 1 1000000)", 126, "argument list too long"),
    ("./", 126, ""),
];

/// What is long but right: the script and what it prints.
const LONG: &[(&str, &str)] = &[
    ("set -- $(seq 1 100000); echo $#; for x in \"$@\"; do :; done; echo $x", "100000\n100000\n"),
    ("x=$(seq 1 100000); set -- $x; IFS=; y=\"$*\"; echo ${#y}", "488895\n"),
    (
        "x=$(head -c 1000000 /dev/zero | tr '\\0' a); echo ${#x}; eval \"y=$x\"; [ $x = $y ] && echo same",
        "1000000\nsame\n",
    ),
];

/// Runs all; gives how many went well and how many did not.
pub(crate) fn run(ours: &Path, folder: &Path, tally: &Tally) {
    let nested = NESTED.iter().map(|(open, within, close)| {
        let script = [open.repeat(DEEP), (*within).to_owned(), close.repeat(DEEP)].concat();
        (format!("limits: {open}{within}{close} {DEEP} times"), script, Some(2), "too deep", None)
    });
    let refused = REFUSED.iter().map(|(script, status, said)| {
        (format!("limits: {script}"), (*script).to_owned(), Some(*status), *said, None)
    });
    let long = LONG.iter().map(|(script, printed)| {
        (format!("limits: {script}"), (*script).to_owned(), Some(0), "", Some(*printed))
    });
    for (name, script, status, said, printed) in nested.chain(refused).chain(long) {
        tally.case(&name, || check(ours, folder, &script, status, said, printed));
    }
}

fn check(
    ours: &Path,
    folder: &Path,
    script: &str,
    status: Option<i32>,
    said: &str,
    printed: Option<&str>,
) -> Result<()> {
    let file = folder.join("script");
    fs::write(&file, script)?;
    let output = Command::new(ours).arg(&file).current_dir(folder).stdin(Stdio::null()).output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.code() == status, "{}, expected {status:?}\n{errors}", output.status);
    ensure!(errors.contains(said), "errors {errors:?}, expected {said:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(printed.is_none_or(|printed| text == printed), "output {text:?}, expected {printed:?}");
    Ok(())
}
