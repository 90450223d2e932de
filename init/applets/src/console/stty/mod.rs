//! `stty` (POSIX, with the modes of GNU's): the settings of the terminal that standard input is.
//!
//! `stty` shows what is not as `sane` would make it, `-a` everything, `-g` what another call takes to bring it all back. A speed
//! that the kernel has no code for cannot be set.

mod modes;
mod show;
mod words;

use linux::fd::AsFd;
use linux::fs::{Mode, OpenFlags, open, set_status_flags, status_flags};
use linux::terminal::{SetWhen, set_settings, settings};

use crate::{Applet, Arguments, Flag, Io, Run, Status};
use alloc::vec::Vec;

pub(crate) const APPLET: Applet = Applet {
    name: "stty",
    summary: "Show or change the settings of a terminal",
    usage: "[-F DEVICE] [-a | -g]\n[-F DEVICE] SETTING...",
    // Settings begin with dashes: the words are sorted here.
    flags: flags![
        Flag::new(b'a', "all", "show all settings"),
        Flag::new(b'g', "save", "show them in a form that is a SETTING"),
        Flag::with(b'F', "file", "DEVICE", "of this terminal, not of standard input"),
        Flag::rows("output_speed:n input_speed:n rows:n columns:n characters:o modes:o"),
    ],
    run: Run::Words(run),
};

/// What is to be shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Changed,
    All,
    Saved,
    Json,
}

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let (mut form, mut device, mut rest) = (None, None, Vec::new());
    let mut words = arguments.words.iter().copied();
    while let Some(word) = words.next() {
        match word {
            b"-a" | b"--all" => form = Some(Form::All),
            b"-g" | b"--save" => form = Some(Form::Saved),
            b"--json" => form = Some(Form::Json),
            b"-F" | b"--file" => match words.next() {
                Some(path) => device = Some(path),
                None => return io.misuse(word, "option needs a value"),
            },
            b"--help" => {
                crate::options::print_help(arguments.applet, &mut io.out);
                return Status::SUCCESS;
            }
            b"--" => {}
            _ => match word.strip_prefix(b"-F").or(word.strip_prefix(b"--file=")) {
                Some(path) => device = Some(path),
                None => rest.push(word),
            },
        }
    }
    if form.is_some() && !rest.is_empty() {
        return io
            .misuse(rest.first().copied().unwrap_or_default(), "a setting, where settings are to be shown");
    }
    let name = device.unwrap_or(b"standard input");
    let opened = match device {
        None => None,
        // A line without a carrier would have us wait.
        Some(path) => {
            match open(path, OpenFlags::READ | OpenFlags::NONBLOCK | OpenFlags::CLOSE_ON_EXEC, Mode::empty())
            {
                Ok(file) => {
                    let _ = status_flags(&file)
                        .and_then(|flags| set_status_flags(&file, flags.difference(OpenFlags::NONBLOCK)));
                    Some(file)
                }
                Err(errno) => return io.complain(path, &errno),
            }
        }
    };
    let Some(terminal) = opened.as_ref().map(AsFd::as_fd).or(io.input.descriptor()) else {
        return io.complain(name, &"no terminal");
    };
    let former = match settings(terminal) {
        Ok(former) => former,
        Err(errno) => return io.complain(name, &errno),
    };
    if rest.is_empty() {
        let size = linux::terminal::size(terminal).ok();
        show::show(io, form.unwrap_or(Form::Changed), &former, size);
        return Status::SUCCESS;
    }
    let mut wanted = former;
    match words::apply(io, terminal, &rest, &mut wanted) {
        Ok(false) => return Status::SUCCESS,
        Ok(true) => {}
        Err(status) => return status,
    }
    let done =
        linux::retry(|| set_settings(terminal, SetWhen::Drained, &wanted)).and_then(|()| settings(terminal));
    match done {
        Ok(now) if show::saved(&now) == show::saved(&wanted) => Status::SUCCESS,
        // The call succeeds where the terminal takes one of several settings.
        Ok(_) => io.complain(name, &"not all of that is possible"),
        Err(errno) => io.complain(name, &errno),
    }
}
