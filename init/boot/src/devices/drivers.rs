//! Drivers that are modules, loaded because a device asks for them (`MODALIAS`).

use alloc::vec::Vec;

use linux::Errno;
use linux::fs;
use system::devices::Device;
use system::modules::{self, Library, Meaning};
use system::settings;

use super::nodes::run;
use crate::command::Commands;
use crate::log::Log;
use crate::up;

/// What the kernel calls when it asks for a module itself, in an image that has no such command: this program, by its name.
const HELPER: &str = "/run/spelunk/modprobe";

/// How early a driver is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// Of a network card: others wait for the network.
    Network,
    /// Of a disk, or of a bus on which there may be one of the two.
    Disk,
    /// Of anything else.
    Other,
}

/// What is to be loaded.
pub(super) struct Drivers<'a> {
    library: Library,
    /// All names that were ever asked for: devices of one kind have the same.
    names: Vec<Vec<u8>>,
    /// How many of them have been looked for.
    looked_for: usize,
    /// The modules that are wanted, in no order.
    wanted: Vec<(Weight, Vec<u8>)>,
    commands: &'a dyn Commands,
    log: Log,
}

impl<'a> Drivers<'a> {
    pub(super) fn new(commands: &'a dyn Commands, log: Log) -> Self {
        let release = linux::system::uname();
        let release = release.as_ref().map_or(&b""[..], |names| names.release());
        Self {
            library: Library::read(b"", release, &[]),
            names: Vec::new(),
            looked_for: 0,
            wanted: Vec::new(),
            commands,
            log,
        }
    }

    /// Makes the nodes whose opening has the kernel ask for their module.
    pub(super) fn make_nodes(&self) {
        for (name, kind, number) in self.library.nodes() {
            let path = [b"/dev/", name].concat();
            super::nodes::make_folders(&path);
            // It is there, or there is no /dev to make it in.
            let _ = fs::mknod(path.as_slice(), kind, fs::Mode::octal(0o600), number);
        }
    }

    /// Has the driver that a device asks for be loaded, if it asks for one.
    pub(super) fn ask(&mut self, device: &Device) {
        let Some(name) = device.get("MODALIAS").filter(|_| device.get("DRIVER").is_none()) else { return };
        if !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_vec());
        }
    }

    /// Gives how many names were asked for.
    pub(super) fn asked(&self) -> usize {
        self.names.len()
    }

    /// Loads one of the modules that are wanted at least so early; says whether there was one.
    pub(super) fn load_next(&mut self, least: Weight) -> bool {
        self.find();
        let next = self.wanted.iter().enumerate().min_by_key(|(_, wanted)| wanted.0);
        let Some(at) = next.filter(|(_, wanted)| wanted.0 <= least).map(|(at, _)| at) else { return false };
        let (_, module) = self.wanted.swap_remove(at);
        self.load(&module);
        true
    }

    /// Finds the modules of all names that were not looked for yet, in one go.
    fn find(&mut self) {
        let names = self.names.get(self.looked_for..).unwrap_or_default();
        if names.is_empty() {
            return;
        }
        let slices: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
        for (name, modules) in names.iter().zip(self.library.modules_of(&slices)) {
            for module in modules {
                if !self.library.is_blacklisted(&module) && !modules::is_present(&module) {
                    self.wanted.push((weight(name), module));
                }
            }
        }
        self.looked_for = self.names.len();
    }

    fn load(&self, module: &[u8]) {
        let shown = core::str::from_utf8(module).unwrap_or("(not text)");
        let steps = match self.library.plan(module, b"", false) {
            None | Some(Meaning::Builtin) => return,
            Some(Meaning::Command(line)) => return run(self.commands, &line, self.log),
            Some(Meaning::Steps(steps)) => steps,
        };
        for step in steps.iter().filter(|step| !modules::is_present(modules::name_of(&step.path))) {
            match modules::load(&step.path, &step.parameters, linux::system::ModuleFlags::empty()) {
                Ok(()) => self.log.debug(format_args!("devices: {shown}: loaded {}", text(&step.path))),
                Err(Errno::EXIST) => {}
                // The device is none of the driver's after all.
                Err(Errno::NODEV) => return,
                Err(cause) => {
                    self.log.error(format_args!("devices: load {}: {cause}", text(&step.path)));
                    return;
                }
            }
        }
    }
}

fn text(path: &[u8]) -> &str {
    core::str::from_utf8(path).unwrap_or("(not text)")
}

/// Says how early the driver of a name is wanted: by the class of a PCI device, and the kind of one of virtio.
fn weight(name: &[u8]) -> Weight {
    let has = |part: &[u8]| name.windows(part.len()).any(|window| window == part);
    if name.starts_with(b"virtio:d00000001v") || name.starts_with(b"pci:") && has(b"bc02") {
        return Weight::Network;
    }
    const BUSES: [&[u8]; 6] =
        [b"virtio:d00000002v", b"virtio:d00000008v", b"vmbus:", b"xen:", b"nvme", b"scsi:"];
    // Storage, and what stands between two buses.
    let is_early = name.starts_with(b"pci:") && (has(b"bc01") || has(b"bc06") || has(b"v00001AF4"));
    if is_early || BUSES.iter().any(|bus| name.starts_with(bus)) { Weight::Disk } else { Weight::Other }
}

/// Sees to it that the kernel finds a command when it asks for a module.
pub(super) fn serve_kernel(log: Log) {
    let path = settings::path(b"kernel.modprobe");
    // A kernel without modules has no such setting.
    let Ok(present) = settings::read(&path) else { return };
    if fs::stat(present.as_slice()).is_ok() {
        return;
    }
    up::make_folder();
    let made = match fs::symlink("/proc/1/exe", HELPER) {
        Err(Errno::EXIST) => Ok(()),
        other => other,
    };
    if let Err(cause) = made.and_then(|()| settings::write(&path, HELPER.as_bytes())) {
        log.error(format_args!("devices: modules that the kernel asks for: {cause}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_come_before_disks_and_these_before_the_rest() {
        let of = |name: &str| weight(name.as_bytes());
        assert_eq!(of("pci:v00008086d00001563sv0sd0bc02sc00i00"), Weight::Network);
        assert_eq!(of("virtio:d00000001v00001AF4"), Weight::Network);
        assert_eq!(of("virtio:d00000002v00001AF4"), Weight::Disk);
        assert_eq!(of("pci:v00001AF4d00001001sv00001AF4sd00000002bc01sc00i00"), Weight::Disk);
        assert_eq!(of("virtio:d00000010v00001AF4"), Weight::Other);
        assert_eq!(of("cpu:type:x86,ven0000fam0006mod003D:feature:,0000"), Weight::Other);
        assert!(Weight::Network < Weight::Disk && Weight::Disk < Weight::Other);
    }
}
