//! Commands about files and folders.

#[cfg(feature = "files")]
mod ask;
#[cfg(feature = "files")]
mod attribute;
#[cfg(feature = "files")]
mod backup;
#[cfg(feature = "files")]
mod basename;
#[cfg(feature = "files")]
mod chattr;
#[cfg(feature = "files")]
mod chgrp;
#[cfg(feature = "files")]
mod child;
#[cfg(feature = "files")]
mod chmod;
#[cfg(feature = "files")]
mod chown;
#[cfg(feature = "files")]
mod copy;
#[cfg(feature = "files")]
mod cp;
#[cfg(feature = "files")]
mod dd;
#[cfg(feature = "files")]
mod df;
#[cfg(feature = "files")]
mod dirname;
#[cfg(feature = "files")]
mod du;
#[cfg(feature = "files")]
mod fallocate;
#[cfg(feature = "files")]
mod find;
#[cfg(feature = "files")]
mod fsync;
#[cfg(feature = "files")]
mod getfattr;
#[cfg(feature = "files")]
pub(crate) mod human;
#[cfg(feature = "files")]
mod inode_flags;
#[cfg(feature = "files")]
mod install;
#[cfg(feature = "files")]
mod link;
#[cfg(feature = "files")]
mod ln;
mod ls;
#[cfg(feature = "files")]
mod lsattr;
#[cfg(feature = "files")]
pub(crate) mod mkdir;
#[cfg(feature = "files")]
mod mkfifo;
#[cfg(feature = "files")]
mod mknod;
#[cfg(feature = "files")]
mod mktemp;
#[cfg(feature = "files")]
mod mode;
#[cfg(feature = "files")]
pub(crate) mod moment;
#[cfg(feature = "files")]
mod mountpoint;
#[cfg(feature = "files")]
mod mv;
#[cfg(feature = "files")]
mod owner;
#[cfg(feature = "files")]
pub(crate) mod path;
#[cfg(feature = "files")]
mod printing;
#[cfg(feature = "files")]
mod pwd;
#[cfg(feature = "files")]
mod random;
#[cfg(feature = "files")]
mod readahead;
#[cfg(feature = "files")]
mod readlink;
#[cfg(feature = "files")]
mod realpath;
#[cfg(feature = "files")]
mod resolve;
#[cfg(feature = "files")]
mod rm;
#[cfg(feature = "files")]
mod rmdir;
#[cfg(feature = "files")]
mod root;
#[cfg(feature = "files")]
mod setfattr;
#[cfg(feature = "files")]
mod shred;
#[cfg(feature = "files")]
mod stat;
#[cfg(feature = "files")]
mod sync;
#[cfg(feature = "files")]
mod target;
#[cfg(feature = "files")]
mod touch;
#[cfg(feature = "files")]
mod tree;
#[cfg(feature = "files")]
mod truncate;
mod units;
#[cfg(feature = "files")]
mod unlink;
#[cfg(feature = "files")]
mod which;
#[cfg(feature = "files")]
mod xargs;

group! {
    "file", "files and folders";
    "basename" => basename,
    "chattr" => chattr,
    "chgrp" => chgrp,
    "chmod" => chmod,
    "chown" => chown,
    "cp" => cp,
    "dd" => dd,
    "df" => df,
    "dirname" => dirname,
    "du" => du,
    "fallocate" => fallocate,
    "find" => find,
    "fsync" => fsync,
    "getfattr" => getfattr,
    "install" => install,
    "link" => link,
    "ln" => ln,
    "ls" => ls,
    "lsattr" => lsattr,
    "mkdir" => mkdir,
    "mkfifo" => mkfifo,
    "mknod" => mknod,
    "mktemp" => mktemp,
    "mountpoint" => mountpoint,
    "mv" => mv,
    "pwd" => pwd,
    "readahead" => readahead,
    "readlink" => readlink,
    "realpath" => realpath,
    "rm" => rm,
    "rmdir" => rmdir,
    "setfattr" => setfattr,
    "shred" => shred,
    "stat" => stat,
    "sync" => sync,
    "touch" => touch,
    "truncate" => truncate,
    "unlink" => unlink,
    "which" => which,
    "xargs" => xargs,
}
