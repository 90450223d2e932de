//! yescrypt (A. Peslyak, version 1.1 of its reference), as `$y$` of crypt(5): what Debian, Fedora and others keep passwords by. Only
//! what passwords are kept by: one thread, no read-only memory shared by several, no time parameter.

use alloc::vec::Vec;

use crate::crypt::LETTERS;
use crate::{Algorithm, Digest};

/// The S-boxes: three, each of 256 entries of two pairs of words.
const BOX: usize = 256 * 2 * 2;
const BOXES: usize = 3 * BOX;
/// Selects an entry, in bytes.
const MASK: u32 = 0xff0;
/// Words of a block of Salsa20.
const BLOCK: usize = 16;
/// No more words than this are filled: 256 MiB.
const MOST_WORDS: usize = 1 << 26;

/// What a setting says: the cost as a power of two, the size of blocks.
struct Cost {
    log: u32,
    size: usize,
}

/// Gives the password as it is kept, with a setting such as `$y$j9T$SALT`, behind which anything may stand; nothing for settings that
/// ask for what is not here, or for more memory than there is.
pub(crate) fn crypt(password: &[u8], setting: &[u8]) -> Option<Vec<u8>> {
    let mut rest = setting.strip_prefix(b"$y$")?;
    // Of the flavours that there are one is in use: read and write, six rounds, S-boxes of 12 KiB.
    (number(&mut rest, 0)? == 47).then_some(())?;
    let cost = Cost { log: number(&mut rest, 1)?, size: number(&mut rest, 1)? as usize };
    rest = rest.strip_prefix(b"$")?;
    let length = rest.iter().position(|byte| *byte == b'$').unwrap_or(rest.len());
    let (text, _) = rest.split_at(length);
    let salt = decoded(text)?;
    let words = (BLOCK << 1).checked_mul(cost.size)?.checked_shl(cost.log).filter(|_| cost.log < 26)?;
    if !(2..=MOST_WORDS).contains(&words) || cost.log < 1 || cost.size > 1 << 10 {
        return None;
    }
    let mut key = password.to_vec();
    // What is costly is done after a cheaper turn, so that the password is not in memory meanwhile.
    if cost.log >= 8 && cost.size << cost.log >= 1 << 17 {
        key = derived(&key, &salt, &Cost { log: cost.log - 6, ..cost }, b"yescrypt-prehash")?;
    }
    let key = derived(&key, &salt, &cost, b"yescrypt")?;
    let stored = sha256(&[&hmac(&key, b"Client Key")]);
    let mut out = setting.get(..setting.len() - rest.len() + length)?.to_vec();
    out.push(b'$');
    for bytes in stored.chunks(3) {
        let mut bits = bytes.iter().rev().fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        for _ in 0..=bytes.len() {
            out.push(LETTERS[bits & 63]);
            bits >>= 6;
        }
    }
    Some(out)
}

/// Gives what a letter stands for.
fn value(letter: u8) -> Option<u32> {
    LETTERS.iter().position(|known| *known == letter).map(|at| at as u32)
}

/// Reads a number of a setting: the first letter says how many follow.
fn number(text: &mut &[u8], least: u32) -> Option<u32> {
    let mut next = || text.split_off_first().copied().and_then(value);
    let first = next()?;
    let (mut begin, mut end, mut bits) = (0, 47, 0);
    let mut number = least;
    while first > end {
        number += (end + 1 - begin) << bits;
        begin = end + 1;
        end = begin + (62 - end) / 2;
        bits += 6;
    }
    number += (first - begin) << bits;
    while bits > 0 {
        bits -= 6;
        number += next()? << bits;
    }
    Some(number)
}

/// Reads the bytes of a salt.
fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for letters in text.chunks(4) {
        let mut bits = 0;
        for letter in letters.iter().rev() {
            bits = bits << 6 | value(*letter)?;
        }
        let count = letters.len() * 6 / 8;
        bytes.extend(bits.to_le_bytes().iter().take(count));
        // A letter too much is none.
        (count > 0).then_some(())?;
    }
    Some(bytes)
}

fn sha256(parts: &[&[u8]]) -> Vec<u8> {
    let mut digest = Digest::new(Algorithm::Sha256);
    parts.iter().for_each(|part| digest.update(part));
    digest.finish()
}

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut pad = if key.len() > 64 { sha256(&[key]) } else { key.to_vec() };
    pad.resize(64, 0);
    let [inner, outer] = [0x36, 0x5c].map(|mark| pad.iter().map(|byte| byte ^ mark).collect::<Vec<u8>>());
    sha256(&[&outer, &sha256(&[&inner, text])])
}

