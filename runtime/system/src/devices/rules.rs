//! Who may use a device, and what it is called: the rules of `/etc/mdev.conf`, and behind them our own, in the same form.

use alloc::vec::Vec;

use formats::etc::mdev_conf::{self, Devices, Name, Rule};
use regex::{Options, Regex, Syntax, Whole};

use super::Device;
use crate::users::Names;

const FILE: &[u8] = b"/etc/mdev.conf";

/// What holds unless the file says otherwise. What the kernel itself lets everybody use (null, zero, tty, ptmx ...) needs no row,
/// and a group that there is not is root's.
const USUAL: &[u8] = b"\
SUBSYSTEM=block;sr[0-9]+ root:cdrom 660
SUBSYSTEM=block;fd[0-9]+ root:floppy 660
SUBSYSTEM=block;.* root:disk 660
SUBSYSTEM=input;.* root:input 660
SUBSYSTEM=sound;.* root:audio 660
SUBSYSTEM=drm;dri/renderD[0-9]+ root:render 660
SUBSYSTEM=drm;.* root:video 660
SUBSYSTEM=video4linux;.* root:video 660
SUBSYSTEM=graphics;.* root:video 660
SUBSYSTEM=tty;tty(S|USB|ACM|AMA)[0-9]+ root:dialout 660
SUBSYSTEM=usb;.* root:root 664
SUBSYSTEM=lp;.* root:lp 660
(kvm|vhost-net) root:kvm 660
rfkill root:root 664
";

/// The rules, as they were read.
pub struct Rules {
    file: Vec<u8>,
    names: Names,
}

/// What is to be done with a device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Treatment {
    /// The number of the owner and of the group of its node, and its permissions.
    pub access: Option<(u32, u32, u32)>,
    /// Another place for its node below `/dev`, and whether its old name leads there.
    pub moved: Option<(Vec<u8>, bool)>,
    /// It is to have no node.
    pub hidden: bool,
    /// What is run.
    pub commands: Vec<Vec<u8>>,
}

impl Rules {
    /// Reads the file, if there is one, and the names of users; lines that make no sense are told to `refuse`.
    pub fn read(refuse: &mut dyn FnMut(formats::Error)) -> Self {
        let file = crate::file::read(FILE).unwrap_or_default();
        mdev_conf::parse(&file).filter_map(|rule| rule.err()).for_each(refuse);
        Self { file, names: Names::read() }
    }

    /// Gives what is to be done with a device that has come, or is to go.
    pub fn treat(&self, device: &Device) -> Treatment {
        let mut treatment = Treatment::default();
        let rules = mdev_conf::parse(&self.file).chain(mdev_conf::parse(USUAL)).flatten();
        // One rule says all, but for those that say that others may follow.
        for rule in rules {
            if let Some(groups) = fits(&rule, device) {
                self.apply(&rule, device, &groups, &mut treatment);
                if !rule.goes_on {
                    break;
                }
            }
        }
        treatment
    }

    fn apply(&self, rule: &Rule<'_>, device: &Device, groups: &[Vec<u8>], treatment: &mut Treatment) {
        let number = |name: &[u8], find: &dyn Fn(&[u8]) -> Option<u32>| {
            let own = query::text::parse_decimal(name).and_then(|number| number.try_into().ok());
            own.or_else(|| find(name)).unwrap_or(0)
        };
        let owner = number(rule.owner, &|name| self.names.user_number(name));
        let group = number(rule.group, &|name| self.names.group_number(name));
        treatment.access = Some((owner, group, rule.permissions));
        match rule.name {
            Name::Kept => {}
            Name::Moved(path) => treatment.moved = moved(path, device, groups).map(|path| (path, false)),
            Name::Linked(path) => treatment.moved = moved(path, device, groups).map(|path| (path, true)),
            Name::None => treatment.hidden = true,
        }
        if let Some((when, command)) = rule.command
            && when.fits(device.is_removed())
        {
            treatment.commands.push(command.to_vec());
        }
    }
}

/// Gives the path that a rule wants; nothing for one that leads out of `/dev`.
fn moved(pattern: &[u8], device: &Device, groups: &[Vec<u8>]) -> Option<Vec<u8>> {
    let mut path = Vec::new();
    let mut rest = pattern.strip_prefix(b"/dev/").unwrap_or(pattern);
    while let [first, tail @ ..] = rest {
        rest = match tail {
            [digit @ b'0'..=b'9', tail @ ..] if *first == b'%' => {
                path.extend_from_slice(groups.get(usize::from(digit - b'0')).map_or(&[], Vec::as_slice));
                tail
            }
            tail => {
                path.push(*first);
                tail
            }
        };
    }
    if path.ends_with(b"/") {
        path.extend_from_slice(device.node()?.rsplit(|byte| *byte == b'/').next()?);
    }
    let is_safe =
        !path.is_empty() && path.split(|byte| *byte == b'/').all(|part| !matches!(part, b"" | b"." | b".."));
    is_safe.then_some(path)
}

