//! The first page of a device or file for memory that is needed no longer (mkswap(8); `union swap_header` of the kernel).

use alloc::vec;
use alloc::vec::Vec;

use super::put;

/// How many bytes a label may have.
pub const LABEL: usize = 16;

/// The fewest pages that the kernel takes.
pub const FEWEST: u64 = 10;

/// Makes the first page: pages of a size, so many of them (at most 2^32), without bad ones.
pub fn first_page(page: usize, pages: u32, uuid: &[u8; 16], label: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; page];
    put(&mut bytes, 1024, &1_u32.to_ne_bytes());
    put(&mut bytes, 1028, &pages.saturating_sub(1).to_ne_bytes());
    put(&mut bytes, 1036, uuid);
    put(&mut bytes, 1052, label.get(..LABEL).unwrap_or(label));
    put(&mut bytes, page.saturating_sub(10), b"SWAPSPACE2");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_its_fields() {
        let page = first_page(4096, 100, &[7; 16], b"a label that is too long");
        assert_eq!(page.len(), 4096);
        assert_eq!(page[1024..1036], [1_u32.to_ne_bytes(), 99_u32.to_ne_bytes(), [0; 4]].concat());
        assert_eq!(&page[1036..1068], [&[7; 16][..], b"a label that is "].concat());
        assert_eq!(&page[4086..], b"SWAPSPACE2");
    }
}
