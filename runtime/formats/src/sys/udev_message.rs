//! What clients of libudev are told of a device that has been looked after: the messages that `udev_monitor_new_from_netlink(3)` takes
//! from the group `udev`, in the form that libudev has read since its version 190.
//!
//! A head of 40 bytes, then fields `KEY=VALUE`, each behind it a zero byte. The head has hashes, by which a client has the kernel drop
//! (BPF on its socket) what it did not ask for.

use alloc::vec::Vec;

use crate::file::device_record::Record;

/// The group to which it is sent, as a bit; the kernel's own is 1.
pub const GROUP: u32 = 2;

/// The length of the head.
const HEAD: u32 = 40;

/// Makes a message of the fields that the kernel has for a device, and of what is kept of it.
pub fn message<'a>(
    fields: impl IntoIterator<Item = (&'a [u8], &'a [u8])>,
    record: Option<&Record>,
) -> Vec<u8> {
    let mut text = Vec::new();
    let (mut subsystem, mut kind) = (0, 0);
    for (key, value) in fields {
        match key {
            b"SUBSYSTEM" => subsystem = hash(value),
            b"DEVTYPE" => kind = hash(value),
            _ => {}
        }
        let folder = if key == b"DEVNAME" { &b"/dev/"[..] } else { b"" };
        field(&mut text, key, &[folder, value].concat());
    }
    let mut tags = 0;
    if let Some(record) = record {
        for (key, value) in &record.properties {
            field(&mut text, key, value);
        }
        let links: Vec<_> = record.links.iter().map(|link| [b"/dev/", link.as_slice()].concat()).collect();
        if !links.is_empty() {
            field(&mut text, b"DEVLINKS", &links.join(&b' '));
        }
        if !record.tags.is_empty() {
            let list = [&b":"[..], &record.tags.join(&b':'), b":"].concat();
            field(&mut text, b"TAGS", &list);
            field(&mut text, b"CURRENT_TAGS", &list);
        }
        field(&mut text, b"USEC_INITIALIZED", alloc::format!("{}", record.seen_us).as_bytes());
        tags = record.tags.iter().fold(0, |bits, tag| bits | bloom(tag));
    }
    let mut message = b"libudev\0".to_vec();
    // For the filter, and the mark that tells the form, the bytes of the network's order; the rest is the machine's.
    message.extend(0xfeed_cafe_u32.to_be_bytes());
    message.extend([HEAD, HEAD, text.len() as u32].map(u32::to_ne_bytes).as_flattened());
    message.extend([subsystem, kind, (tags >> 32) as u32, tags as u32].map(u32::to_be_bytes).as_flattened());
    message.extend(text);
    message
}

fn field(text: &mut Vec<u8>, key: &[u8], value: &[u8]) {
    for part in [key, b"=", value, b"\0"] {
        text.extend_from_slice(part);
    }
}

/// Gives the bits of a tag: four, chosen by its hash.
fn bloom(tag: &[u8]) -> u64 {
    let hash = hash(tag);
    [0, 6, 12, 18].into_iter().fold(0, |bits, shift| bits | 1 << (hash >> shift & 63))
}

/// MurmurHash2 with seed 0 (Austin Appleby, public domain).
fn hash(text: &[u8]) -> u32 {
    const M: u32 = 0x5bd1_e995;
    let (words, rest) = text.as_chunks::<4>();
    let mut hash = text.len() as u32;
    for word in words {
        let mut word = u32::from_le_bytes(*word).wrapping_mul(M);
        word ^= word >> 24;
        hash = hash.wrapping_mul(M) ^ word.wrapping_mul(M);
    }
    if !rest.is_empty() {
        let last = rest.iter().rev().fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
        hash = (hash ^ last).wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    hash ^ hash >> 15
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_murmurs() {
        // Of the reference code, built for a machine whose words begin with their low byte.
        for (text, expected) in HASHES {
            assert_eq!(hash(text.as_bytes()), *expected, "{text}");
        }
        assert_eq!(bloom(b"seat").count_ones(), 4);
    }

    const HASHES: &[(&str, u32)] = &[
        ("", 0),
        ("a", 0x9268_5f5e),
        ("net", 0xa74d_3cc8),
        ("block", 0xf003_1db7),
        ("partition", 0xcb23_4489),
        ("usb_device", 0x27f8_f50c),
        ("seat", 0x435b_3e40),
    ];

    #[test]
    fn the_head_tells_where_the_fields_are() {
        let kernels: [(&[u8], &[u8]); 3] =
            [(b"ACTION", b"add"), (b"SUBSYSTEM", b"block"), (b"DEVNAME", b"vda")];
        let mut record =
            Record { seen_us: 7, links: [b"a".to_vec(), b"b/c".to_vec()].into(), ..Record::default() };
        record.add("ID_FS_TYPE", b"ext4");
        record.tags.push(b"seat".to_vec());
        let made = message(kernels, Some(&record));
        let (head, text) = made.split_at(HEAD as usize);
        let word = |at: usize| u32::from_ne_bytes(*head[at..].first_chunk().unwrap());
        assert!(head.starts_with(b"libudev\0\xfe\xed\xca\xfe"));
        assert_eq!([word(12), word(16), word(20)], [HEAD, HEAD, text.len() as u32]);
        assert_eq!(head[24..28], hash(b"block").to_be_bytes());
        assert_eq!(head[28..32], [0; 4]);
        assert_eq!(head[32..], bloom(b"seat").to_be_bytes());
        let expected =
            b"ACTION=add\0SUBSYSTEM=block\0DEVNAME=/dev/vda\0ID_FS_TYPE=ext4\0DEVLINKS=/dev/a /dev/b/c\0\
                         TAGS=:seat:\0CURRENT_TAGS=:seat:\0USEC_INITIALIZED=7\0";
        assert_eq!(text, expected);
        assert_eq!(message(kernels, None).len(), HEAD as usize + 44);
    }
}
