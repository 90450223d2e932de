//! The `devices` worker: drivers are loaded for the devices that there are and for those that come, nodes get their owners, names
//! and records (`/run/udev/data`), and commands of `/etc/mdev.conf` are run. It hears the kernel's socket and reads what lies on disks, so
//! that process 1 need not; process 1 starts it again when it faults, and then what it finds recorded it leaves as it is.
//!
//! Order: drivers of network cards, those of disks, the nodes, then all other drivers. A driver that is loaded brings new devices,
//! whose events wait in the socket and are taken before the next one is chosen.
//!
//! Whoever uses libudev is told of each event that has been looked after, as by udev.
//!
//! Firmware is the kernel's own affair: it reads `/lib/firmware` (and the path of `firmware_class.path`) without help. Modules
//! that it asks for itself (a kind of file system, a protocol) come by the command `modprobe` of this program, if the image has none.

mod drivers;
mod nodes;

use alloc::vec::Vec;

use linux::fs;
use linux::poll::{self, PollFd, PollFlags};
use linux::process::{Whose, setpriority};
use linux::retry;
use system::devices::{Device, Listener, Lost, each_there};

use crate::command::Commands;
use crate::log::Log;
use crate::up;
use drivers::{Drivers, Weight};
use nodes::Nodes;

/// Where it stands that all devices that were there at the start have been looked after.
const SETTLED: &str = "/run/spelunk/devices";

/// How nice it is to others until it has looked at all that is there.
const AT_THE_START: i32 = 10;

/// Looks after devices for ever; gives a status for process 1, which starts it again, if it cannot.
pub(crate) fn run(commands: &dyn Commands, log: Log) -> i32 {
    let listener = match Listener::open() {
        Ok(listener) => listener,
        Err(error) => {
            log.error(format_args!("devices: {error}"));
            return 1;
        }
    };
    drivers::serve_kernel(log);
    let mut worker = Worker {
        listener,
        drivers: Drivers::new(commands, log),
        nodes: Nodes::new(commands, log),
        waiting: Vec::new(),
        log,
    };
    // Nobody waits for what is here in vain: the network and the prompt go first where there is one processor.
    let _ = setpriority(Whose::Process(None), AT_THE_START);
    worker.drivers.make_nodes();
    // What comes meanwhile is in the socket, and looked after twice.
    worker.look();
    worker.work();
    let _ = setpriority(Whose::Process(None), 0);
    if let Err(cause) = settle() {
        log.error(format_args!("devices: write {SETTLED}: {cause}"));
    }
    loop {
        let mut ready = [PollFd::new(worker.listener.descriptor(), PollFlags::IN)];
        if retry(|| poll::poll(&mut ready, None)).is_err() {
            return 1;
        }
        worker.work();
    }
}

fn settle() -> linux::Result<()> {
    up::make_folder();
    let flags = fs::OpenFlags::WRITE | fs::OpenFlags::CREATE | fs::OpenFlags::CLOSE_ON_EXEC;
    fs::open(SETTLED, flags, fs::Mode::octal(0o644)).map(drop)
}

struct Worker<'a> {
    listener: Listener,
    drivers: Drivers<'a>,
    nodes: Nodes<'a>,
    /// Devices of which the node has not been looked after yet, and whether each was there before.
    waiting: Vec<(Device, bool)>,
    log: Log,
}

impl Worker<'_> {
    /// Takes all devices that there are.
    fn look(&mut self) {
        let Self { drivers, waiting, .. } = self;
        each_there(&mut |device| {
            drivers.ask(&device);
            waiting.push((device, true));
        });
        let count = self.waiting.len();
        self.log.debug(format_args!("devices: {count} found, {} names of drivers", self.drivers.asked()));
    }

    /// Works until nothing is left to do.
    fn work(&mut self) {
        loop {
            self.hear();
            if self.drivers.load_next(Weight::Disk) {
                continue;
            }
            let waiting = core::mem::take(&mut self.waiting);
            if waiting.is_empty() && !self.drivers.load_next(Weight::Other) {
                return;
            }
            for (device, was_there) in waiting {
                let record = self.nodes.look_after(&device, was_there);
                if let Err(error) = self.listener.tell(&device, record.as_ref()) {
                    self.log.error(format_args!("devices: {error}"));
                }
            }
        }
    }

    /// Takes the events that wait.
    fn hear(&mut self) {
        loop {
            match self.listener.take() {
                Ok(Some(device)) => {
                    if !device.is_removed() {
                        self.drivers.ask(&device);
                    }
                    self.waiting.push((device, false));
                }
                Ok(None) => return,
                Err(Lost) => {
                    self.log.info(format_args!("devices: events were lost, all are looked at anew"));
                    self.look();
                }
            }
        }
    }
}
