//! Commands about disks: what is on them, how they are divided, and what the kernel uses them for.

mod blkdiscard;
mod blkid;
mod blockdev;
mod device;
mod devmem;
mod eject;
#[cfg(feature = "files")]
mod fdisk;
mod findfs;
mod freeramdisk;
mod fsck;
mod fsfreeze;
mod fstrim;
mod losetup;
#[cfg(feature = "files")]
mod mkfs_vfat;
#[cfg(feature = "files")]
mod mkswap;
mod partprobe;
mod pivot_root;
mod size;
mod swap;
mod swapoff;
mod swapon;
#[cfg(feature = "files")]
mod switch_root;

group! {
    "disk", "disks and what is on them";
    "blkdiscard" => blkdiscard,
    "blkid" => blkid,
    "blockdev" => blockdev,
    "devmem" => devmem,
    "eject" => eject,
    "fdisk" => fdisk,
    "findfs" => findfs,
    "freeramdisk" => freeramdisk,
    "fsck" => fsck,
    "fsfreeze" => fsfreeze,
    "fstrim" => fstrim,
    "losetup" => losetup,
    "mkfs.vfat" => mkfs_vfat,
    "mkswap" => mkswap,
    "partprobe" => partprobe,
    "pivot_root" => pivot_root,
    "swapoff" => swapoff,
    "swapon" => swapon,
    "switch_root" => switch_root,
}
