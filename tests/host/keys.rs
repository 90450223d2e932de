//! Keys that the kernel keeps.

use crate::child::{check, in_child, ok};
use crate::emulator::is_missing;
use linux::Errno;
use linux::key::{self, Description, Key, Permissions, add_key, request_key};

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

#[test]
fn a_ring_has_keys_that_others_have_too() {
    // The thread's own: the process's belongs to another test.
    let ring = add_key("keyring", "spelunk:ring", b"", Key::THREAD);
    if is_missing(&ring, "add_key") {
        return;
    }
    let ring = match ring {
        Err(errno @ (Errno::PERM | Errno::ACCES)) => {
            return crate::skip::skipped(&format!("no keys may be made here: {errno}"));
        }
        ring => ring.unwrap(),
    };
    let made = add_key("user", "spelunk:linked", b"secret", ring).unwrap();
    let other = add_key("keyring", "spelunk:other", b"", Key::THREAD).unwrap();
    key::link(made, other).unwrap();
    assert_eq!(key::link(ring, ring), Err(Errno::DEADLK));
    let mut buffer = [0; 64];
    for ring in [ring, other] {
        assert_eq!(key::keys(ring, &mut buffer).unwrap().collect::<Vec<_>>(), [made]);
    }
    // On the other one it is still there.
    key::unlink(made, ring).unwrap();
    assert_eq!(key::keys(ring, &mut buffer).unwrap().count(), 0);
    assert_eq!(key::search(Key::THREAD, c"user", "spelunk:linked"), Ok(made));
    let all = Permissions::VIEW | Permissions::READ | Permissions::SET | Permissions::SEARCH;
    key::set_permissions(made, all.and_user()).unwrap();
    let length = key::describe(made, &mut buffer).unwrap();
    let found = Description::parse(&buffer[..length]).unwrap();
    assert_eq!((found.kind, found.name), (b"user".as_slice(), b"spelunk:linked".as_slice()));
    assert_eq!((found.user, found.permissions), (linux::process::geteuid(), all.and_user()));
    assert_eq!(key::update(made, b"other"), Err(Errno::ACCES), "nobody may write");
    key::set_owner(made, None, Some(linux::process::getegid())).unwrap();
    key::set_permissions(made, Permissions::VIEW | Permissions::SET | Permissions::SEARCH).unwrap();
    // Root may read what it does not see by right; others, what they find on a ring of theirs.
    assert!(matches!(key::read(made, &mut buffer), Ok(6) | Err(Errno::ACCES)));
    key::invalidate(made).unwrap();
    // Until the kernel has swept it up, the ring still knows that there was one.
    let gone = key::search(Key::THREAD, c"user", "spelunk:linked");
    assert!(matches!(gone, Err(Errno::NOKEY | Errno::KEYREVOKED)), "{gone:?}");
    for ring in [ring, other] {
        key::unlink(ring, Key::THREAD).unwrap();
    }
}

#[test]
fn a_session_of_its_own_sees_no_keys_of_others() {
    in_child(|| {
        let ring = match key::join_session(None) {
            Err(Errno::NOSYS | Errno::PERM | Errno::ACCES) => return Ok(()),
            ring => ok!(ring),
        };
        check!(ok!(key::number(Key::SESSION)) == ring);
        check!(ok!(key::keys(Key::SESSION, &mut [0; 64])).count() == 0);
        let made = ok!(add_key("user", "spelunk:session", b"1", Key::SESSION));
        check!(ok!(request_key("user", "spelunk:session", None)) == made);
        check!(ok!(key::keys(ring, &mut [0; 64])).count() == 1);
        ok!(key::join_session(None));
        check!(key::search(Key::SESSION, c"user", "spelunk:session") == Err(Errno::NOKEY));
        Ok(())
    });
}
