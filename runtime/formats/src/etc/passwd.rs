//! `/etc/passwd` and `/etc/group`: names for numbers (`passwd(5)`, `group(5)`). Both begin `name:password:number:`.

use crate::proc::words::decimal;

/// Finds the name of a user or group.
pub fn name_of(text: &[u8], number: u32) -> Option<&[u8]> {
    entries(text).find(|entry| entry.1 == number).map(|entry| entry.0)
}

/// Finds the number of a user or group.
pub fn number_of(text: &[u8], name: &[u8]) -> Option<u32> {
    entries(text).find(|entry| entry.0 == name).map(|entry| entry.1)
}

/// Finds the group that a user has when he logs in: the fourth field of his line.
pub fn group_of(text: &[u8], user: u32) -> Option<u32> {
    let name = name_of(text, user)?;
    let mut lines = text.split(|&byte| byte == b'\n').map(|line| line.split(|&byte| byte == b':'));
    let mut fields = lines.find(|fields| fields.clone().next() == Some(name))?;
    u32::try_from(fields.nth(3).and_then(decimal)?).ok()
}

/// Gives the numbers of the groups that have a user among their members: the fourth field of their lines.
pub fn groups_with<'t>(text: &'t [u8], user: &'t [u8]) -> impl Iterator<Item = u32> + use<'t> {
    text.split(|&byte| byte == b'\n').filter_map(move |line| {
        let mut fields = line.split(|&byte| byte == b':');
        let number = fields.nth(2).and_then(decimal)?;
        let mut members = fields.next()?.split(|&byte| byte == b',');
        members.any(|member| member == user).then(|| u32::try_from(number).ok())?
    })
}

/// Gives name and number of each line; lines that make no sense are passed over, as libraries do.
fn entries(text: &[u8]) -> impl Iterator<Item = (&[u8], u32)> {
    text.split(|&byte| byte == b'\n').filter_map(|line| {
        let mut fields = line.split(|&byte| byte == b':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        let number = fields.nth(1).and_then(decimal)?;
        Some((name, u32::try_from(number).ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &[u8] = b"\
root:x:0:0:root:/root:/bin/bash
:x:7:::
short:x
daemon:*:1:1::/:
huge:x:4294967296:1::/:
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin";

    #[test]
    fn names_and_numbers() {
        assert_eq!(name_of(SAMPLE, 0), Some(&b"root"[..]));
        assert_eq!(name_of(SAMPLE, 65534), Some(&b"nobody"[..]));
        assert_eq!(name_of(SAMPLE, 7), None);
        assert_eq!(number_of(SAMPLE, b"daemon"), Some(1));
        assert_eq!(number_of(SAMPLE, b"huge"), None);
        assert_eq!(number_of(b"tty:x:5:\n", b"tty"), Some(5));
        assert_eq!(
            (group_of(SAMPLE, 65534), group_of(SAMPLE, 7), group_of(b"x:x:7", 7)),
            (Some(65534), None, None)
        );
        let groups = b"root:x:0:\nadm:x:4:a,b\nx:x:5\nz:x:6:b,ab\n";
        assert_eq!(groups_with(groups, b"b").collect::<Vec<_>>(), [4, 6]);
        assert_eq!(groups_with(groups, b"c").count(), 0);
    }
}
