//! Digests on processors without instructions for them, or with ones that only the kernel tells of.

/// Proof that the processor has instructions for SHA-1 and SHA-256, which nobody has.
#[derive(Clone, Copy, Debug)]
pub enum Instructions {}

impl Instructions {
    /// Finds none.
    pub fn find() -> Option<Self> {
        None
    }

    /// Takes blocks into a SHA-256.
    pub fn sha256(self, _: &mut [u32; 8], _: &[[u8; 64]], _: &[u64; 80]) {
        match self {}
    }

    /// Takes blocks into a SHA-1.
    pub fn sha1(self, _: &mut [u32; 8], _: &[[u8; 64]]) {
        match self {}
    }
}
