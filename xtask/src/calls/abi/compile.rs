//! Both sides of the comparison, as their compilers have them: facts in a section of an object file.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use goblin::archive::Archive;
use goblin::elf::Elf;
use serde_json::Value;
use toolchain::Form;

use super::{Facts, headers};
use crate::install::{self, need};
use crate::machine::Architecture;
use crate::{build, command, workspace};

/// The section; its records are an expression, filled up with zeros, and a value of eight bytes.
const SECTION: &str = ".spelunk.abi";

/// How long the expression of a record is.
const EXPRESSION: usize = 120;

/// How long a record is.
const RECORD: usize = EXPRESSION + size_of::<u64>();

/// The headers that together know all names.
#[rustfmt::skip]
const HEADERS: &[&str] = &[
    "stddef.h",
    "asm/ioctls.h",
    "asm/socket.h",
    "asm/unistd.h",
    "linux/audit.h",
    "linux/auxvec.h",
    "linux/blkpg.h",
    "linux/blktrace_api.h",
    "linux/blkzoned.h",
    "linux/bpf.h",
    "linux/bpf_common.h",
    "linux/capability.h",
    "linux/cdrom.h",
    "linux/close_range.h",
    "linux/elf.h",
    "linux/elf-em.h",
    "linux/errno.h",
    "linux/eventfd.h",
    "linux/eventpoll.h",
    "linux/fadvise.h",
    "linux/falloc.h",
    "linux/fanotify.h",
    "linux/fcntl.h",
    "linux/fd.h",
    "linux/fiemap.h",
    "linux/filter.h",
    "linux/fs.h",
    "linux/fscrypt.h",
    "linux/fsverity.h",
    "linux/futex.h",
    "linux/hdreg.h",
    "linux/if.h",
    "linux/if_addr.h",
    "linux/if_arp.h",
    "linux/if_ether.h",
    "linux/if_link.h",
    "linux/if_packet.h",
    "linux/if_tun.h",
    "linux/if_vlan.h",
    "linux/in.h",
    "linux/in6.h",
    "linux/inotify.h",
    "linux/input.h",
    "linux/io_uring.h",
    "linux/ioctl.h",
    "linux/ioprio.h",
    "linux/ipv6.h",
    "linux/kcmp.h",
    "linux/kd.h",
    "linux/kexec.h",
    "linux/keyboard.h",
    "linux/keyctl.h",
    "linux/landlock.h",
    "linux/limits.h",
    "linux/loop.h",
    "linux/lsm.h",
    "linux/magic.h",
    "linux/membarrier.h",
    "linux/memfd.h",
    "linux/mman.h",
    "linux/module.h",
    "linux/mount.h",
    "linux/mqueue.h",
    "linux/mtio.h",
    "linux/msg.h",
    "linux/nbd.h",
    "linux/net_tstamp.h",
    "linux/netlink.h",
    "linux/nsfs.h",
    "linux/openat2.h",
    "linux/perf_event.h",
    "linux/personality.h",
    "linux/pidfd.h",
    "linux/poll.h",
    "linux/ppp-ioctl.h",
    "linux/pr.h",
    "linux/prctl.h",
    "linux/ptrace.h",
    "linux/quota.h",
    "linux/random.h",
    "linux/reboot.h",
    "linux/resource.h",
    "linux/rseq.h",
    "linux/rtc.h",
    "linux/rtnetlink.h",
    "linux/sched.h",
    "linux/sched/types.h",
    "linux/seccomp.h",
    "linux/securebits.h",
    "linux/sem.h",
    "linux/serial.h",
    "linux/shm.h",
    "linux/signal.h",
    "linux/signalfd.h",
    "linux/sock_diag.h",
    "linux/socket.h",
    "linux/sockios.h",
    "linux/stat.h",
    "linux/sysinfo.h",
    "linux/tcp.h",
    "linux/termios.h",
    "linux/time.h",
    "linux/time_types.h",
    "linux/timerfd.h",
    "linux/times.h",
    "linux/timex.h",
    "linux/types.h",
    "linux/udp.h",
    "linux/uinput.h",
    "linux/uio.h",
    "linux/un.h",
    "linux/userfaultfd.h",
    "linux/utsname.h",
    "linux/vfio.h",
    "linux/vhost.h",
    "linux/vm_sockets.h",
    "linux/vt.h",
    "linux/wait.h",
    "linux/watchdog.h",
    "linux/xattr.h",
    headers::CONSTANTS,
];

