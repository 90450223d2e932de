//! The initramfs: a cpio archive, compressed, the same bytes from the same program.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use flate2::GzBuilder;
use formats::file::cpio::Writer;
use lzma_rust2::{CheckType, FilterType, XzOptions, XzWriter};
use toolchain::Form;

use crate::build;
use crate::machine::{Architecture, XzFilter};
use crate::selection::Selection;
use crate::workspace;

/// Directories that something is mounted on or put into.
const DIRECTORIES: &[(&str, u32)] = &[
    ("bin", 0o755),
    ("dev", 0o755),
    ("etc", 0o755),
    ("proc", 0o555),
    ("root", 0o700),
    ("run", 0o755),
    ("sys", 0o555),
    ("tmp", 0o1777),
    ("var", 0o755),
    ("var/lib", 0o755),
    ("var/lib/spelunk", 0o700),
];

/// Devices that process 1 may need before, or without, a devtmpfs: path, permissions, number.
const DEVICES: &[(&str, u32, (u32, u32))] =
    &[("dev/console", 0o600, (5, 1)), ("dev/kmsg", 0o600, (1, 11)), ("dev/null", 0o666, (1, 3))];

/// What an image has, or lacks, beside the standard.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    /// Files by path, without a leading slash.
    pub files: BTreeMap<String, String>,
    /// Files by path, without a leading slash, that are copies of files of the host.
    pub copied: BTreeMap<String, PathBuf>,
    /// Programs of the tests (`tests/programs`), by name; they are put into `bin`.
    pub programs: Vec<String>,
    /// Whether `bin` has the tests of system calls too (`tests/host`).
    pub system_calls: bool,
    /// Directories and devices that are left out.
    pub without: Vec<String>,
}

/// Builds the program with these commands, packs the image that has nothing beside it, and gives its path.
pub(crate) fn plain(
    architecture: &Architecture,
    selection: &Selection,
    compression: Compression,
) -> Result<PathBuf> {
    pack(architecture, selection, selection.image(), compression, &Changes::default(), &Ok)
}

/// Builds the program with these commands, packs an image under a name, and gives its path.
pub(crate) fn write(
    architecture: &Architecture,
    selection: &Selection,
    name: &str,
    compression: Compression,
    changes: &Changes,
) -> Result<PathBuf> {
    pack(architecture, selection, name, compression, changes, &Ok)
}

/// Gives what is to be packed in the place of a program.
pub(crate) type Alter<'a> = dyn Fn(Vec<u8>) -> Result<Vec<u8>> + 'a;

/// Builds the program with these commands, packs what is made of it as [`plain`] packs it, and gives the image's path.
pub(crate) fn altered(
    architecture: &Architecture,
    selection: &Selection,
    name: &str,
    compression: Compression,
    alter: &Alter<'_>,
) -> Result<PathBuf> {
    pack(architecture, selection, name, compression, &Changes::default(), alter)
}

fn pack(
    architecture: &Architecture,
    selection: &Selection,
    name: &str,
    compression: Compression,
    changes: &Changes,
    alter: &Alter<'_>,
) -> Result<PathBuf> {
    store(architecture, name, compression, &tree(architecture, selection, changes, alter)?)
}

/// Compresses an archive, and writes it as an image with a name; gives its path.
pub(crate) fn store(
    architecture: &Architecture,
    name: &str,
    compression: Compression,
    archive: &[u8],
) -> Result<PathBuf> {
    let path = workspace::make_folder(&workspace::target().join(&architecture.name))?
        .join(format!("{name}.cpio.{}", compression.ending()));
    workspace::write(&path, compression.compress(archive)?)?;
    Ok(path)
}

