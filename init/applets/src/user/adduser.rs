//! `adduser` (BusyBox's, with Debian's long options). Without `-D` the password is asked for behind; what is in `/etc/skel` comes into
//! a new folder.

use alloc::vec::Vec;

use formats::etc::accounts::{find, is_field};
use linux::Errno;
use linux::fs::{self, Mode};
use query::text::decimal;

use super::accounts::{Accounts, NEVER, ROOT, check_name, number, today, wanted};
use super::passwd;
use crate::{Applet, Failure, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "adduser",
    summary: "Make a user, or put USER into GROUP",
    usage: "[OPTION]... USER [GROUP]",
    flags: flags![
        Flag::with(b'h', "home", "FOLDER", "his folder (/home/USER)"),
        Flag::with(b'g', "gecos", "TEXT", "his full name and more"),
        Flag::with(b'g', "comment", "TEXT", ""),
        Flag::with(b's', "shell", "FILE", "his shell (/bin/sh)"),
        Flag::with(b'G', "ingroup", "GROUP", "his group, not a new one of his name"),
        Flag::with(b'u', "uid", "NUMBER", "his number"),
        Flag::with(b'k', "skel", "FOLDER", "what comes into his folder (/etc/skel)"),
        Flag::new(b'S', "system", "a user for a service, in group nogroup"),
        Flag::new(b'D', "disabled-password", "ask for no password; he cannot log in by one"),
        Flag::new(b'D', "disabled-login", ""),
        Flag::new(b'H', "no-create-home", "make no folder"),
        Flag::new(GROUP, "group", "with -S: a new group of his name"),
        Flag::new(QUIET, "quiet", ""),
        ROOT,
    ],
    run: Run::Parsed(run),
};

keys! { 128; GROUP QUIET }

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let wanted = wanted(io, parsed, b'u')?;
    match *parsed.operands.as_slice() {
        [user] => make(io, parsed, user, wanted),
        [user, group] => {
            let accounts = Accounts::locked(io, parsed)?;
            accounts.entry(io, "passwd", user)?;
            accounts.set_member(io, (user, group), true)?;
            Ok(Status::SUCCESS)
        }
        _ => Ok(parsed.usage(io)),
    }
}

fn make(io: &mut Io<'_>, parsed: &Parsed<'_>, name: &[u8], wanted: Option<u32>) -> Outcome {
    let is_system = parsed.has(b'S');
    let own_home = [b"/home/", name].concat();
    let home = parsed.value(b'h').unwrap_or(&own_home);
    let gecos = parsed.value(b'g').unwrap_or(if is_system { b"" } else { b"Linux User,,," });
    let shell = parsed.value(b's').unwrap_or(if is_system { b"/bin/false" } else { b"/bin/sh" });
    for field in [home, gecos, shell] {
        if !is_field(field) {
            return Ok(io.misuse(field, "has a character that parts fields"));
        }
    }
    let accounts = Accounts::locked(io, parsed)?;
    let users = accounts.text(io, "passwd")?.unwrap_or_default();
    check_name(io, &users, name, "user")?;
    let groups = accounts.text(io, "group")?.unwrap_or_default();
    let has_own_group = parsed.value(b'G').is_none() && (!is_system || parsed.has(GROUP));
    // A user and his own group have one number.
    let taken: &[&[u8]] = if has_own_group { &[&users, &groups] } else { &[&users] };
    let user = number(io, taken, wanted, is_system)?;
    let group = if has_own_group && find(&groups, name).is_none() {
        accounts.add_group(io, name, Some(user), is_system)?
    } else {
        let group = if has_own_group { name } else { parsed.value(b'G').unwrap_or(b"nogroup") };
        let fields = accounts.entry(io, "group", group)?;
        let number = fields.get(2).and_then(|number| query::text::parse_decimal(number));
        let number = number.and_then(|number| u32::try_from(number).ok());
        number.ok_or_else(|| io.complain(group, &"has no number"))?
    };
    let digits = [user, group].map(|number| {
        let mut digits = Vec::new();
        decimal(number.into(), &mut digits);
        digits
    });
    let [user_digits, group_digits] = &digits;
    let has_shadow = fs::stat(accounts.path("shadow").as_slice()).is_ok();
    let password: &[u8] = if has_shadow { b"x" } else { b"!" };
    accounts.add(io, "passwd", &[name, password, user_digits, group_digits, gecos, home, shell])?;
    accounts.add(io, "shadow", &[name, b"!", &today(), b"0", NEVER, b"7", b"", b"", b""])?;
    let mut status = Status::SUCCESS;
    if !parsed.has(b'H') {
        let skeleton = parsed.value(b'k').unwrap_or(b"/etc/skel");
        status = make_home(io, &accounts.below(home), &accounts.below(skeleton), (user, group))?;
    }
    if parsed.has(b'D') || is_system {
        return Ok(status);
    }
    Ok(status.and(passwd::ask_and_set(io, &accounts, name)?))
}

/// Makes a folder, with what is in another one, and gives it away; one that is there stays as it is.
fn make_home(
    io: &mut Io<'_>,
    home: &[u8],
    skeleton: &[u8],
    (user, group): (u32, u32),
) -> Result<Status, Failure> {
    match fs::mkdir(home, Mode::octal(0o755)) {
        Ok(()) => {}
        Err(Errno::EXIST) => return Ok(Status::SUCCESS),
        Err(errno) => return Ok(io.complain(home, &errno)),
    }
    let mut status = Status::SUCCESS;
    if fs::stat(skeleton).is_ok()
        && let Some(copy) = crate::find(b"cp")
    {
        let all = [skeleton, b"/."].concat();
        status = crate::run(copy, io, &[b"-a", b"--", &all, home]);
    }
    if let Some(give) = crate::find(b"chown") {
        let mut owner = Vec::new();
        decimal(user.into(), &mut owner);
        owner.push(b':');
        decimal(group.into(), &mut owner);
        status = status.and(crate::run(give, io, &[b"-R", b"-h", &owner, b"--", home]));
    }
    Ok(status)
}
