//! `passwd` (BusyBox's; `-e -S` are shadow's). New passwords are kept by SHA-512, whatever `-a` asks for but SHA-256. Who is not root
//! changes his own alone, and must know the old one; this takes a program that root owns and that is set to act for him.

use alloc::vec::Vec;

use bulk::crypt;
use io::temporary::chance;
use linux::process::getuid;
use query::{Date, Rows, Value};
use system::users::Names;

use super::accounts::{Accounts, ROOT, today};
use super::password::{self, Secret, ask};
use crate::{Applet, Failure, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "passwd",
    summary: "Change a user's password",
    usage: "[OPTION]... [USER]",
    flags: flags![
        Flag::with(b'a', "algorithm", "NAME", "keep it by sha512 (usual) or sha256"),
        Flag::new(b'd', "delete", "let him in without"),
        Flag::new(b'l', "lock", "let none fit"),
        Flag::new(b'u', "unlock", "let the one of before fit again"),
        Flag::new(b'e', "expire", "have him change it when he logs in next"),
        Flag::new(b'S', "status", "show what is kept of it: P it has one, NP none, L it is locked"),
        Flag::new(b'q', "quiet", "say nothing of what was done"),
        ROOT,
        Flag::rows("user state changed:s? minimum_days:n maximum_days:n warning_days:n inactive_days:n"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let own = Names::read().user_name(getuid()).map(<[u8]>::to_vec).unwrap_or_default();
    let name = match *parsed.operands.as_slice() {
        [] => own.as_slice(),
        [name] => name,
        _ => return Ok(parsed.usage(io)),
    };
    match parsed.value(b'a') {
        None | Some(b"sha512" | b"sha256" | b"sha-512" | b"sha-256") => {}
        Some(word) => return Ok(io.misuse(word, "is not sha512 or sha256")),
    }
    let action = parsed.last_of(b"dlueS");
    let is_root = getuid() == 0;
    if !is_root && (name != own || !matches!(action, None | Some(b'S')) || parsed.has(b'R')) {
        return Ok(io.complain(name, &linux::Errno::PERM));
    }
    if action == Some(b'S') || parsed.has(JSON) {
        return show(io, parsed, name);
    }
    let accounts = Accounts::locked(io, parsed)?;
    accounts.entry(io, "passwd", name)?;
    let kept = password::kept(io, &accounts, name)?.unwrap_or_default();
    let new = match action {
        Some(b'd') => Vec::new(),
        Some(b'l') if kept.starts_with(b"!") => kept,
        Some(b'l') => [b"!", kept.as_slice()].concat(),
        Some(b'u') => match kept.strip_prefix(b"!") {
            Some(b"") => return Ok(io.complain(name, &"would have no password")),
            Some(before) => before.to_vec(),
            None => kept,
        },
        Some(_) => {
            set(io, &accounts, name, None, Some(b"0"))?;
            return Ok(say(io, parsed, name));
        }
        None => {
            if !is_root && !kept.is_empty() {
                let old = ask(io, b"Old password: ");
                if !old.is_some_and(|old| password::is_right(Some(&kept), &old)) {
                    return Ok(io.complain(name, &"that is not the password"));
                }
            }
            let method =
                if parsed.value(b'a').is_some_and(|word| word.ends_with(b"256")) { b'5' } else { b'6' };
            let status = ask_and_keep(io, &accounts, name, method)?;
            return Ok(if status == Status::SUCCESS { say(io, parsed, name) } else { status });
        }
    };
    set(io, &accounts, name, Some(&new), Some(&today()))?;
    Ok(say(io, parsed, name))
}

fn say(io: &mut Io<'_>, parsed: &Parsed<'_>, name: &[u8]) -> Status {
    if !parsed.has(b'q') {
        io.out.put(b"passwd: password for ");
        io.out.printable(name);
        io.out.put(b" changed\n");
    }
    Status::SUCCESS
}

/// Asks for a new password twice, and keeps it by SHA-512.
pub(super) fn ask_and_set(io: &mut Io<'_>, accounts: &Accounts, name: &[u8]) -> Outcome {
    ask_and_keep(io, accounts, name, b'6')
}

fn ask_and_keep(io: &mut Io<'_>, accounts: &Accounts, name: &[u8], method: u8) -> Outcome {
    io.out.put(b"Changing password for ");
    io.out.printable(name);
    io.out.put(b"\n");
    let Some(new) = ask(io, b"New password: ") else { return Ok(Status::FAILURE) };
    if let Some(fault) = weakness(&new, name) {
        return Ok(io.complain(name, &fault));
    }
    let again = ask(io, b"Retype password: ");
    if again.is_none_or(|again| again.0 != new.0) {
        return Ok(io.complain(name, &"the passwords are not the same"));
    }
    let mut salt = [0; 16];
    chance(&mut salt);
    let mut setting = crypt::setting(salt);
    if let Some(letter) = setting.get_mut(1) {
        *letter = method;
    }
    let Some(kept) = crypt::crypt(&new.0, &setting) else { return Ok(Status::FAILURE) };
    set(io, accounts, name, Some(&kept), Some(&today()))?;
    Ok(Status::SUCCESS)
}

/// Says why a password is no good. Root may set what he wants, but for one that is none, for which there is `-d`.
fn weakness(new: &Secret, name: &[u8]) -> Option<&'static str> {
    let is_root = getuid() == 0;
    match new.0.len() {
        0 => Some("there is no password"),
        0..6 if !is_root => Some("the password is too short"),
        _ if !is_root && new.0.eq_ignore_ascii_case(name) => Some("the password is the name"),
        _ => None,
    }
}

/// Keeps a password, and the day of it, where the user's is.
fn set(
    io: &mut Io<'_>,
    accounts: &Accounts,
    name: &[u8],
    kept: Option<&[u8]>,
    day: Option<&[u8]>,
) -> Result<(), Failure> {
    for file in ["shadow", "passwd"] {
        let is_shadow = file == "shadow";
        let is_found = accounts.change(io, file, name, &mut |fields| {
            if let (Some(field), Some(kept)) = (fields.get_mut(1), kept) {
                *field = kept.to_vec();
            }
            if let (true, Some(field), Some(day)) = (is_shadow, fields.get_mut(2), day) {
                *field = day.to_vec();
            }
            true
        })?;
        if is_found {
            return Ok(());
        }
    }
    Err(io.complain(name, &"no such user").into())
}

fn show(io: &mut Io<'_>, parsed: &Parsed<'_>, name: &[u8]) -> Outcome {
    let accounts = Accounts::at(parsed.value(b'R').unwrap_or_default());
    accounts.entry(io, "passwd", name)?;
    let kept = password::kept(io, &accounts, name)?.unwrap_or_default();
    let state: &[u8] = match kept.first() {
        None => b"NP",
        Some(b'!' | b'*') => b"L",
        Some(_) => b"P",
    };
    let text = accounts.text(io, "shadow")?.unwrap_or_default();
    let fields = formats::etc::accounts::find(&text, name).unwrap_or_default();
    let number = |at: usize| {
        let digits: Option<&&[u8]> = fields.get(at);
        digits.and_then(|digits| query::text::parse_decimal(digits)).map(|number| number as i64)
    };
    let value = |at: usize| Value::Signed(number(at).unwrap_or(-1));
    let day = number(2).map_or(Value::Unknown, |day| {
        let mut text = Vec::new();
        Date::from_seconds(day.saturating_mul(86_400)).day_text(&mut text);
        Value::Text(text)
    });
    let row = [Value::text(name), Value::text(state), day, value(3), value(4), value(5), value(6)];
    if parsed.has(JSON) {
        let mut rows = Rows::named("user state changed minimum_days maximum_days warning_days inactive_days");
        rows.push(row);
        rows.json(&mut io.out);
        return Ok(Status::SUCCESS);
    }
    for (index, value) in row.iter().enumerate() {
        io.out.put(if index > 0 { b" " } else { b"" });
        value.show(&mut io.out);
    }
    io.out.put(b"\n");
    Ok(Status::SUCCESS)
}
