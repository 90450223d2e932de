//! `/etc/syslog.conf` (BusyBox's; `@HOST` is syslogd's of BSD): where messages go, a line each: `FACILITY.LEVEL;... PLACE`.
//!
//! Facilities may be several with commas between, or `*`; `none` and what begins with `!` take levels away that words before have
//! added; `=` means one level, not those that are more urgent, too.

use crate::wire::syslog::{FACILITIES, facility, level};

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule<'a> {
    /// The levels of each facility, a bit each.
    levels: [u8; FACILITIES.len()],
    /// Where they go.
    pub place: Place<'a>,
}

/// Where messages go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// A file.
    File(&'a [u8]),
    /// Another machine.
    Host(&'a [u8]),
}

impl Rule<'_> {
    /// Says whether a message of this priority, eight times its facility and its level, is meant.
    pub fn covers(&self, priority: u8) -> bool {
        self.levels.get(usize::from(priority >> 3)).is_some_and(|levels| levels >> (priority & 7) & 1 == 1)
    }
}

/// Gives the rules; the error is a line that makes no sense.
pub fn parse(text: &[u8]) -> impl Iterator<Item = Result<Rule<'_>, &[u8]>> {
    text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter_map(|line| match line {
        [] | [b'#', ..] => None,
        line => Some(rule(line).ok_or(line)),
    })
}

fn rule(line: &[u8]) -> Option<Rule<'_>> {
    let end = line.iter().position(u8::is_ascii_whitespace)?;
    let (selectors, place) = line.split_at(end);
    let place = match place.trim_ascii() {
        [b'@', host @ ..] if !host.is_empty() => Place::Host(host),
        // Files are not synchronized with the disk at each line anyway.
        [b'-', path @ ..] | path if path.starts_with(b"/") => Place::File(path),
        _ => return None,
    };
    let mut rule = Rule { levels: [0; FACILITIES.len()], place };
    for selector in selectors.split(|byte| *byte == b';').filter(|selector| !selector.is_empty()) {
        let point = selector.iter().rposition(|byte| *byte == b'.')?;
        let (facilities, word) = (selector.get(..point)?, selector.get(point + 1..)?);
        let (adds, levels) = match word {
            b"none" => (false, u8::MAX),
            [b'!', word @ ..] => (false, bits(word)?),
            word => (true, bits(word)?),
        };
        for name in facilities.split(|byte| *byte == b',') {
            let number = if name == b"*" { None } else { Some(usize::from(facility(name)?)) };
            for (at, known) in rule.levels.iter_mut().enumerate() {
                if number.is_none_or(|number| number == at) {
                    *known = if adds { *known | levels } else { *known & !levels };
                }
            }
        }
    }
    Some(rule)
}

/// Gives the levels that a word means, a bit each.
fn bits(word: &[u8]) -> Option<u8> {
    Some(match word {
        b"*" => u8::MAX,
        [b'=', word @ ..] => 1 << level(word)?,
        word => u8::MAX >> (7 - level(word)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;
    use std::vec::Vec;

    const SAMPLE: &[u8] = b"# where it goes\n\n*.info;mail.none;cron,auth.!err  -/var/log/messages\n\
mail.*\t/var/log/mail\nkern.=debug /dev/tty1\n*.emerg @loghost\nuser.warning,x.y /a\nnothing\n*.info *\n.info /a\n";

    #[test]
    fn rules_and_what_is_none() {
        let found: Vec<_> = parse(SAMPLE).collect();
        assert_eq!(found.len(), 8);
        let good: Vec<_> = found.iter().flatten().collect();
        assert_eq!(good.len(), 4);
        let covers = |rule: usize, facility: u8, levels: [bool; 8]| {
            for (level, covered) in (0_u8..).zip(levels) {
                assert_eq!(good[rule].covers(facility << 3 | level), covered, "{rule} {facility} {level}");
            }
        };
        const T: bool = true;
        const F: bool = false;
        assert_eq!(good[0].place, Place::File(b"/var/log/messages"));
        covers(0, 1, [T, T, T, T, T, T, T, F]);
        covers(0, 2, [F; 8]);
        covers(0, 9, [F, F, F, F, T, T, T, F]);
        covers(1, 2, [T; 8]);
        covers(1, 3, [F; 8]);
        covers(2, 0, [F, F, F, F, F, F, F, T]);
        assert_eq!(good[3].place, Place::Host(b"loghost"));
        covers(3, 23, [T, F, F, F, F, F, F, F]);
        assert_eq!(found[4], Err(&b"user.warning,x.y /a"[..]));
        torture(SAMPLE, |text| assert!(parse(text).count() <= 9));
    }
}
