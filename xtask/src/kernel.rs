//! The kernel to boot: Linux from Debian's `linux-source`, configured by `qemu/kernel`, built once and kept.
//!
//! The configuration is the kernel's own tinyconfig with our fragments over it: `common.config`, the one of the
//! architecture, and every topic's. Nothing is on that these do not ask for, and an option that the kernel's rules
//! drop again is an error that names it. A folder of `qemu/kernel` has more topics, for a kernel of its own that only
//! those scenarios boot which name it. The result is kept outside the checkout under the source's version and a
//! hash of all that goes into it.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};

use crate::install::{self, Need, need};
use crate::machine::{Architecture, Kernel};
use crate::output::{note, say};
use crate::progress::Progress;
use crate::{command, workspace};

/// What building a kernel takes.
const NEEDS: &[Need<'_>] = &[
    need("bc", "bc"),
    need("bison", "bison"),
    need("flex", "flex"),
    need("gcc", "gcc"),
    need("make", "make"),
    need("perl", "perl"),
    need("tar", "tar"),
    need("xz", "xz-utils"),
    need("/usr/include/libelf.h", "libelf-dev"),
    need("/usr/include/stdio.h", "libc6-dev"),
];

/// Parts of the source that no kernel of ours is made from: half of it, which need not be unpacked.
const NOT_UNPACKED: &[&str] = &[
    "*/Documentation/*.rst",
    "*/Documentation/devicetree/*",
    "*/drivers/gpu/*.[ch]",
    "*/drivers/media/*.[ch]",
    "*/drivers/net/wireless/*.[ch]",
    "*/drivers/scsi/*.[ch]",
    "*/drivers/staging/*.[ch]",
    "*/sound/*.[ch]",
    "*/tools/testing/*",
    "*/tools/perf/*",
];

/// Objects of a build, as a first guess for the progress bar.
const OBJECTS: u64 = 1680;

/// Runs `kernel`.
pub(crate) fn run(architectures: &str, more: Option<&str>) -> Result<()> {
    for architecture in Architecture::chosen(architectures)? {
        say!("{}", image(&architecture, more)?.display());
    }
    Ok(())
}

/// Gives the image of a kernel, with the topics of a folder if one is named: from the cache, else built now.
pub(crate) fn image(architecture: &Architecture, more: Option<&str>) -> Result<PathBuf> {
    let source = source()?;
    let fragments = fragments(architecture, more)?;
    let folder = workspace::cache("kernel")?.join(key(&source, architecture, &fragments));
    let image = folder.join("kernel");
    if image.exists() {
        return Ok(image);
    }
    workspace::make_folder(&folder)?;
    // Two commands at once must not build into the same folder; the second finds the kernel of the first.
    let lock = File::create(folder.join("lock")).context("make the kernel cache's lock")?;
    lock.lock().context("wait for another build of the kernel")?;
    if !image.exists() {
        install::ensure(NEEDS)?;
        if let Kernel { cross_compile: Some(prefix), compiler: Some(package), .. } = &architecture.kernel {
            install::ensure(&[need(&format!("{prefix}gcc"), package)])?;
        }
        build(architecture, &source, &fragments, &folder)?;
    }
    Ok(image)
}

/// The kernel's source as a package left it.
struct Source {
    archive: PathBuf,
    version: String,
}

/// Finds the newest archive of sources and its version, if there is one.
pub(crate) fn source_at_hand() -> Option<(PathBuf, String)> {
    newest_archive().map(|archive| (archive.clone(), version(&archive)))
}

/// Finds the newest archive of sources, and installs one if there is none.
fn source() -> Result<Source> {
    if newest_archive().is_none() {
        install::ensure(&[need("/usr/src", "linux-source")])?;
        if newest_archive().is_none() {
            install::ensure(&[need("/usr/src/linux-source", "linux-source")]).ok();
        }
    }
    let archive = newest_archive().context(
        "no /usr/src/linux-source-*.tar.xz: install Debian's package linux-source, or give a kernel with --kernel",
    )?;
    Ok(Source { version: version(&archive), archive })
}

fn version(archive: &Path) -> String {
    let package = workspace::stem(Path::new(workspace::stem(archive))).to_owned();
    let asked = command::output(Command::new("dpkg-query").args(["-W", "-f=${Version}", &package]));
    match asked {
        Ok(version) if !version.is_empty() => version,
        // Unpacked by hand: the size tells one version from another.
        _ => format!("{package}-{}", fs::metadata(archive).map(|found| found.len()).unwrap_or_default()),
    }
}

fn newest_archive() -> Option<PathBuf> {
    let archives = workspace::files(Path::new("/usr/src"), "xz").ok()?;
    let sources = archives.into_iter().filter(|path| workspace::stem(path).starts_with("linux-source-"));
    sources.max_by_key(|path| {
        let name = workspace::stem(path).trim_end_matches(".tar");
        let numbers = name.trim_start_matches("linux-source-").split('.');
        numbers.map(|number| number.parse().unwrap_or(0)).collect::<Vec<u32>>()
    })
}

