//! The child that finds the root and mounts it, as the kernel's command line says (`bootparam(7)`): `root=`, `rootfstype=`,
//! `rootflags=`, `ro`, `rw`, `rootwait` and `rootwait=SECONDS`, `init=`; with `spelunk.overlay` nothing is written on it, and what
//! changes lies in memory, or on the device that the word names.

use alloc::vec::Vec;

use formats::proc::cmdline;
use formats::time::Duration;
use linux::fs::{self, Mode, OpenFlags, Resolve};
use linux::mount::MountFlags;
use linux::{Errno, mount};
use system::disks::{self, Tag};
use system::mount_options::MountOptions;
use system::mounting::{self, Request};
use system::{file, machine};

use super::{INITS, PLACE, table};
use crate::log::Log;

/// How long a root is waited for, unless the command line says otherwise.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the parts of an overlay are, which go along below `/run`.
const PARTS: &str = "/run/spelunk/root";

/// What the command line says of the root.
struct Wanted<'a> {
    source: &'a str,
    kind: Option<&'a str>,
    options: MountOptions,
    /// How long it may take to come; none is for ever.
    patience: Option<Duration>,
    init: Option<&'a str>,
    /// Where changes go, if not to the root: to memory, or to a device.
    overlay: Option<&'a str>,
}

/// Mounts the root; gives 0 when it is there, with an init in it.
pub(super) fn run(log: Log) -> i32 {
    let line = file::read(b"/proc/cmdline").unwrap_or_default();
    let text = line.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let wanted = Wanted::parse(text);
    match wanted.mount(log) {
        Ok(()) => 0,
        Err((what, cause)) => {
            log.error(format_args!("root={}: {what}: {cause}", wanted.source));
            1
        }
    }
}

impl<'a> Wanted<'a> {
    fn parse(line: &'a str) -> Self {
        let mut wanted = Self {
            source: "",
            kind: None,
            options: MountOptions::default(),
            patience: Some(PATIENCE),
            init: None,
            overlay: None,
        };
        wanted.options.add(b"ro");
        for word in cmdline::parse(line) {
            let value = word.value.unwrap_or_default();
            match word.key {
                "root" => wanted.source = value,
                "rootfstype" => wanted.kind = Some(value),
                "rootflags" => wanted.options.add(value.as_bytes()),
                "ro" | "rw" => wanted.options.add(word.key.as_bytes()),
                "rootwait" => wanted.patience = value.parse().ok().map(Duration::from_secs),
                "init" => wanted.init = word.value,
                "spelunk.overlay" if value != "off" => wanted.overlay = Some(value),
                _ => {}
            }
        }
        wanted
    }

    /// Does all; the error says what could not be done, and why.
    fn mount(&self, log: Log) -> Result<(), (&'static str, Errno)> {
        let device = wait(self.source.as_bytes(), self.patience).ok_or(("wait for it", Errno::NODEV))?;
        let found = disks::look(&device).ok().and_then(|contents| contents.superblock);
        let kind = self.kind.map(str::as_bytes).or(found.as_ref().map(|found| found.kind.as_bytes()));
        if let Some(kind) = kind {
            table::check(&device, kind, log).map_err(|cause| ("have it checked", cause))?;
        }
        let _ = fs::mkdir(PLACE, Mode::octal(0o755));
        match self.overlay {
            None => self.place(&device, PLACE, kind, self.options.clone())?,
            Some(changes) => self.overlay(&device, kind, changes)?,
        }
        let shown = core::str::from_utf8(&device).unwrap_or("(not text)");
        log.debug(format_args!("root={}: {shown} is mounted", self.source));
        if self.has_init() { Ok(()) } else { Err(("find an init in it", Errno::NOENT)) }
    }

    fn place(
        &self,
        device: &[u8],
        target: &str,
        kind: Option<&[u8]>,
        mut options: MountOptions,
    ) -> Result<(), (&'static str, Errno)> {
        let request = Request { source: device, target: target.as_bytes(), kind };
        mounting::mount(&request, &mut options).map_err(|cause| ("mount it", cause))
    }

