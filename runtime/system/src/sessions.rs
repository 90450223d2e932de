//! Who is logged in, from the record that logins keep (utmp); a machine without it has nobody to name.

use alloc::vec::Vec;

use formats::file::utmp;

/// A record: of a login, or of the boot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its process: the login's shell, or what stands before it.
    pub pid: u32,
    /// The user.
    pub user: Vec<u8>,
    /// The terminal, without `/dev/`.
    pub line: Vec<u8>,
    /// Where he comes from; empty if not from afar.
    pub host: Vec<u8>,
    /// Since when, in seconds since 1970.
    pub since: i64,
}

/// Where the record is.
pub const RECORD: &[u8] = b"/run/utmp";

/// The logins of a record, and when the machine was booted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sessions {
    /// The logins, in the order of the record.
    pub logins: Vec<Session>,
    /// The boot, if the record has it.
    pub boot: Option<Session>,
}

impl Sessions {
    /// Reads the machine's record; logins whose process is gone are left out, as a crash leaves some.
    pub fn now() -> Self {
        let mut sessions = Self::parse(&crate::file::read(RECORD).unwrap_or_default());
        sessions.logins.retain(|login| {
            let pid = linux::process::Pid::new(login.pid.cast_signed());
            pid.is_none_or(|pid| linux::process::kill(pid, None) != Err(linux::Errno::SRCH))
        });
        sessions
    }

    /// Takes a record apart.
    pub fn parse(bytes: &[u8]) -> Self {
        let mut sessions = Self::default();
        for record in utmp::parse(bytes) {
            let session = Session {
                pid: record.pid,
                user: record.user.to_vec(),
                line: record.line.to_vec(),
                host: record.host.to_vec(),
                since: record.time,
            };
            match record.kind {
                utmp::USER if !record.user.is_empty() => sessions.logins.push(session),
                utmp::BOOT => sessions.boot = Some(session),
                _ => {}
            }
        }
        sessions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_and_the_boot_are_told_apart() {
        let record = |kind: u16, user: &[u8]| {
            let mut bytes = alloc::vec![0; 384];
            bytes[..2].copy_from_slice(&kind.to_ne_bytes());
            bytes[44..44 + user.len()].copy_from_slice(user);
            bytes
        };
        let bytes = [record(2, b"reboot"), record(7, b"a"), record(8, b"gone"), record(7, b"")].concat();
        let sessions = Sessions::parse(&bytes);
        assert_eq!(sessions.logins.len(), 1);
        assert_eq!((&sessions.logins[0].user[..], sessions.boot.is_some()), (&b"a"[..], true));
        assert_eq!(Sessions::parse(b""), Sessions::default());
    }
}
