//! What this machine is called: its host's name, which stands in `/etc/hostname` (`hostname(5)`), and the name of this installation
//! (`machine-id(5)`): 32 hexadecimal digits that stay, in `/etc/machine-id`.
//!
//! Where there is none it is made by chance, once. On a root that cannot be written it holds for this start alone, below `/run`.

use alloc::vec::Vec;

use formats::etc::hostname;
use io::temporary::chance;
use linux::fs::{Mode, OpenFlags, open};
use linux::mount::{self, MountFlags};
use system::file::{self, Durability};

use super::is_there;
use crate::log::Log;

const FILE: &str = "/etc/machine-id";
const FOR_NOW: &str = "/run/machine-id";

/// Takes the host's name from its file, if there is one.
pub(super) fn name_host(log: Log) {
    let Ok(text) = file::read(b"/etc/hostname") else { return };
    if let Some(name) = hostname::parse(&text)
        && let Err(cause) = linux::system::sethostname(name)
    {
        log.error(format_args!("/etc/hostname: {cause}"));
    }
}

/// Makes the installation's name, if it has none.
pub(super) fn ensure(log: Log) {
    // An image for many machines has an empty file, for each to fill.
    if is_there(FILE) {
        return;
    }
    let text = fresh();
    if file::replace(FILE.as_bytes(), &text, Durability::Durable).is_ok() {
        return;
    }
    let placed = file::replace(FOR_NOW.as_bytes(), &text, Durability::Cache).and_then(|()| {
        let made =
            open(FILE, OpenFlags::READ | OpenFlags::CREATE | OpenFlags::CLOSE_ON_EXEC, Mode::octal(0o444));
        let bound = made.and_then(|_| mount::bind(FOR_NOW, FILE, MountFlags::empty()));
        bound.map_err(|errno| system::Error::new("show", FILE.as_bytes(), errno))
    });
    if let Err(error) = placed {
        log.error(format_args!("{error}"));
    }
}

/// Makes a name: a random UUID (RFC 9562, version 4) without its hyphens.
fn fresh() -> Vec<u8> {
    let mut bytes = [0; 16];
    chance(&mut bytes);
    let [_, _, _, _, _, _, version, _, variant, ..] = &mut bytes;
    *version = *version & 0x0f | 0x40;
    *variant = *variant & 0x3f | 0x80;
    let digit = |value: u8| char::from_digit(u32::from(value), 16).map_or(b'0', |digit| digit as u8);
    let mut text: Vec<u8> = bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
    text.push(b'\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_its_form() {
        let name = fresh();
        assert!(name.len() == 33 && name[..32].iter().all(u8::is_ascii_hexdigit));
        assert!(name[12] == b'4' && b"89ab".contains(&name[16]) && name[32] == b'\n');
        assert_ne!(name, fresh());
    }
}
