//! A script such as an image is made with, of fifty ordinary commands and the shell, gives the same as with BusyBox.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, ensure};

use crate::live::Case;

pub(crate) const CASES: [Case; 1] =
    [("image: a script makes the same tree as with BusyBox", |ours, folder| {
        let Some(busybox) =
            ["/usr/bin/busybox", "/bin/busybox"].iter().map(Path::new).find(|path| path.exists())
        else {
            return skip("BusyBox is not installed");
        };
        if ours.emulator.is_some() {
            return skip("the kernel starts no programs of another processor");
        }
        let shell = match std::env::var_os("SPELUNK_PROGRAM") {
            Some(program) => PathBuf::from(program),
            None => env!("CARGO_BIN_EXE_sh").into(),
        };
        let names: Vec<_> = applets::names().filter(|name| *name != "sh").collect();
        let ours = made(&folder.join("ours"), &names, &ours.program, &shell)?;
        let theirs = made(&folder.join("theirs"), &names, busybox, busybox)?;
        ensure!(theirs.0.status.success(), "BusyBox does not: {}", text(&theirs.0));
        ensure!(ours.0 == theirs.0, "ours {}\n\nBusyBox's {}", text(&ours.0), text(&theirs.0));
        ensure!(ours.1 == theirs.1, "trees differ: {:#?}\nand {:#?}", ours.1, theirs.1);
        Ok(())
    })];

fn skip(why: &str) -> Result<()> {
    println!("skipped: image: {why}");
    Ok(())
}

/// Runs the script in a folder with commands that are links to a program; gives what it said, and the tree that it left: paths,
/// modes, sizes and what links say.
fn made(folder: &Path, names: &[&str], program: &Path, shell: &Path) -> Result<(Output, Vec<String>)> {
    let commands = folder.join("commands");
    fs::create_dir_all(&commands)?;
    for name in names {
        symlink(program, commands.join(name))?;
    }
    symlink(shell, commands.join("sh"))?;
    let output = Command::new(commands.join("sh"))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("applets/image/setup.sh"))
        .current_dir(folder)
        .env_clear()
        .env("PATH", &commands)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()?;
    let list = Command::new("find")
        .args(["root", "-printf", "%p %M %s %l\n"])
        .current_dir(folder)
        .output()
        .context("list the tree")?;
    let mut tree: Vec<String> = String::from_utf8(list.stdout)?.lines().map(str::to_owned).collect();
    tree.sort();
    ensure!(tree.len() > 10, "the script left {tree:?}: {}", text(&output));
    Ok((output, tree))
}

fn text(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}:\n{}{}", output.status, text(&output.stdout), text(&output.stderr))
}
