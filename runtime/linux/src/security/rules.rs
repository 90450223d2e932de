//! What a thread keeps from itself by landlock(7), on kernels of any version.
//!
//! Each version of the interface governs more. What is to become of a program on a kernel that governs less than it asks for is the
//! program's own choice, [`Need`]; what came of it is told, [`Enforced`].
//!
//! ```no_run
//! use spelunk_linux::landlock::{FileAccess, Handled, PortAccess};
//! use spelunk_linux::security::{Enforced, Need, Rules};
//!
//! // All that this kernel can govern, be it nothing: but reading below /usr, and connections to one port.
//! let rules = Rules::new(Handled::EVERYTHING, Need::Version(0))?;
//! rules.allow_path("/usr", FileAccess::READ)?;
//! rules.allow_port(443, PortAccess::CONNECT)?;
//! if let Enforced::Partly(missing) = rules.restrict_self()? {
//!     assert!(!missing.is_empty());
//! }
//! # Ok::<(), spelunk_linux::Errno>(())
//! ```

use super::landlock::{FileAccess, Handled, PortAccess, Ruleset, abi};
use crate::fd::AsFd;
use crate::fs::{Mode, OpenFlags, fstat, open};
use crate::path::PathArg;
use crate::process::set_no_new_privileges;
use crate::{Errno, Result};

/// What the kernel must be able to govern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// All that is asked for.
    All,
    /// What this version governs, and more where it can be had; 0: whatever there is, be it nothing.
    Version(u32),
}

/// What holds from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enforced {
    /// All that was asked for.
    Fully,
    /// Something of it; this is what the kernel does not govern.
    Partly(Handled),
    /// Nothing: the kernel has no landlock, or knows nothing of what was asked for.
    Nothing,
}

/// What is governed, as far as this kernel can, and what is allowed of it.
#[derive(Debug)]
pub struct Rules {
    /// None where there is nothing to govern.
    ruleset: Option<Ruleset>,
    handled: Handled,
    missing: Handled,
}

impl Rules {
    /// Makes rules that allow nothing of what they govern.
    ///
    /// # Errors
    /// `OPNOTSUPP` or `NOSYS`: the kernel governs less than is needed. Else those of [`Ruleset::new`].
    pub fn new(wanted: Handled, need: Need) -> Result<Self> {
        let version = match abi() {
            Err(Errno::NOSYS | Errno::OPNOTSUPP) if need == Need::Version(0) => 0,
            version => version?,
        };
        let handled = wanted.known_by(version);
        let missing = wanted.difference(handled);
        match need {
            Need::All if !missing.is_empty() => return Err(Errno::OPNOTSUPP),
            Need::Version(least) if version < least => return Err(Errno::OPNOTSUPP),
            _ => {}
        }
        let ruleset = if handled.is_empty() { None } else { Some(Ruleset::new(handled)?) };
        Ok(Self { ruleset, handled, missing })
    }

    /// Allows something with the file at a path, or with all below the folder there; of a file what can be done with files.
    ///
    /// # Errors
    /// Those of `open(2)`, and of [`Ruleset::allow_beneath`].
    pub fn allow_path<P: PathArg>(&self, path: P, access: FileAccess) -> Result<()> {
        let file = open(path, OpenFlags::PATH | OpenFlags::CLOSE_ON_EXEC, Mode::empty())?;
        let access =
            if fstat(&file)?.is_directory() { access } else { access.intersection(FileAccess::OF_FILES) };
        self.allow_beneath(file, access)
    }

    /// The same, of an open folder, or file of which only what can be done with files is said. What is not governed is allowed anyway.
    ///
    /// # Errors
    /// Those of [`Ruleset::allow_beneath`].
    pub fn allow_beneath(&self, file: impl AsFd, access: FileAccess) -> Result<()> {
        let access = access.intersection(self.handled.files);
        match &self.ruleset {
            Some(ruleset) if !access.is_empty() => ruleset.allow_beneath(file, access),
            _ => Ok(()),
        }
    }

    /// Allows something with a port of TCP; 0 stands for those that the kernel chooses.
    ///
    /// # Errors
    /// Those of [`Ruleset::allow_port`].
    pub fn allow_port(&self, port: u16, access: PortAccess) -> Result<()> {
        let access = access.intersection(self.handled.ports);
        match &self.ruleset {
            Some(ruleset) if !access.is_empty() => ruleset.allow_port(port, access),
            _ => Ok(()),
        }
    }

    /// Binds the running thread, and what it will start, for good; it gives up getting privileges by execve, which rules of a program
    /// without privileges want.
    ///
    /// # Errors
    /// Those of [`Ruleset::restrict_self`].
    pub fn restrict_self(&self) -> Result<Enforced> {
        let Some(ruleset) = &self.ruleset else { return Ok(Enforced::Nothing) };
        set_no_new_privileges()?;
        ruleset.restrict_self()?;
        Ok(if self.missing.is_empty() { Enforced::Fully } else { Enforced::Partly(self.missing) })
    }
}
