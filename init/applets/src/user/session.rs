//! A shell for a user, in place of this process: what `login` and `su` end with.

use alloc::vec::Vec;

use linux::process::{setgroups, setresgid, setresuid};
use system::users::Names;

use crate::process::launch;
use crate::{Io, Status};

/// A user as his line in `/etc/passwd` has him.
pub(crate) struct User {
    pub(crate) name: Vec<u8>,
    pub(crate) number: u32,
    pub(crate) group: u32,
    pub(crate) home: Vec<u8>,
    pub(crate) shell: Vec<u8>,
}

/// Which variables the shell gets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Environment {
    /// Those of this process.
    Same,
    /// So, but with the user's name, home and shell.
    Changed,
    /// Only those, the terminal's name, and where programs are.
    Fresh,
}

impl User {
    /// Reads the fields of a user's line; nothing if there are too few of them, or numbers are none.
    pub(super) fn new(fields: &[Vec<u8>]) -> Option<Self> {
        let [name, _, number, group, _, home, shell, ..] = fields else { return None };
        let number_of = |digits: &[u8]| u32::try_from(query::text::parse_decimal(digits)?).ok();
        let shell = if shell.is_empty() { b"/bin/sh".to_vec() } else { shell.clone() };
        let (number, group) = (number_of(number)?, number_of(group)?);
        Some(Self { name: name.clone(), number, group, home: home.clone(), shell })
    }

    /// Finds a user by his name.
    #[cfg(feature = "crond")]
    pub(crate) fn find(name: &[u8]) -> Option<Self> {
        let text = system::file::read(b"/etc/passwd").ok()?;
        let mut lines = text.split(|byte| *byte == b'\n');
        let line = lines.find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(b":")))?;
        Self::new(&line.split(|byte| *byte == b':').map(<[u8]>::to_vec).collect::<Vec<_>>())
    }

    /// Gives the groups that he is in.
    pub(crate) fn groups(&self) -> Vec<u32> {
        let mut groups = Names::read().login_groups(self.number);
        if !groups.contains(&self.group) {
            groups.push(self.group);
        }
        groups
    }

    /// Takes the user's place for good: his groups, his group, himself.
    pub(super) fn become_him(&self) -> linux::Result<()> {
        setgroups(&self.groups())?;
        setresgid(self.group, self.group, self.group)?;
        setresuid(self.number, self.number, self.number)
    }

    /// Gives the variables of his shell.
    pub(super) fn variables<'a>(&self, io: &Io<'a>, how: Environment) -> Vec<Vec<u8>> {
        let mut variables: Vec<Vec<u8>> = Vec::new();
        let names: &[&[u8]] = &[b"HOME=", b"SHELL=", b"USER=", b"LOGNAME="];
        let is_meant = |entry: &&'a [u8]| match how {
            Environment::Same => true,
            Environment::Changed => !names.iter().any(|name| entry.starts_with(name)),
            Environment::Fresh => entry.starts_with(b"TERM="),
        };
        variables.extend(io.environment.iter().copied().filter(is_meant).map(<[u8]>::to_vec));
        if how != Environment::Same {
            for (name, value) in names.iter().zip([&self.home, &self.shell, &self.name, &self.name]) {
                variables.push([name, value.as_slice()].concat());
            }
        }
        if how == Environment::Fresh {
            let folders: &[u8] = if self.number == 0 {
                b"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
            } else {
                b"PATH=/usr/local/bin:/usr/bin:/bin"
            };
            variables.push(folders.to_vec());
        }
        variables
    }
}

/// Becomes a shell, one that logs somebody in (its name begins with a dash then) or not; returns only if that fails.
pub(super) fn shell(
    io: &mut Io<'_>,
    shell: &[u8],
    words: &[&[u8]],
    is_login: bool,
    variables: &[Vec<u8>],
) -> Status {
    let name = shell.rsplit(|byte| *byte == b'/').next().unwrap_or(shell);
    let called = [if is_login { &b"-"[..] } else { b"" }, name].concat();
    let mut all = Vec::from([shell]);
    all.extend_from_slice(words);
    let variables: Vec<&[u8]> = variables.iter().map(Vec::as_slice).collect();
    launch::replace_as(io, &all, &called, &variables)
}

/// Tells the system's log of it (authpriv.notice); where there is none, nobody is told.
pub(super) fn record(io: &Io<'_>, parts: &[&[u8]]) {
    let mut message = [io.name.as_bytes(), b": "].concat();
    for part in parts {
        // What others have typed must not make a line of its own.
        query::text::printable(part, &mut message);
    }
    crate::system::logger::tell(85, &message);
}
