//! Names of users and groups, from /etc/passwd and /etc/group; a machine without them has numbers only.

use alloc::vec::Vec;

use formats::etc::passwd;

/// The names at one moment.
pub struct Names {
    users: Vec<u8>,
    groups: Vec<u8>,
}

impl Names {
    /// Reads both files; one that cannot be read gives no names.
    pub fn read() -> Self {
        let bytes = |path: &[u8]| crate::file::read(path).unwrap_or_default();
        Self { users: bytes(b"/etc/passwd"), groups: bytes(b"/etc/group") }
    }

    /// Takes the texts of both files.
    #[cfg(test)]
    #[allow(dead_code, reason = "only tests of some features take texts")]
    pub(crate) fn of(users: &[u8], groups: &[u8]) -> Self {
        Self { users: users.to_vec(), groups: groups.to_vec() }
    }

    /// Gives the name of a user, else the number.
    pub fn user(&self, number: u32) -> Vec<u8> {
        name_or_number(passwd::name_of(&self.users, number), number)
    }

    /// Gives the name of a group, else the number.
    pub fn group(&self, number: u32) -> Vec<u8> {
        name_or_number(passwd::name_of(&self.groups, number), number)
    }

    /// Gives the number of a user.
    pub fn user_number(&self, name: &[u8]) -> Option<u32> {
        passwd::number_of(&self.users, name)
    }

    /// Finds a user whom a word names, or whose number it is.
    pub fn find_user(&self, word: &[u8]) -> Option<u32> {
        self.user_number(word).or_else(|| number(word))
    }

    /// Finds a group that a word names, or whose number it is.
    pub fn find_group(&self, word: &[u8]) -> Option<u32> {
        self.group_number(word).or_else(|| number(word))
    }

    /// Gives the group that a user has when he logs in.
    pub fn login_group(&self, user: u32) -> Option<u32> {
        passwd::group_of(&self.users, user)
    }

    /// Gives the name of a user, if he has one.
    pub fn user_name(&self, number: u32) -> Option<&[u8]> {
        passwd::name_of(&self.users, number)
    }

    /// Gives the name of a group, if it has one.
    pub fn group_name(&self, number: u32) -> Option<&[u8]> {
        passwd::name_of(&self.groups, number)
    }

    /// Gives the groups that a user has when he logs in: first his own, then those that name him.
    pub fn login_groups(&self, user: u32) -> Vec<u32> {
        let mut groups: Vec<u32> = self.login_group(user).into_iter().collect();
        let name = self.user_name(user).unwrap_or_default();
        for group in passwd::groups_with(&self.groups, name) {
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
        groups
    }

    /// Gives the number of a group.
    pub fn group_number(&self, name: &[u8]) -> Option<u32> {
        passwd::number_of(&self.groups, name)
    }
}

/// Reads the number of a user or a group, also behind a plus, as GNU's have it where a name could be one. The last one stands for none
/// in the kernel's calls.
fn number(word: &[u8]) -> Option<u32> {
    let number = query::text::parse_decimal(word.strip_prefix(b"+").unwrap_or(word))?;
    number.try_into().ok().filter(|number| *number != u32::MAX)
}

fn name_or_number(name: Option<&[u8]>, number: u32) -> Vec<u8> {
    let mut text = Vec::new();
    match name {
        Some(name) => text.extend_from_slice(name),
        None => query::text::decimal(number.into(), &mut text),
    }
    text
}

/// As whom a process acts, or would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The real user.
    pub real_user: u32,
    /// The user.
    pub user: u32,
    /// The real group.
    pub real_group: u32,
    /// The group.
    pub group: u32,
    /// All groups: the group first, then the further ones, none twice.
    pub groups: Vec<u32>,
}

impl Identity {
    /// Asks for that of this process.
    ///
    /// # Errors
    /// What the kernel says of the groups.
    pub fn own() -> linux::Result<Self> {
        use linux::process::{getegid, geteuid, getgid, getgroups, getuid};
        /// As many as the kernel gives to a process.
        const MOST: usize = 1 << 16;
        let group = getegid();
        let mut groups = alloc::vec![group];
        for &further in getgroups(&mut alloc::vec![0; MOST])? {
            if !groups.contains(&further) {
                groups.push(further);
            }
        }
        Ok(Self { real_user: getuid(), user: geteuid(), real_group: getgid(), group, groups })
    }

    /// Gives that of a user who logs in; nothing for one who has no line of his own.
    pub fn of(user: u32, names: &Names) -> Option<Self> {
        let group = names.login_group(user)?;
        Some(Self { real_user: user, user, real_group: group, group, groups: names.login_groups(user) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unknown_have_numbers() {
        let names = Names { users: b"root:x:0:0::/:\n".to_vec(), groups: b"tty:x:5:\n".to_vec() };
        assert_eq!(names.user(0), b"root");
        assert_eq!(names.group(0), b"0");
        assert_eq!(names.user_number(b"root"), Some(0));
        assert_eq!((names.group_number(b"tty"), names.group_number(b"root")), (Some(5), None));
        assert_eq!((names.user_name(0), names.group_name(0)), (Some(&b"root"[..]), None));
    }

    #[test]
    fn who_logs_in_has_all_groups_that_name_him() {
        let names =
            Names { users: b"a:x:7:9::/:\n".to_vec(), groups: b"b:x:5:a\nc:x:9:a\nd:x:6:x,a".to_vec() };
        let identity = Identity::of(7, &names).unwrap();
        assert_eq!((identity.group, identity.groups), (9, vec![9, 5, 6]));
        assert_eq!(Identity::of(8, &names), None);
        let own = Identity::own().unwrap();
        assert_eq!(own.groups.first(), Some(&own.group));
    }
}
