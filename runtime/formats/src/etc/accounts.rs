//! `/etc/passwd`, `group`, `shadow` and `gshadow` as text that is edited: a line a name, fields with colons between them
//! (`passwd(5)`, `group(5)`, `shadow(5)`). What is not meant stays as it is, byte by byte.

use alloc::vec::Vec;
use core::ops::RangeInclusive;

use crate::proc::words::decimal;

/// Gives the fields of a name's line.
pub fn find<'t>(text: &'t [u8], name: &[u8]) -> Option<Vec<&'t [u8]>> {
    let fields = |line: &'t [u8]| line.split(|byte| *byte == b':').collect::<Vec<_>>();
    lines(text).map(fields).find(|fields| fields.first() == Some(&name) && fields.len() > 1)
}

/// Gives all lines with at least two fields.
pub fn entries(text: &[u8]) -> impl Iterator<Item = Vec<&[u8]>> {
    lines(text)
        .map(|line| line.split(|byte| *byte == b':').collect::<Vec<_>>())
        .filter(|fields| fields.len() > 1)
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
}

/// Gives the text with another line in place of a name's, or without it; the change gets the fields, and says by `false` that the
/// line is to go. Nothing if there is no such name.
pub fn change(
    text: &[u8],
    name: &[u8],
    change: &mut dyn FnMut(&mut Vec<Vec<u8>>) -> bool,
) -> Option<Vec<u8>> {
    let mut changed = Vec::with_capacity(text.len() + 128);
    let mut is_found = false;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let is_meant = line.strip_prefix(name).is_some_and(|rest| rest.starts_with(b":"));
        if !is_meant || is_found {
            changed.extend_from_slice(line);
            continue;
        }
        is_found = true;
        let bare = line.strip_suffix(b"\n").unwrap_or(line);
        let mut fields: Vec<Vec<u8>> = bare.split(|byte| *byte == b':').map(<[u8]>::to_vec).collect();
        if change(&mut fields) {
            changed.extend(fields.join(&b':'));
            changed.push(b'\n');
        }
    }
    is_found.then_some(changed)
}

/// Gives the text with one more line, at its end but before the lines of a name service, which begin with `+`.
pub fn add(text: &[u8], fields: &[&[u8]]) -> Vec<u8> {
    let line = [fields.join(&b':').as_slice(), b"\n"].concat();
    let mut at = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b"+") {
            break;
        }
        at += line.len();
    }
    let (before, after) = text.split_at_checked(at).unwrap_or((text, b""));
    let end: &[u8] = if before.is_empty() || before.ends_with(b"\n") { b"" } else { b"\n" };
    [before, end, &line, after].concat()
}

/// Gives a list of members, parted by commas, with a name in it or without.
pub fn with_member(list: &[u8], name: &[u8], is_in: bool) -> Vec<u8> {
    let mut members: Vec<&[u8]> =
        list.split(|byte| *byte == b',').filter(|member| !member.is_empty() && *member != name).collect();
    let was_in = list.split(|byte| *byte == b',').any(|member| member == name);
    if is_in && was_in {
        return list.to_vec();
    }
    if is_in {
        members.push(name);
    }
    members.join(&b',')
}

/// Gives the lowest number of a range that no line of any of these texts has.
pub fn free_number(texts: &[&[u8]], mut range: RangeInclusive<u32>) -> Option<u32> {
    let mut taken: Vec<u64> =
        texts.iter().flat_map(|text| entries(text)).filter_map(|fields| decimal(fields.get(2)?)).collect();
    taken.sort_unstable();
    range.find(|number| taken.binary_search(&u64::from(*number)).is_err())
}

/// Says whether a name may be given: by POSIX's portable set, not with a dash before, nor digits alone, `$` at the end as Samba
/// has it.
pub fn is_name(name: &[u8]) -> bool {
    let body = name.strip_suffix(b"$").unwrap_or(name);
    let is_portable = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    (1..=32).contains(&body.len())
        && body.iter().all(is_portable)
        && !body.starts_with(b"-")
        && !matches!(body, b"." | b"..")
        && !body.iter().all(u8::is_ascii_digit)
}

/// Says whether a text can be a field.
pub fn is_field(text: &[u8]) -> bool {
    !text.iter().any(|byte| matches!(byte, b':' | b'\n' | 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUPS: &[u8] = b"root:x:0:\nadm:x:4:a,b\n\nbad line\nwheel:x:10:root\n+:::\n";

    #[test]
    fn lines_are_found_changed_and_taken_away() {
        assert_eq!(find(GROUPS, b"adm").unwrap()[3], b"a,b");
        assert_eq!((find(GROUPS, b"bad line"), find(GROUPS, b"ad")), (None, None));
        assert_eq!(entries(GROUPS).count(), 4);
        let changed = change(GROUPS, b"adm", &mut |fields| {
            fields[3] = with_member(&fields[3], b"c", true);
            true
        });
        assert_eq!(changed.unwrap(), b"root:x:0:\nadm:x:4:a,b,c\n\nbad line\nwheel:x:10:root\n+:::\n");
        assert_eq!(change(b"a:x\nb:x", b"b", &mut |_| false).unwrap(), b"a:x\n");
        assert_eq!(change(b"a:x\nb:x", b"b", &mut |_| true).unwrap(), b"a:x\nb:x\n");
        assert_eq!(change(GROUPS, b"nobody", &mut |_| true), None);
    }

    #[test]
    fn lines_are_added_behind_the_last_of_people() {
        assert_eq!(add(b"", &[b"a", b"x"]), b"a:x\n");
        assert_eq!(add(b"a:x", &[b"b", b"x"]), b"a:x\nb:x\n");
        assert_eq!(add(b"a:x\n+:::\n", &[b"b", b"x"]), b"a:x\nb:x\n+:::\n");
    }

    #[test]
    fn members() {
        for (list, name, is_in, expected) in [
            ("", "a", true, "a"),
            ("a", "a", true, "a"),
            ("a,b", "a", false, "b"),
            ("a,b", "c", false, "a,b"),
            ("a", "a", false, ""),
            ("ab", "a", true, "ab,a"),
        ] {
            assert_eq!(with_member(list.as_bytes(), name.as_bytes(), is_in), expected.as_bytes());
        }
    }

    #[test]
    fn numbers_that_are_free() {
        assert_eq!(free_number(&[b"a:x:1000:\nb:x:1001:\n", b"c:x:1002:1:\n"], 1000..=1010), Some(1003));
        assert_eq!(free_number(&[b"a:x:5:\n"], 5..=5), None);
        assert_eq!(free_number(&[], 5..=5), Some(5));
    }

    #[test]
    fn names_that_may_be_given() {
        for good in ["a", "www-data", "_apt", "a.b", "host$", "A1", "0a"] {
            assert!(is_name(good.as_bytes()), "{good}");
        }
        for bad in
            ["", "-a", "a:b", "a b", "..", "123", "a/b", "\u{e4}", "$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]
        {
            assert!(!is_name(bad.as_bytes()), "{bad}");
        }
        assert!(is_field(b"Full Name,,") && !is_field(b"a:b") && !is_field(b"a\n"));
    }
}
