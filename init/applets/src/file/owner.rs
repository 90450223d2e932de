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
        if let Some(user) = user(text, names) {
            return Some(Self { user: Some(user), group: None });
        }
        let at = text
            .iter()
            .position(|byte| *byte == b':')
            .or_else(|| text.iter().rposition(|byte| *byte == b'.'))?;
        let (name, group) = (text.get(..at)?, text.get(at + 1..)?);
        let user = if name.is_empty() { None } else { Some(user(name, names)?) };
        let group = match (group, user) {
            (b"", Some(user)) => Some(names.login_group(user)?),
            (b"", None) => None,
            (group, _) => Some(self::group(group, names)?),
        };
        Some(Self { user, group })
    }

    /// Says whether a file is so already.
    pub(super) fn is_of(self, file: &Metadata) -> bool {
        self.user.is_none_or(|user| user == file.user())
            && self.group.is_none_or(|group| group == file.group())
    }
}

/// Finds a user by name, else by number.
pub(super) fn user(text: &[u8], names: &Names) -> Option<u32> {
    names.user_number(text).or_else(|| number(text))
}

/// Finds a group by name, else by number.
pub(super) fn group(text: &[u8], names: &Names) -> Option<u32> {
    names.group_number(text).or_else(|| number(text))
}

fn number(text: &[u8]) -> Option<u32> {
    // The last one stands for none in the kernel's calls.
    query::text::parse_decimal(text)
        .and_then(|number| u32::try_from(number).ok())
        .filter(|&number| number != u32::MAX)
}
