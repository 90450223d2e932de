//! `/etc/mdev.conf`: BusyBox's rules of what becomes of a device (its docs/mdev.txt).
//!
//! A line is `[-][KEY=PATTERN;]DEVICES OWNER:GROUP PERMISSIONS [=PATH | >PATH | !] [@COMMAND | $COMMAND | *COMMAND]`, where `DEVICES`
//! is a pattern of names, `$KEY=PATTERN` of a field's value, or `@MAJOR[,MINOR[-MINOR]]`. Expressions are not looked into here.

use super::{entries, permissions};
use crate::proc::words::Words;
use crate::{Error, Expected};

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule<'a> {
    /// Whether the lines behind it may fit too (`-`).
    pub goes_on: bool,
    /// Fields that the device must have, with expressions for their values, separated by `;`.
    pub fields: &'a [u8],
    /// Which devices are meant.
    pub devices: Devices<'a>,
    /// A name or a number; nothing for what stays as the kernel has it.
    pub owner: &'a [u8],
    /// A name or a number.
    pub group: &'a [u8],
    /// The permissions of its node.
    pub permissions: u32,
    /// What becomes of its name.
    pub name: Name<'a>,
    /// What is run.
    pub command: Option<(When, &'a [u8])>,
}

/// Which devices are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Devices<'a> {
    /// Those whose whole name this expression matches.
    Named(&'a [u8]),
    /// Those that have a field whose whole value this expression matches.
    Field(&'a [u8], &'a [u8]),
    /// Those of a driver's number, from one of its devices to another.
    Numbered(u32, u32, u32),
}

/// What becomes of a device's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name<'a> {
    /// It stays.
    Kept,
    /// The node goes there, or into a folder where there is a slash at the end (`=`).
    Moved(&'a [u8]),
    /// The same, and its old name leads there (`>`).
    Linked(&'a [u8]),
    /// There is to be no node (`!`).
    None,
}

/// When a command is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Behind the coming of the device (`@`).
    Added,
    /// Before its end (`$`).
    Removed,
    /// Both (`*`).
    Both,
}

impl When {
    /// Says whether it is then.
    pub fn fits(self, is_removed: bool) -> bool {
        match self {
            Self::Added => !is_removed,
            Self::Removed => is_removed,
            Self::Both => true,
        }
    }
}

/// Reads the lines; comments and empty lines are passed over, one that makes no sense is an error in its place.
pub fn parse(text: &[u8]) -> impl Iterator<Item = Result<Rule<'_>, Error>> {
    entries(text, parse_line)
}

fn parse_line(line: &[u8]) -> Result<Rule<'_>, Error> {
    let (goes_on, line) = line.strip_prefix(b"-").map_or((false, line), |rest| (true, rest));
    let mut words = Words::new(line);
    let first = words.word(Expected::Word)?;
    let split = first.iter().rposition(|byte| *byte == b';').map_or(0, |at| at + 1);
    let (fields, meant) = first.split_at_checked(split).unwrap_or_default();
    let devices = devices(meant).ok_or(Error::new(Expected::DeviceNumber, 0))?;
    let mut rule = Rule {
        goes_on,
        fields: fields.strip_suffix(b";").unwrap_or(fields),
        devices,
        owner: b"",
        group: b"",
        permissions: 0o660,
        name: Name::Kept,
        command: None,
    };
    let before = words;
    let Ok(owner) = words.word(Expected::Word) else { return Ok(rule) };
    let at = owner.iter().position(|byte| *byte == b':').ok_or(before.error(Expected::Word))?;
    (rule.owner, rule.group) = (owner.get(..at).unwrap_or_default(), owner.get(at + 1..).unwrap_or_default());
    let before = words;
    let mode = words.word(Expected::Number)?;
    rule.permissions = permissions(mode).ok_or(before.error(Expected::Number))?;
    let mut rest = words.rest().trim_ascii();
    rule.name = match rest {
        [b'!', ..] => Name::None,
        [b'=', ..] => Name::Moved(path_in(rest)),
        [b'>', ..] => Name::Linked(path_in(rest)),
        _ => Name::Kept,
    };
    if rule.name != Name::Kept {
        let end = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
        rest = rest.get(end..).unwrap_or_default().trim_ascii();
    }
    rule.command = match rest {
        [] => None,
        [b'@', command @ ..] => Some((When::Added, command.trim_ascii())),
        [b'$', command @ ..] => Some((When::Removed, command.trim_ascii())),
        [b'*', command @ ..] => Some((When::Both, command.trim_ascii())),
        _ => return Err(Error::new(Expected::EndOfLine, line.len() - rest.len())),
    };
    Ok(rule)
}