/// Builds the program with these commands, and gives the archive of the image's files.
pub(crate) fn tree(
    architecture: &Architecture,
    selection: &Selection,
    changes: &Changes,
    alter: &Alter<'_>,
) -> Result<Vec<u8>> {
    let program = build::spelunk(architecture, selection)?;
    let program = std::fs::read(&program).with_context(|| format!("read {}", program.display()))?;
    let program = alter(program)?;
    let mut others = Vec::new();
    for name in &changes.programs {
        let program = build::binary(architecture, "spelunk-programs", name, Form::Shipped)?;
        others.push((format!("bin/{name}"), program));
    }
    if changes.system_calls {
        for (name, test) in [("system-calls", "host"), ("call-groups", "groups")] {
            others.push((format!("bin/{name}"), build::system_calls(architecture, test)?));
        }
    }
    others.extend(changes.copied.clone());
    let read = |(name, path): (_, PathBuf)| {
        Ok((name, std::fs::read(&path).with_context(|| format!("read {}", path.display()))?))
    };
    let others: Vec<_> = others.into_iter().map(read).collect::<Result<_>>()?;
    archive(&program, &selection.names(), &others, changes).context("pack the initramfs")
}

/// Packs a program under the names of its commands, with others beside it.
fn archive(
    program: &[u8],
    names: &[&str],
    others: &[(String, Vec<u8>)],
    changes: &Changes,
) -> Result<Vec<u8>, formats::Error> {
    let wanted = |path: &str| !changes.without.iter().any(|left_out| left_out == path);
    let mut writer = Writer::new();
    for (path, permissions) in DIRECTORIES.iter().filter(|(path, _)| wanted(path)) {
        writer.directory(path, *permissions)?;
    }
    for (path, permissions, device) in DEVICES.iter().filter(|(path, ..)| wanted(path)) {
        writer.character_device(path, *permissions, *device)?;
    }
    writer.file("init", 0o755, program)?;
    for name in names.iter().filter(|_| wanted("bin")) {
        writer.symbolic_link(&format!("bin/{name}"), "/init")?;
    }
    let known = DIRECTORIES.iter().map(|(path, _)| *path);
    let mut known: BTreeSet<&str> = known.collect();
    let texts = changes.files.iter().map(|(path, text)| (path, text.as_bytes()));
    for (path, bytes) in others.iter().map(|(path, bytes)| (path, bytes.as_slice())).chain(texts) {
        for (slash, _) in path.match_indices('/') {
            let folder = &path[..slash];
            if known.insert(folder) {
                writer.directory(folder, 0o755)?;
            }
        }
        // What loads a program is executed, too, and scripts are.
        let is_program = ["\x7fELF", "#!"].iter().any(|head| bytes.starts_with(head.as_bytes()))
            || path.starts_with("bin/");
        let permissions = if is_program { 0o755 } else { 0o644 };
        writer.file(path, permissions, bytes)?;
    }
    writer.finish()
}

/// How an initramfs is compressed. Of 450 kB of program gzip leaves 241 kB, zstd 217 kB, lzma 206 kB, xz with its
/// filter for x86's jumps 200 kB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    /// As `gzip -9 -n`: every kernel reads it.
    Gzip,
    /// As `xz -9e --check=crc32`, the form that the kernel reads, with `--x86` or another processor's filter.
    Xz(Option<XzFilter>),
}

