//! The file that keeps leases over a reboot, and the record in memory that keeps them over a worker's end.

use formats::file::{lease, slots};

/// Reads the bytes as they are, and as the text of a file to which the right sum is added: what is read must read the
/// same when it is written again.
pub(crate) fn lease(data: &[u8]) {
    survives(data);
    survives(&with_sum(data));
    slot(data);
}

/// Makes a whole file of the lines between its first and its last.
pub(crate) fn with_sum(lines: &[u8]) -> Vec<u8> {
    let mut file = b"spelunk-lease 1\n".to_vec();
    file.extend_from_slice(lines);
    if !file.ends_with(b"\n") {
        file.push(b'\n');
    }
    let mark = format!("end {:016x}\n", sum(&file));
    file.extend_from_slice(mark.as_bytes());
    file
}

fn survives(bytes: &[u8]) {
    let Ok(leases) = lease::parse(bytes) else { return };
    let mut again = Vec::new();
    lease::emit(&leases, &mut again);
    assert_eq!(lease::parse(&again).as_ref(), Ok(&leases), "leases do not survive being written");
    let mut left = leases.clone();
    for entry in &leases.entries {
        let now = lease::Moment { boot: String::from("another"), ..leases.written.clone() };
        if let Some(lease) = left.take(&entry.interface, &now).and_then(|entry| entry.lease) {
            let _ = (lease.renews_at(), lease.rebinds_at(), lease.gateway());
        }
    }
}

/// FNV-1a, as `formats::file::lease` describes its sum.
fn sum(bytes: &[u8]) -> u64 {
    let step = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

/// A record that is found must be the one that was written, and one half that is damaged must leave the other.
fn slot(data: &[u8]) {
    if let Some(found) = slots::newest(data, 1) {
        assert!(found.payload.len() <= slots::room(data.len()));
    }
    let total = data.len() * 2 + 200;
    let mut file = vec![0; total];
    for generation in [1, 2] {
        let mut record = Vec::new();
        slots::emit(&mut record, 1, slots::Record { generation, payload: data });
        let at = slots::offset(total, generation);
        file[at..at + record.len()].copy_from_slice(&record);
    }
    assert_eq!(slots::newest(&file, 1), Some(slots::Record { generation: 2, payload: data }));
    file[slots::offset(total, 2)] ^= 1;
    assert_eq!(slots::newest(&file, 1), Some(slots::Record { generation: 1, payload: data }));
}
