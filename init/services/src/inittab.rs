//! `/etc/inittab` as BusyBox reads it: `TERMINAL:RUNLEVELS:ACTION:PROCESS` a line, of which each becomes a service.
//!
//! `sysinit` lines run one after the other, then those of `wait`, then those of `once`, `respawn` and `askfirst` together;
//! `ctrlaltdel` runs on those keys, `shutdown` at the end. Run levels mean nothing, as in BusyBox. A process that begins with
//! `-` is started as a login is. One with letters that a shell must read is given to `/bin/sh -c`.
//!
//! A `restart` line names the program that process 1 becomes on QUIT. It becomes its own file anew, and services run on; a line that
//! names another program is refused.
//!
//! A service is called by the name of its program and its terminal, `getty@tty1`; further ones of that name get a number. So a line that
//! comes or goes makes no others of those behind it.

use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

use crate::{Kind, Mode, Problem, Restart, Service, Start, is_name, nearest};

/// What a shell must read, as in BusyBox.
const SHELL: &str = "~`!$^&*()=|\\{}[];\"'<>?";

/// The terminal of lines that name none.
const CONSOLE: &str = "/dev/console";

/// When the process of a line runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// First, one after the other.
    Sysinit,
    /// Then, one after the other.
    Wait,
    /// Then, together.
    Once,
    /// So, again and again.
    Respawn,
    /// So, when someone presses Enter.
    Ask,
    /// On ctrl-alt-del.
    Keys,
    /// At the end.
    Shutdown,
}

/// The actions of lines.
const ACTIONS: &[(&str, Phase)] = &[
    ("sysinit", Phase::Sysinit),
    ("wait", Phase::Wait),
    ("once", Phase::Once),
    ("respawn", Phase::Respawn),
    ("askfirst", Phase::Ask),
    ("ctrlaltdel", Phase::Keys),
    ("shutdown", Phase::Shutdown),
];

/// The action that is process 1's own.
const RESTART: &str = "restart";

/// Reads the lines; gives the services of those that are right, and what is wrong with the others.
pub fn parse(path: &str, text: &str) -> (Vec<Service>, Vec<Problem>) {
    let mut entries: Vec<(Phase, Service)> = Vec::new();
    let mut problems = Vec::new();
    for (at, line) in text.lines().map(str::trim).enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match entry(line) {
            Ok(Some((phase, mut service))) => {
                let is_taken = |name: &str| entries.iter().any(|entry| entry.1.name == name);
                let further = (2..).map(|number| format!("{}-{number}", service.name));
                let mut names = core::iter::once(service.name.clone()).chain(further);
                let name = names.find(|name| !is_taken(name));
                service.name = name.unwrap_or_default();
                entries.push((phase, service));
            }
            Ok(None) => {}
            Err(message) => problems.push(Problem { file: path.into(), line: at + 1, message }),
        }
    }
    // Whom the next line waits for.
    let mut before: Option<String> = None;
    for phase in [Phase::Sysinit, Phase::Wait] {
        for (_, service) in entries.iter_mut().filter(|entry| entry.0 == phase) {
            service.after.extend(before.replace(service.name.clone()));
        }
    }
    let late = |phase: Phase| matches!(phase, Phase::Once | Phase::Respawn | Phase::Ask);
    for (_, service) in entries.iter_mut().filter(|entry| late(entry.0)) {
        service.after.extend(before.clone());
    }
    (entries.into_iter().map(|entry| entry.1).collect(), problems)
}

/// Reads a line; none is a service of which there is nothing to do.
fn entry(line: &str) -> Result<Option<(Phase, Service)>, String> {
    let mut fields = line.splitn(4, ':');
    let (Some(terminal), Some(_), Some(action), Some(process)) =
        (fields.next(), fields.next(), fields.next(), fields.next())
    else {
        return Err("expected TERMINAL:RUNLEVELS:ACTION:PROCESS".into());
    };
    let process = process.trim();
    if process.is_empty() || process.contains('\0') {
        return Err("expected a process behind the action".into());
    }
    if action == RESTART {
        return match program(process) {
            "init" => Ok(None),
            _ => Err("`restart` takes /sbin/init alone: process 1 becomes no other program".into()),
        };
    }
    let Some((_, phase)) = ACTIONS.iter().find(|(name, _)| *name == action) else {
        let near = nearest(action, ACTIONS.iter().map(|action| action.0).chain([RESTART]));
        return Err(format!("there is no action `{action}`{near}"));
    };
    let (is_daemon, start) = match phase {
        Phase::Sysinit | Phase::Wait | Phase::Once => (false, Start::Boot),
        Phase::Respawn | Phase::Ask => (true, Start::Boot),
        Phase::Keys => (false, Start::Keys),
        Phase::Shutdown => (false, Start::Shutdown),
    };
    let terminal = terminal.strip_prefix("/dev/").unwrap_or(terminal);
    let service = Service {
        description: process.into(),
        kind: if is_daemon { Kind::Daemon } else { Kind::Oneshot },
        start,
        command: command(process),
        terminal: if terminal.is_empty() { CONSOLE.into() } else { format!("/dev/{terminal}") },
        mode: if *phase == Phase::Ask { Mode::Ask } else { Mode::Plain },
        restart: Some(if is_daemon { Restart::Always } else { Restart::Never }),
        // BusyBox starts them again for ever.
        attempts: 0,
        ..Service::new(&name(process, terminal))
    };
    Ok(Some((*phase, service)))
}

