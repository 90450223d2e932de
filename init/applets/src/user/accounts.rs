//! The files of users and groups below a root, each replaced as a whole, under the lock that other tools for them take, too.

use alloc::vec::Vec;
use core::time::Duration;

use formats::etc::accounts;
use io::replace::{Durability, replace};
use linux::Errno;
use linux::fd::OwnedFd;
use linux::fs::{Lock, Mode, OpenFlags, lock_range, open};

use crate::{Failure, Flag, Io, Outcome, Parsed, Status};

/// The option that all of these commands have.
pub(super) const ROOT: Flag = Flag::with(b'R', "root", "FOLDER", "the accounts in FOLDER/etc");

/// The last day that counts, for passwords that never grow old.
pub(super) const NEVER: &[u8] = b"99999";

/// The files of a root.
pub(super) struct Accounts {
    root: Vec<u8>,
    _lock: Option<OwnedFd>,
}

impl Accounts {
    /// Only to be read.
    pub(super) fn at(root: &[u8]) -> Self {
        Self { root: root.to_vec(), _lock: None }
    }

    /// To be changed: waits for others who do so, a while.
    pub(super) fn locked(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<Self, Failure> {
        const TRIES: u32 = 150;
        let mut accounts = Self::at(parsed.value(b'R').unwrap_or_default());
        let path = accounts.path(".pwd.lock");
        let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::CLOSE_ON_EXEC;
        let locked = open(path.as_slice(), flags, Mode::octal(0o600)).and_then(|file| {
            let mut tries = 0;
            loop {
                match lock_range(&file, 0..u64::MAX, Lock::Exclusive, false) {
                    Err(Errno::AGAIN | Errno::ACCES) if tries < TRIES => {
                        tries += 1;
                        linux::time::sleep(Duration::from_millis(100));
                    }
                    other => return other.map(|()| file),
                }
            }
        });
        accounts._lock = Some(locked.map_err(|errno| io.complain(&path, &errno))?);
        Ok(accounts)
    }

    /// Gives the path of a file of `/etc`; of that behind it where it is a symbolic link, which is to stay one.
    pub(super) fn path(&self, file: &str) -> Vec<u8> {
        system::file::behind(&self.root, &[b"/etc/", file.as_bytes()].concat())
    }

    /// Gives where a path from the root on is.
    pub(super) fn below(&self, path: &[u8]) -> Vec<u8> {
        [&self.root, path].concat()
    }

    /// Gives the text of a file; nothing if there is none.
    pub(super) fn text(&self, io: &mut Io<'_>, file: &str) -> Result<Option<Vec<u8>>, Failure> {
        let path = self.path(file);
        let mut bytes = Vec::new();
        match system::file::read_into(path.as_slice(), &mut bytes) {
            Ok(()) => Ok(Some(bytes)),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(io.complain(&path, &errno).into()),
        }
    }

    /// Puts a text in place of a file's.
    pub(super) fn write(&self, io: &mut Io<'_>, file: &str, text: &[u8]) -> Result<(), Failure> {
        let path = self.path(file);
        replace(&path, text, Durability::Durable).map_err(|errno| io.complain(&path, &errno).into())
    }

    /// Adds a line to a file; where there is no such file, only if it is one that every machine has.
    pub(super) fn add(&self, io: &mut Io<'_>, file: &str, fields: &[&[u8]]) -> Result<(), Failure> {
        let text = match self.text(io, file)? {
            None if file.ends_with("shadow") => return Ok(()),
            text => text.unwrap_or_default(),
        };
        self.write(io, file, &accounts::add(&text, fields))
    }

    /// Changes the line of a name; says whether there was one.
    pub(super) fn change(
        &self,
        io: &mut Io<'_>,
        file: &str,
        name: &[u8],
        change: &mut dyn FnMut(&mut Vec<Vec<u8>>) -> bool,
    ) -> Result<bool, Failure> {
        let text = self.text(io, file)?.unwrap_or_default();
        let Some(changed) = accounts::change(&text, name, change) else { return Ok(false) };
        if changed != text {
            self.write(io, file, &changed)?;
        }
        Ok(true)
    }

    /// Puts a user into a group, or takes him out of it.
    pub(super) fn set_member(
        &self,
        io: &mut Io<'_>,
        (user, group): (&[u8], &[u8]),
        is_in: bool,
    ) -> Result<(), Failure> {
        for file in ["group", "gshadow"] {
            let is_found = self.change(io, file, group, &mut |fields| {
                if let Some(members) = fields.get_mut(3) {
                    *members = accounts::with_member(members, user, is_in);
                }
                true
            })?;
            if !is_found && file == "group" {
                return Err(io.complain(group, &"no such group").into());
            }
        }
        Ok(())
    }

    /// Gives the fields of a user's or group's line; complains if there is none.
    pub(super) fn entry(&self, io: &mut Io<'_>, file: &str, name: &[u8]) -> Result<Vec<Vec<u8>>, Failure> {
        let text = self.text(io, file)?.unwrap_or_default();
        match accounts::find(&text, name) {
            Some(fields) => Ok(fields.into_iter().map(<[u8]>::to_vec).collect()),
            None => {
                let reason = if file == "group" { "no such group" } else { "no such user" };
                Err(io.complain(name, &reason).into())
            }
        }
    }

    /// Makes a group, with this number or the next free one; gives it.
    pub(super) fn add_group(
        &self,
        io: &mut Io<'_>,
        name: &[u8],
        wanted: Option<u32>,
        is_system: bool,
    ) -> Result<u32, Failure> {
        let text = self.text(io, "group")?.unwrap_or_default();
        check_name(io, &text, name, "group")?;
        let number = number(io, &[&text], wanted, is_system)?;
        let mut digits = Vec::new();
        query::text::decimal(number.into(), &mut digits);
        self.add(io, "group", &[name, b"x", &digits, b""])?;
        self.add(io, "gshadow", &[name, b"!", b"", b""])?;
        Ok(number)
    }
}

/// Complains of a name that cannot be given, or is.
pub(super) fn check_name(io: &mut Io<'_>, text: &[u8], name: &[u8], kind: &str) -> Result<(), Failure> {
    if !accounts::is_name(name) {
        return Err(io.complain(name, &"cannot be a name").into());
    }
    match accounts::find(text, name) {
        Some(_) => Err(io.complain(name, &format_args!("there is such a {kind}")).into()),
        None => Ok(()),
    }
}

/// Gives the number that is asked for, if it is free, else the lowest free one: from 1000 on, for services below.
pub(super) fn number(
    io: &mut Io<'_>,
    texts: &[&[u8]],
    wanted: Option<u32>,
    is_system: bool,
) -> Result<u32, Failure> {
    let range = match wanted {
        Some(number) => number..=number,
        None if is_system => 100..=999,
        None => 1000..=59999,
    };
    accounts::free_number(texts, range).ok_or_else(|| {
        let mut digits = Vec::new();
        wanted.inspect(|number| query::text::decimal((*number).into(), &mut digits));
        io.complain(&digits, &if wanted.is_some() { "is taken" } else { "no number is free" }).into()
    })
}

/// Takes a user out of a group: `delgroup` and `deluser` with two operands.
pub(super) fn take_out(io: &mut Io<'_>, parsed: &Parsed<'_>, user: &[u8], group: &[u8]) -> Outcome {
    let accounts = Accounts::locked(io, parsed)?;
    accounts.entry(io, "passwd", user)?;
    accounts.set_member(io, (user, group), false)?;
    Ok(Status::SUCCESS)
}

/// Reads the number that an option asks for.
pub(super) fn wanted(io: &mut Io<'_>, parsed: &Parsed<'_>, key: u8) -> Result<Option<u32>, Status> {
    let Some(word) = parsed.value(key) else { return Ok(None) };
    // The last one stands for none in calls of the kernel.
    let number = query::text::parse_decimal(word).and_then(|number| u32::try_from(number).ok());
    number.filter(|number| *number < u32::MAX).map(Some).ok_or_else(|| io.misuse(word, "not a number"))
}

/// Gives the day, counted from 1970, as the files of passwords have it.
pub(super) fn today() -> Vec<u8> {
    let mut digits = Vec::new();
    query::text::decimal((system::machine::now() / 86_400).unsigned_abs(), &mut digits);
    digits
}