fn path_in(text: &[u8]) -> &[u8] {
    let end = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
    text.get(1..end).unwrap_or_default()
}

fn devices(word: &[u8]) -> Option<Devices<'_>> {
    if let Some(numbers) = word.strip_prefix(b"@") {
        let mut parts = numbers.split(|byte| matches!(byte, b',' | b'-'));
        let mut number = || {
            let digits = parts.next()?;
            core::str::from_utf8(digits).ok()?.parse().ok()
        };
        let major = number()?;
        let Some(first) = number() else {
            return (!numbers.contains(&b',')).then_some(Devices::Numbered(major, 0, u32::MAX));
        };
        return Some(Devices::Numbered(major, first, number().unwrap_or(first)));
    }
    if let Some(field) = word.strip_prefix(b"$") {
        let at = field.iter().position(|byte| *byte == b'=')?;
        return Some(Devices::Field(field.get(..at)?, field.get(at + 1..)?));
    }
    Some(Devices::Named(word))
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::proc::words::torture;

    const SAMPLE: &[u8] = b"\
# a comment
-SUBSYSTEM=block;DEVTYPE=disk;.*  root:disk 660 @echo $MDEV
null 0:0 666
$MODALIAS=pci:.* root:root 0660 @modprobe \"$MODALIAS\"
@8,16-31 :users 600 =disk/ *run it
@1,3 a:b 600
@254 a:b 600 >old $gone
loop.* a:b 600 !
cpu([0-9]+) a:b 444 =cpu/%1/cpuid
mouse.*
@x,y a:b 600
sda root 660
sdb a:b 888
sdc a:b 660 what
sdd a:b
";

    #[test]
    fn lines_of_all_kinds() {
        let rules: Vec<_> = parse(SAMPLE).collect();
        let rule = |at: usize| rules[at].unwrap();
        assert!(rule(0).goes_on && !rule(1).goes_on);
        assert_eq!(rule(0).fields, b"SUBSYSTEM=block;DEVTYPE=disk");
        assert_eq!(rule(0).devices, Devices::Named(b".*"));
        assert_eq!((rule(0).owner, rule(0).group, rule(0).permissions), (&b"root"[..], &b"disk"[..], 0o660));
        assert_eq!(rule(0).command, Some((When::Added, &b"echo $MDEV"[..])));
        assert_eq!((rule(1).devices, rule(1).permissions), (Devices::Named(b"null"), 0o666));
        assert_eq!(rule(2).devices, Devices::Field(b"MODALIAS", b"pci:.*"));
        assert_eq!((rule(3).devices, rule(3).owner), (Devices::Numbered(8, 16, 31), &b""[..]));
        assert_eq!(rule(3).name, Name::Moved(b"disk/"));
        assert_eq!(rule(3).command, Some((When::Both, &b"run it"[..])));
        assert_eq!(rule(4).devices, Devices::Numbered(1, 3, 3));
        assert_eq!(rule(5).devices, Devices::Numbered(254, 0, u32::MAX));
        assert_eq!(
            (rule(5).name, rule(5).command),
            (Name::Linked(b"old"), Some((When::Removed, &b"gone"[..])))
        );
        assert_eq!((rule(6).name, rule(7).name), (Name::None, Name::Moved(b"cpu/%1/cpuid")));
        assert_eq!((rule(8).devices, rule(8).permissions), (Devices::Named(b"mouse.*"), 0o660));
    }

    #[test]
    fn a_line_that_makes_no_sense_is_an_error_in_its_place() {
        let wrong: Vec<bool> = parse(SAMPLE).skip(9).map(|rule| rule.is_err()).collect();
        assert_eq!(wrong, [true; 5]);
        torture(SAMPLE, |text| assert!(parse(text).count() <= text.len()));
    }

    #[test]
    fn commands_have_their_time() {
        assert!(When::Added.fits(false) && !When::Added.fits(true) && When::Removed.fits(true));
        assert!(When::Both.fits(false) && When::Both.fits(true));
    }
}
