//! Owners as people write them: `USER`, `USER:GROUP`, `USER:`, `:GROUP`, each a name or a number.

use linux::fs::Metadata;
use system::users::Names;

/// A user and a group, each if it was named.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Owner {
    pub(super) user: Option<u32>,
    pub(super) group: Option<u32>,
}

impl Owner {
    /// Reads one; nothing if a name is not known. `USER:` stands for the group, too, that he has when he logs in.
    pub(super) fn parse(text: &[u8], names: &Names) -> Option<Self> {
        // A dot is what old systems had; names with dots come first.
        if let Some(user) = names.find_user(text) {
            return Some(Self { user: Some(user), group: None });
        }
        let at = text
            .iter()
            .position(|byte| *byte == b':')
            .or_else(|| text.iter().rposition(|byte| *byte == b'.'))?;
        let (name, group) = (text.get(..at)?, text.get(at + 1..)?);
        let user = if name.is_empty() { None } else { Some(names.find_user(name)?) };
        let group = match (group, user) {
            (b"", Some(user)) => Some(names.login_group(user)?),
            (b"", None) => None,
            (group, _) => Some(names.find_group(group)?),
        };
        Some(Self { user, group })
    }

    /// Says whether a file is so already.
    pub(super) fn is_of(self, file: &Metadata) -> bool {
        self.user.is_none_or(|user| user == file.user())
            && self.group.is_none_or(|group| group == file.group())
    }
}