/// PBKDF2 with one turn.
fn stretched(key: &[u8], salt: &[u8], length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(length + 32);
    let mut counter = 1_u32;
    while out.len() < length {
        out.extend_from_slice(&hmac(key, &[salt, &counter.to_be_bytes()].concat()));
        counter += 1;
    }
    out.truncate(length);
    out
}

fn derived(password: &[u8], salt: &[u8], cost: &Cost, name: &[u8]) -> Option<Vec<u8>> {
    let key = hmac(name, password);
    let mut block = stretched(&key, salt, 128 * cost.size);
    let mut key = block.get(..32)?.to_vec();
    // In front are the S-boxes' words.
    let mut state: Vec<u32> = block.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
    let mut boxes = Boxes { words: Vec::new(), order: [2 * BOX, BOX, 0], at: 0 };
    let mut first = state.get(..2 * BLOCK)?.to_vec();
    boxes.words = filled(&mut first, BOXES / (2 * BLOCK), None)?;
    state.get_mut(..2 * BLOCK)?.copy_from_slice(&first);
    let bytes = |words: &[u32]| -> Vec<u8> { words.iter().flat_map(|word| word.to_le_bytes()).collect() };
    key = hmac(&bytes(state.get(state.len() - BLOCK..)?), &key);
    let count = 1_usize << cost.log;
    let mut memory = filled(&mut state, count, Some(&mut boxes))?;
    let all = count.div_ceil(3).next_multiple_of(2);
    mixed(&mut state, &mut memory, all, &mut boxes);
    block = bytes(&state);
    Some(stretched(&key, &block, 32))
}

/// Puts the words of each block in the order in which the method works, or back.
fn shuffled(state: &[u32], is_back: bool) -> Vec<u32> {
    let mut out = alloc::vec![0; state.len()];
    for (to, from) in out.chunks_exact_mut(BLOCK).zip(state.chunks_exact(BLOCK)) {
        for at in 0..BLOCK {
            let other = at * 5 % BLOCK;
            if is_back { to[other] = from[at] } else { to[at] = from[other] }
        }
    }
    out
}

/// Fills memory with so many states, of which each depends on those before; the state becomes the one behind the last.
fn filled(state: &mut [u32], count: usize, mut boxes: Option<&mut Boxes>) -> Option<Vec<u32>> {
    let size = state.len();
    let mut memory = Vec::new();
    memory.try_reserve_exact(size.checked_mul(count)?).ok()?;
    let mut words = shuffled(state, false);
    for index in 0..count {
        memory.extend_from_slice(&words);
        match &mut boxes {
            Some(boxes) => {
                if index > 1 {
                    let range = 1 << index.ilog2();
                    let from = (selected(&words) & (range - 1)) + (index - range);
                    add(&mut words, memory.get(from * size..).unwrap_or_default());
                }
                boxes.mix(&mut words);
            }
            None => salted(&mut words),
        }
    }
    state.copy_from_slice(&shuffled(&words, true));
    Some(memory)
}

/// Goes through memory as the state leads, and changes it.
fn mixed(state: &mut [u32], memory: &mut [u32], turns: usize, boxes: &mut Boxes) {
    let size = state.len();
    let count = memory.len() / size;
    let mut words = shuffled(state, false);
    for _ in 0..turns {
        let from = selected(&words) & (count - 1);
        let place = memory.get_mut(from * size..).and_then(|rest| rest.get_mut(..size)).unwrap_or_default();
        add(&mut words, place);
        place.copy_from_slice(&words);
        boxes.mix(&mut words);
    }
    state.copy_from_slice(&shuffled(&words, true));
}

fn add(words: &mut [u32], other: &[u32]) {
    words.iter_mut().zip(other).for_each(|(word, other)| *word ^= other);
}

/// Gives the number that a state leads to: of its last block. Its upper half counts where there are more than 32 bits of states.
fn selected(words: &[u32]) -> usize {
    words.len().checked_sub(BLOCK).and_then(|at| words.get(at)).map_or(0, |word| *word as usize)
}

/// Mixes two blocks with Salsa20 of eight rounds, as scrypt does.
fn salted(words: &mut [u32]) {
    let mut last: [u32; BLOCK] = words.last_chunk().copied().unwrap_or_default();
    let mut mixed = Vec::with_capacity(words.len());
    for block in words.as_chunks::<BLOCK>().0 {
        add(&mut last, block);
        salsa(&mut last, 4);
        mixed.push(last);
    }
    // Even ones in front.
    let order = mixed.iter().step_by(2).chain(mixed.iter().skip(1).step_by(2));
    words.as_chunks_mut().0.iter_mut().zip(order).for_each(|(block, mixed)| *block = *mixed);
}

