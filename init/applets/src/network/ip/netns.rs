//! `ip netns`: network namespaces that have names, as iproute2 has them. Absent: `set`, `monitor` and `list-id`.

use alloc::boxed::Box;
use alloc::string::String;

use formats::netlink::Family;
use system::namespaces;
use system::netlink::Socket;

use super::printer::Printer;
use super::words::{Argument, Reason, Trouble, Words};
use super::{Extra, Settings};
use crate::process::{launch, number};
use crate::{Io, Status};

keywords! {
    /// What can be done with namespaces.
    enum Command, "no such command" {
        List: Nothing = "list* show* lst*",
        Help: Nothing = "help*",
        Add: Nothing = "add*",
        Delete: Nothing = "delete*",
        Identify: Nothing = "identify*",
        Processes: Nothing = "pids*",
        Execute: Nothing = "exec*",
        Attach: Nothing = "attach*",
    }
}

pub(super) fn run(io: &mut Io<'_>, words: &mut Words<'_>, settings: Settings) -> Result<(), Trouble> {
    let command = Command::next(words, &mut Argument::new(Family::UNSPECIFIED))?.unwrap_or(Command::List);
    match command {
        Command::Help => Err(Trouble::help()),
        Command::List => list(io, settings),
        Command::Execute => execute(io, words, settings),
        Command::Delete if settings.extra == Some(Extra::All) => {
            for name in namespaces::names()? {
                namespaces::delete(&name)?;
            }
            Ok(())
        }
        Command::Identify => {
            let process = if words.is_empty() { own() } else { process(words)? };
            for name in namespaces::names_of(process)? {
                io.out.printable(&name);
                io.out.put(b"\n");
            }
            Ok(())
        }
        Command::Add => Ok(namespaces::add(name(words)?)?),
        Command::Attach => Ok(namespaces::attach(name(words)?, process(words)?)?),
        Command::Delete => Ok(namespaces::delete(name(words)?)?),
        Command::Processes => {
            for process in namespaces::processes(name(words)?)? {
                io.out.number(process.into());
                io.out.put(b"\n");
            }
            Ok(())
        }
    }
}

fn own() -> u32 {
    linux::process::getpid().get().unsigned_abs()
}

/// Takes the number of a process.
fn process(words: &mut Words<'_>) -> Result<u32, Trouble> {
    let word = words.value("a process")?;
    if word == "self" {
        return Ok(own());
    }
    let process = number::process(word.as_bytes());
    process
        .map(|process| process.get().unsigned_abs())
        .ok_or_else(|| Trouble::word(word, "no number of a process"))
}

/// Takes a name, which is that of a file.
fn name<'a>(words: &mut Words<'a>) -> Result<&'a [u8], Trouble> {
    let word = words.next()?.ok_or_else(|| Trouble::word("netns", "no namespace is named"))?;
    if word.is_empty() || word.contains('/') || matches!(word, "." | "..") {
        return Err(Trouble::word(word, "not a name of a namespace"));
    }
    Ok(word.as_bytes())
}

/// Shows the names, with the numbers that this namespace has given to others.
fn list(io: &mut Io<'_>, settings: Settings) -> Result<(), Trouble> {
    let names = namespaces::names()?;
    let mut socket = Socket::open()?;
    let mut printer = Printer::new(&mut io.out, settings);
    for name in &names {
        // One that cannot be opened is a file, and no namespace yet.
        let number = namespaces::open(name).and_then(|space| namespaces::number(&mut socket, &space));
        printer.object();
        printer.word("name||", &String::from_utf8_lossy(name));
        if let Ok(Some(number)) = number {
            printer.number("id| (id: |)", number.into());
        }
        printer.end_line();
        printer.end_object();
    }
    printer.finish();
    Ok(())
}

/// Becomes a command in a namespace; with `-all` runs it in one after the other.
fn execute(io: &mut Io<'_>, words: &mut Words<'_>, settings: Settings) -> Result<(), Trouble> {
    let named = if settings.extra == Some(Extra::All) { None } else { Some(name(words)?) };
    let command = words.rest();
    if command.is_empty() {
        return Err(Trouble::word("exec", "no command is given"));
    }
    let told = |status| Err(Trouble(Box::new(Reason::Told(status))));
    if let Some(name) = named {
        namespaces::enter(name)?;
        return told(launch::replace(io, command, io.environment));
    }
    let mut status = Status::SUCCESS;
    for name in namespaces::names()? {
        io.out.put(b"\nnetns: ");
        io.out.printable(&name);
        io.out.put(b"\n");
        io.out.flush();
        io.err.flush();
        let child = linux::process::spawn(|| i32::from(inside(io, &name, command).0));
        let child = child.map_err(|errno| system::Error::new("start a command in", &name, errno))?;
        let ended = launch::wait(child).map_err(|errno| system::Error::new("wait for", &name, errno))?;
        status = status.and(launch::status(ended));
    }
    if status == Status::SUCCESS { Ok(()) } else { told(status) }
}

/// What the child does that `-all` has for each namespace.
fn inside(io: &mut Io<'_>, name: &[u8], command: &[&[u8]]) -> Status {
    match namespaces::enter(name) {
        Ok(()) => launch::replace(io, command, io.environment),
        Err(error) => io.complain(name, &error),
    }
}
