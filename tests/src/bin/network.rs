//! Runs the network worker as a process of the host: `network MEMORY [KERNEL COMMAND LINE WORD]...`. Tests start it inside
//! namespaces and kill it; in the machine process 1 forks it.

use std::process::ExitCode;

use linux::fd::AsFd as _;
use linux::fs::{self, Mode, OpenFlags};

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let path = words.next().unwrap_or_default();
    let line = words.collect::<Vec<_>>().join(" ");
    let settings = boot::Settings::parse(&line, |refused| eprintln!("network: {refused}"));
    match fs::open(path.as_str(), OpenFlags::READ_WRITE | OpenFlags::CLOSE_ON_EXEC, Mode::empty()) {
        Ok(memory) => {
            ExitCode::from(u8::try_from(boot::network::run(Some(memory.as_fd()), &settings)).unwrap_or(1))
        }
        Err(errno) => {
            eprintln!("network: {path}: {errno}");
            ExitCode::FAILURE
        }
    }
}
