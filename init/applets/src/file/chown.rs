//! `chown` (POSIX; `-c -f -v`, `--from`, `--reference` and `--preserve-root` are GNU's), and what it shares with `chgrp`.

use io::{Follow, Step, Visit};
use linux::Result;
use linux::fs::{self, Metadata};
use system::users::Names;

use super::ask::say;
use super::owner::Owner;
use super::root::{self, Root};
use super::tree::{Next, walk};
use crate::{Applet, Flag, Flags, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "chown",
    summary: "Change the owner of files",
    usage: "[OPTION]... USER[:[GROUP]] FILE...\n[OPTION]... --reference=FILE FILE...",
    flags: FLAGS,
    run: Run::Parsed(run),
};

/// The options of `chown` and `chgrp`.
pub(super) const FLAGS: Flags = flags![
    ..root::FLAGS,
    Flag::new(b'R', "recursive", "also of what is in folders"),
    Flag::new(b'h', "no-dereference", "of symbolic links themselves"),
    Flag::new(DEREFERENCE, "dereference", "of what symbolic links lead to"),
    Flag::new(b'H', "", "with -R: go into a folder that an operand is a link to"),
    Flag::new(b'L', "", "with -R: go into folders that links lead to"),
    Flag::new(b'P', "", "with -R: go into no folder by a link (so without -H and -L)"),
    Flag::new(b'c', "changes", "say what has changed"),
    Flag::new(b'v', "verbose", "say what is looked at"),
    Flag::new(b'f', "silent", "say nothing of most failures"),
    Flag::new(QUIET, "quiet", ""),
    Flag::with(FROM, "from", "USER:GROUP", "only of files that are theirs"),
    Flag::with(REFERENCE, "reference", "FILE", "as FILE has it"),
];

keys! { 128; DEREFERENCE QUIET FROM }
/// The key of `--reference`.
pub(super) const REFERENCE: u8 = 131;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let names = Names::read();
    let (owner, files) = match (parsed.value(REFERENCE), parsed.operands.as_slice()) {
        (Some(path), files) => {
            let file = fs::stat(path).map_err(|errno| io.complain(path, &errno))?;
            (Owner { user: Some(file.user()), group: Some(file.group()) }, files)
        }
        (None, [owner, files @ ..]) => {
            (Owner::parse(owner, &names).ok_or_else(|| io.complain(owner, &"no such user or group"))?, files)
        }
        _ => return Ok(parsed.usage(io)),
    };
    change(io, parsed, names, owner, files)
}

struct Changer {
    names: Names,
    owner: Owner,
    from: Owner,
    follows: bool,
    says_changes: bool,
    says_all: bool,
    is_silent: bool,
}

/// Gives files to an owner, as options say.
pub(super) fn change(
    io: &mut Io<'_>,
    parsed: &Parsed<'_>,
    names: Names,
    owner: Owner,
    files: &[&[u8]],
) -> Outcome {
    if files.is_empty() {
        return Ok(parsed.usage(io));
    }
    let from = match parsed.value(FROM) {
        Some(text) => {
            Owner::parse(text, &names).ok_or_else(|| io.complain(text, &"no such user or group"))?
        }
        None => Owner::default(),
    };
    let is_recursive = parsed.has(b'R');
    let follow = match parsed.last_of(b"HLP") {
        Some(b'H') if is_recursive => Follow::First,
        Some(b'L') if is_recursive => Follow::Always,
        _ if !is_recursive && parsed.last_of(&[b'h', DEREFERENCE]) != Some(b'h') => Follow::First,
        _ => Follow::Never,
    };
    let changer = Changer {
        names,
        owner,
        from,
        follows: parsed.last_of(&[b'h', DEREFERENCE]) == Some(DEREFERENCE),
        says_changes: parsed.has_any(b"cv"),
        says_all: parsed.has(b'v'),
        is_silent: parsed.has_any(&[b'f', QUIET]),
    };
    let next = if is_recursive { Next::Down } else { Next::Beside };
    let root = Root::of(parsed, false);
    let mut status = Status::SUCCESS;
    for file in files {
        status = status.and(walk(io, file, follow, changer.is_silent, &mut |io, visit| match visit.step {
            Step::Enter if is_recursive && root.refuses(io, visit) => (Status::FAILURE, Next::Beside),
            // A folder is given away after what is in it, which its new owner could exchange else.
            Step::Enter if is_recursive && visit.opened.is_some() => (Status::SUCCESS, next),
            _ => (changer.visit(io, visit), next),
        }));
    }
    Ok(status)
}

impl Changer {
    fn visit(&self, io: &mut Io<'_>, visit: &Visit<'_>) -> Status {
        match self.set(visit) {
            Ok(Some(old)) => self.tell(io, visit.path, &old),
            Ok(None) => {}
            Err(_) if self.is_silent => return Status::FAILURE,
            Err(errno) => return io.complain(visit.path, &errno),
        }
        Status::SUCCESS
    }

    /// Gives what was there before, unless it was not to be changed.
    fn set(&self, visit: &Visit<'_>) -> Result<Option<Metadata>> {
        let follows = visit.follows || self.follows;
        let old = visit.metadata()?;
        if !self.from.is_of(&old) {
            return Ok(None);
        }
        fs::chown_at(visit.folder, visit.name, self.owner.user, self.owner.group, follows)?;
        Ok(Some(old))
    }

    fn tell(&self, io: &mut Io<'_>, path: &[u8], old: &Metadata) {
        let has_changed = !self.owner.is_of(old);
        if !self.says_changes || !has_changed && !self.says_all {
            return;
        }
        let Owner { user, group } = self.owner;
        let shown = |user: Option<u32>, group: Option<u32>| match (user, group) {
            (None, group) => group.map(|group| self.names.group(group)).unwrap_or_default(),
            (Some(user), None) => self.names.user(user),
            (Some(user), Some(group)) => {
                [&self.names.user(user)[..], b":", &self.names.group(group)].concat()
            }
        };
        let what: &[u8] = if user.is_none() { b"group of '" } else { b"ownership of '" };
        let was = shown(user.map(|_| old.user()), group.map(|_| old.group()));
        match has_changed {
            true => say(io, &[b"changed ", what, path, b"' from ", &was, b" to ", &shown(user, group)]),
            false => say(io, &[what, path, b"' retained as ", &was]),
        }
    }
}
