//! Keys that the kernel keeps.

use crate::emulator::is_missing;
use linux::Errno;
use linux::key::{self, Key, add_key, request_key};

#[test]
fn a_key_is_found_read_changed_and_dropped() {
    // The ring of the process goes with the test.
    let made = add_key("user", "spelunk:test", b"secret", Key::PROCESS);
    if is_missing(&made, "add_key") {
        return;
    }
    let made = match made {
        Err(errno @ (Errno::PERM | Errno::ACCES)) => {
            return crate::skip::skipped(&format!("no keys may be made here: {errno}"));
        }
        made => made.unwrap(),
    };
    let mut buffer = [0; 64];
    assert_eq!(key::read(made, &mut buffer), Ok(6));
    assert_eq!(&buffer[..6], b"secret");
    let length = key::describe(made, &mut buffer).unwrap();
    assert!(buffer[..length].starts_with(b"user;") && buffer[..length].ends_with(b";spelunk:test\0"));
    assert_eq!(request_key("user", "spelunk:test", None), Ok(made));
    assert_eq!(key::search(Key::PROCESS, c"user", "spelunk:test"), Ok(made));
    key::update(made, b"other").unwrap();
    assert_eq!(key::read(made, &mut []), Ok(5));
    key::set_timeout(made, 1000).unwrap();
    assert!(key::number(Key::PROCESS).unwrap().0 > 0);
    assert_eq!(key::clear(made), Err(Errno::NOTDIR));
    key::revoke(made).unwrap();
    assert_eq!(key::read(made, &mut buffer), Err(Errno::KEYREVOKED));
    key::unlink(made, Key::PROCESS).unwrap();
    assert_eq!(key::search(Key::PROCESS, c"user", "spelunk:test"), Err(Errno::NOKEY));
    key::clear(Key::PROCESS).unwrap();
    assert_eq!(add_key("no-such-kind", "x", b"", Key::PROCESS), Err(Errno::NODEV));
}