    /// Mounts the root for reading, and changes over it.
    fn overlay(
        &self,
        device: &[u8],
        kind: Option<&[u8]>,
        changes: &str,
    ) -> Result<(), (&'static str, Errno)> {
        let failed = |cause| ("lay changes over it", cause);
        let part = |name: &str| [PARTS, "/", name].concat();
        let (lower, upper) = (part("lower"), part("changes"));
        for folder in ["/run/spelunk", PARTS, &lower, &upper] {
            let _ = fs::mkdir(folder, Mode::octal(0o755));
        }
        let mut options = self.options.clone();
        options.add(b"ro");
        self.place(device, &lower, kind, options)?;
        if changes.is_empty() || changes == "on" {
            mount::mount("tmpfs", upper.as_str(), "tmpfs", MountFlags::empty(), "mode=0755")
                .map_err(failed)?;
        } else {
            let device =
                wait(changes.as_bytes(), self.patience).ok_or(("wait for its changes", Errno::NODEV))?;
            let request = Request { source: &device, target: upper.as_bytes(), kind: None };
            mounting::mount(&request, &mut MountOptions::default()).map_err(failed)?;
        }
        let (data, work) = ([&upper, "/data"].concat(), [&upper, "/work"].concat());
        for folder in [&data, &work] {
            let _ = fs::mkdir(folder.as_str(), Mode::octal(0o755));
        }
        let text = ["lowerdir=", &lower, ",upperdir=", &data, ",workdir=", &work].concat();
        mount::mount("overlay", PLACE, "overlay", MountFlags::empty(), text.as_str()).map_err(failed)
    }

    /// Says whether the root has something to go on with: links in it are its own.
    fn has_init(&self) -> bool {
        let flags = OpenFlags::PATH | OpenFlags::CLOSE_ON_EXEC;
        let Ok(root) = fs::open(PLACE, flags | OpenFlags::DIRECTORY, Mode::empty()) else { return false };
        let names = INITS.iter().map(|path| path.to_bytes());
        self.init
            .map(str::as_bytes)
            .into_iter()
            .chain(names)
            .any(|path| fs::openat2(&root, path, flags, Mode::empty(), Resolve::IN_ROOT).is_ok())
    }
}

/// Waits until a device is there; gives its path, or nothing when the time is over.
pub(super) fn wait(source: &[u8], patience: Option<Duration>) -> Option<Vec<u8>> {
    /// Nobody tells of new nodes in a machine whose kernel makes them itself.
    const STEP: Duration = Duration::from_millis(20);
    let until = patience.map(|patience| machine::uptime().saturating_add(patience));
    let mut before = None;
    loop {
        // To look at all disks takes time: only when there is another one.
        let present = file::read(b"/proc/partitions").unwrap_or_default();
        if before.as_ref() != Some(&present) {
            if let Some(found) = find(source) {
                return Some(found);
            }
            before = Some(present);
        }
        if until.is_some_and(|until| machine::uptime() >= until) {
            return find(source);
        }
        linux::time::sleep(STEP.into());
    }
}

/// Finds a device by its path, its tag, or its number as in `253:1`.
fn find(source: &[u8]) -> Option<Vec<u8>> {
    if let Some((tag, value)) = Tag::split(source) {
        return disks::find(tag, value);
    }
    if source.starts_with(b"/") {
        return fs::stat(source).is_ok().then(|| source.to_vec());
    }
    let text = file::read(&[b"/sys/dev/block/", source, b"/uevent"].concat()).ok()?;
    let name = formats::sys::uevent::Uevent::fields_of(&text).get(b"DEVNAME")?;
    Some([b"/dev/", name].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_says_what_is_wanted() {
        let wanted =
            Wanted::parse("root=UUID=1-2 rootfstype=ext4 rootflags=noatime,data=x rw rootwait=3 init=/x");
        assert_eq!((wanted.source, wanted.kind, wanted.init), ("UUID=1-2", Some("ext4"), Some("/x")));
        assert_eq!(
            (wanted.options.flags, wanted.options.data),
            (MountFlags::NO_ACCESS_TIME, b"data=x".to_vec())
        );
        assert_eq!((wanted.patience, wanted.overlay), (Some(Duration::from_secs(3)), None));
        let plain = Wanted::parse("root=/dev/vda spelunk.overlay rootwait");
        assert_eq!(plain.options.flags, MountFlags::READ_ONLY);
        assert_eq!((plain.patience, plain.overlay), (None, Some("")));
        assert_eq!(Wanted::parse("spelunk.overlay=LABEL=x").overlay, Some("LABEL=x"));
        assert_eq!(Wanted::parse("spelunk.overlay=off").patience, Some(PATIENCE));
    }

    #[test]
    fn a_device_that_does_not_come_is_not_waited_for_for_ever() {
        assert_eq!(wait(b"LABEL=no such label", Some(Duration::from_millis(1))), None);
        assert_eq!(wait(b"/dev/null", None), Some(b"/dev/null".to_vec()));
        assert_eq!(find(b"999:999"), None);
    }
}
