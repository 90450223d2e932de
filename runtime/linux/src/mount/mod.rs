//! Mounting file systems: at paths, as ever, or by descriptors, one step a call (Linux 5.2).

mod by_descriptor;
mod by_path;
mod question;

pub use by_descriptor::{
    Attributes, Change, MoveFlags, TreeFlags, create, fsmount, fsopen, fspick, mount_setattr, move_mount,
    open_tree, open_tree_changed, reconfigure, set_descriptor, set_flag, set_string,
};
pub use by_path::{
    MountFlags, UnmountFlags, bind, mount, move_to, pivot_root, remount, set_propagation, unmount,
};
pub use question::{MountNumber, Mounted, listmount, statmount};