/// Headers of some processors alone.
const OWN: &[(&str, &[&str])] = &[
    ("riscv64", &["linux/types.h", "asm/hwprobe.h"]),
    ("x86", &["asm/prctl.h"]),
    ("x86_64", &["asm/prctl.h"]),
];

/// Compiles runtime/linux for an architecture, and gives what it says of itself.
pub(super) fn ours(architecture: &Architecture) -> Result<Facts> {
    let target = architecture.target();
    let folder = workspace::target().join("abi");
    let mut cargo =
        build::toolchain(architecture)?.build(&target, Form::Unoptimised, workspace::root(), &folder)?;
    // Facts are in data: what a debugger would want of the core library takes the longer half of the compiling.
    cargo.env("CARGO_PROFILE_DEV_DEBUG", "0");
    cargo.args(["--package", "spelunk-linux", "--features", "abi", "--lib"]);
    let messages = command::output(cargo.args(["--message-format", "json"]))?;
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut libraries = messages.filter(|message| message["target"]["name"] == "spelunk_linux");
    let library = libraries.find_map(|message| message["filenames"][0].as_str().map(PathBuf::from));
    let bytes = read(&library.context("cargo made no runtime/linux")?)?;
    let archive = Archive::parse(&bytes).context("read the library of runtime/linux")?;
    let mut facts = Facts::new();
    for name in archive.members() {
        let member = archive.extract(name, &bytes).context("read a part of runtime/linux")?;
        if member.starts_with(b"\x7fELF") {
            facts.extend(facts_in(member)?);
        }
    }
    if facts.is_empty() {
        bail!("runtime/linux says nothing of its structures for {}", architecture.name);
    }
    Ok(facts)
}

