//! The files of a control group (`Documentation/admin-guide/cgroup-v2.rst`): an amount that may be `max`, or a line a fact.

use crate::proc::words::decimal;

/// Reads an amount: none inside is `max`, without limit; none outside is neither.
pub fn amount(text: &[u8]) -> Option<Option<u64>> {
    match text.trim_ascii() {
        b"max" => Some(None),
        digits => decimal(digits).map(Some),
    }
}

/// Gives the facts of a file of lines `NAME NUMBER`, as `memory.events` and `cpu.stat` are; other lines are left out.
pub fn facts(text: &[u8]) -> impl Iterator<Item = (&[u8], u64)> {
    text.split(|byte| *byte == b'\n').filter_map(|line| {
        let at = line.iter().position(|byte| *byte == b' ')?;
        let (name, digits) = line.split_at_checked(at)?;
        Some((name, decimal(digits.trim_ascii())?))
    })
}

/// Gives a fact by its name.
pub fn fact(text: &[u8], name: &[u8]) -> Option<u64> {
    facts(text).find(|(this, _)| *this == name).map(|(_, value)| value)
}

/// Gives the devices, by major and minor number, that the lines of a file begin with, as those of `io.max` do (`8:0 rbps=max ...`);
/// other lines are left out.
pub fn devices(text: &[u8]) -> impl Iterator<Item = (u32, u32)> {
    text.split(|byte| *byte == b'\n').filter_map(|line| {
        let word = line.split(|byte| *byte == b' ').next()?;
        let at = word.iter().position(|byte| *byte == b':')?;
        let number = |digits: &[u8]| u32::try_from(decimal(digits)?).ok();
        Some((number(word.get(..at)?)?, number(word.get(at + 1..)?)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    #[test]
    fn amounts_and_facts() {
        assert_eq!(amount(b"max\n"), Some(None));
        assert_eq!(amount(b"65536\n"), Some(Some(65536)));
        assert_eq!((amount(b""), amount(b"-1"), amount(b"min")), (None, None, None));
        let events = b"low 0\nhigh 3\nmax 18446744073709551615\noom_kill 2\nbroken\nodd x\n";
        assert_eq!(facts(events).count(), 4);
        assert_eq!((fact(events, b"oom_kill"), fact(events, b"oom")), (Some(2), None));
        assert_eq!(fact(events, b"max"), Some(u64::MAX));
        torture(events, |text| {
            let _ = (amount(text), facts(text).count());
        });
    }

    #[test]
    fn devices_begin_lines() {
        let limits = b"8:16 rbps=2097152 wbps=max riops=max wiops=120\n259:0 rbps=max\n7 rbps=1\n:1 x\n8:4294967296 x\n";
        assert_eq!(devices(limits).collect::<Vec<_>>(), [(8, 16), (259, 0)]);
        assert_eq!(devices(b"").count(), 0);
        torture(limits, |text| {
            let _ = devices(text).count();
        });
    }
}