impl Compression {
    /// Gives the ending of a file that is compressed so.
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Self::Gzip => "gz",
            Self::Xz(_) => "xz",
        }
    }

    /// Compresses, to the same bytes each time: no name, no time.
    pub(crate) fn compress(self, bytes: &[u8]) -> Result<Vec<u8>> {
        match self {
            Self::Gzip => gzip(bytes),
            Self::Xz(filter) => xz(bytes, filter),
        }
        .context("compress the initramfs")
    }
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let best = flate2::Compression::best();
    let mut encoder = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), best);
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn xz(bytes: &[u8], filter: Option<XzFilter>) -> std::io::Result<Vec<u8>> {
    let mut options = XzOptions::with_preset(9);
    options.set_check_sum_type(CheckType::Crc32);
    match filter {
        None => {}
        Some(XzFilter::Arm) => options.prepend_pre_filter(FilterType::BcjArm, 0),
        Some(XzFilter::X86) => options.prepend_pre_filter(FilterType::BcjX86, 0),
    }
    // Of code, the byte before says which field of an instruction this one is (2 kB less than without); its place in a word
    // says nothing. The kernel takes up to 4.
    options.lzma_options.lc = 4;
    options.lzma_options.lp = 0;
    options.lzma_options.pb = 0;
    // The kernel allocates a dictionary as large as this says; the initramfs must fit in memory anyway.
    options.lzma_options.dict_size = 1 << 20;
    let mut writer = XzWriter::new(Vec::new(), options)?;
    writer.write_all(bytes)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use formats::file::cpio::{self, Kind};

    use super::*;

    const NAMES: [&str; 2] = ["cat", "ls"];

    #[test]
    fn the_same_program_gives_the_same_bytes() {
        let pack = || gzip(&archive(b"program", &NAMES, &[], &Changes::default()).unwrap()).unwrap();
        let first = pack();
        assert_eq!(first, pack());
        assert_eq!(first[4..8], [0; 4], "the time of gzip's head");
        let mut back = Vec::new();
        flate2::read::GzDecoder::new(first.as_slice()).read_to_end(&mut back).unwrap();
        assert_eq!(back, archive(b"program", &NAMES, &[], &Changes::default()).unwrap());
    }

    #[test]
    fn xz_gives_the_same_bytes_in_the_kernels_form_and_back() {
        let archive = archive(&[0xe8; 10_000], &NAMES, &[], &Changes::default()).unwrap();
        for filter in [None, Some(XzFilter::Arm), Some(XzFilter::X86)] {
            let packed = xz(&archive, filter).unwrap();
            assert_eq!(packed, xz(&archive, filter).unwrap());
            // The stream's head: magic number, then the kind of check, of which the kernel knows CRC32.
            assert_eq!(packed[..8], [0xfd, b'7', b'z', b'X', b'Z', 0, 0, 1]);
            let mut back = Vec::new();
            lzma_rust2::XzReader::new(packed.as_slice(), false).read_to_end(&mut back).unwrap();
            assert_eq!(back, archive);
        }
    }

    #[test]
    fn an_image_holds_the_program_under_each_name() {
        let archive = archive(b"program", &NAMES, &[], &Changes::default()).unwrap();
        let entries: Vec<_> = cpio::parse(&archive).map(Result::unwrap).collect();
        let find = |path: &[u8]| *entries.iter().find(|entry| entry.path == path).unwrap();
        assert_eq!(find(b"init").data, b"program");
        assert_eq!(find(b"bin/ls").data, b"/init");
        assert_eq!(find(b"dev/console").kind, Kind::CharacterDevice { major: 5, minor: 1 });
        // The kernel makes no parents: each must precede what lies in it.
        for (at, entry) in entries.iter().enumerate() {
            let parent = entry.path.iter().rposition(|byte| *byte == b'/').map(|slash| &entry.path[..slash]);
            let known = parent.is_none_or(|parent| entries[..at].iter().any(|before| before.path == parent));
            assert!(known, "{}", String::from_utf8_lossy(entry.path));
        }
    }

    #[test]
    fn changes_add_and_leave_out() {
        let changes = Changes {
            files: [("etc/motd", "hello"), ("etc/a/b/one", "1"), ("etc/a/b/two", "2")]
                .map(|(path, text)| (path.to_owned(), text.to_owned()))
                .into(),
            programs: vec!["storm".to_owned()],
            copied: BTreeMap::new(),
            system_calls: false,
            without: vec!["sys".to_owned(), "dev/null".to_owned()],
        };
        let archive = archive(b"program", &NAMES, &[("bin/storm".to_owned(), vec![1])], &changes).unwrap();
        let paths: Vec<_> = cpio::parse(&archive).map(|entry| entry.unwrap().path).collect();
        assert!(paths.contains(&&b"etc/motd"[..]) && paths.contains(&&b"bin/storm"[..]));
        let of_a: Vec<_> = paths.iter().filter(|path| path.starts_with(b"etc/a")).collect();
        assert_eq!(of_a, [&&b"etc/a"[..], &&b"etc/a/b"[..], &&b"etc/a/b/one"[..], &&b"etc/a/b/two"[..]]);
        assert!(!paths.contains(&&b"sys"[..]) && !paths.contains(&&b"dev/null"[..]));
    }
}
