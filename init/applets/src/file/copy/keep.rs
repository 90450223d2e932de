//! What is known of a file, put onto its copy: owner, permissions, attributes (access lists among them), times.

use alloc::vec::Vec;
use core::ffi::CStr;

use linux::fd::BorrowedFd;
use linux::fs::{self, FileKind, Metadata, Mode, SetAttribute, SetTime};
use linux::{Errno, Result, retry};

/// What a copy has of its source's permissions.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::file) enum KeptMode {
    /// What the mask lets it have.
    #[default]
    Masked,
    /// All of them.
    Whole,
    /// None: those of anything new.
    Forgotten,
}

/// What a copy has from its source.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::file) struct Keep {
    pub(in crate::file) mode: KeptMode,
    pub(in crate::file) owner: bool,
    pub(in crate::file) times: bool,
    /// Names of one file among the sources are names of one copy.
    pub(in crate::file) links: bool,
    /// All attributes; else access lists only, if the mode is kept.
    pub(in crate::file) attributes: bool,
}

impl Keep {
    pub(in crate::file) const ALL: Self =
        Self { mode: KeptMode::Whole, owner: true, times: true, links: true, attributes: true };

    /// Reads names such as `mode,timestamps`; the error is one that there is not.
    pub(in crate::file) fn set<'a>(
        &mut self,
        names: &'a [u8],
        on: bool,
    ) -> core::result::Result<(), &'a [u8]> {
        for name in names.split(|&byte| byte == b',') {
            match name {
                b"mode" => self.mode = if on { KeptMode::Whole } else { KeptMode::Forgotten },
                b"ownership" => self.owner = on,
                b"timestamps" => self.times = on,
                b"links" => self.links = on,
                b"xattr" => self.attributes = on,
                // There are no labels here.
                b"context" => {}
                b"all" if on => *self = Self::ALL,
                b"all" => *self = Self { mode: KeptMode::Forgotten, ..Self::default() },
                _ => return Err(name),
            }
        }
        Ok(())
    }

    /// Says whether any attributes are copied.
    pub(super) fn has_attributes(self) -> bool {
        self.attributes || self.mode == KeptMode::Whole
    }

    /// Puts it onto an open copy; `made` is the mode that it has if its source's is not to be kept.
    pub(super) fn put(
        self,
        from: Option<BorrowedFd<'_>>,
        to: BorrowedFd<'_>,
        source: &Metadata,
        made: Option<Mode>,
    ) -> Result<()> {
        let mut mode = source.permissions();
        if self.owner && retry(|| fs::fchown(to, Some(source.user()), Some(source.group()))).is_err() {
            // Not ours to give away: then nobody gets rights by it.
            mode &= Mode::octal(0o777);
            let _ = retry(|| fs::fchown(to, None, Some(source.group())));
        }
        if let Some(from) = from.filter(|_| self.has_attributes()) {
            attributes(from, to, self.attributes);
        }
        match (self.mode, made) {
            (KeptMode::Whole, _) => retry(|| fs::fchmod(to, mode))?,
            (_, Some(made)) => retry(|| fs::fchmod(to, made))?,
            (_, None) => {}
        }
        match self.times {
            true => retry(|| {
                fs::set_open_times(to, SetTime::At(source.accessed()), SetTime::At(source.modified()))
            }),
            false => Ok(()),
        }
    }

    /// Puts it onto a copy that cannot be opened, by its name: a link, a device.
    pub(super) fn put_at(self, folder: BorrowedFd<'_>, name: &[u8], source: &Metadata) -> Result<()> {
        let mut mode = source.permissions();
        if self.owner && fs::chown_at(folder, name, Some(source.user()), Some(source.group()), false).is_err()
        {
            mode &= Mode::octal(0o777);
        }
        if self.mode == KeptMode::Whole && source.kind() != FileKind::Symlink {
            super::super::chmod::set(folder, name, mode)?;
        }
        if !self.times {
            return Ok(());
        }
        let (accessed, modified) = (SetTime::At(source.accessed()), SetTime::At(source.modified()));
        match fs::set_times_at(folder, name, accessed, modified, false) {
            // File systems that cannot set them on links.
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => Ok(()),
            done => done,
        }
    }
}

/// Copies attributes as far as both sides have them: a file without them is better than none.
fn attributes(from: BorrowedFd<'_>, to: BorrowedFd<'_>, all: bool) {
    let mut names = [0; 4096];
    let mut long = Vec::new();
    let names = match fs::flistxattr(from, &mut names) {
        Ok(count) => names.get(..count).unwrap_or_default(),
        Err(Errno::RANGE) => {
            long.resize(64 << 10, 0);
            let count = fs::flistxattr(from, &mut long).unwrap_or(0);
            long.get(..count).unwrap_or_default()
        }
        Err(_) => return,
    };
    let mut value = Vec::new();
    for name in names.split_inclusive(|&byte| byte == 0) {
        let Ok(name) = CStr::from_bytes_with_nul(name) else { continue };
        if !all && !name.to_bytes().starts_with(b"system.posix_acl_") {
            continue;
        }
        // The largest that the kernel takes.
        value.resize(64 << 10, 0);
        if let Ok(count) = fs::fgetxattr(from, name, &mut value) {
            let _ = fs::fsetxattr(to, name, value.get(..count).unwrap_or_default(), SetAttribute::Any);
        }
    }
}
