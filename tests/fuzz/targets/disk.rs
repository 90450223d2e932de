//! The beginning of a disk that somebody has plugged in: what file system it holds, and which partitions.

use formats::disk::fat::Volume;
use formats::disk::partitions::Table;
use formats::disk::superblock::{WINDOW, probe};

/// Reads a disk of the input, whose first byte chooses the size of its sectors. Partitions have numbers of their own and at least a
/// sector; a table that is written anew, as far as there is room for it, is the same.
pub(crate) fn disk(data: &[u8]) {
    let Some((&choice, bytes)) = data.split_first() else { return };
    let sector: u32 = if choice & 1 == 0 { 512 } else { 4096 };
    // Behind the input there are zeros, but not without end.
    let size = bytes.len().max(16 * sector as usize);
    let mut image = bytes.to_vec();
    image.resize(size, 0);
    let mut reads = 0;
    let mut read = |at: u64, into: &mut [u8]| {
        reads += 1;
        assert!(reads < 100_000, "a chain without an end");
        let from =
            usize::try_from(at).ok().and_then(|at| image.get(at..)).and_then(|rest| rest.get(..into.len()));
        from.map(|from| into.copy_from_slice(from)).is_some()
    };
    let window = image.get(..WINDOW).unwrap_or(&image);
    if let Some(found) = probe(window, &mut read) {
        assert!(!found.kind.is_empty() && !found.usage.is_empty());
        assert!(!found.label.contains(&0) && !found.uuid.contains(&0));
    }
    if let Some(volume) = Volume::parse(window) {
        volume.label(&mut read);
    }
    let sectors = size as u64 / u64::from(sector);
    let Some(table) = Table::read(sector, sectors, sum, &mut read) else { return };
    for (index, partition) in table.partitions.iter().enumerate() {
        assert!(partition.sectors > 0 && partition.last() >= partition.start);
        assert!(partition.number > 0);
        assert!(table.partitions.iter().skip(index + 1).all(|other| other.number != partition.number));
        table.name_of(partition);
    }
    for is_logical in [false, true] {
        for (first, last) in table.free(is_logical, 2048) {
            assert!(first <= last, "a stretch that ends before it begins");
        }
    }
    let mut copy = image.clone();
    for (at, block) in table.blocks(sum) {
        let place = usize::try_from(at)
            .ok()
            .and_then(|at| copy.get_mut(at..))
            .and_then(|rest| rest.get_mut(..block.len()));
        let Some(place) = place else { return };
        place.copy_from_slice(&block);
    }
    let mut read = |at: u64, into: &mut [u8]| {
        let from =
            usize::try_from(at).ok().and_then(|at| copy.get(at..)).and_then(|rest| rest.get(..into.len()));
        from.map(|from| into.copy_from_slice(from)).is_some()
    };
    let again = Table::read(sector, sectors, sum, &mut read);
    let count = again.map_or(0, |again| again.partitions.len());
    assert_eq!(count, table.partitions.len(), "partitions are lost");
}

/// In place of a check sum, which no mutation would get right.
fn sum(_: u32, _: &[u8]) -> u32 {
    !0
}
