//! Digests: MD5 (RFC 1321), SHA-1 and SHA-2 (FIPS 180-4), SHA-3 (FIPS 202), BLAKE2b (RFC 7693).
//!
//! Of our own, for the crates that have them ask a libc on aarch64 which instructions there are. On x86_64 SHA-1 and SHA-256 are the
//! processor's own.

mod blake2b;
mod constants;
mod keccak;
mod md5;
mod sha1;
mod sha256;
mod sha512;

use alloc::vec::Vec;

use arch::digest::Instructions;
use blake2b::Blake2b;
use constants::{CUBE_ROOTS, SQUARE_ROOTS};

/// Which digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// MD5: 16 bytes.
    Md5,
    /// SHA-1: 20 bytes.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// SHA-3 of that many bytes: 28, 32, 48 or 64.
    Sha3(usize),
    /// BLAKE2b of that many bytes: 1 to 64.
    Blake2b(usize),
}

impl Algorithm {
    /// Gives the length of the digest in bytes.
    pub const fn length(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
            Self::Sha3(length) | Self::Blake2b(length) => length,
        }
    }

    /// Gives how many bytes are worked on at once.
    const fn block(self) -> usize {
        match self {
            Self::Md5 | Self::Sha1 | Self::Sha224 | Self::Sha256 => 64,
            Self::Sha384 | Self::Sha512 => 128,
            Self::Blake2b(_) => blake2b::BLOCK,
            Self::Sha3(length) => 200 - 2 * length,
        }
    }
}

/// A digest in the making.
#[derive(Clone, Debug)]
pub struct Digest {
    algorithm: Algorithm,
    state: State,
    /// What is no whole block yet.
    rest: Vec<u8>,
    /// How many bytes there were.
    length: u64,
    /// The processor's instructions, once it was worth asking for them.
    instructions: Option<Option<Instructions>>,
}

/// From how many bytes on the processor is asked for its instructions.
const MANY: usize = 4096;

#[derive(Clone, Debug)]
enum State {
    Small([u32; 8]),
    Large([u64; 8]),
    Sponge([u64; 25]),
    Blake2b(Blake2b),
}

