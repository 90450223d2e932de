//! What the arguments of the kernel's calls are: from the prototypes of its include/linux/syscalls.h, and from a file of
//! ours where these do not name them, are made differently for each processor, or are younger than the packaged source.
//!
//! A kind is a letter, which `formats::file::calls::Kind` explains.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{command, kernel, workspace};

/// Our own file: a call and its kinds a line, `-` for no arguments.
const OWN: &str = include_str!("arguments.txt");

/// The file of the kernel's source.
const HEADER: &str = "include/linux/syscalls.h";

/// Endings of names that are the same call with wider or narrower arguments.
const WIDTHS: [&str; 3] = ["_time64", "64", "32"];

/// Reads the kernel's prototypes; none if its source is not at hand.
pub(super) fn of_source() -> Result<Option<BTreeMap<String, String>>> {
    let Some((archive, version)) = kernel::source_at_hand() else { return Ok(None) };
    // Unpacking takes half a minute, so the one file is kept.
    let path = workspace::cache("headers")?.join(format!("{}-syscalls.h", version.replace(['/', ':'], "_")));
    if !path.exists() {
        let mut tar = Command::new("tar");
        tar.arg("--extract").arg("--to-stdout").arg("--file").arg(&archive);
        tar.args(["--wildcards", "--no-wildcards-match-slash", "--occurrence=1"]).arg(format!("*/{HEADER}"));
        let text = command::output(&mut tar)?;
        let staged = path.with_extension(std::process::id().to_string());
        workspace::write(&staged, text + "\n")?;
        std::fs::rename(&staged, &path).with_context(|| format!("name {}", path.display()))?;
    }
    Ok(Some(parse(&workspace::read(&path)?)))
}

/// The kernel whose prototypes the table is written from; another's may have more calls, or other words for their arguments.
const WRITTEN_FROM: &str = "6.1.";

/// Says whether the source at hand is that of the kernel that the table is written from.
pub(super) fn is_as_written() -> bool {
    kernel::source_at_hand().is_some_and(|(_, version)| version.starts_with(WRITTEN_FROM))
}

/// Gives the rows of our own file.
pub(super) fn own() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = OWN.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(' ')).map(|(name, kinds)| (name, kinds.trim_matches('-')))
}

/// Finds what the arguments of a call are.
pub(super) fn find<'a>(source: &'a BTreeMap<String, String>, name: &str) -> Option<&'a str> {
    let exact = |name: &str| {
        own().find(|(own, _)| *own == name).map(|(_, kinds)| kinds).or(source.get(name).map(String::as_str))
    };
    exact(name).or_else(|| WIDTHS.iter().find_map(|width| exact(name.strip_suffix(width)?)))
}

/// Reads all prototypes of a header: `asmlinkage long sys_NAME(TYPE NAME, …);`. Of several for a call the last counts.
fn parse(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for declaration in text.split("asmlinkage long sys_").skip(1) {
        let Some((name, rest)) = declaration.split_once('(') else { continue };
        let Some((arguments, _)) = rest.split_once(");") else { continue };
        let arguments: Vec<_> = match arguments.trim() {
            "void" | "" => Vec::new(),
            list => list.split(',').map(str::trim).collect(),
        };
        found.insert(name.trim().to_owned(), kinds(&arguments));
    }
    found
}

fn kinds(arguments: &[&str]) -> String {
    let next = arguments.iter().skip(1).map(Some).chain([None]);
    arguments
        .iter()
        .zip(next)
        .map(|(argument, next)| kind(argument, next.is_some_and(|next| is_length(next))))
        .collect()
}

/// Says whether an argument is how many bytes the one before it points to.
fn is_length(argument: &str) -> bool {
    let (kind, name) = split(argument);
    !kind.contains('*')
        && (kind.contains("size_t") || ["len", "size", "count", "bufsiz", "optlen"].contains(&name))
}

/// Splits an argument into its type and its name.
fn split(argument: &str) -> (&str, &str) {
    let end = |letter: char| !(letter.is_alphanumeric() || letter == '_');
    argument.rsplit_once(end).map_or((argument, ""), |(kind, name)| {
        (argument.get(..argument.len() - name.len()).unwrap_or(kind), name)
    })
}

/// Gives the letter of an argument.
fn kind(argument: &str, has_length: bool) -> char {
    let (kind, name) = split(argument);
    let is_constant = kind.contains("const ");
    if kind.contains('*') {
        return match () {
            () if kind.matches('*').count() > 1 && kind.contains("char") && is_constant => 'n',
            () if kind.contains("timespec") => 't',
            () if kind.contains("struct iovec") => 'v',
            () if kind.contains("struct sockaddr") => 'a',
            () if name == "fildes" => 'q',
            () if name == "stat_addr" => 'w',
            () if kind.contains("void") || (kind.contains("char") && has_length) => match has_length {
                true if is_constant => 'b',
                true => 'o',
                false => 'p',
            },
            () if kind.contains("char") => 's',
            () => 'p',
        };
    }
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match () {
        () if kind.contains("umode_t") => 'm',
        () if kind.contains("loff_t") => 'l',
        () if name == "sig" || name == "signo" => 'g',
        () if kind.contains("int")
            && (name.ends_with("fd") || name.starts_with("fd") || name == "fildes") =>
        {
            'd'
        }
        () if kind.contains("mqd_t") => 'd',
        () if has(&["flag", "mask", "flg", "prot"]) => 'f',
        () if has(&["addr", "start", "brk"]) => 'p',
        () if kind.contains("unsigned") || kind.contains("size_t") => 'u',
        () if kind.contains("u64") || kind.contains("u32") => 'u',
        () => 'i',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prototypes_become_letters() {
        let header = "/* a comment */
asmlinkage long sys_openat(int dfd, const char __user *filename, int flags,
\t\t\t   umode_t mode);
asmlinkage long sys_getpid(void);
asmlinkage long sys_read(unsigned int fd, char __user *buf, size_t count);
asmlinkage long sys_write(unsigned int fd, const char __user *buf,
\t\t\t size_t count);
asmlinkage long sys_pread64(unsigned int fd, char __user *buf, size_t count, loff_t pos);
asmlinkage long sys_kill(pid_t pid, int sig);
asmlinkage long sys_execve(const char __user *filename, const char __user *const __user *argv,
\tconst char __user *const __user *envp);
asmlinkage long sys_fstat(unsigned int fd, struct __old_kernel_stat __user *statbuf);";
        let found = parse(header);
        for (name, kinds) in [
            ("openat", "dsfm"),
            ("getpid", ""),
            ("read", "dou"),
            ("write", "dbu"),
            ("pread64", "doul"),
            ("kill", "ig"),
            ("execve", "snn"),
            ("fstat", "dp"),
        ] {
            assert_eq!(find(&found, name), Some(kinds), "{name}");
        }
        assert_eq!(find(&found, "no_such_call"), None);
        assert_eq!(find(&found, "fstat64"), Some("dp"));
        assert_eq!(find(&found, "socket"), Some("iii"), "from our own file");
    }

    #[test]
    fn our_own_file_is_sorted_and_of_known_letters() {
        let rows: Vec<_> = own().collect();
        assert!(rows.is_sorted_by(|(a, _), (b, _)| a < b));
        assert!(rows.iter().all(
            |(_, kinds)| kinds.len() <= 6 && kinds.chars().all(|kind| "dsboiufmgptvanlqw".contains(kind))
        ));
    }
}
