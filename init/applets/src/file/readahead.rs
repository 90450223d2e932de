//! `readahead` (BusyBox's).

use linux::fs;

use crate::source::open_file;
use crate::{Applet, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "readahead",
    summary: "Have the kernel read files into its cache",
    usage: "FILE...",
    flags: flags![],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let mut status = Status::SUCCESS;
    for name in &parsed.operands {
        let done = open_file(name).and_then(|file| {
            let size = fs::fstat(&file)?.size();
            fs::readahead(&file, 0, usize::try_from(size).unwrap_or(usize::MAX))
        });
        status = status.and(io.report(name, done));
    }
    Ok(status)
}