impl Digest {
    /// Begins a digest.
    pub fn new(algorithm: Algorithm) -> Self {
        let [first, second] = SQUARE_ROOTS;
        let common = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0, 0, 0, 0];
        let state = match algorithm {
            Algorithm::Md5 | Algorithm::Sha1 => State::Small(common),
            Algorithm::Sha224 => State::Small(second.map(|root| root as u32)),
            Algorithm::Sha256 => State::Small(first.map(|root| (root >> 32) as u32)),
            Algorithm::Sha384 => State::Large(second),
            Algorithm::Sha512 => State::Large(first),
            Algorithm::Sha3(_) => State::Sponge([0; 25]),
            Algorithm::Blake2b(length) => State::Blake2b(Blake2b::new(length)),
        };
        Self { algorithm, state, rest: Vec::new(), length: 0, instructions: None }
    }

    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        let block = self.algorithm.block();
        // A block that may be the last one is kept, where that makes a difference.
        let kept = usize::from(matches!(self.state, State::Blake2b(_)));
        let mut fresh = bytes;
        if !self.rest.is_empty() {
            let (head, behind) = fresh.split_at(fresh.len().min(block - self.rest.len()));
            self.rest.extend_from_slice(head);
            fresh = behind;
            if self.rest.len() + fresh.len() < block + kept {
                return;
            }
            let rest = core::mem::take(&mut self.rest);
            self.blocks(&rest);
        }
        let most = fresh.len().saturating_sub(kept);
        let (whole, rest) = fresh.split_at(most - most % block);
        self.blocks(whole);
        self.rest.extend_from_slice(rest);
    }

    fn blocks(&mut self, bytes: &[u8]) {
        if bytes.len() >= MANY {
            self.instructions.get_or_insert_with(Instructions::find);
        }
        match (&mut self.state, self.algorithm) {
            (State::Small(state), algorithm) => {
                let (blocks, _) = bytes.as_chunks();
                match (algorithm, self.instructions.flatten()) {
                    (Algorithm::Md5, _) => blocks.iter().for_each(|block| md5::block(state, block)),
                    (Algorithm::Sha1, Some(instructions)) => instructions.sha1(state, blocks),
                    (Algorithm::Sha1, None) => blocks.iter().for_each(|block| sha1::block(state, block)),
                    (_, Some(instructions)) => instructions.sha256(state, blocks, &CUBE_ROOTS),
                    (_, None) => blocks.iter().for_each(|block| sha256::block(state, block)),
                }
            }
            (State::Large(state), _) => {
                let (blocks, _) = bytes.as_chunks();
                blocks.iter().for_each(|block| sha512::block(state, block));
            }
            (State::Sponge(state), algorithm) => {
                bytes.chunks(algorithm.block()).for_each(|block| keccak::block(state, block));
            }
            (State::Blake2b(state), _) => {
                let (blocks, _) = bytes.as_chunks();
                blocks.iter().for_each(|block| state.block(block));
            }
        }
    }

    /// Gives the digest.
    pub fn finish(mut self) -> Vec<u8> {
        match &mut self.state {
            State::Blake2b(state) => state.last(&self.rest),
            _ => self.pad(),
        }
        let mut digest: Vec<u8> = match &self.state {
            State::Small(state) if self.algorithm == Algorithm::Md5 => {
                state.iter().flat_map(|word| word.to_le_bytes()).collect()
            }
            State::Small(state) => state.iter().flat_map(|word| word.to_be_bytes()).collect(),
            State::Large(state) => state.iter().flat_map(|word| word.to_be_bytes()).collect(),
            State::Sponge(state) => state.iter().flat_map(|word| word.to_le_bytes()).collect(),
            State::Blake2b(state) => state.words.iter().flat_map(|word| word.to_le_bytes()).collect(),
        };
        digest.truncate(self.algorithm.length());
        digest
    }

    /// Ends the bytes with what fills the last block, and their length.
    fn pad(&mut self) {
        let block = self.algorithm.block();
        let bits = u128::from(self.length) * 8;
        // How the length is written behind the bytes.
        let length = match self.state {
            State::Small(_) if self.algorithm == Algorithm::Md5 => (bits as u64).to_le_bytes().to_vec(),
            State::Small(_) => (bits as u64).to_be_bytes().to_vec(),
            State::Large(_) => bits.to_be_bytes().to_vec(),
            State::Sponge(_) | State::Blake2b(_) => Vec::new(),
        };
        let mut last = core::mem::take(&mut self.rest);
        last.push(if matches!(self.state, State::Sponge(_)) { 6 } else { 0x80 });
        let total = (last.len() + length.len()).next_multiple_of(block);
        last.resize(total - length.len(), 0);
        last.extend(length);
        if let (State::Sponge(_), Some(byte)) = (&self.state, last.last_mut()) {
            *byte |= 0x80;
        }
        self.blocks(&last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(algorithm: Algorithm, bytes: &[u8], piece: usize) -> String {
        let mut digest = Digest::new(algorithm);
        bytes.chunks(piece).for_each(|piece| digest.update(piece));
        digest.finish().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_examples_of_the_standards() {
        let cases = [
            (Algorithm::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (Algorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (Algorithm::Sha224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
            (Algorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                Algorithm::Sha384,
                "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
            ),
            (
                Algorithm::Sha512,
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd\
                 454d4423643ce80e2a9ac94fa54ca49f",
            ),
            (Algorithm::Sha3(28), "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf"),
            (Algorithm::Sha3(32), "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"),
            (
                Algorithm::Blake2b(64),
                "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc95\
                 18d38aa8dbf1925ab92386edd4009923",
            ),
        ];
        for (algorithm, expected) in cases {
            assert_eq!(hex(algorithm, b"abc", 100), expected, "{algorithm:?}");
        }
        assert_eq!(hex(Algorithm::Md5, b"", 1), "d41d8cd98f00b204e9800998ecf8427e");
    }

    #[test]
    fn instructions_give_the_same_as_words() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|number| (number * 31 % 253) as u8).collect();
        for algorithm in [Algorithm::Sha1, Algorithm::Sha224, Algorithm::Sha256] {
            // Less at a time than what makes it ask for them.
            assert_eq!(hex(algorithm, &bytes, bytes.len()), hex(algorithm, &bytes, 1000), "{algorithm:?}");
        }
    }

    #[test]
    fn pieces_make_the_same_digest() {
        let bytes: Vec<u8> = (0..1000_u32).map(|number| (number * 7 % 251) as u8).collect();
        let others = [
            Algorithm::Sha384,
            Algorithm::Sha512,
            Algorithm::Sha3(48),
            Algorithm::Sha3(64),
            Algorithm::Blake2b(20),
        ];
        for algorithm in [Algorithm::Md5, Algorithm::Sha1, Algorithm::Sha256].into_iter().chain(others) {
            for length in [0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 135, 136, 143, 144, 256, 1000] {
                let whole = hex(algorithm, &bytes[..length], 2000);
                for piece in [1, 7, 64, 129] {
                    assert_eq!(hex(algorithm, &bytes[..length], piece), whole, "{algorithm:?} {length}");
                }
            }
        }
    }
}
