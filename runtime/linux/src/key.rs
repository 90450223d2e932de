//! Keys that the kernel keeps for programs: keyrings(7).

use crate::path::PathArg;
use crate::{Errno, Result};
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
    JoinSession = 1,
    Update = 2,
    Revoke = 3,
    SetOwner = 4,
    SetPermissions = 5,
    Describe = 6,
    Clear = 7,
    Link = 8,
    Unlink = 9,
    Search = 10,
    Read = 11,
    SetTimeout = 15,
    Invalidate = 21,
}

flags! {
    /// What may be done with a key: by who possesses it (it is on a keyring of his), by its user, by its group, by all others.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Permissions: u32 {
        /// KEY_POS_VIEW: its description is seen.
        const VIEW = 0x0100_0000;
        /// KEY_POS_READ: its content is read.
        const READ = 0x0200_0000;
        /// KEY_POS_WRITE: its content is changed, and what is on a ring.
        const WRITE = 0x0400_0000;
        /// KEY_POS_SEARCH: it is found.
        const SEARCH = 0x0800_0000;
        /// KEY_POS_LINK: it is linked to a ring.
        const LINK = 0x1000_0000;
        /// KEY_POS_SETATTR: its user, group, permissions and time are changed.
        const SET = 0x2000_0000;
        const _ = !0;
    }
}

/// The bits of who possesses a key.
const OWN: u32 = 0x3f00_0000;

impl Permissions {
    /// Gives the same, for who possesses it and for its user.
    #[must_use]
    pub const fn and_user(self) -> Self {
        Self::from_bits_retain(self.bits() | (self.bits() & OWN) >> 8)
    }

    /// Gives the same, for who possesses it and for its group.
    #[must_use]
    pub const fn and_group(self) -> Self {
        Self::from_bits_retain(self.bits() | (self.bits() & OWN) >> 16)
    }

    /// Gives the same, for who possesses it and for all others.
    #[must_use]
    pub const fn and_others(self) -> Self {
        Self::from_bits_retain(self.bits() | (self.bits() & OWN) >> 24)
    }
}

/// What a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description<'a> {
    /// Its kind: `user`, `keyring`.
    pub kind: &'a [u8],
    /// Its user.
    pub user: u32,
    /// Its group.
    pub group: u32,
    /// What may be done with it.
    pub permissions: Permissions,
    /// Its name.
    pub name: &'a [u8],
}

impl<'a> Description<'a> {
    /// Takes what [`describe`] has written apart; none if it is cut.
    pub fn parse(text: &'a [u8]) -> Option<Self> {
        let text = text.strip_suffix(b"\0")?;
        let mut words = text.splitn(5, |byte| *byte == b';');
        let kind = words.next()?;
        let mut word = || str::from_utf8(words.next()?).ok();
        // The kernel writes the upper half of these numbers as less than zero.
        let [user, group] =
            [word()?, word()?].map(|word| word.parse::<i64>().ok().map(|number| number as u32));
        let permissions = Permissions::from_bits_retain(u32::from_str_radix(word()?, 16).ok()?);
        Some(Self { kind, user: user?, group: group?, permissions, name: words.next()? })
    }
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

/// Gives this process a new session keyring, with a name if one is given, by which others join the same; it, and programs that it
/// executes, have what is on it. A key that one adds there is out of sight of who has not joined.
///
/// # Errors
/// `ACCES`, `NOMEM`, `DQUOT`. See `keyctl(2)`, KEYCTL_JOIN_SESSION_KEYRING.
pub fn join_session(name: Option<&CStr>) -> Result<Key> {
    let what = Control::JoinSession as u32;
    let name = name.map_or(core::ptr::null(), CStr::as_ptr);
    // SAFETY: the name is terminated, if there is one.
    unsafe { syscall!(__NR_keyctl, what, name, 0_usize, 0_usize, 0_usize) }.map(Key::made)
}

/// Puts a key on a ring, too; one of the same kind and name goes off it.
///
/// # Errors
/// `ACCES`, `NOKEY`, `NFILE` (the ring is full), `DEADLK` (a ring on itself), `LOOP`. See `keyctl(2)`, KEYCTL_LINK.
pub fn link(key: Key, ring: Key) -> Result<()> {
    control(Control::Link, key.0, ring.0 as usize).map(drop)
}

/// Sets what may be done with a key.
///
/// # Errors
/// `ACCES` (not its user, without CAP_SYS_ADMIN), `INVAL`, `NOKEY`. See `keyctl(2)`, KEYCTL_SETPERM.
pub fn set_permissions(key: Key, permissions: Permissions) -> Result<()> {
    control(Control::SetPermissions, key.0, permissions.bits() as usize).map(drop)
}

/// Sets the user and the group of a key; none: as it is.
///
/// # Errors
/// `ACCES` (needs CAP_SYS_ADMIN, but for an own group), `DQUOT`, `NOKEY`. See `keyctl(2)`, KEYCTL_CHOWN.
pub fn set_owner(key: Key, user: Option<u32>, group: Option<u32>) -> Result<()> {
    let [user, group] = [user, group].map(|number| number.unwrap_or(u32::MAX));
    // SAFETY: integers only.
    unsafe { syscall!(__NR_keyctl, Control::SetOwner as u32, key.0, user, group, 0_usize) }.map(drop)
}

/// Has a key gone at once, off all rings.
///
/// # Errors
/// `ACCES` (needs SEARCH), `NOKEY`. See `keyctl(2)`, KEYCTL_INVALIDATE.
pub fn invalidate(key: Key) -> Result<()> {
    control(Control::Invalidate, key.0, 0).map(drop)
}

/// Gives the keys of a ring.
///
/// # Errors
/// Those of [`read`]; `NOSPC`: they are more than the buffer has room for.
pub fn keys(ring: Key, buffer: &mut [u8]) -> Result<impl Iterator<Item = Key>> {
    let count = read(ring, buffer)?;
    let numbers = buffer.get(..count).ok_or(Errno::NOSPC)?.as_chunks().0;
    Ok(numbers.iter().map(|number| Key(i32::from_ne_bytes(*number))))
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

/// Reads the content of a key (of a ring: the numbers of its keys) into the buffer, if all of it fits (before
/// Linux 5.7 as far as it does); gives its length in any case.
///
/// # Errors
/// `ACCES`, `NOKEY`, `KEYREVOKED`, `KEYEXPIRED`, `OPNOTSUPP` (a kind that is not read). See `keyctl(2)`, KEYCTL_READ.
pub fn read(key: Key, buffer: &mut [u8]) -> Result<usize> {
    fill(Control::Read, key, buffer)
}

/// Writes what a key is into the buffer, if all of it fits: kind, user, group, permissions (hexadecimal), name, with `;`
/// between them and a zero byte behind. Gives its length in any case.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_taken_apart() {
        let text = b"user;1000;100;3f010000;a;name\0";
        let expected = Description {
            kind: b"user",
            user: 1000,
            group: 100,
            permissions: Permissions::from_bits_retain(0x3f01_0000),
            name: b"a;name",
        };
        assert_eq!(Description::parse(text), Some(expected));
        for length in 0..text.len() {
            assert_eq!(Description::parse(&text[..length]), None, "{length}");
        }
        assert_eq!((Permissions::VIEW | Permissions::READ).and_user().bits(), 0x0303_0000);
        assert_eq!(Permissions::READ.and_user().and_group().bits(), 0x0202_0200);
        assert_eq!(Permissions::READ.and_others().and_user().bits(), 0x0202_0002);
        assert_eq!(Permissions::SEARCH.and_others().bits(), 0x0800_0008);
    }
}
