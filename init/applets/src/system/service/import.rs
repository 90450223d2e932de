//! Unit files of systemd as service files of ours.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use ::io::replace::{Durability, replace};
use services::import::{Conversion, convert};
use system::file;

use super::{OUTPUT, check};
use crate::{Io, Outcome, Parsed, Status};

/// Converts files to one text, or into a folder. What is not carried over is told, and then the status is not 0.
pub(super) fn run(io: &mut Io<'_>, parsed: &Parsed<'_>, paths: &[&[u8]]) -> Outcome {
    let (mut units, mut status) = (Vec::new(), Status::SUCCESS);
    for path in paths {
        let text = match file::read(path) {
            Ok(text) => text,
            Err(error) => {
                status = status.and(io.settle(Err(error.into())));
                continue;
            }
        };
        match String::from_utf8(text) {
            Ok(text) => units.push((String::from_utf8_lossy(path).into_owned(), text)),
            Err(_) => status = status.and(io.complain(path, &"this is no UTF-8")),
        }
    }
    let folder = parsed.value(OUTPUT);
    let known = folder.map(check::names).unwrap_or_default();
    let Conversion { services, problems, is_whole } = convert(&units, &known);
    for service in &services {
        if let Some(folder) = folder {
            let path = [folder, b"/", service.name.as_bytes(), ::services::file::SUFFIX.as_bytes()].concat();
            status = status.and(io.report(&path, replace(&path, service.text.as_bytes(), Durability::Cache)));
            continue;
        }
        if services.len() > 1 {
            io.out.put(format!("# {}.toml\n", service.name).as_bytes());
        }
        io.out.put(service.text.as_bytes());
    }
    check::tell(io, &problems);
    Ok(status.and(Status::from(is_whole)))
}
