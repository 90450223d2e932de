//! Commands that work on trees: with somebody who exchanges folders for links under them, and what their copies keep.

use std::ffi::OsStr;
use std::fs::{self, File, FileTimes, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail, ensure};
use linux::fs::{RenameFlags, SetAttribute, getxattr, rename_at, setxattr};
use linux::{Errno, fd::CWD};

use crate::Ours;
use crate::live::Case;

/// All of them.
pub(crate) const CASES: [Case; 7] = [
    ("rm: removes nothing by a link that takes a folder's place", |ours, folder| {
        under_exchange(ours, folder, &["rm", "-rf", "tree"])
    }),
    ("find: removes nothing by a link that takes a folder's place", |ours, folder| {
        under_exchange(ours, folder, &["find", "tree", "-delete"])
    }),
    ("chmod: changes nothing by a link that takes a folder's place", |ours, folder| {
        under_exchange(ours, folder, &["chmod", "-R", "a+rwx", "tree"])
    }),
    ("chown: gives nothing away by a link that takes a folder's place", |ours, folder| {
        under_exchange(ours, folder, &["chown", "-R", "12345:12345", "tree"])
    }),
    ("cp: copies nothing by a link that takes a folder's place", |ours, folder| {
        under_exchange(ours, folder, &["cp", "-a", "tree", "copy"])
    }),
    ("cp: keeps attributes, access lists, holes and times", copies_keep),
    ("mv: keeps them on another file system", moves_keep),
];

/// Folders in the tree, each of which is exchanged over and over.
const FOLDERS: usize = 2;
/// Files in each, of the same names as those outside: who goes by paths meets those.
const FILES: usize = 60;
/// So often the tree is made and worked on.
const ROUNDS: usize = 12;

/// Runs a command on `tree` while folders in it change places with a link that leads to `outside`: nothing there may change, and
/// nothing from there be copied.
fn under_exchange(ours: &Ours, folder: &Path, words: &[&str]) -> Result<()> {
    let outside = folder.join("outside");
    plant(&outside, "kept")?;
    let places: Vec<PathBuf> = names().map(|name| outside.join(name)).chain([outside.clone()]).collect();
    for place in &places {
        fs::set_permissions(place, Permissions::from_mode(0o700))?;
    }
    for round in 0..ROUNDS {
        let (tree, link) = (folder.join("tree"), folder.join("link"));
        for number in 0..FOLDERS {
            plant(&tree.join(number.to_string()), "ours")?;
        }
        symlink(&outside, &link)?;
        run_exchanging(ours, folder, &link, words)?;
        for place in &places {
            let now =
                fs::symlink_metadata(place).with_context(|| format!("round {round}: {}", place.display()))?;
            ensure!(now.mode() & 0o7777 == 0o700, "round {round}: {} has another mode", place.display());
            ensure!(
                now.uid() == linux::process::geteuid(),
                "round {round}: {} has another owner",
                place.display()
            );
        }
        for copy in
            (0..FOLDERS).map(|number| folder.join(format!("copy/{number}"))).filter(|copy| !copy.is_symlink())
        {
            let foreign = names().find(|name| fs::read(copy.join(name)).is_ok_and(|text| text == b"kept"));
            ensure!(foreign.is_none(), "round {round}: {foreign:?} was copied from what the link leads to");
        }
        for name in ["tree", "copy"].map(|name| folder.join(name)).iter().filter(|name| name.exists()) {
            fs::remove_dir_all(name)?;
        }
        fs::remove_file(&link)?;
    }
    Ok(())
}

/// The names in each folder of the tree, and outside.
fn names() -> impl Iterator<Item = String> {
    (0..FILES).map(|number| format!("{number}")).chain((0..FILES).map(|number| format!("sub/{number}")))
}