/// Joins the fragments for an architecture: all of `qemu/kernel` but other architectures', those of a folder in it, its own last, so
/// that it has the last word.
fn fragments(architecture: &Architecture, more: Option<&str>) -> Result<String> {
    let architectures = Architecture::names()?;
    let folder = workspace::root().join("qemu/kernel");
    let mut paths = workspace::files(&folder, "config")?;
    paths.retain(|path| !architectures.iter().any(|name| name == workspace::stem(path)));
    if let Some(more) = more {
        let found = workspace::files(&folder.join(more), "config")?;
        if found.is_empty() {
            bail!("qemu/kernel/{more} has no topics");
        }
        paths.extend(found);
    }
    let mut text = String::new();
    for path in paths {
        text += &workspace::read(&path)?;
    }
    Ok(text + &workspace::read(&folder.join(format!("{}.config", architecture.name)))?)
}

fn key(source: &Source, architecture: &Architecture, fragments: &str) -> String {
    let hash = fnv(&[fragments, &architecture.kernel.image, &architecture.kernel.arch]);
    format!("{}-{hash:016x}", source.version.replace(['/', ':'], "_"))
}

/// Hashes texts (FNV-1a, 64 bits): a name for a cache folder, the same with every compiler.
fn fnv(texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

/// Builds the kernel in a folder and leaves its image and configuration there.
fn build(architecture: &Architecture, source: &Source, fragments: &str, folder: &Path) -> Result<()> {
    note!("kernel: building Linux {} once into {}", source.version, folder.display());
    let work = folder.join("build");
    let tree = folder.join("source");
    for path in [&work, &tree] {
        let _ = fs::remove_dir_all(path); // left by a build that was interrupted
        workspace::make_folder(path)?;
    }
    unpack(source, &tree)?;
    configure(architecture, fragments, &tree, &work)?;
    compile(architecture, &tree, &work, folder)?;
    fs::copy(work.join(".config"), folder.join("config")).context("keep the kernel's configuration")?;
    let staged = folder.join("kernel.new");
    fs::copy(work.join(&architecture.kernel.image), &staged).context("keep the kernel's image")?;
    fs::rename(&staged, folder.join("kernel")).context("name the kernel's image")?;
    for path in [&work, &tree] {
        let _ = fs::remove_dir_all(path);
    }
    Ok(())
}

fn unpack(source: &Source, tree: &Path) -> Result<()> {
    let mut tar = Command::new("tar");
    tar.arg("--extract").arg("--file").arg(&source.archive).arg("--directory").arg(tree);
    tar.args([
        "--strip-components=1",
        "--wildcards",
        "--checkpoint=2000",
        "--checkpoint-action=echo=unpacking",
    ]);
    tar.args(NOT_UNPACKED.iter().map(|pattern| format!("--exclude={pattern}")));
    // A checkpoint is 2000 records of 10 KiB.
    let log = tree.with_file_name("unpack.log");
    watch(&mut tar, Progress::start("kernel: unpack", 70), &log, |line| {
        line.contains("unpacking").then_some("")
    })
}

fn configure(architecture: &Architecture, fragments: &str, tree: &Path, work: &Path) -> Result<()> {
    let mut wanted = String::new();
    let folder = match architecture.kernel.arch.as_str() {
        "i386" | "x86_64" => "x86",
        other => other,
    };
    for tiny in ["kernel/configs/tiny.config".into(), format!("arch/{folder}/configs/tiny.config")] {
        let path = tree.join(tiny);
        if path.exists() {
            wanted += &workspace::read(&path)?;
        }
    }
    wanted += fragments;
    let path = work.join("wanted.config");
    workspace::write(&path, &wanted)?;
    let mut all_config = make(architecture, tree, work);
    command::output(all_config.arg(format!("KCONFIG_ALLCONFIG={}", path.display())).arg("allnoconfig"))
        .context("configure the kernel")?;
    let lost = lost_options(fragments, &workspace::read(&work.join(".config"))?);
    if !lost.is_empty() {
        bail!("the kernel's rules drop what qemu/kernel asks for: {}", lost.join(", "));
    }
    Ok(())
}

/// Gives the options that were asked for, not taken back by a later `# CONFIG_NAME is not set`, and are not in the
/// configuration that came out.
fn lost_options<'a>(fragments: &'a str, config: &str) -> Vec<&'a str> {
    let lines: Vec<_> = fragments.lines().collect();
    let wanted = lines.iter().enumerate().filter(|(at, line)| {
        let name = line.split_once('=').map_or("", |(name, _)| name);
        let taken_back = format!("# {name} is not set");
        line.starts_with("CONFIG_") && !lines[*at..].contains(&taken_back.as_str())
    });
    wanted.map(|(_, line)| *line).filter(|line| !config.lines().any(|found| found == *line)).collect()
}

