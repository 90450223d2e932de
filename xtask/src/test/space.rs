//! The disk that a whole test takes: a lack is told of before the first suite, not by the compiler half an hour later.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::{command, workspace};

/// What the folder that cargo builds into holds at the end, and what guests and packages take beside it; in MiB.
const WHOLE: u64 = 8 << 10;

/// Fails when the disk below the folder that cargo builds into has less than a whole test still adds to it.
pub(super) fn ensure() -> Result<()> {
    let target = workspace::make_folder(&workspace::target())?;
    let free = number(command::new("df").args(["--output=avail", "--block-size=1M"]).arg(&target))?;
    let taken = number(command::new("du").args(["--summarize", "--block-size=1M"]).arg(&target))?;
    match lack(&target, free, taken) {
        Some(lack) => bail!(lack),
        None => Ok(()),
    }
}

/// Gives the number that a command says on its last line, in the first column.
fn number(command: &mut std::process::Command) -> Result<u64> {
    let text = command::output(command)?;
    let word = text.lines().last().and_then(|line| line.split_whitespace().next());
    word.and_then(|word| word.parse().ok()).with_context(|| format!("{}: {text}", command::show(command)))
}

/// Says what is missing, if anything is.
fn lack(target: &Path, free: u64, taken: u64) -> Option<String> {
    (free + taken < WHOLE).then(|| {
        format!(
            "{}: a whole test takes {WHOLE} MiB there, of which {taken} are taken and only {free} free; make room, set CARGO_TARGET_DIR, or run a part with --only",
            target.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_already_counts() {
        let target = Path::new("/target");
        assert_eq!(lack(target, WHOLE, 0), None);
        assert_eq!(lack(target, 1, WHOLE), None);
        let said = lack(target, 100, 20).expect("too little");
        assert!(said.contains("/target") && said.contains("20 are taken and only 100 free"), "{said}");
    }

    #[test]
    fn a_disk_says_what_is_free() {
        let folder = workspace::scratch("space").expect("a folder");
        let free = number(command::new("df").args(["--output=avail", "--block-size=1M"]).arg(folder));
        assert!(free.expect("a number") > 0);
    }
}
