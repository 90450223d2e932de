//! Cyclic redundancy checks over 32 bits, with the polynomial 0x04c11db7 of Ethernet.

/// The remainders of each byte: the lowest bit first, as `crc32` has it, and the highest first, as `cksum` has it.
const TABLES: [[u32; 256]; 2] = {
    let mut tables = [[0; 256]; 2];
    let mut byte = 0;
    while byte < 256 {
        let (mut low, mut high) = (byte as u32, (byte as u32) << 24);
        let mut bit = 0;
        while bit < 8 {
            low = (low >> 1) ^ if low & 1 == 1 { 0xedb8_8320 } else { 0 };
            high = (high << 1) ^ if high >> 31 == 1 { 0x04c1_1db7 } else { 0 };
            bit += 1;
        }
        tables[0][byte] = low;
        tables[1][byte] = high;
        byte += 1;
    }
    tables
};

/// Goes on with a check whose lowest bit is first (ISO-HDLC: begun with all bits set and turned at the end).
pub fn crc32(sum: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(sum, |sum, byte| (sum >> 8) ^ TABLES[0][usize::from(sum as u8 ^ byte)])
}

/// Goes on with POSIX's (XCU `cksum`): begun with 0, with the length's bytes behind the last, turned at the end.
pub fn cksum(sum: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(sum, |sum, byte| (sum << 8) ^ TABLES[1][usize::from((sum >> 24) as u8 ^ byte)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_of_nine_digits() {
        assert_eq!(!crc32(!0, b"123456789"), 0xcbf4_3926);
        assert_eq!(!cksum(cksum(0, b"123456789"), &[9]), 930_766_865);
    }
}
