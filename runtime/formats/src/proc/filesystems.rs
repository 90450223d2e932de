//! `/proc/filesystems`: the kinds of file systems that the kernel knows (`proc_filesystems(5)`).

/// Gives the kinds that need a block device, in the kernel's order, which is the order to try them in.
pub fn on_devices(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = text.split(|&byte| byte == b'\n');
    lines.filter_map(|line| line.strip_prefix(b"\t")).filter(|kind| !kind.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn those_without_device_are_left_out() {
        let sample = b"nodev\tsysfs\nnodev\ttmpfs\n\text4\nnodev\tproc\n\tvfat\n";
        assert_eq!(on_devices(sample).collect::<Vec<_>>(), [&b"ext4"[..], b"vfat"]);
        assert_eq!(on_devices(b"\text").collect::<Vec<_>>(), [b"ext"]);
        assert_eq!(on_devices(b"\t\n").count(), 0);
    }
}
