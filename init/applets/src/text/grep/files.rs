//! Which files are searched: operands, and what is in folders.

use alloc::ffi::CString;

use ::io::{Follow, Step, Visit, Walk};
use linux::Errno;
use linux::fd::AsFd;
use linux::fs::{FileKind, Mode, OpenFlags, fstat, openat};

use super::choice::Choice;
use super::print::Names;
use super::search::{Answer, Search, is_output};
use super::{LABEL, SILENT, TROUBLE};
use crate::source;
use crate::{Input, Io, Parsed, Status};

/// What is done with a folder that is an operand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Folders {
    Read,
    Skip,
    Recurse(Follow),
}

/// What is said of the files, and which they are.
struct Files<'f, 's> {
    parsed: &'f Parsed<'f>,
    search: &'f mut Search<'s>,
    folders: Folders,
    skips_devices: bool,
    choice: Choice,
    /// Names of files with lines, or without, instead of these.
    lists: Option<bool>,
    is_quiet: bool,
    is_silent: bool,
    has_found: bool,
    has_failed: bool,
}

/// Searches all operands; gives the status.
pub(super) fn run(
    io: &mut Io<'_>,
    parsed: &Parsed<'_>,
    operands: &[&[u8]],
    search: &mut Search<'_>,
) -> Status {
    let folders = match (parsed.last_of(b"rRd"), parsed.value(b'd')) {
        (None, _) | (Some(b'd'), Some(b"read")) => Folders::Read,
        (Some(b'r'), _) | (Some(b'd'), Some(b"recurse")) => Folders::Recurse(Follow::First),
        (Some(b'R'), _) => Folders::Recurse(Follow::Always),
        (_, Some(b"skip")) => Folders::Skip,
        (_, word) => {
            io.misuse(word.unwrap_or_default(), "is not read, skip or recurse");
            return TROUBLE;
        }
    };
    let lists = parsed.last_of(b"lL").map(|key| key == b'l');
    let is_quiet = parsed.has_any(&[b'q', SILENT]);
    search.answer = match (is_quiet || lists.is_some(), parsed.has(b'c')) {
        (true, _) => Answer::Any,
        (_, true) => Answer::Count,
        _ => Answer::Lines,
    };
    let recurses = matches!(folders, Folders::Recurse(_));
    if search.shown.names == Names::Open && operands.len() > 1 {
        search.shown.names = Names::Always;
    }
    let skips_devices = parsed.value(b'D') == Some(b"skip");
    let is_silent = parsed.has(b's');
    let (has_found, has_failed) = (false, false);
    let Ok(choice) = Choice::of(io, parsed) else { return TROUBLE };
    let mut files = Files {
        parsed,
        search,
        folders,
        skips_devices,
        choice,
        lists,
        is_quiet,
        is_silent,
        has_found,
        has_failed,
    };
    let operands = if recurses && operands.is_empty() { &[&b""[..]] } else { source::names(operands) };
    for operand in operands {
        files.operand(io, operand);
        if is_quiet && files.has_found || io.out.is_broken() {
            break;
        }
    }
    match (files.has_found, files.has_failed) {
        (true, true) if is_quiet => Status::SUCCESS,
        (_, true) => TROUBLE,
        (found, false) => found.into(),
    }
}

impl Files<'_, '_> {
    fn operand(&mut self, io: &mut Io<'_>, operand: &[u8]) {
        if operand == b"-" {
            let name = self.parsed.value(LABEL).unwrap_or(b"(standard input)");
            let result = source::with(io, operand, &mut |io, _, input| self.stream(io, name, input));
            self.report(io, name, result);
            return;
        }
        if let Folders::Recurse(follow) = self.folders {
            return self.tree(io, operand, follow);
        }
        let result = source::open_file(operand).and_then(|file| {
            let kind = fstat(&file)?.kind();
            match (kind, self.folders) {
                (FileKind::Directory, Folders::Skip) => Ok(()),
                (FileKind::Directory, _) if !self.choice.has_folder(operand) => Ok(()),
                (kind, _) if kind != FileKind::Directory && !self.choice.has_file(operand) => Ok(()),
                (kind, _) if self.skips_devices && is_device(kind) => Ok(()),
                _ => self.stream(io, operand, &mut Input::Descriptor(file.as_fd())),
            }
        });
        self.report(io, operand, result);
    }