fn salsa(block: &mut [u32; BLOCK], double_rounds: u32) {
    let mut x = [0_u32; BLOCK];
    for at in 0..BLOCK {
        x[at * 5 % BLOCK] = block[at];
    }
    for _ in 0..double_rounds {
        // Columns, then rows: where a quarter begins, and how far it is to its next word.
        for step in [4, 1] {
            for quarter in 0..4 {
                let at = |index: usize| match step {
                    4 => (quarter * 5 + index * 4) % BLOCK,
                    _ => quarter * 4 + (quarter + index) % 4,
                };
                for (index, turn) in [(1, 7), (2, 9), (3, 13), (4, 18)] {
                    let sum = x[at((index + 3) % 4)].wrapping_add(x[at((index + 2) % 4)]);
                    x[at(index % 4)] ^= sum.rotate_left(turn);
                }
            }
        }
    }
    for at in 0..BLOCK {
        block[at] = block[at].wrapping_add(x[at * 5 % BLOCK]);
    }
}

/// The S-boxes, which change as they are used.
struct Boxes {
    words: Vec<u32>,
    /// Where the first, the second, and the one that is written begin.
    order: [usize; 3],
    at: usize,
}

impl Boxes {
    /// Mixes a state.
    fn mix(&mut self, words: &mut [u32]) {
        let mut last: [u32; BLOCK] = words.last_chunk().copied().unwrap_or_default();
        for block in words.as_chunks_mut::<BLOCK>().0 {
            add(&mut last, block);
            self.transform(&mut last);
            *block = last;
        }
        if let Some(block) = words.last_chunk_mut() {
            salsa(block, 1);
        }
    }

    fn transform(&mut self, block: &mut [u32; BLOCK]) {
        let pair = |words: &[u32], at: usize| {
            let [low, high] = [at, at + 1].map(|at| u64::from(words.get(at).copied().unwrap_or_default()));
            high << 32 | low
        };
        for round in 0..6 {
            for lane in block.as_chunks_mut::<4>().0 {
                let first = self.order[0] + (lane[0] & MASK) as usize / 4;
                let second = self.order[1] + (lane[1] & MASK) as usize / 4;
                for half in [0, 2] {
                    let product = u64::from(lane[half + 1]) * u64::from(lane[half]);
                    let sum = product.wrapping_add(pair(&self.words, first + half));
                    let result = sum ^ pair(&self.words, second + half);
                    [lane[half], lane[half + 1]] = [result as u32, (result >> 32) as u32];
                    if round != 0 && round != 5 {
                        let to = self.order[2] + self.at;
                        if let Some(place) = self.words.get_mut(to..to + 2) {
                            place.copy_from_slice(&[result as u32, (result >> 32) as u32]);
                        }
                        self.at += 2;
                    }
                }
            }
        }
        self.order.rotate_right(1);
        self.at %= BOX;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    /// As libxcrypt makes them.
    const KNOWN: [(&str, &str); 4] = [
        ("Hello world!", "$y$j9T$abcdefghijkl$CcsPTXqUqM5O6FJbJTNa1.W3Loz8wUtN5n.7Uf36e46"),
        ("pässword", "$y$jB5$LdJMENpBABJJ3hIHjB1Bi.$GPglcWT0/EOtlUqzIVNGfAcDUVx1g/vSk8W4ieymfQ9"),
        ("x", "$y$j85$$h4un3asaF/e1/mvLWSxiyHhzWDii2/pLKgrTW/Yh6B7"),
        ("x", "$y$j9T$$NJLey1.PlKBNRXKC8paA5/oiM57RRZku22T4YZVfTGA"),
    ];

    #[test]
    fn passwords_as_others_keep_them() {
        for (password, kept) in KNOWN {
            let made =
                crypt(password.as_bytes(), kept.as_bytes()).map(|made| String::from_utf8(made).unwrap());
            assert_eq!(made.as_deref(), Some(kept));
        }
    }

    #[test]
    fn settings_that_are_none() {
        for setting in [
            "$y$",
            "$y$j9T",
            "$y$j9",
            "$y$/65$ab",
            "$y$j9T$a",
            "$y$jzzzz$ab",
            "$y$jD5.7$ab",
            "$y$j9T$!!$",
            "$6$a",
        ] {
            assert_eq!(crypt(b"x", setting.as_bytes()), None, "{setting}");
        }
    }
}
