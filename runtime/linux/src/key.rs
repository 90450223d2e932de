//! Keys that the kernel keeps for programs: keyrings(7).

use crate::Result;
use crate::path::PathArg;
use core::ffi::CStr;

/// A key or a keyring, by its number or by what stands for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(pub i32);

values! {
    Key: i32 {
        /// KEY_SPEC_THREAD_KEYRING: this thread's own.
        const THREAD = -1;
        /// KEY_SPEC_PROCESS_KEYRING: this process's own.
        const PROCESS = -2;
        /// KEY_SPEC_SESSION_KEYRING: that of the session.
        const SESSION = -3;
        /// KEY_SPEC_USER_KEYRING: that of the user.
        const USER = -4;
    }
}

impl Key {
    fn made(number: usize) -> Self {
        Self(number as i32)
    }
}

/// What is asked of [`keyctl`](https://man7.org/linux/man-pages/man2/keyctl.2.html): KEYCTL_… of `linux/keyctl.h`.
#[derive(Clone, Copy)]
enum Control {
    GetNumber = 0,
    Update = 2,
    Revoke = 3,
    Describe = 6,
    Clear = 7,
    Unlink = 9,
    Search = 10,
    Read = 11,
    SetTimeout = 15,
}

/// Adds a key of a kind (`user`, `logon`, `keyring`) to a keyring, or gives the one of the name a new content; gives its number.
///
/// # Errors
/// `DQUOT`, `ACCES`, `INVAL`, `NODEV` (no such kind), `PERM`, `NOMEM`; `NOSYS` in a kernel without it. See `add_key(2)`.
pub fn add_key<P: PathArg, Q: PathArg>(kind: P, name: Q, content: &[u8], ring: Key) -> Result<Key> {
    kind.with(&mut |kind| {
        name.with(&mut |name| {
            let (kind, name, content, length) =
                (kind.as_ptr(), name.as_ptr(), content.as_ptr(), content.len());
            // SAFETY: both strings are terminated; the kernel reads so many bytes of the slice.
            unsafe { syscall!(__NR_add_key, kind, name, content, length, ring.0) }
        })
    })
    .map(Key::made)
}

/// Finds a key of a kind and a name in the keyrings of this process, and links it to a ring if one is given.
///
/// # Errors
/// `NOKEY`, `ACCES`, `KEYREVOKED`, `KEYEXPIRED`, `PERM`. See `request_key(2)`.
pub fn request_key<P: PathArg, Q: PathArg>(kind: P, name: Q, ring: Option<Key>) -> Result<Key> {
    kind.with(&mut |kind| {
        name.with(&mut |name| {
            let ring = ring.map_or(0, |ring| ring.0);
            // SAFETY: both strings are terminated; no program is to be told (`callout_info`).
            unsafe { syscall!(__NR_request_key, kind.as_ptr(), name.as_ptr(), 0_usize, ring) }
        })
    })
    .map(Key::made)
}

/// Makes a call of integers.
fn control(what: Control, a: i32, b: usize) -> Result<usize> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_keyctl, what as u32, a, b, 0_usize, 0_usize) }
}

/// Gives the number of what stands for a keyring, which is made if it is missing.
///
/// # Errors
/// `NOKEY`, `ACCES`, `NOMEM`, `DQUOT`. See `keyctl(2)`, KEYCTL_GET_KEYRING_ID.
#[doc(alias = "keyctl")]
pub fn number(ring: Key) -> Result<Key> {
    control(Control::GetNumber, ring.0, 1).map(Key::made)
}

/// Takes a key off a ring; without any ring it is gone.
///
/// # Errors
/// `NOENT` (not on it), `ACCES`, `NOKEY`. See `keyctl(2)`, KEYCTL_UNLINK.
pub fn unlink(key: Key, ring: Key) -> Result<()> {
    control(Control::Unlink, key.0, ring.0 as usize).map(drop)
}

/// Takes all keys off a ring.
///
/// # Errors
/// `ACCES`, `NOTDIR` (no ring). See `keyctl(2)`, KEYCTL_CLEAR.
pub fn clear(ring: Key) -> Result<()> {
    control(Control::Clear, ring.0, 0).map(drop)
}

/// Has nobody use a key any more.
///
/// # Errors
/// `ACCES`, `KEYREVOKED`, `NOKEY`. See `keyctl(2)`, KEYCTL_REVOKE.
pub fn revoke(key: Key) -> Result<()> {
    control(Control::Revoke, key.0, 0).map(drop)
}

/// Has a key end in so many seconds; 0: never.
///
/// # Errors
/// `ACCES`, `KEYREVOKED`, `NOKEY`. See `keyctl(2)`, KEYCTL_SET_TIMEOUT.
pub fn set_timeout(key: Key, seconds: u32) -> Result<()> {
    control(Control::SetTimeout, key.0, seconds as usize).map(drop)
}

/// Reads the content of a key (of a ring: the numbers of its keys) into the buffer, as far as it fits; gives its length.
///
/// # Errors
/// `ACCES`, `NOKEY`, `KEYREVOKED`, `KEYEXPIRED`, `OPNOTSUPP` (a kind that is not read). See `keyctl(2)`, KEYCTL_READ.
pub fn read(key: Key, buffer: &mut [u8]) -> Result<usize> {
    fill(Control::Read, key, buffer)
}

/// Writes what a key is into the buffer, as far as it fits: kind, user, group, permissions (hexadecimal), name, with `;`
/// between them and a zero byte behind. Gives its length.
///
/// # Errors
/// `ACCES`, `NOKEY`, `KEYREVOKED`, `KEYEXPIRED`. See `keyctl(2)`, KEYCTL_DESCRIBE.
pub fn describe(key: Key, buffer: &mut [u8]) -> Result<usize> {
    fill(Control::Describe, key, buffer)
}

fn fill(what: Control, key: Key, buffer: &mut [u8]) -> Result<usize> {
    let (start, length) = (buffer.as_mut_ptr(), buffer.len());
    // SAFETY: the kernel writes at most so many bytes.
    unsafe { syscall!(__NR_keyctl, what as u32, key.0, start, length, 0_usize) }
}

/// Gives a key a new content.
///
/// # Errors
/// `ACCES`, `NOKEY`, `KEYREVOKED`, `DQUOT`, `OPNOTSUPP`. See `keyctl(2)`, KEYCTL_UPDATE.
pub fn update(key: Key, content: &[u8]) -> Result<()> {
    let (what, start, length) = (Control::Update as u32, content.as_ptr(), content.len());
    // SAFETY: the kernel reads so many bytes.
    unsafe { syscall!(__NR_keyctl, what, key.0, start, length, 0_usize) }.map(drop)
}

/// Finds a key of a kind and a name on a ring and those on it.
///
/// # Errors
/// `NOKEY`, `ACCES`, `KEYREVOKED`, `KEYEXPIRED`, `NOTDIR`. See `keyctl(2)`, KEYCTL_SEARCH.
pub fn search<P: PathArg>(ring: Key, kind: &CStr, name: P) -> Result<Key> {
    name.with(&mut |name| {
        let (what, kind) = (Control::Search as u32, kind.as_ptr());
        // SAFETY: both strings are terminated; nothing is linked.
        unsafe { syscall!(__NR_keyctl, what, ring.0, kind, name.as_ptr(), 0_usize) }
    })
    .map(Key::made)
}
