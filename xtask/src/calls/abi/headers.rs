//! The headers that Linux has for programs, made once from its source and kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::install::{self, need};
use crate::machine::Architecture;
use crate::output::note;
use crate::{command, workspace};

/// The version of Linux: younger than that of the guests' kernel, for the sake of younger calls.
pub(super) const VERSION: &str = "6.12";

/// Debian's package of its source, which is fetched and not installed: the guests' kernels are made from what is installed.
const PACKAGE: &str = "linux-source-6.12";

/// The parts of the source that headers are made from.
const PARTS: &[&str] = &[
    "*/Makefile*",
    "*/Kbuild*",
    "*/scripts/*",
    "*/include/uapi/*",
    "*/include/linux/*.h",
    "*/arch/*/entry/syscalls/*",
    "*/arch/*/kernel/syscalls/*",
    "*/arch/*/tools/*",
    "*/tools/include/tools/*",
];

/// Headers that are the kernel's own: the numbers of some calls' arguments are nowhere else, and every C library writes them down
/// once more.
const INNER: &[&str] = &["eventfd", "exportfs", "fs", "net", "socket", "splice", "stat", "swap", "syslog"];

/// The file with the constants of these.
pub(super) const CONSTANTS: &str = "spelunk-inner.h";

/// Gives the folder with the headers for an architecture.
pub(super) fn folder(architecture: &Architecture) -> Result<PathBuf> {
    let name = match architecture.kernel.arch.as_str() {
        "i386" | "x86_64" => "x86",
        other => other,
    };
    let folder = workspace::cache("headers")?.join(VERSION).join(name);
    if !folder.exists() {
        make(name, &folder)?;
    }
    Ok(folder)
}

fn make(name: &str, folder: &Path) -> Result<()> {
    install::ensure(&[need("make", "make"), need("gcc", "gcc"), need("tar", "tar"), need("xz", "xz-utils")])?;
    note!("making the headers of Linux {VERSION} for {name}, once");
    // Next to it, so that what is there under its name is whole.
    let partial = folder.with_extension(std::process::id().to_string());
    let tree = workspace::make_folder(&partial.join("source"))?;
    let archive = install::unpacked(PACKAGE, &[PACKAGE])?.join("usr/src").join(format!("{PACKAGE}.tar.xz"));
    let mut tar = Command::new("tar");
    tar.arg("--extract").arg("--file").arg(&archive).arg("--directory").arg(&tree);
    tar.args(["--strip-components=1", "--wildcards"]).args(PARTS).arg("--exclude=*/tools/testing/*");
    command::output(&mut tar)?;
    let built = workspace::make_folder(&partial.join("built"))?;
    let mut make = Command::new("make");
    make.arg("-C").arg(&tree).arg(format!("O={}", built.display())).arg(format!("ARCH={name}"));
    // Settings of a cargo or make above us are not for the kernel.
    make.env_remove("MAKEFLAGS").env_remove("CARGO_MAKEFLAGS").env("LC_ALL", "C");
    command::output(make.arg("headers"))?;
    let made = built.join("usr/include");
    let mut text = String::new();
    for name in INNER {
        text += &constants(&workspace::read(&tree.join(format!("include/linux/{name}.h")))?);
    }
    workspace::write(&made.join(CONSTANTS), text)?;
    fs::rename(&made, folder).with_context(|| format!("make {}", folder.display()))?;
    fs::remove_dir_all(&partial).with_context(|| format!("remove {}", partial.display()))
}

/// Gives the constants of a header that are plain numbers, as macros that do not stand above those for programs.
fn constants(text: &str) -> String {
    let is_plain = |value: &str| {
        value.starts_with(|first: char| first.is_ascii_digit() || first == '(')
            && value.chars().all(|letter| letter.is_ascii_hexdigit() || "xX()<>uUlL -".contains(letter))
    };
    let constants = text.lines().filter_map(|line| {
        let line = line.split("/*").next().unwrap_or(line).split("//").next().unwrap_or(line).trim();
        let (name, value) = match line.strip_prefix("#define") {
            Some(rest) => rest.trim().split_once(|letter: char| letter.is_ascii_whitespace())?,
            None => line.strip_suffix(',').unwrap_or(line).split_once('=')?,
        };
        let (name, value) = (name.trim(), value.trim());
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        (is_name && is_plain(value)).then(|| format!("#ifndef {name}\n#define {name} {value}\n#endif\n"))
    });
    constants.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_numbers_are_taken() {
        let text = "#define AF_INET\t\t2\t/* Internet */\n#define F(x) 1\n#define A B\n\tSOCK_RAW\t= 3,\n#define N ((1l << 30) - 1l)\nint a = 3;";
        assert_eq!(
            constants(text),
            "#ifndef AF_INET\n#define AF_INET 2\n#endif\n#ifndef SOCK_RAW\n#define SOCK_RAW 3\n#endif\n\
             #ifndef N\n#define N ((1l << 30) - 1l)\n#endif\n"
        );
    }
}
