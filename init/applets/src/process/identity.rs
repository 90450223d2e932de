//! As whom another program is to run: `USER`, `USER:GROUP`, `:GROUP`, and a list of further groups.

use alloc::vec::Vec;

use linux::process::Step;
use system::users::Names;

/// What is to be taken, each if it was asked for.
#[derive(Default)]
pub(crate) struct Identity {
    user: Option<u32>,
    group: Option<u32>,
    groups: Option<Vec<u32>>,
}

impl Identity {
    /// Reads a user with his group, and further groups; the error is the word that nothing is known of. A user's own group
    /// and his further ones come with him.
    pub(crate) fn new<'a>(
        spec: &'a [u8],
        further: Option<&'a [u8]>,
        names: &Names,
    ) -> Result<Self, &'a [u8]> {
        let at = spec.iter().position(|byte| *byte == b':');
        let (name, group) = spec.split_at_checked(at.unwrap_or(spec.len())).unwrap_or_default();
        let user = match name {
            b"" => None,
            name => Some(names.find_user(name).ok_or(spec)?),
        };
        let group = match group.get(1..).filter(|name| !name.is_empty()) {
            Some(name) => Some(names.find_group(name).ok_or(spec)?),
            None => user.and_then(|user| names.login_group(user)),
        };
        let groups = match further {
            None => user.map(|user| names.login_groups(user)),
            Some(list) => {
                let mut groups = Vec::new();
                for name in list.split(|byte| *byte == b',').filter(|name| !name.is_empty()) {
                    groups.push(names.find_group(name).ok_or(list)?);
                }
                Some(groups)
            }
        };
        Ok(Self { user, group, groups })
    }

    /// Takes another group.
    pub(crate) fn set_group<'a>(&mut self, name: &'a [u8], names: &Names) -> Result<(), &'a [u8]> {
        self.group = Some(names.find_group(name).ok_or(name)?);
        Ok(())
    }

    /// Adds what a process does to become so; the user last, since he may do the rest no more.
    pub(crate) fn add<'s>(&'s self, steps: &mut Vec<Step<'s>>) {
        steps.extend(self.groups.as_deref().map(Step::Groups));
        steps.extend(self.group.map(Step::GroupId));
        steps.extend(self.user.map(Step::User));
    }
}
