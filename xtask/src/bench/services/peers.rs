//! The peers that supervise services, each with what Debian has of it, and a script of BusyBox that mounts what is needed and goes on
//! as the supervisor.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use formats::file::cpio::Writer;

use crate::command;
use crate::image::{self, Compression};
use crate::install::{self, Need, need};
use crate::machine::Architecture;

/// Where the program of the services lies.
const SERVED: &str = "bin/served";

/// Folders with what programs may need.
const FOLDERS: [&str; 7] = ["bin", "dev", "etc", "proc", "service", "tmp", "usr"];

/// Another supervisor.
pub(super) struct Peer {
    pub(super) name: &'static str,
    needs: &'static [Need<'static>],
    /// What of it goes to `bin`; with the libraries that these need.
    programs: &'static [&'static str],
    /// What the script goes on as.
    supervisor: &'static str,
    /// Whether it takes SIGTERM for a request to reboot.
    pub(super) reboots: bool,
    services: Services,
}

/// How services are described.
#[derive(Clone, Copy)]
enum Services {
    /// By lines of `/etc/inittab`.
    Inittab,
    /// By folders in `/service`, whose file `run` is the program.
    Folders,
    /// By lines of `/etc/finit.conf`.
    Finit,
}

const PEERS: [Peer; 4] = [
    Peer {
        name: "BusyBox",
        needs: &[],
        programs: &[],
        supervisor: "/bin/init",
        reboots: true,
        services: Services::Inittab,
    },
    Peer {
        name: "runit",
        needs: &[need("runsvdir", "runit")],
        programs: &["runsvdir", "runsv"],
        supervisor: "/bin/runsvdir -P /service",
        reboots: false,
        services: Services::Folders,
    },
    Peer {
        name: "s6",
        needs: &[need("s6-svscan", "s6")],
        programs: &["s6-svscan", "s6-supervise"],
        supervisor: "/bin/s6-svscan /service",
        reboots: false,
        services: Services::Folders,
    },
    Peer {
        name: "finit",
        needs: &[need("finit", "finit")],
        programs: &["finit"],
        supervisor: "/bin/finit",
        reboots: true,
        services: Services::Finit,
    },
];

impl Peer {
    pub(super) fn all() -> &'static [Self] {
        &PEERS
    }

    /// Packs an image with the services; gives its path.
    pub(super) fn pack(
        &self,
        architecture: &Architecture,
        served: &Path,
        roles: &[String],
        compression: Compression,
    ) -> Result<PathBuf> {
        install::ensure(&[&[need("busybox", "busybox-static")], self.needs].concat())?;
        let archive =
            self.archive(served, roles).with_context(|| format!("pack the initramfs of {}", self.name))?;
        image::store(architecture, &format!("services-{}", self.name), compression, &archive)
    }

    fn archive(&self, served: &Path, roles: &[String]) -> Result<Vec<u8>> {
        let mut files = vec![("bin/busybox".to_owned(), PathBuf::from("/bin/busybox"))];
        files.push((SERVED.to_owned(), served.to_owned()));
        for name in self.programs {
            let path = command::find(name).with_context(|| format!("{name} is not to be found"))?;
            files.extend(command::libraries(&path, &[])?.into_iter().map(|path| (inside(&path), path)));
            files.push((format!("bin/{name}"), path));
        }
        files.sort();
        files.dedup();
        let mut folders: BTreeSet<_> = FOLDERS.map(str::to_owned).into();
        for (name, _) in &files {
            folders.extend(Path::new(name).ancestors().skip(1).map(|folder| folder.display().to_string()));
        }
        if matches!(self.services, Services::Folders) {
            folders.extend(roles.iter().map(|role| format!("service/{role}")));
        }
        let mut writer = Writer::new();
        for folder in folders.iter().filter(|folder| !folder.is_empty()) {
            writer.directory(folder, 0o755)?;
        }
        writer.character_device("dev/console", 0o600, (5, 1))?;
        for (name, path) in &files {
            writer.file(
                name,
                0o755,
                &std::fs::read(path).with_context(|| format!("read {}", path.display()))?,
            )?;
        }
        // Where they look for each other.
        writer.symbolic_link("usr/bin", "../bin")?;
        for name in ["init", "mount", "sh"] {
            writer.symbolic_link(&format!("bin/{name}"), "busybox")?;
        }
        let script = format!(
            "#!/bin/sh\nmount -t proc proc /proc\nmount -t devtmpfs devtmpfs /dev\nexec {}\n",
            self.supervisor
        );
        writer.file("init", 0o755, script.as_bytes())?;
        match self.services {
            Services::Inittab => {
                let lines: String =
                    roles.iter().map(|role| format!("::respawn:/{SERVED} {role}\n")).collect();
                writer.file("etc/inittab", 0o644, lines.as_bytes())?;
            }
            Services::Finit => {
                let lines: String = roles
                    .iter()
                    .map(|role| format!("service name:{role} /{SERVED} {role} -- {role}\n"))
                    .collect();
                writer.file("etc/finit.conf", 0o644, lines.as_bytes())?;
            }
            Services::Folders => {
                for role in roles {
                    writer.symbolic_link(&format!("service/{role}/run"), &format!("/{SERVED}"))?;
                }
            }
        }
        Ok(writer.finish()?)
    }
}

/// Gives a file's path in the image, where it has that of the host.
fn inside(path: &Path) -> String {
    path.display().to_string().trim_start_matches('/').to_owned()
}
