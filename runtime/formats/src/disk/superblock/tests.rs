//! Superblocks as tools make them, of which the bytes that count stand here.

use super::*;
use crate::disk::put;
use alloc::vec;

/// The first bytes that count of what tools made: bytes at a place each.
struct Sample {
    at: usize,
    bytes: &'static [u8],
}

fn probe_samples(samples: &[Sample]) -> Option<Superblock> {
    let mut window = vec![0; WINDOW];
    for sample in samples {
        put(&mut window, sample.at, sample.bytes);
    }
    let image = window.clone();
    probe(&window, &mut |at, buffer| {
        let from = image.get(at as usize..).unwrap_or_default();
        put(buffer, 0, from);
        from.len() >= buffer.len()
    })
}

const UUID: &[u8] = b"\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef";
const NAME: &[u8] = b"01234567-89ab-cdef-0123-456789abcdef";

fn sample(at: usize, bytes: &'static [u8]) -> Sample {
    Sample { at, bytes }
}

#[test]
fn kinds_with_a_label_and_sixteen_bytes() {
    for (kind, magic, uuid, label, block) in [
        ("xfs", (0, &b"XFSB"[..]), 32, 108, (102, &b"\x02\0"[..], 512)),
        ("btrfs", (0x1_0040, b"_BHRfS_M"), 0x1_0020, 0x1_012b, (0x1_0090, b"\0\x10", 4096)),
        ("erofs", (1024, b"\xe2\xe1\xf5\xe0"), 1072, 1088, (1036, b"\x0c", 4096)),
        ("swap", (4086, b"SWAPSPACE2"), 1036, 1052, (0, b"", 0)),
        ("swap", (65526, b"SWAPSPACE2"), 1036, 1052, (0, b"", 0)),
        ("jfs", (32768, b"JFS1"), 32904, 32920, (0, b"", 0)),
    ] {
        let found = probe_samples(&[
            sample(magic.0, magic.1),
            sample(uuid, UUID),
            sample(label, b"a label"),
            sample(block.0, block.1),
        ])
        .unwrap();
        assert_eq!((found.kind, found.uuid.as_slice()), (kind, NAME));
        assert_eq!((found.label.as_slice(), found.block), (&b"a label"[..], block.2), "{kind}");
    }
}

#[test]
fn the_three_ext() {
    for (features, kind) in [
        // As mke2fs of 2023 makes them: what is compatible, incompatible, and compatible for readers.
        (&b"\x38\0\0\0\x02\0\0\0\x03\0\0\0"[..], "ext2"),
        (b"\x3c\0\0\0\x02\0\0\0\x03\0\0\0", "ext3"),
        (b"\x3c\0\0\0\xc2\x02\0\0\x6b\x04\0\0", "ext4"),
        (b"\0\0\0\0\x08\0\0\0\0\0\0\0", "jbd"),
    ] {
        let found = probe_samples(&[
            sample(1080, b"\x53\xef"),
            sample(1048, b"\x02"),
            sample(1100, b"\x01"),
            sample(1116, features),
            sample(1128, UUID),
            sample(1144, b"root"),
        ])
        .unwrap();
        assert_eq!((found.kind, found.block, found.version.as_slice()), (kind, 4096, &b"1.0"[..]));
        assert_eq!((found.uuid.as_slice(), found.label.as_slice()), (NAME, &b"root"[..]));
    }
}

#[test]
fn names_of_other_forms() {
    let iso = probe_samples(&[
        sample(32768, b"\x01CD001\x01"),
        sample(32808, b"DEBIAN 12                       "),
        sample(33581, b"2023120915170400\0"),
        sample(33598, b"2024010203040500\0"),
    ])
    .unwrap();
    assert_eq!(
        (iso.label.as_slice(), iso.uuid.as_slice()),
        (&b"DEBIAN 12"[..], &b"2024-01-02-03-04-05-00"[..])
    );
    let luks =
        probe_samples(&[sample(0, b"LUKS\xba\xbe\0\x02"), sample(24, b"crypt"), sample(168, NAME)]).unwrap();
    assert_eq!((luks.label.as_slice(), luks.uuid.as_slice(), luks.usage), (&b"crypt"[..], NAME, "crypto"));
    let lvm =
        probe_samples(&[sample(512, b"LABELONE"), sample(536, b"LVM2 001abcdefghijklmnopqrstuvwxyz012345")]);
    assert_eq!(lvm.unwrap().uuid, b"abcdef-ghij-klmn-opqr-stuv-wxyz-012345");
    let ntfs =
        probe_samples(&[sample(3, b"NTFS    \0\x02"), sample(72, b"\x01\x23\x45\x67\x89\xab\xcd\xef")]);
    assert_eq!(ntfs.unwrap().uuid, b"EFCDAB8967452301");
    let exfat = probe_samples(&[
        sample(3, b"EXFAT   "),
        sample(88, b"\x10\0\0\0"),
        sample(96, b"\x04\0\0\0"),
        sample(100, b"\x78\x56\x34\x12"),
        sample(108, b"\x09\x01"),
        sample((16 + 4) * 512, b"\x83\x03a\0\xe9\0b\0"),
    ])
    .unwrap();
    assert_eq!((exfat.label.as_slice(), exfat.uuid.as_slice()), ("aéb".as_bytes(), &b"1234-5678"[..]));
    let f2fs = probe_samples(&[
        sample(1024, b"\x10\x20\xf5\xf2\x01\0\x0f\0"),
        sample(1040, b"\x0c"),
        sample(1132, UUID),
        sample(1148, b"l\0a\0b\0"),
    ])
    .unwrap();
    assert_eq!((f2fs.label.as_slice(), f2fs.version.as_slice()), (&b"lab"[..], &b"1.15"[..]));
}

#[test]
fn nothing_is_nothing_and_a_part_does_no_harm() {
    assert_eq!(probe_samples(&[]), None);
    assert_eq!(probe_samples(&[sample(510, b"\x55\xaa")]), None);
    let magic = ROWS.iter().map(|row| (row.base as usize + usize::from(row.magic.0), row.magic.1));
    for (at, magic) in magic {
        let mut window = vec![0xff; at];
        window.extend_from_slice(magic);
        let _ = probe(&window, &mut |_, _| false);
        window.resize(at + 40, 0xff);
        let _ = probe(&window, &mut |_, _| true);
    }
}
