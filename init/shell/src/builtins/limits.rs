//! `ulimit`, `umask`, `times`.

use alloc::format;
use alloc::string::String;
use core::time::Duration;

use linux::fs::Mode;
use linux::process::Resource;

use crate::run::{Run, Shell};
use crate::syntax::Bytes;
use crate::text;

/// A limit: its letter, its name, the kernel's number, the unit it is counted in.
type Row = (u8, &'static str, Resource, u64);

const ROWS: [Row; 16] = [
    (b'c', "core file size (blocks)", Resource(4), 512),
    (b'd', "data segment size (KiB)", Resource(2), 1024),
    (b'e', "scheduling priority", Resource(13), 1),
    (b'f', "file size (blocks)", Resource(1), 512),
    (b'i', "pending signals", Resource(11), 1),
    (b'l', "locked memory (KiB)", Resource(8), 1024),
    (b'm', "resident memory (KiB)", Resource(5), 1024),
    (b'n', "open files", Resource(7), 1),
    (b'p', "processes", Resource(6), 1),
    (b'q', "message queues (bytes)", Resource(12), 1),
    (b'r', "real-time priority", Resource(14), 1),
    (b'R', "real-time at a stretch (us)", Resource(15), 1),
    (b's', "stack size (KiB)", Resource(3), 1024),
    (b't', "processor time (seconds)", Resource(0), 1),
    (b'v', "address space (KiB)", Resource(9), 1024),
    (b'w', "locks of files", Resource(10), 1),
];

pub(super) fn ulimit(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let letters = match shell.letters(words, b"HSaRcdefilmnpqrstuvw", b"") {
        Ok(letters) => letters,
        Err(status) => return Ok(status),
    };
    let (hard, soft) = (letters.has(b'H'), letters.has(b'S'));
    if letters.has(b'a') {
        for row in &ROWS {
            let value = shown(shell, row, hard);
            shell.put(format!("{:<28} (-{}) {value}\n", row.1, char::from(row.0)).as_bytes());
        }
        return Ok(0);
    }
    // Processes are `-p` to ash, and `-u` to bash.
    let letter = |letter: u8| if letter == b'u' { b'p' } else { letter };
    let chosen =
        letters.found.iter().rev().find_map(|(found, _)| ROWS.iter().find(|row| row.0 == letter(*found)));
    let default = ROWS.iter().find(|row| row.0 == b'f');
    let Some(row) = chosen.or(default) else { return Ok(1) };
    let Some(word) = letters.rest.first() else {
        let value = shown(shell, row, hard && !soft);
        shell.put(format!("{value}\n").as_bytes());
        return Ok(0);
    };
    let value = match &**word {
        b"unlimited" => None,
        digits => match text::decimal(digits).and_then(|value| u64::try_from(value).ok()) {
            Some(value) => Some(value.saturating_mul(row.3)),
            None => return Ok(shell.misuse(words, word, "is no limit")),
        },
    };
    let set = shell.system.limit(row.2).and_then(|mut limit| {
        if hard || !soft {
            limit.hard = value;
        }
        if soft || !hard {
            limit.soft = value;
        }
        shell.system.set_limit(row.2, limit)
    });
    match set {
        Ok(()) => Ok(0),
        Err(errno) => {
            shell.complain(b"ulimit", &errno);
            Ok(1)
        }
    }
}

fn shown(shell: &Shell<'_>, row: &Row, hard: bool) -> String {
    match shell.system.limit(row.2) {
        Ok(limit) => match if hard { limit.hard } else { limit.soft } {
            Some(value) => format!("{}", value / row.3),
            None => "unlimited".into(),
        },
        Err(errno) => format!("{errno}"),
    }
}

pub(super) fn umask(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let letters = match shell.letters(words, b"S", b"") {
        Ok(letters) => letters,
        Err(status) => return Ok(status),
    };
    let current = shell.system.set_mask(Mode::octal(0o077));
    shell.system.set_mask(current);
    let bits = current.bits();
    let Some(word) = letters.rest.first() else {
        let line = if letters.has(b'S') {
            let allowed = |shift: u32| {
                let bits = !bits >> shift;
                let letters = [(4, 'r'), (2, 'w'), (1, 'x')];
                letters
                    .iter()
                    .filter(|(bit, _)| bits & bit != 0)
                    .map(|(_, letter)| letter)
                    .collect::<String>()
            };
            format!("u={},g={},o={}\n", allowed(6), allowed(3), allowed(0))
        } else {
            format!("{bits:04o}\n")
        };
        shell.put(line.as_bytes());
        return Ok(0);
    };
    let is_octal = !word.is_empty() && word.iter().all(|byte| (b'0'..=b'7').contains(byte));
    let mask = if is_octal {
        let (value, digits) = ::text::escape::number(word, 8, 5);
        (digits == word.len() && value <= 0o777).then_some(value)
    } else {
        symbolic(word, !bits & 0o777).map(|allowed| !allowed & 0o777)
    };
    match mask {
        Some(mask) => {
            shell.system.set_mask(Mode::octal(mask));
            Ok(0)
        }
        None => Ok(shell.misuse(words, word, "is no mask")),
    }
}

/// Reads `u=rwx,g+w,o-x`; gives the permissions that are left.
fn symbolic(word: &[u8], mut allowed: u32) -> Option<u32> {
    for clause in word.split(|byte| *byte == b',') {
        let place = clause.iter().position(|byte| matches!(byte, b'+' | b'-' | b'='))?;
        let (who, mut rest) = clause.split_at(place);
        let mut mask = 0;
        for letter in who {
            mask |= match letter {
                b'u' => 0o700,
                b'g' => 0o070,
                b'o' => 0o007,
                b'a' => 0o777,
                _ => return None,
            };
        }
        if who.is_empty() {
            mask = 0o777;
        }
        while let Some((operator, after)) = rest.split_first() {
            let length =
                after.iter().position(|byte| matches!(byte, b'+' | b'-' | b'=')).unwrap_or(after.len());
            let (letters, next) = after.split_at(length);
            let mut bits = 0;
            for letter in letters {
                bits |= match letter {
                    b'r' => 0o444,
                    b'w' => 0o222,
                    b'x' => 0o111,
                    b'X' => allowed & 0o111,
                    b's' => 0,
                    b'u' => (allowed >> 6 & 7) * 0o111,
                    b'g' => (allowed >> 3 & 7) * 0o111,
                    b'o' => (allowed & 7) * 0o111,
                    _ => return None,
                };
            }
            allowed = match operator {
                b'+' => allowed | bits & mask,
                b'-' => allowed & !(bits & mask),
                _ => allowed & !mask | bits & mask,
            };
            rest = next;
        }
    }
    Some(allowed)
}

pub(super) fn times(shell: &mut Shell<'_>, _: &[Bytes]) -> Run {
    let times = shell.system.times();
    let show = |time: Duration| {
        format!("{}m{}.{:02}s", time.as_secs() / 60, time.as_secs() % 60, time.subsec_millis() / 10)
    };
    let lines = format!(
        "{} {}\n{} {}\n",
        show(times.user),
        show(times.system),
        show(times.children_user),
        show(times.children_system)
    );
    shell.put(lines.as_bytes());
    Ok(0)
}
