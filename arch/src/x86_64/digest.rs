//! Digests by the processor's own instructions ("SHA extensions" of Intel's manual, volume 1, 5.19). All of it is compiled where
//! it is used, for speed: in the registers that a loop in this crate, which is compiled for size, would have put into memory.

use core::arch::x86_64::{
    __cpuid_count, __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_extract_epi32, _mm_loadu_si128,
    _mm_set_epi32, _mm_set_epi64x, _mm_sha1msg1_epu32, _mm_sha1msg2_epu32, _mm_sha1nexte_epu32,
    _mm_sha1rnds4_epu32, _mm_sha256msg1_epu32, _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32, _mm_shuffle_epi8,
    _mm_shuffle_epi32, _mm_xor_si128, CpuidResult,
};

/// Proof that the processor has instructions for SHA-1 and SHA-256, and those that go with them.
#[derive(Clone, Copy, Debug)]
pub struct Instructions(());

impl Instructions {
    /// Asks the processor; under a hypervisor that costs more than a block.
    pub fn find() -> Option<Self> {
        const SSSE3_SSE4_1: u32 = 1 << 9 | 1 << 19;
        const SHA: u32 = 1 << 29;
        let has = ask(0).eax >= 7 && ask(1).ecx & SSSE3_SSE4_1 == SSSE3_SSE4_1 && ask(7).ebx & SHA != 0;
        has.then_some(Self(()))
    }

    /// Takes blocks into a SHA-256; the upper halves of the constants are the algorithm's.
    #[inline]
    pub fn sha256(self, state: &mut [u32; 8], blocks: &[[u8; 64]], constants: &[u64; 80]) {
        // SAFETY: there are the instructions.
        unsafe { sha256(state, blocks, constants) }
    }

    /// Takes blocks into a SHA-1.
    #[inline]
    pub fn sha1(self, state: &mut [u32; 8], blocks: &[[u8; 64]]) {
        // SAFETY: there are the instructions.
        unsafe { sha1(state, blocks) }
    }
}

#[allow(unused_unsafe, reason = "before Rust 1.94 the function was an unsafe one")]
fn ask(leaf: u32) -> CpuidResult {
    // SAFETY: each x86_64 has the instruction.
    unsafe { __cpuid_count(leaf, 0) }
}

/// Gives four words, the first of them lowest.
#[inline]
#[target_feature(enable = "sse2")]
fn words([a, b, c, d]: [u32; 4]) -> __m128i {
    _mm_set_epi32(d as i32, c as i32, b as i32, a as i32)
}

/// Gives 16 bytes of a block, in an order.
#[inline]
#[target_feature(enable = "ssse3")]
fn quarter(block: &[u8; 64], at: usize, order: __m128i) -> __m128i {
    let bytes = &block.as_chunks::<16>().0[at];
    // SAFETY: 16 bytes are there, and need no alignment.
    let loaded = unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) };
    _mm_shuffle_epi8(loaded, order)
}

/// Gives the words of four, the first of them lowest.
#[inline]
#[target_feature(enable = "sse4.1")]
fn apart(words: __m128i) -> [u32; 4] {
    [
        _mm_extract_epi32(words, 0),
        _mm_extract_epi32(words, 1),
        _mm_extract_epi32(words, 2),
        _mm_extract_epi32(words, 3),
    ]
    .map(|word| word as u32)
}

#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
fn sha256(state: &mut [u32; 8], blocks: &[[u8; 64]], constants: &[u64; 80]) {
    let order = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    let [a, b, c, d, e, f, g, h] = *state;
    let (mut abef, mut cdgh) = (words([f, e, b, a]), words([h, g, d, c]));
    for block in blocks {
        let (abef_before, cdgh_before) = (abef, cdgh);
        let mut last = [0, 1, 2, 3].map(|at| quarter(block, at, order));
        for (round, constants) in constants.as_chunks::<4>().0[..16].iter().enumerate() {
            let now = match round {
                0..4 => last[round],
                _ => {
                    let [first, second, third, fourth] = last;
                    let sum =
                        _mm_add_epi32(_mm_sha256msg1_epu32(first, second), _mm_alignr_epi8(fourth, third, 4));
                    let next = _mm_sha256msg2_epu32(sum, fourth);
                    last = [second, third, fourth, next];
                    next
                }
            };
            let now = _mm_add_epi32(now, words(constants.map(|constant| (constant >> 32) as u32)));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, now);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(now, 0x0e));
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    let ([f, e, b, a], [h, g, d, c]) = (apart(abef), apart(cdgh));
    *state = [a, b, c, d, e, f, g, h];
}

/// Does five times four of SHA-1's rounds, with the function that they have.
#[inline]
#[target_feature(enable = "sha")]
fn rounds<const FUNCTION: i32>(abcd: &mut __m128i, e: &mut __m128i, quarters: &[__m128i], is_first: bool) {
    for (at, now) in quarters.iter().enumerate() {
        let sum = if is_first && at == 0 { _mm_add_epi32(*e, *now) } else { _mm_sha1nexte_epu32(*e, *now) };
        *e = *abcd;
        *abcd = _mm_sha1rnds4_epu32(*abcd, sum, FUNCTION);
    }
}

#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
fn sha1(state: &mut [u32; 8], blocks: &[[u8; 64]]) {
    let order = _mm_set_epi64x(0x0001_0203_0405_0607, 0x0809_0a0b_0c0d_0e0f);
    let [a, b, c, d, e, others @ ..] = *state;
    let (mut abcd, mut e) = (words([d, c, b, a]), words([0, 0, 0, e]));
    for block in blocks {
        let (abcd_before, e_before) = (abcd, e);
        let mut quarters = [e; 20];
        for at in 0..20 {
            quarters[at] = match at {
                0..4 => quarter(block, at, order),
                _ => {
                    let sum = _mm_sha1msg1_epu32(quarters[at - 4], quarters[at - 3]);
                    _mm_sha1msg2_epu32(_mm_xor_si128(sum, quarters[at - 2]), quarters[at - 1])
                }
            };
        }
        rounds::<0>(&mut abcd, &mut e, &quarters[..5], true);
        rounds::<1>(&mut abcd, &mut e, &quarters[5..10], false);
        rounds::<2>(&mut abcd, &mut e, &quarters[10..15], false);
        rounds::<3>(&mut abcd, &mut e, &quarters[15..], false);
        e = _mm_sha1nexte_epu32(e, e_before);
        abcd = _mm_add_epi32(abcd, abcd_before);
    }
    let ([d, c, b, a], [.., e]) = (apart(abcd), apart(e));
    let [sixth, seventh, eighth] = others;
    *state = [a, b, c, d, e, sixth, seventh, eighth];
}