/// Makes a folder with files.
fn plant(folder: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(folder.join("sub"))?;
    for name in names() {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

/// Runs a command while the link and folders of the tree change places, each time there and back.
fn run_exchanging(ours: &Ours, folder: &Path, link: &Path, words: &[&str]) -> Result<()> {
    let ends = AtomicBool::new(false);
    let (begun, first) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let exchanging = scope.spawn(|| {
            while !ends.load(Ordering::Relaxed) {
                for number in 0..FOLDERS {
                    let place = folder.join(format!("tree/{number}"));
                    let exchange = || {
                        rename_at(
                            CWD,
                            link.as_os_str().as_bytes(),
                            CWD,
                            place.as_os_str().as_bytes(),
                            RenameFlags::EXCHANGE,
                        )
                    };
                    if exchange().is_ok() {
                        let _ = begun.send(());
                        std::thread::yield_now();
                        // The folder goes back, if its place is still there.
                        let _ = exchange();
                    }
                }
            }
        });
        // However busy the machine is, the command meets folders that move.
        let is_begun = first.recv_timeout(Duration::from_secs(20)).is_ok();
        let (name, words) = words.split_first().context("no command")?;
        // It may fail: its tree is not what it was.
        let status =
            ours.command(OsStr::new(name)).args(words).current_dir(folder).stderr(Stdio::null()).status();
        ends.store(true, Ordering::Relaxed);
        exchanging.join().ok().context("the thread that exchanges")?;
        status?;
        ensure!(is_begun, "no folder has been exchanged");
        // What was removed from its place while it was away.
        if link.is_dir() && !link.is_symlink() {
            fs::remove_dir_all(link)?;
            symlink(folder.join("outside"), link)?;
        }
        Ok(())
    })
}

/// The access list `user::rw-,user:12345:r--,group::r--,mask::r--,other::---` (`linux/posix_acl_xattr.h`).
const LIST: [u8; 44] = [
    2, 0, 0, 0, // version
    1, 0, 6, 0, 255, 255, 255, 255, // the owner
    2, 0, 4, 0, 0x39, 0x30, 0, 0, // a user
    4, 0, 4, 0, 255, 255, 255, 255, // the group
    0x10, 0, 4, 0, 255, 255, 255, 255, // the mask
    0x20, 0, 0, 0, 255, 255, 255, 255, // others
];
const LIST_NAME: &str = "system.posix_acl_access";
const ATTRIBUTE: &str = "user.spelunk";
/// Where the data of the file with a hole lies.
const HOLE: u64 = 8 << 20;

/// What a file has besides its bytes.
#[derive(Debug, PartialEq)]
struct Kept {
    attribute: Option<Vec<u8>>,
    list: Option<Vec<u8>>,
    mode: u32,
    times: [i64; 4],
    size: u64,
    is_sparse: bool,
    end: Vec<u8>,
}

impl Kept {
    fn of(path: &Path) -> Result<Self> {
        // Before its bytes are read, which changes a time.
        let data = fs::symlink_metadata(path).with_context(|| path.display().to_string())?;
        let mut end = vec![0; 4];
        File::open(path)?.read_exact_at(&mut end, HOLE)?;
        Ok(Self {
            attribute: attribute(path, ATTRIBUTE)?,
            list: attribute(path, LIST_NAME)?,
            mode: data.mode(),
            times: [data.mtime(), data.mtime_nsec(), data.atime(), data.atime_nsec()],
            size: data.size(),
            is_sparse: data.blocks() * 512 < HOLE / 2,
            end,
        })
    }
}

/// Gives an attribute; nothing if there is none, or none at all on this file system.
fn attribute(path: &Path, name: &str) -> Result<Option<Vec<u8>>> {
    let mut value = vec![0; 256];
    match getxattr(path.as_os_str().as_bytes(), name, &mut value) {
        Ok(length) => Ok(Some(value[..length].to_vec())),
        Err(Errno::NODATA | Errno::OPNOTSUPP) => Ok(None),
        Err(errno) => bail!("read {name}: {errno}"),
    }
}

