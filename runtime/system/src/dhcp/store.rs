//! Leases on a disk: one file an interface, so that clients of several interfaces do not meet.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use formats::file::lease::{self, Entry, Leases, Moment};
use linux::Errno;
use linux::fs::{self, Directory, Mode, OpenFlags};
use linux::time::{self, Clock};
use protocols::dhcp::Lease;

use crate::file::{self, Durability};
use crate::{Error, Result};

/// A folder that keeps leases.
#[derive(Clone, Debug)]
pub struct Store {
    folder: String,
    boot: String,
}

impl Store {
    /// Takes a folder, which is made when it is missing; what holds it must be there.
    ///
    /// # Errors
    /// The kernel's, when there is no such place, or it cannot be written.
    pub fn open(folder: &str) -> Result<Self> {
        match fs::mkdir(folder, Mode::octal(0o755)) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(cause) => return Err(Error::new("make", folder.as_bytes(), cause)),
        }
        let mut boot = [0; 36];
        let count = fs::open(c"/proc/sys/kernel/random/boot_id", OpenFlags::CLOSE_ON_EXEC, Mode::empty())
            .and_then(|file| fs::read(file, &mut boot));
        // Without it leases of before a reboot and of before a fault look alike, and both look like the latter: their
        // end is on a clock that started anew, so they end early or are refused by the server.
        let boot = boot.get(..count.unwrap_or(0)).unwrap_or_default();
        Ok(Self { folder: folder.into(), boot: core::str::from_utf8(boot).unwrap_or_default().into() })
    }

    /// Gives what was kept for an interface, its lease moved onto the clock of this run of the system. A file that cannot be read, is cut or
    /// of another version is as good as none.
    fn read(&self, interface: &str, suffix: &str) -> Option<Entry> {
        let bytes = file::read(self.path(interface, suffix).as_bytes()).ok()?;
        lease::parse(&bytes).ok()?.take(interface, &self.now())
    }

    /// Gives the lease that was kept for an interface.
    pub fn lease(&self, interface: &str) -> Option<Rc<Lease>> {
        self.read(interface, LEASE)?.lease
    }

    /// Lists the interfaces whose state was noted.
    ///
    /// # Errors
    /// The kernel's, when the folder cannot be read.
    pub fn interfaces(&self) -> Result<Vec<String>> {
        let failed = |cause: Errno| Error::new("read", self.folder.as_bytes(), cause);
        let flags = OpenFlags::READ | OpenFlags::DIRECTORY | OpenFlags::CLOSE_ON_EXEC;
        let folder = fs::open(self.folder.as_str(), flags, Mode::empty()).map_err(failed)?;
        let (mut buffer, mut names) = ([0; 1024], Vec::new());
        let mut directory = Directory::new(folder, &mut buffer);
        while let Some(entry) = directory.next() {
            let name = entry.map_err(failed)?.name.to_str().unwrap_or_default();
            names.extend(name.strip_suffix(STATE).map(String::from));
        }
        query::sort::sort(&mut names);
        Ok(names)
    }

    /// Keeps a lease in place of the one before; a loss of power after the call does not lose it.
    ///
    /// # Errors
    /// The kernel's; the lease of before is then still there.
    pub fn save(&self, entry: Entry) -> Result<()> {
        self.write(entry, LEASE, Durability::Durable)
    }

    /// Notes the state of a client where others can see it.
    ///
    /// # Errors
    /// The kernel's.
    pub fn note(&self, entry: Entry) -> Result<()> {
        self.write(entry, STATE, Durability::Cache)
    }

    /// Gives the state that was noted last.
    pub fn noted(&self, interface: &str) -> Option<Entry> {
        self.read(interface, STATE)
    }

    fn write(&self, entry: Entry, suffix: &str, durability: Durability) -> Result<()> {
        let path = self.path(&entry.interface, suffix);
        let mut bytes = Vec::new();
        lease::emit(&Leases { written: self.now(), entries: [entry].into() }, &mut bytes);
        file::replace(path.as_bytes(), &bytes, durability)
    }

    /// Removes what was kept for an interface.
    ///
    /// # Errors
    /// The kernel's; that there was nothing is none.
    pub fn forget(&self, interface: &str) -> Result<()> {
        let path = self.path(interface, LEASE);
        match fs::unlink(path.as_str()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(cause) => Err(Error::new("remove", path.as_bytes(), cause)),
        }
    }

    fn path(&self, interface: &str, suffix: &str) -> String {
        // A name of the kernel's holds no slash.
        [&self.folder, "/", interface, suffix].concat()
    }

    fn now(&self) -> Moment {
        let wall = time::clock_gettime(Clock::REALTIME).unwrap_or_default().since_zero().into();
        Moment { boot: self.boot.clone(), clock: crate::machine::uptime(), wall }
    }
}

/// The file that must not be lost.
const LEASE: &str = ".lease";
/// The file that others look at.
const STATE: &str = ".state";