fn compile(architecture: &Architecture, tree: &Path, work: &Path, folder: &Path) -> Result<()> {
    let jobs = thread::available_parallelism().map_or(2, usize::from);
    let target = workspace::stem(Path::new(&architecture.kernel.image)).to_owned();
    let last = folder.with_file_name("objects");
    let objects = fs::read_to_string(&last).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(OBJECTS);
    let mut steps = 0;
    let mut compile = make(architecture, tree, work);
    compile.arg(format!("-j{jobs}")).arg(target);
    watch(&mut compile, Progress::start("kernel: compile", objects), &folder.join("build.log"), |line| {
        let object = line.split_whitespace().nth(1).filter(|_| line.starts_with("  "));
        steps += u64::from(object.is_some());
        object
    })?;
    let _ = fs::write(&last, steps.to_string()); // a better guess for the next bar
    Ok(())
}

/// Runs `make` of the kernel; who builds and when must not change what is built.
fn make(architecture: &Architecture, tree: &Path, work: &Path) -> Command {
    let mut make = Command::new("make");
    make.arg("-C").arg(tree).arg(format!("O={}", work.display()));
    make.arg(format!("ARCH={}", architecture.kernel.arch));
    if let Some(prefix) = &architecture.kernel.cross_compile {
        make.arg(format!("CROSS_COMPILE={prefix}"));
    }
    make.args(["KBUILD_BUILD_USER=spelunk", "KBUILD_BUILD_HOST=spelunk", "KBUILD_BUILD_TIMESTAMP=@0"]);
    // Settings of a cargo or make above us are not for the kernel.
    make.env_remove("MAKEFLAGS").env_remove("CARGO_MAKEFLAGS").env("LC_ALL", "C");
    make
}

/// Runs a command, keeps all it says in a log, and counts the lines that name a step.
fn watch<'a, F>(command: &mut Command, mut progress: Progress, log: &Path, mut step: F) -> Result<()>
where
    F: FnMut(&str) -> Option<&str> + 'a,
{
    let mut file = File::create(log).with_context(|| format!("make {}", log.display()))?;
    let errors = file.try_clone().with_context(|| format!("share {}", log.display()))?;
    let name = command.get_program().to_string_lossy().into_owned();
    // tar tells its checkpoints on standard error, make its steps on standard output.
    let (reader, writer) = std::io::pipe().context("make a pipe")?;
    match name.as_str() {
        "tar" => command.stdout(Stdio::null()).stderr(writer),
        _ => command.stdout(writer).stderr(errors),
    };
    let mut child = command.stdin(Stdio::null()).spawn().with_context(|| format!("start {name}"))?;
    // Closes our copies of the pipe's other end, which would keep the loop below waiting.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    for line in BufReader::new(reader).split(b'\n') {
        let line = String::from_utf8_lossy(&line.with_context(|| format!("read from {name}"))?).into_owned();
        writeln!(file, "{line}").with_context(|| format!("write {}", log.display()))?;
        if let Some(doing) = step(&line) {
            progress.step(doing);
        }
    }
    let status = child.wait().with_context(|| format!("wait for {name}"))?;
    if !status.success() {
        let text = fs::read(log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<_> = text.lines().collect();
        let tail = lines[lines.len().saturating_sub(20)..].join("\n");
        bail!("{name} failed: {status}; the last lines of {}:\n{tail}", log.display());
    }
    progress.finish();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_the_kernel_dropped_are_named() {
        let fragments = "# topic\nCONFIG_NET=y\nCONFIG_GONE=y\n# CONFIG_KERNEL_XZ is not set\n";
        let config = "CONFIG_NET=y\nCONFIG_GONE=m\n";
        assert_eq!(lost_options(fragments, config), ["CONFIG_GONE=y"]);
        let taken_back = format!("{fragments}# CONFIG_GONE is not set\n");
        assert_eq!(lost_options(&taken_back, config), [""; 0]);
        let asked_again = format!("{taken_back}CONFIG_GONE=y\n");
        assert_eq!(lost_options(&asked_again, config), ["CONFIG_GONE=y"]);
    }

    #[test]
    fn the_cache_is_keyed_by_every_text() {
        assert_ne!(fnv(&["ab", "c"]), fnv(&["a", "bc"]));
        assert_eq!(fnv(&[]), 0xcbf2_9ce4_8422_2325);
        // From the authors' table: FNV-1a of "a", then of a zero byte.
        assert_eq!(fnv(&["a"]), (0xaf63_dc4c_8601_ec8c_u64).wrapping_mul(0x100_0000_01b3));
    }

    #[test]
    fn a_failed_program_is_told_of_with_its_last_lines() {
        let log = workspace::scratch("unit").unwrap().join("watch.log");
        let mut command = Command::new("sh");
        command.args(["-c", "echo '  CC  a.o'; echo broken >&2; exit 2"]);
        let error =
            watch(&mut command, Progress::start("test", 1), &log, |line| Some(line).filter(|_| false));
        let error = error.unwrap_err().to_string();
        assert!(error.contains("exit status: 2") && error.contains("CC  a.o"), "{error}");
        assert!(error.contains("broken"), "{error}");
    }
}
