//! Kernel modules: finit_module(2), delete_module(2).

use crate::Result;
use crate::fd::AsFd;
use crate::path::PathArg;
use linux_raw_sys::general as kernel;

flags! {
    /// How a module is loaded or taken out.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct ModuleFlags: u32 {
        /// MODULE_INIT_IGNORE_MODVERSIONS: built for another kernel.
        const IGNORE_SYMBOL_VERSIONS = 1;
        /// MODULE_INIT_IGNORE_VERMAGIC: built for another version.
        const IGNORE_VERSION = 2;
        /// MODULE_INIT_COMPRESSED_FILE: the kernel decompresses it (Linux 5.17).
        const COMPRESSED = 4;
        /// O_NONBLOCK: takes it out only if nobody uses it.
        const NONBLOCK = kernel::O_NONBLOCK;
        /// O_TRUNC: takes it out even if somebody does.
        const FORCE = kernel::O_TRUNC;
        const _ = !0;
    }
}

/// Loads a module from an open file, with parameters as in `debug=1 name=x`.
///
/// # Errors
/// `PERM`, `EXIST` (loaded already), `NOEXEC`, `NOENT` (a symbol is missing), `BUSY`, `NOKEY`. See `finit_module(2)`.
#[doc(alias = "init_module")]
pub fn finit_module<P: PathArg>(module: impl AsFd, parameters: P, flags: ModuleFlags) -> Result<()> {
    parameters
        .with(&mut |parameters| {
            // SAFETY: the parameters are a terminated string that lives through the call.
            unsafe { syscall!(__NR_finit_module, module.as_fd(), parameters.as_ptr(), flags.bits()) }
        })
        .map(drop)
}

/// Takes a module out.
///
/// # Errors
/// `PERM`, `NOENT` (not loaded), `BUSY`, `AGAIN` (in use). See `delete_module(2)`.
pub fn delete_module<P: PathArg>(name: P, flags: ModuleFlags) -> Result<()> {
    name.with(&mut |name| {
        // SAFETY: the name is a terminated string that lives through the call.
        unsafe { syscall!(__NR_delete_module, name.as_ptr(), flags.bits()) }
    })
    .map(drop)
}