/// Has a C compiler say what these expressions are on an architecture; those that it does not understand are left out.
pub(super) fn theirs<'a>(
    architecture: &Architecture,
    expressions: impl Iterator<Item = &'a String>,
) -> Result<Facts> {
    install::ensure(&[need("clang", "clang")])?;
    let folder = workspace::make_folder(&workspace::target().join("abi"))?;
    let source = folder.join(format!("{}.c", architecture.name));
    let object = source.with_extension("o");
    let mut expressions: Vec<_> = expressions.collect();
    let first = HEADERS.len() + PREFACE.lines().count() + 1;
    // The second time nothing is left that it does not understand.
    for _ in 0..2 {
        workspace::write(&source, text(&expressions))?;
        let mut clang = compiler(architecture, &source, &object)?;
        let output = clang.output().with_context(|| format!("start {}", command::show(&clang)))?;
        if output.status.success() {
            return facts_in(&read(&object)?);
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let lines = bad_lines(&source, &said);
        if lines.is_empty() || lines.iter().any(|line| *line < first) {
            bail!("{} failed:\n{said}", command::show(&clang));
        }
        let mut line = first;
        expressions.retain(|_| {
            line += 1;
            !lines.contains(&(line - 1))
        });
    }
    bail!("{}: it is not understood", source.display())
}

/// What stands before the facts.
const PREFACE: &str = "\
struct fact { char expression[120]; unsigned long long value; };
#define FACT(text, ...) { text, (unsigned long long)(__VA_ARGS__) },
__attribute__((section(\".spelunk.abi\"), used)) const struct fact facts[] = {
";

/// Writes the source: a fact a line.
fn text(expressions: &[&String]) -> String {
    let mut text: String = HEADERS.iter().map(|header| format!("#include <{header}>\n")).collect();
    text += PREFACE;
    for expression in expressions {
        // Writing to a text does not fail.
        let _ = writeln!(text, "FACT({expression:?}, {expression})");
    }
    text + "};\n"
}

fn compiler(architecture: &Architecture, source: &Path, object: &Path) -> Result<Command> {
    // Rust's name of the processor says which extensions it has.
    let triple = architecture.target().triple.replace("riscv64gc", "riscv64");
    let mut clang = Command::new("clang");
    clang.arg(format!("--target={triple}")).args(["-c", "-std=gnu11", "-ffreestanding", "-nostdinc"]);
    clang.args(["-ferror-limit=0", "-fno-caret-diagnostics", "-Wno-everything", "-D__user=", "-D__force="]);
    clang.arg("-isystem").arg(headers::folder(architecture)?).arg("-isystem").arg(library()?);
    for header in OWN.iter().filter(|(name, _)| *name == architecture.name).flat_map(|(_, headers)| *headers)
    {
        clang.args(["-include", header]);
    }
    clang.arg(source).arg("-o").arg(object);
    Ok(clang)
}

/// What the headers want of a C library.
const LIBRARY: &[(&str, &str)] = &[
    ("sys/ioctl.h", "#include <linux/ioctl.h>"),
    (
        "sys/socket.h",
        "typedef unsigned short sa_family_t;\nstruct sockaddr { sa_family_t sa_family; char sa_data[14]; };",
    ),
    ("sys/time.h", "#include <linux/time.h>"),
    ("sys/types.h", "#include <linux/types.h>"),
    ("stddef.h", "#include <linux/stddef.h>\ntypedef __SIZE_TYPE__ size_t;"),
    ("stdint.h", "#include <linux/types.h>\ntypedef __UINTPTR_TYPE__ uintptr_t;"),
    ("string.h", ""),
    ("unistd.h", ""),
];

/// Makes a folder of them.
fn library() -> Result<PathBuf> {
    let folder = workspace::target().join("abi/library");
    workspace::make_folder(&folder.join("sys"))?;
    for (name, text) in LIBRARY {
        workspace::write(&folder.join(name), format!("#pragma once\n{text}\n"))?;
    }
    Ok(folder)
}

/// Gives the lines of the source that a compiler complains of: `/path/x86.c:17:30: error: …`.
fn bad_lines(source: &Path, said: &str) -> Vec<usize> {
    let begin = format!("{}:", source.display());
    let lines = said.lines().filter(|line| line.contains(": error: "));
    lines.filter_map(|line| line.strip_prefix(&begin)?.split(':').next()?.parse().ok()).collect()
}

/// Reads the facts of an object file.
fn facts_in(object: &[u8]) -> Result<Facts> {
    let elf = Elf::parse(object).context("read an object file")?;
    let mut facts = Facts::new();
    for header in &elf.section_headers {
        if elf.shdr_strtab.get_at(header.sh_name) != Some(SECTION) {
            continue;
        }
        let range = header.file_range().context("a section without bytes")?;
        let bytes = object.get(range).context("a section past the end")?;
        for record in bytes.chunks_exact(RECORD) {
            let (name, value) = record.split_at(EXPRESSION);
            let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
            let name = String::from_utf8_lossy(&name[..end]).into_owned();
            // All our processors are little-endian.
            facts.insert(name, value.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte)));
        }
    }
    Ok(facts)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compilers_complaints_are_found_by_line() {
        let said =
            "/t/x86.c:17:30: error: use of undeclared identifier 'A'\nnote: x\n/t/x86.c:9:1: error: b\n";
        assert_eq!(bad_lines(Path::new("/t/x86.c"), said), [17, 9]);
        assert_eq!(bad_lines(Path::new("/t/arm.c"), said), [0; 0]);
    }

    #[test]
    fn a_fact_is_a_line_behind_the_preface() {
        let source = text(&["O_RDWR".to_owned()].iter().collect::<Vec<_>>());
        let first = HEADERS.len() + PREFACE.lines().count();
        assert_eq!(source.lines().nth(first), Some("FACT(\"O_RDWR\", O_RDWR)"));
    }
}
