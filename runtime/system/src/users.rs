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

    /// Gives the group that a user has when he logs in.
    pub fn login_group(&self, user: u32) -> Option<u32> {
        passwd::group_of(&self.users, user)
    }

    /// Gives the number of a group.
    pub fn group_number(&self, name: &[u8]) -> Option<u32> {
        passwd::number_of(&self.groups, name)
    }
}

fn name_or_number(name: Option<&[u8]>, number: u32) -> Vec<u8> {
    let mut text = Vec::new();
    match name {
        Some(name) => text.extend_from_slice(name),
        None => query::text::decimal(number.into(), &mut text),
    }
    text
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
    }
}
