//! Terminals: settings, size, and who is in front.

use crate::child::{check, in_child, ok};
use linux::Errno;
use linux::fs::{Mode, OpenFlags, open, read, write};
use linux::process::{getpid, setsid};
use linux::terminal::{
    SetWhen, Size, bits, foreground_group, is_terminal, leave_controlling, open_peer, readable_bytes,
    set_controlling, set_foreground_group, set_settings, set_size, settings, size, unlock_peer,
};

const FLAGS: OpenFlags =
    OpenFlags::READ_WRITE.union(OpenFlags::NO_CONTROLLING_TERMINAL).union(OpenFlags::CLOSE_ON_EXEC);

fn pair() -> linux::Result<(linux::fd::OwnedFd, linux::fd::OwnedFd)> {
    let master = open("/dev/ptmx", FLAGS, Mode::empty())?;
    unlock_peer(&master)?;
    let peer = open_peer(&master, FLAGS)?;
    Ok((master, peer))
}

#[test]
fn a_raw_terminal_passes_bytes_unchanged() {
    let (master, terminal) = pair().unwrap();
    assert!(is_terminal(&terminal));
    let known = settings(&terminal).unwrap();
    assert!(known.local() & bits::ICANON != 0);
    set_settings(&terminal, SetWhen::Flushed, &known.raw()).unwrap();
    assert_eq!(settings(&terminal).unwrap().local() & (bits::ICANON | bits::ECHO | bits::ISIG), 0);
    write(&master, b"a\r\x03\n").unwrap();
    let mut buffer = [0; 8];
    assert_eq!(linux::fs::read_full(&terminal, &mut buffer[..4]), Ok(4));
    assert_eq!(&buffer[..4], b"a\r\x03\n");
    write(&terminal, b"b\n").unwrap();
    assert_eq!(read(&master, &mut buffer), Ok(2));
    assert_eq!(&buffer[..2], b"b\n");
}

#[test]
fn a_sane_terminal_edits_and_echoes() {
    let (master, terminal) = pair().unwrap();
    let raw = settings(&terminal).unwrap().raw();
    set_settings(&terminal, SetWhen::Now, &raw).unwrap();
    set_settings(&terminal, SetWhen::Drained, &raw.sane()).unwrap();
    write(&master, b"ax\x7fb\r").unwrap();
    let mut buffer = [0; 16];
    assert_eq!(read(&terminal, &mut buffer), Ok(3));
    assert_eq!(&buffer[..3], b"ab\n");
    assert_eq!(readable_bytes(&terminal), Ok(0));
    write(&terminal, b"\n").unwrap();
    let count = read(&master, &mut buffer).unwrap();
    assert!(buffer[..count].starts_with(b"ax"), "{}", buffer[..count].escape_ascii());
    assert!(buffer[..count].ends_with(b"\r\n"), "{}", buffer[..count].escape_ascii());
}

#[test]
fn a_size_is_set() {
    let (master, terminal) = pair().unwrap();
    assert_eq!(size(&terminal), Ok(Size { rows: 0, columns: 0 }));
    set_size(&master, Size { rows: 24, columns: 80 }).unwrap();
    assert_eq!(size(&terminal), Ok(Size { rows: 24, columns: 80 }));
    let null = open("/dev/null", FLAGS, Mode::empty()).unwrap();
    assert!(!is_terminal(&null));
    assert_eq!(size(&null), Err(Errno::NOTTY));
    assert_eq!(settings(&null).map(drop), Err(Errno::NOTTY));
}

#[test]
fn a_session_takes_its_terminal() {
    in_child(|| {
        let (_master, terminal) = ok!(pair());
        check!(set_controlling(&terminal, false) == Err(Errno::PERM));
        let session = ok!(setsid());
        check!(foreground_group(&terminal) == Err(Errno::NOTTY));
        ok!(set_controlling(&terminal, false));
        check!(foreground_group(&terminal) == Ok(Some(session)));
        ok!(set_foreground_group(&terminal, getpid()));
        check!(open("/dev/tty", FLAGS, Mode::empty()).is_ok());
        ok!(linux::signal::ignore(linux::signal::Signal::HUP));
        ok!(leave_controlling(&terminal));
        check!(open("/dev/tty", FLAGS, Mode::empty()).is_err_and(|errno| errno == Errno::NXIO));
        Ok(())
    });
}
