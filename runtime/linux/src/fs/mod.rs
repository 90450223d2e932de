//! Files, directories and what can be done to them.

mod attributes;
mod cache;
mod descriptor;
mod directory;
mod extended;
mod fanotify;
mod file;
mod file_event;
mod flags;
mod handle;
mod link;
mod lock;
mod memory_file;
mod metadata;
mod node;
mod notify;
mod numbers;
mod open;
mod pipe;
mod position;
mod statfs;
mod sync;
mod transfer;
mod whole;
mod working;

pub use attributes::{
    Access, SetTime, access, chmod, chmod_at, chmod_itself, chown, chown_at, faccess, faccess_effective,
    fchmod, fchown, set_open_times, set_times, set_times_at,
};
pub use cache::{Cached, SyncFlags, cachestat};
#[cfg(target_pointer_width = "64")]
pub use cache::{Expectation, fadvise, sync_file_range};
pub use descriptor::{
    DescriptorFlags, Standard, close_range, descriptor_flags, dup, dup_at_least, dup_number, dup_over,
    set_descriptor_flags, set_owner, set_signal, set_standard, set_status_flags, status_flags,
};
pub use directory::{Directory, Entries, Entry, EntryKind, getdents64, mkdir, mkdir_at, rmdir, rmdir_at};
pub use extended::{
    SetAttribute, fgetxattr, flistxattr, fremovexattr, fsetxattr, getxattr, getxattr_at, lgetxattr,
    listxattr, listxattr_at, llistxattr, lremovexattr, lsetxattr, removexattr, removexattr_at, setxattr,
    setxattr_at,
};
pub use fanotify::{FileEvents, GroupFlags, MarkFlags, fanotify_init, fanotify_mark};
pub use file::{
    Allocate, allocate, fallocate, ftruncate, inode_flags, inode_version, project, set_inode_flags,
    set_inode_version, set_project, share_room,
};
pub use file_event::{About, FileEvent, FileEventList, NotifyGroup};
pub use flags::{FileAttributes, file_getattr, file_setattr};
pub use handle::{FileHandle, name_to_handle_at, open_by_handle_at};
pub use link::{
    RenameFlags, link, link_at, readlink, readlink_at, rename, rename_at, symlink, symlink_at, unlink,
    unlink_at,
};
pub use lock::{Lock, flock, lock_in_the_way, lock_range};
#[cfg(target_pointer_width = "64")]
pub use memory_file::memfd_secret;
pub use memory_file::{MemoryFileFlags, Seals, add_seals, memfd_create, seals};
pub use metadata::{FileKind, Metadata, Mode, StatxFlags, StatxMask, Timestamp, fstat, lstat, stat, statx};
pub use node::{device_number, device_parts, mkfifo, mknod, mknod_at};
pub use notify::{
    Change, Changes, NotifyEvents, NotifyFlags, inotify_add_watch, inotify_init, inotify_read,
    inotify_rm_watch,
};
pub use numbers::Numbers;
pub use open::{OpenFlags, Resolve, open, openat, openat2};
pub use pipe::{PipeFlags, pipe};
pub use position::{From, lseek};
pub use statfs::{Statfs, fstatfs, statfs};
pub use sync::{fdatasync, fsync, sync, syncfs};
pub use transfer::{
    IoSlice, IoSliceMut, TransferFlags, copy_file_range, pread, preadv, preadv2, pwrite, pwritev, pwritev2,
    read, readahead, readv, sendfile, splice, tee, vmsplice, write, writev,
};
pub use whole::{read_full, write_all};
pub use working::{chdir, chroot, fchdir, getcwd, umask};
