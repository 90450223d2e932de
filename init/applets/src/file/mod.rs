//! Commands about files and folders.

mod amount;
mod ask;
mod backup;
mod basename;
mod chgrp;
mod chmod;
mod chown;
mod copy;
mod cp;
mod dirname;
mod fallocate;
mod fsync;
mod install;
mod link;
mod ln;
mod ls;
mod mkdir;
mod mkfifo;
mod mknod;
mod mktemp;
mod mode;
mod moment;
mod mv;
mod owner;
mod path;
mod printing;
mod pwd;
mod random;
mod readlink;
mod realpath;
mod resolve;
mod rm;
mod rmdir;
mod stat;
mod sync;
mod target;
mod touch;
mod tree;
mod truncate;
mod unlink;

group! {
    "file", "files and folders";
    "basename" => basename,
    "chgrp" => chgrp,
    "chmod" => chmod,
    "chown" => chown,
    "cp" => cp,
    "dirname" => dirname,
    "fallocate" => fallocate,
    "fsync" => fsync,
    "install" => install,
    "link" => link,
    "ln" => ln,
    "ls" => ls,
    "mkdir" => mkdir,
    "mkfifo" => mkfifo,
    "mknod" => mknod,
    "mktemp" => mktemp,
    "mv" => mv,
    "pwd" => pwd,
    "readlink" => readlink,
    "realpath" => realpath,
    "rm" => rm,
    "rmdir" => rmdir,
    "stat" => stat,
    "sync" => sync,
    "touch" => touch,
    "truncate" => truncate,
    "unlink" => unlink,
}
