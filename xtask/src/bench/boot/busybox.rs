//! The peer of the boot: what someone would write who wants the same with a static BusyBox.

use std::path::PathBuf;

use anyhow::{Context, Result};
use formats::file::cpio::Writer;

use crate::image::{self, Alter, Compression};
use crate::install::{self, need};
use crate::machine::Architecture;

/// Packs an image under a name, with a changed program; gives its path.
pub(super) fn pack(
    architecture: &Architecture,
    name: &str,
    compression: Compression,
    alter: &Alter<'_>,
) -> Result<PathBuf> {
    install::ensure(&[need("busybox", "busybox-static")])?;
    let program = alter(std::fs::read("/bin/busybox").context("read /bin/busybox")?)?;
    let archive = archive(&program).context("pack BusyBox's initramfs")?;
    image::store(architecture, name, compression, &archive)
}

fn archive(program: &[u8]) -> Result<Vec<u8>, formats::Error> {
    let mut writer = Writer::new();
    for folder in ["bin", "dev", "etc", "proc", "run", "sys", "tmp"] {
        writer.directory(folder, 0o755)?;
    }
    writer.character_device("dev/console", 0o600, (5, 1))?;
    writer.file("bin/busybox", 0o755, program)?;
    for name in ["cat", "dmesg", "echo", "init", "ip", "mount", "poweroff", "sh", "udhcpc"] {
        writer.symbolic_link(&format!("bin/{name}"), "busybox")?;
    }
    writer.file("init", 0o755, INIT.as_bytes())?;
    writer.file("etc/inittab", 0o644, b"::respawn:-/bin/sh\n")?;
    writer.file("etc/udhcpc", 0o755, LEASE.as_bytes())?;
    writer.finish()
}

/// Process 1 of the peer; it goes on as BusyBox's init, whose memory is measured.
const INIT: &str = "#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
ip link set lo up
ip link set eth0 up
udhcpc -i eth0 -n -q -s /etc/udhcpc > /dev/null 2>&1
echo 'busybox: up' > /dev/kmsg
echo 'busybox: up'
exec /bin/init
";

/// What `udhcpc` runs: the same settings that our worker makes.
const LEASE: &str = "#!/bin/sh
[ \"$1\" = bound ] || exit 0
ip addr add $ip/$mask dev $interface
ip route add default via $router dev $interface
for server in $dns; do echo nameserver $server; done > /etc/resolv.conf
";
