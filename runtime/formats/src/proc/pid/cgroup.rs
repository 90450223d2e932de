//! `/proc/<pid>/cgroup`: the control groups that a process is in (cgroups(7)), a line a hierarchy: `0::/services/web`.

/// Gives the path of its group in the one hierarchy of version 2; none where there is no such.
pub fn unified(text: &[u8]) -> Option<&[u8]> {
    text.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"0::"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    #[test]
    fn the_line_of_version_2_is_found() {
        let mixed = b"12:cpu,cpuacct:/user\n1:name=systemd:/a\n0::/services/web\n";
        assert_eq!(unified(mixed), Some(&b"/services/web"[..]));
        assert_eq!(unified(b"1:cpu:/\n"), None);
        torture(mixed, |text| {
            let _ = unified(text);
        });
    }
}
