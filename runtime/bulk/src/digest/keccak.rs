//! SHA-3's work on a block: the permutation Keccak-f of 1600 bits (FIPS 202, 3).

/// Takes a block into the state, which is lanes of 64 bits, x first.
pub(super) fn block(state: &mut [u64; 25], block: &[u8]) {
    for (lane, bytes) in state.iter_mut().zip(block.as_chunks().0) {
        *lane ^= u64::from_le_bytes(*bytes);
    }
    let mut register = 1_u8;
    for _ in 0..24 {
        mix(state);
        // The constant of the round: a bit at each place that is a power of two less one, as the register has it (3.2.5).
        for power in 0..7 {
            if register & 1 == 1 {
                state[0] ^= 1 << ((1_u32 << power) - 1);
            }
            register = (register << 1) ^ if register >> 7 == 1 { 0x71 } else { 0 };
        }
    }
}

/// The steps theta, rho, pi and chi.
fn mix(state: &mut [u64; 25]) {
    let columns: [u64; 5] =
        core::array::from_fn(|x| state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20]);
    for (at, lane) in state.iter_mut().enumerate() {
        let x = at % 5;
        *lane ^= columns[(x + 4) % 5] ^ columns[(x + 1) % 5].rotate_left(1);
    }
    // A lane moves to the place of the next, by more bits each time.
    let (mut x, mut y, mut lane) = (1, 0, state[1]);
    for step in 0..24_u32 {
        (x, y) = (y, (2 * x + 3 * y) % 5);
        let turned = lane.rotate_left((step + 1) * (step + 2) / 2 % 64);
        lane = core::mem::replace(&mut state[x + 5 * y], turned);
    }
    for row in state.as_chunks_mut::<5>().0 {
        let old = *row;
        for (x, lane) in row.iter_mut().enumerate() {
            *lane = old[x] ^ (!old[(x + 1) % 5] & old[(x + 2) % 5]);
        }
    }
}
