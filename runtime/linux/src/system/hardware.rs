//! What the processor can do, asked by key: riscv_hwprobe(2).

use crate::call::result;
use crate::{Errno, Result};

/// One question, and its answer: `struct riscv_hwprobe`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct HardwareFact {
    /// What is asked; the kernel makes it [`UNKNOWN_KEY`](Self::UNKNOWN_KEY) when it does not know the question.
    pub key: i64,
    /// What is so on all processors of the machine.
    pub value: u64,
}

abi!(HardwareFact = "struct riscv_hwprobe" { key: "key", value: "value" });

impl HardwareFact {
    /// No question of the kernel's.
    pub const UNKNOWN_KEY: i64 = -1;
    /// RISCV_HWPROBE_KEY_BASE_BEHAVIOR: bit 0 is the base of integers, multiplication and atomic operations.
    pub const BASE_BEHAVIOUR: i64 = 3;
    /// RISCV_HWPROBE_KEY_IMA_EXT_0: extensions, a bit each.
    pub const EXTENSIONS: i64 = 4;
    /// RISCV_HWPROBE_KEY_CPUPERF_0: in the low three bits, whether words at odd addresses are emulated (1), slow (2), fast
    /// (3) or refused (4).
    pub const MISALIGNED_ACCESS: i64 = 5;

    /// Makes a question.
    pub const fn ask(key: i64) -> Self {
        Self { key, value: 0 }
    }
}

/// Has the kernel answer these questions.
///
/// # Errors
/// `NOSYS` (before Linux 6.4; processors that have no such call, whose AT_HWCAP says all). See
/// `Documentation/arch/riscv/hwprobe.rst`.
#[doc(alias = "riscv_hwprobe")]
pub fn probe_hardware(facts: &mut [HardwareFact]) -> Result<()> {
    let number = arch::abi::hardware_probe().ok_or(Errno::NOSYS)?;
    let (facts, count) = (facts.as_mut_ptr().expose_provenance(), facts.len());
    // SAFETY: the kernel reads and writes so many structures; no set of processors is given, so all are meant.
    result(unsafe { arch::syscall::syscall5(number, facts, count, 0, 0, 0) }).map(drop)
}
