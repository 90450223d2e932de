//! Extended attributes of files.

use linux::Errno;
use linux::fs::{self, SetAttribute, fgetxattr, flistxattr, fremovexattr, fsetxattr, getxattr, lgetxattr};

use crate::scratch::Scratch;
use crate::support::{file, have};

const MISSING: [Errno; 1] = [Errno::OPNOTSUPP];

fn xattr_empty_fd() {
    let scratch = Scratch::new();
    let file = file(&scratch.at("file"));
    let found = fgetxattr(&file, "user.test", &mut []);
    assert!(matches!(found, Err(Errno::NODATA | Errno::OPNOTSUPP)), "{found:?}");
}

fn xattr() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    let path = path.as_str();
    let file = file(path);
    let made = fs::setxattr(path, "user.test", b"42", SetAttribute::Create);
    have(made, &MISSING, "attributes of users");
    let mut buffer = [0; 256];
    let listed = flistxattr(&file, &mut buffer).unwrap();
    assert!(buffer[..listed].split(|byte| *byte == 0).any(|name| name == b"user.test"));
    assert_eq!(fs::setxattr(path, "user.test", b"x", SetAttribute::Create), Err(Errno::EXIST));
    fs::lsetxattr(path, "user.test", b"44", SetAttribute::Replace).unwrap();
    fsetxattr(&file, "user.more", b"fd", SetAttribute::Any).unwrap();
    for found in [
        getxattr(path, "user.test", &mut buffer),
        lgetxattr(path, "user.test", &mut buffer),
        fgetxattr(&file, "user.test", &mut buffer),
    ] {
        assert_eq!((found, &buffer[..2]), (Ok(2), b"44".as_slice()));
    }
    assert_eq!(getxattr(path, "user.none", &mut buffer), Err(Errno::NODATA));
    fs::removexattr(path, "user.test").unwrap();
    fremovexattr(&file, "user.more").unwrap();
    assert_eq!(fs::lremovexattr(path, "user.more"), Err(Errno::NODATA));
}

fn xattr_long() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    file(&path);
    let long = [b'x'; 2000];
    let made = fs::setxattr(path.as_str(), "user.test", &long, SetAttribute::Any);
    have(made, &[Errno::OPNOTSUPP, Errno::NOSPC], "long attributes of users");
    assert_eq!(getxattr(path.as_str(), "user.test", &mut [0; 512]), Err(Errno::RANGE));
    let mut buffer = [0; 4096];
    assert_eq!(getxattr(path.as_str(), "user.test", &mut buffer), Ok(2000));
    assert_eq!(buffer[..2000], long);
}

tests![xattr_empty_fd, xattr, xattr_long];