/// Gives the name of the program of a process.
fn program(process: &str) -> &str {
    let word = process.split_ascii_whitespace().next().unwrap_or_default();
    let path = word.strip_prefix('-').unwrap_or(word);
    path.rsplit('/').next().unwrap_or(path)
}

/// Gives the name of a line's service.
fn name(process: &str, terminal: &str) -> String {
    let program = program(process);
    let program = if is_name(program) { program } else { "inittab" };
    let name = if terminal.is_empty() { program.into() } else { format!("{program}@{terminal}") };
    if is_name(&name) { name } else { program.into() }
}

fn command(process: &str) -> Vec<String> {
    if !process.contains(|letter| SHELL.contains(letter)) {
        return process.split_ascii_whitespace().map(String::from).collect();
    }
    let (shell, line) = match process.strip_prefix('-') {
        Some(line) => ("-/bin/sh", line),
        None => ("/bin/sh", process),
    };
    vec![shell.into(), "-c".into(), format!("exec {line}")]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Graph;

    const SAMPLE: &str = "\
# A comment.
::respawn:/sbin/getty 38400 tty1
::sysinit:/etc/init.d/rcS
::sysinit:/bin/mount -a
tty2::askfirst:-/bin/sh
ttyS0:2345:once:echo \"$HOME\" > /tmp/x
::wait:/bin/true
::ctrlaltdel:/sbin/reboot
::shutdown:/bin/umount -a -r
";

    #[test]
    fn every_action_is_a_service() {
        let (services, problems) = parse("/etc/inittab", SAMPLE);
        assert!(problems.is_empty());
        const NAMES: [&str; 8] =
            ["getty", "rcS", "mount", "sh@tty2", "echo@ttyS0", "true", "reboot", "umount"];
        let find = |line: usize| services.iter().find(|one| one.name == NAMES[line - 2]).unwrap();
        assert_eq!(find(2).command, ["/sbin/getty", "38400", "tty1"]);
        assert_eq!((find(2).kind, find(2).restart), (Kind::Daemon, Some(Restart::Always)));
        assert_eq!((find(3).kind, find(3).after.len()), (Kind::Oneshot, 0));
        assert_eq!(find(4).after, ["rcS"]);
        assert_eq!((find(5).mode, find(5).terminal.as_str()), (Mode::Ask, "/dev/tty2"));
        assert_eq!(find(5).command, ["-/bin/sh"]);
        assert_eq!(find(6).command, ["/bin/sh", "-c", "exec echo \"$HOME\" > /tmp/x"]);
        assert_eq!(find(7).after, ["mount"]);
        for late in [2, 5, 6] {
            assert_eq!(find(late).after, ["true"]);
        }
        assert_eq!((find(8).start, find(9).start), (Start::Keys, Start::Shutdown));
        assert!(Graph::new(&services).is_ok());
    }

    #[test]
    fn services_of_one_program_have_numbers() {
        let (services, problems) = parse(
            "inittab",
            "::once:true 1\n::once:/bin/true 2\n::once:-true\n::once:[ -e x ] && y\n::restart:/sbin/init\n",
        );
        assert!(problems.is_empty());
        let names: Vec<&str> = services.iter().map(|service| service.name.as_str()).collect();
        assert_eq!(names, ["true", "true-2", "true-3", "inittab"]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let (services, problems) =
            parse("inittab", "::respwan:x\n::restart:/bin/systemd\nx\n::once:\n::once:true\n");
        let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(services.len(), 1);
        assert_eq!(
            said,
            [
                "inittab:1: there is no action `respwan`; the nearest is `respawn`",
                "inittab:2: `restart` takes /sbin/init alone: process 1 becomes no other program",
                "inittab:3: expected TERMINAL:RUNLEVELS:ACTION:PROCESS",
                "inittab:4: expected a process behind the action",
            ]
        );
    }
}
