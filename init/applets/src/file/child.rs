//! Other commands as children, for `find -exec` and `xargs`: programs that PATH finds, else commands of this program.

use alloc::ffi::CString;

use io::process::{Child, Command, StartError, Stdio};
use linux::Errno;
use linux::fd::OwnedFd;
use linux::process::Ended;

use crate::{Io, Status};

/// What a child is given besides its words.
#[derive(Default)]
pub(super) struct Surroundings<'a> {
    /// The folder that it begins in.
    pub(super) folder: Option<&'a [u8]>,
    /// What it reads; None: what we do.
    pub(super) input: Option<OwnedFd>,
    /// Whether it reads nothing.
    pub(super) has_no_input: bool,
}

/// Starts a command.
pub(super) fn start(
    io: &mut Io<'_>,
    words: &[&[u8]],
    mut around: Surroundings<'_>,
) -> Result<Child, StartError> {
    // What it says comes behind what we have said.
    io.out.flush();
    let (name, arguments) = words.split_at(words.len().min(1));
    let name = name.first().copied().unwrap_or_default();
    let mut build = |program: &[u8]| {
        let mut command = Command::new(program);
        let variables = io.environment.iter().filter_map(|entry| CString::new(*entry).ok());
        command.called(name).arguments(arguments).environment(variables);
        if let Some(folder) = around.folder {
            command.folder(folder);
        }
        if let Some(input) = around.input.take() {
            command.stdin(input);
        } else if around.has_no_input {
            command.stdin(Stdio::Null);
        }
        command.start()
    };
    match build(name) {
        Err(error) if error.errno == Errno::NOENT && crate::find(name).is_some() => build(b"/proc/self/exe"),
        started => started,
    }
}

/// Runs a command to its end; gives its status as shells do, after saying why it could not be started.
pub(super) fn run(io: &mut Io<'_>, words: &[&[u8]], around: Surroundings<'_>) -> i32 {
    match start(io, words, around) {
        Ok(mut child) => child.wait().map_or(126, Ended::shell_status),
        Err(error) => refused(io, &error).into(),
    }
}

/// Says why a command could not be started; gives its status as shells do: 127 if there is none, else 126.
pub(super) fn refused(io: &mut Io<'_>, error: &StartError) -> u8 {
    io.complain(&error.program, &error.errno);
    if error.errno == Errno::NOENT { Status::NOT_FOUND.0 } else { Status::NOT_EXECUTABLE.0 }
}