/// Says whether a rule is about a device: with what the groups of its expression have matched, if it is.
fn fits(rule: &Rule<'_>, device: &Device) -> Option<Vec<Vec<u8>>> {
    for field in rule.fields.split(|byte| *byte == b';').filter(|field| !field.is_empty()) {
        let at = field.iter().position(|byte| *byte == b'=')?;
        matched(field.get(at + 1..)?, field_of(device, field.get(..at)?)?)?;
    }
    match rule.devices {
        Devices::Named(pattern) => matched(pattern, device.get("DEVNAME").unwrap_or(device.name())),
        Devices::Field(key, pattern) => matched(pattern, field_of(device, key)?),
        Devices::Numbered(major, first, last) => {
            let number = device.number()?;
            (number.0 == major && (first..=last).contains(&number.1)).then(Vec::new)
        }
    }
}

fn field_of<'d>(device: &'d Device, key: &[u8]) -> Option<&'d [u8]> {
    device.get(core::str::from_utf8(key).ok()?)
}

/// Gives the whole and the groups of a match of all of a text.
fn matched(pattern: &[u8], text: &[u8]) -> Option<Vec<Vec<u8>>> {
    let is_plain =
        pattern.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/'));
    if pattern == b".*" || is_plain {
        return (!is_plain || pattern == text).then(|| Vec::from([text.to_vec()]));
    }
    let options = Options { whole: Whole::Text, ..Options::new(Syntax::Extended, false) };
    let groups = Regex::any(&[pattern], options).ok()?.find_groups(text, 0)?;
    let piece = |range: Option<core::ops::Range<usize>>| {
        range.and_then(|range| text.get(range)).unwrap_or_default().to_vec()
    };
    Some(groups.into_iter().map(piece).collect())
}

#[cfg(test)]
mod tests {
    use super::super::device;
    use super::*;

    fn treat(file: &str, fields: &str) -> Treatment {
        let rules = Rules { file: file.as_bytes().to_vec(), names: Names::of(b"", b"disk:x:6:\nkvm:x:9:\n") };
        rules.treat(&device(fields))
    }

    const DISK: &str = "SUBSYSTEM=block\nDEVNAME=vda\nMAJOR=253\nMINOR=0\nDEVPATH=/devices/x/block/vda\n";

    #[test]
    fn the_usual_rules_give_groups() {
        assert_eq!(treat("", DISK).access, Some((0, 6, 0o660)));
        assert_eq!(treat("", "SUBSYSTEM=misc\nDEVNAME=kvm").access, Some((0, 9, 0o660)));
        assert_eq!(treat("", "SUBSYSTEM=sound\nDEVNAME=snd/x").access, Some((0, 0, 0o660)));
        assert_eq!(treat("", "SUBSYSTEM=mem\nDEVNAME=null"), Treatment::default());
        assert_eq!(treat("", "SUBSYSTEM=tty\nDEVNAME=tty1"), Treatment::default());
    }

    #[test]
    fn the_file_comes_first() {
        assert_eq!(treat("vd 1:1 600\nv.. 1:2 600\n", DISK).access, Some((1, 2, 0o600)));
        let commands = treat("-vda 1:2 600 @one\nvd([a-z]) 3:4 400 =disks/%1 *two\n", DISK);
        assert_eq!(commands.commands, [b"one", b"two"]);
        assert_eq!(
            (commands.access, commands.moved),
            (Some((3, 4, 0o400)), Some((b"disks/a".to_vec(), false)))
        );
        assert_eq!(treat("vda 0:0 600 >x/", DISK).moved, Some((b"x/vda".to_vec(), true)));
        assert_eq!(treat("vda 0:0 600 =../../etc/x", DISK).moved, None);
        assert!(treat("vda 0:0 600 !", DISK).hidden);
        assert_eq!(treat("@253,0-9 7:7 600", DISK).access, Some((7, 7, 0o600)));
        assert_eq!(treat("@253,1 7:7 600", DISK).access, Some((0, 6, 0o660)));
        let removed = ["ACTION=remove\n", DISK].concat();
        assert!(treat("vda 0:0 600 @x", &removed).commands.is_empty());
        let module = treat("$MODALIAS=pci:.* 0:0 660 @modprobe", "MODALIAS=pci:v1\nDEVPATH=/devices/pci/x");
        assert_eq!(module.commands, [b"modprobe"]);
        assert_eq!(treat("( 0:0 660", DISK).access, Some((0, 6, 0o660)));
    }
}