/// Makes a file that has all of it, as far as its file system can.
fn rich(path: &Path) -> Result<Kept> {
    let file = File::create(path)?;
    file.write_all_at(b"data", HOLE)?;
    for (name, value) in [(ATTRIBUTE, &b"a value"[..]), (LIST_NAME, &LIST)] {
        match setxattr(path.as_os_str().as_bytes(), name, value, SetAttribute::Any) {
            Ok(()) | Err(Errno::OPNOTSUPP) => {}
            Err(errno) => bail!("set {name}: {errno}"),
        }
    }
    let moment = SystemTime::UNIX_EPOCH + Duration::new(1_500_000_000, 123_456_789);
    file.set_times(FileTimes::new().set_modified(moment).set_accessed(moment + Duration::from_nanos(1)))?;
    drop(file);
    let kept = Kept::of(path)?;
    // Reading it has changed that.
    File::options()
        .write(true)
        .open(path)?
        .set_times(FileTimes::new().set_accessed(moment + Duration::from_nanos(1)))?;
    ensure!(kept.is_sparse && kept.times == [1_500_000_000, 123_456_789, 1_500_000_000, 123_456_790]);
    Ok(kept)
}

fn run(ours: &Ours, words: [&OsStr; 4]) -> Result<()> {
    let output = ours.command(words[0]).args(&words[1..]).output()?;
    ensure!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn copies_keep(ours: &Ours, folder: &Path) -> Result<()> {
    let (from, to) = (folder.join("from"), folder.join("to"));
    let kept = rich(&from)?;
    run(ours, ["cp".as_ref(), "-a".as_ref(), from.as_ref(), to.as_ref()])?;
    let copied = Kept::of(&to)?;
    ensure!(copied == kept, "{copied:?}\nfrom {kept:?}");
    Ok(())
}

fn moves_keep(ours: &Ours, folder: &Path) -> Result<()> {
    let Some(other) = elsewhere(folder)? else { return Ok(()) };
    let (from, to) = (folder.join("from"), other.join("to"));
    let result = moved(ours, &from, &to);
    fs::remove_dir_all(&other)?;
    result
}

/// Moves a folder with a file in it, its second name and a link.
fn moved(ours: &Ours, from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(from)?;
    let kept = rich(&from.join("rich"))?;
    fs::hard_link(from.join("rich"), from.join("again"))?;
    symlink("rich", from.join("link"))?;
    run(ours, ["mv".as_ref(), "--".as_ref(), from.as_ref(), to.as_ref()])?;
    ensure!(!from.exists(), "it is still there");
    ensure!(fs::read_link(to.join("link"))? == Path::new("rich"));
    let of = |name: &str| fs::metadata(to.join(name));
    ensure!(of("rich")?.ino() == of("again")?.ino(), "two names have become two files");
    let copied = Kept::of(&to.join("rich"))?;
    ensure!(copied == kept, "{copied:?}\nfrom {kept:?}");
    Ok(())
}

/// Makes a folder on another file system that can hold as much as this one; nothing if there is none.
fn elsewhere(folder: &Path) -> Result<Option<PathBuf>> {
    let here = fs::metadata(folder)?.dev();
    for place in ["/dev/shm", "/tmp", "/var/tmp"].map(Path::new) {
        if !fs::metadata(place).is_ok_and(|place| place.is_dir() && place.dev() != here) {
            continue;
        }
        let other = place.join(format!("spelunk-live-{}", std::process::id()));
        fs::create_dir_all(&other)?;
        let probe = rich(&other.join("probe"));
        fs::remove_file(other.join("probe"))?;
        if probe.is_ok_and(|probe| probe.attribute.is_some() && probe.list.is_some()) {
            return Ok(Some(other));
        }
        fs::remove_dir_all(&other)?;
    }
    Ok(None)
}