    fn report(&mut self, io: &mut Io<'_>, name: &[u8], result: linux::Result<()>) {
        let Err(errno) = result else { return };
        self.has_failed = true;
        if !self.is_silent {
            io.complain(name, &errno);
        }
    }

    /// Searches a folder and all that is below it, without devices; a file is searched as it is.
    fn tree(&mut self, io: &mut Io<'_>, operand: &[u8], follow: Follow) {
        let root = if operand.is_empty() { b"." } else { operand };
        let Ok(path) = CString::new(root) else { return self.report(io, operand, Err(Errno::INVAL)) };
        let mut walk = Walk::of(&path, follow);
        while let Some(found) = walk.next() {
            match found {
                Err(failure) => self.report(io, &failure.path, Err(failure.errno)),
                Ok(found) => {
                    if found.step == Step::Enter && self.search.shown.names == Names::Open {
                        self.search.shown.names = Names::Always;
                    }
                    let is_below = found.path != root;
                    let skips = match found.step {
                        Step::Leave => false,
                        Step::Enter if is_below => !self.choice.has_folder(found.name.to_bytes()),
                        Step::Enter => !operand.is_empty() && !self.choice.has_folder(operand),
                        Step::Entry => {
                            // Without an operand names are those below here.
                            let below = found.path.strip_prefix(b"./").filter(|_| operand.is_empty());
                            let name = below.unwrap_or(found.path).to_vec();
                            let result = self.entry(io, &found, &name, is_below);
                            self.report(io, &name, result);
                            false
                        }
                    };
                    if skips {
                        walk.skip();
                    }
                }
            }
            if self.is_quiet && self.has_found || io.out.is_broken() {
                return;
            }
        }
    }

    fn entry(
        &mut self,
        io: &mut Io<'_>,
        found: &Visit<'_>,
        name: &[u8],
        is_below: bool,
    ) -> linux::Result<()> {
        let base = found.name.to_bytes();
        let is_link = found.kind == FileKind::Symlink;
        if is_below && (is_device(found.kind) || is_link && !found.follows) {
            return Ok(());
        }
        if !self.choice.has_file(if is_below { base } else { name }) {
            return Ok(());
        }
        let flags = OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC | OpenFlags::NO_CONTROLLING_TERMINAL;
        let file = openat(found.folder, found.name, flags, Mode::empty())?;
        self.stream(io, name, &mut Input::Descriptor(file.as_fd()))
    }

    /// Searches one stream and says what there is to say of it.
    fn stream(&mut self, io: &mut Io<'_>, name: &[u8], input: &mut Input<'_>) -> linux::Result<()> {
        if self.search.answer == Answer::Lines && is_output(input, &mut io.out) {
            self.has_failed = true;
            io.complain(name, &"is the output, too");
            return Ok(());
        }
        let count = self.search.run(io, name, input)?;
        let is_listed = self.lists.map(|listed| (count > 0) == listed);
        self.has_found |= count > 0;
        if self.is_quiet {
            return Ok(());
        }
        match is_listed {
            Some(true) => self.search.shown.name(name, io),
            Some(false) => {}
            None if self.search.answer == Answer::Count => self.search.shown.count(name, count, &mut io.out),
            None => {}
        }
        Ok(())
    }
}

fn is_device(kind: FileKind) -> bool {
    !matches!(kind, FileKind::Regular | FileKind::Directory | FileKind::Symlink)
}
