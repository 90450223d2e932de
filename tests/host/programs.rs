//! Programs started in the way of vfork: what they get, and how it is told when they cannot.

use std::ffi::CString;
use std::rc::Rc;
use std::time::{Duration, Instant};

use io::process::{Command, Ended, Stdio, pipeline};
use io::{Errno, File, Read, Write};
use linux::fs::{Mode, OpenFlags};
use linux::process::confine::{Allow, Obey};
use linux::process::{
    CloneFlags, Limit, Namespaces, NotStarted, Program, Resource, Stage, Step, getpid, getrlimit, start,
};
use linux::security::landlock::{FileAccess, Handled};
use linux::security::{Need, Rules};
use linux::signal::{MaskHow, Signal, SignalSet, action, sigprocmask};

use crate::emulator::is_emulated;
use crate::scratch::Scratch;
use crate::skip::skipped;

/// A shell that runs this, its output through pipes.
fn shell(script: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.arguments(["-c", script]).stdin(Stdio::Null).stdout(Stdio::Piped).stderr(Stdio::Piped);
    command
}

fn said(command: &Command) -> String {
    let output = command.output().unwrap();
    assert_eq!((output.ended, output.stderr.as_slice()), (Ended::Exited(0), b"".as_slice()));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn words_and_variables_arrive() {
    let mut command = shell("echo $0 $# $NAME $GONE ${MORE-none}");
    command.arguments(["zero", "one", "two"]).environment([c"GONE=x", c"MORE=1", c"PATH=/bin"]);
    command.variable("NAME", "old").variable("NAME", "new").without_variable("GONE").without_variable("MORE");
    assert_eq!(said(&command), "zero 2 new none\n");
    let mut command = shell("");
    command.argument("a\0b");
    assert_eq!(command.start().unwrap_err().errno, Errno::INVAL);
}

#[test]
fn programs_are_found_by_the_path_of_their_environment() {
    let mut command = Command::new("sh");
    command.called("other").arguments(["-c", "echo $0"]).stdout(Stdio::Piped);
    assert_eq!(said(&command), "other\n");
    command.variable("PATH", "/nowhere::/dev/null:/bin");
    assert_eq!(said(&command), "other\n");
    command.variable("PATH", "/nowhere");
    if !is_emulated() {
        let error = command.start().unwrap_err();
        assert_eq!((error.doing, error.errno), ("execute", Errno::NOENT));
        assert_eq!(error.to_string(), "start sh: execute: no such file or directory");
        assert_eq!(Errno::from(error), Errno::NOENT);
    }
}

#[test]
fn descriptors_lie_where_they_were_asked_for() {
    let scratch = Scratch::new();
    let path = scratch.at("file");
    File::create(path.as_str()).unwrap().write_all(b"from a file\n").unwrap();
    let mut command = shell(
        "read -r line; echo $line; echo complaint >&2; cat <&3; cat <&4; test -e /proc/self/fd/5 || echo closed",
    );
    let (one, two) = (File::open(path.as_str()).unwrap(), File::open("/dev/null").unwrap());
    command.variable("PATH", "/bin:/usr/bin");
    command.stdin(File::open(path.as_str()).unwrap()).descriptor(4, one).descriptor(3, two);
    command.open(5, &path, OpenFlags::READ, Mode::empty()).close(5).close(77);
    let output = command.output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "from a file\nfrom a file\nclosed\n");
    assert_eq!(output.stderr, b"complaint\n");
    let mut command = shell("test -e /proc/self/fd/9 && echo open || echo closed");
    command.descriptor(9, File::open("/dev/null").unwrap());
    assert_eq!(said(&command), "open\n");
    assert_eq!(said(command.close_from(3)), "closed\n");
}

#[test]
fn a_program_is_fed_waited_for_and_killed() {
    let mut command = Command::new("/bin/cat");
    let mut child = command.stdin(Stdio::Piped).stdout(Stdio::Piped).start().unwrap();
    child.stdin.as_mut().unwrap().write_all(b"through").unwrap();
    assert_eq!(child.try_wait(), Ok(None));
    let start = Instant::now();
    assert_eq!(child.wait_for(Duration::from_millis(30)), Ok(None));
    assert!(start.elapsed() >= Duration::from_millis(30));
    let mut buffer = [0; 7];
    child.stdout.as_mut().unwrap().read_exact(&mut buffer).unwrap();
    assert_eq!(&buffer, b"through");
    child.stdin = None;
    assert_eq!(child.wait_for(Duration::from_secs(60)), Ok(Some(Ended::Exited(0))));
    assert_eq!(child.wait(), Ok(Ended::Exited(0)), "it is remembered");
    assert_eq!(child.signal(Signal::TERM), Err(Errno::SRCH));

    let mut child = command.stdin(Stdio::Piped).start().unwrap();
    assert_eq!(child.descriptor().is_some(), !is_emulated() || child.descriptor().is_some());
    child.signal(Signal::TERM).unwrap();
    assert_eq!(child.wait(), Ok(Ended::Killed(Signal::TERM)));
    assert!(child.pid().get() > 0);
}

#[test]
fn a_row_of_programs() {
    let filter = |program: &str, words: &[&str]| {
        let mut command = Command::new(program);
        command.arguments(words);
        command
    };
    let mut commands = [shell("echo b; echo a; echo b"), filter("sort", &[]), filter("uniq", &["-c"])];
    commands[2].stdout(Stdio::Piped);
    let mut line = pipeline(&mut commands).unwrap();
    let mut text = String::new();
    let mut bytes = Vec::new();
    line.children[2].stdout.as_mut().unwrap().read_to_end(&mut bytes).unwrap();
    text.push_str(std::str::from_utf8(&bytes).unwrap());
    assert_eq!(text.split_whitespace().collect::<Vec<_>>(), ["1", "a", "2", "b"]);
    assert_eq!(line.wait(), Ok(vec![Ended::Exited(0); 3]));
    if !is_emulated() {
        let mut broken = [filter("cat", &[]), filter("/nowhere/program", &[])];
        broken[0].stdin(Stdio::Null);
        assert_eq!(pipeline(&mut broken).unwrap_err().program, b"/nowhere/program");
    }
}

#[test]
fn what_failed_is_told() {
    if is_emulated() {
        return skipped("the emulator makes a copy where memory should be shared");
    }
    type Spoil = fn(&mut Command);
    let cases: [(Spoil, &str, Errno); 8] = [
        (
            |command| {
                command.folder("/nowhere");
            },
            "change the folder",
            Errno::NOENT,
        ),
        (
            |command| {
                command.root("/dev/null");
            },
            "change the root",
            Errno::NOTDIR,
        ),
        (
            |command| {
                command.open(7, "/nowhere", OpenFlags::READ, Mode::empty());
            },
            "open a file",
            Errno::NOENT,
        ),
        (
            |command| {
                command.write("/proc/self/comm/x", "");
            },
            "write a file",
            Errno::NOTDIR,
        ),
        (
            |command| {
                command.terminal(0);
            },
            "take the terminal",
            Errno::NOTTY,
        ),
        (
            |command| {
                command.session().session();
            },
            "found a session",
            Errno::PERM,
        ),
        (
            |command| {
                command.enter(File::open("/dev/null").unwrap());
            },
            "change the namespace",
            Errno::INVAL,
        ),
        (
            |command| {
                command.ignore(Signal::KILL);
            },
            "set a signal's action",
            Errno::INVAL,
        ),
    ];
    for (spoil, doing, errno) in cases {
        let mut command = shell("exit 0");
        spoil(&mut command);
        let error = command.start().unwrap_err();
        assert_eq!((error.doing, error.errno), (doing, errno));
    }
    let unended = Program {
        paths: &[c"/bin/true"],
        arguments: &[],
        environment: &[],
        steps: &[Step::Umask(Mode::octal(0o22))],
        flags: CloneFlags::empty(),
        control_group: None,
        mask: None,
    };
    let error = start(&unended).unwrap_err();
    assert_eq!(error, NotStarted { stage: Stage::Execute, errno: Errno::INVAL });
}

#[test]
fn a_process_is_what_was_asked_for() {
    let limit = Limit { soft: Some(77), hard: getrlimit(Resource::OPEN_FILES).unwrap().hard };
    let scratch = Scratch::new();
    let mut command = shell(
        "pwd; umask; ulimit -n; echo $(cut -d' ' -f19 /proc/self/stat); grep NoNewPrivs /proc/self/status",
    );
    command.variable("PATH", "/bin:/usr/bin").folder(scratch.at("")).umask(Mode::octal(0o27));
    command.limit(Resource::OPEN_FILES, limit).nice(19).no_new_privileges();
    let expected = format!("{}\n0027\n77\n19\nNoNewPrivs:\t1\n", scratch.path().display());
    assert_eq!(said(&command), expected);

    let mut command = shell("cut -d' ' -f5,6 /proc/$$/stat; echo $$");
    command.variable("PATH", "/bin:/usr/bin").session().parent_death(Signal::KILL);
    let text = said(&command);
    let numbers: Vec<_> = text.split_whitespace().collect();
    assert_eq!(numbers, [numbers[2]; 3], "group and session are its own");
    let mut command = shell("cut -d' ' -f5 /proc/$$/stat; echo $$");
    let text = said(command.variable("PATH", "/bin:/usr/bin").group(None));
    let numbers: Vec<_> = text.split_whitespace().collect();
    assert_eq!(numbers[0], numbers[1]);
}

#[test]
fn signals_are_as_they_were_asked_for_and_handlers_do_not_come_along() {
    unsafe extern "C" fn nothing(_: core::ffi::c_int) {}
    let handler = linux::signal::Action {
        handler: linux::signal::Handler::Call(nothing),
        flags: linux::signal::ActionFlags::RESTART,
        mask: SignalSet::EMPTY,
    };
    // SAFETY: the handler does nothing.
    unsafe { linux::signal::sigaction(Signal::WINCH, handler) }.unwrap();
    let former = sigprocmask(MaskHow::Block, Some(SignalSet::of(&[Signal::USR2]))).unwrap();
    // No shell: some let everything through when they start.
    let mut command = Command::new("grep");
    command
        .arguments(["-E", "Sig(Blk|Ign|Cgt)", "/proc/self/status"])
        .stdout(Stdio::Piped)
        .stderr(Stdio::Piped);
    command.ignore(Signal::USR1).default(Signal::PIPE);
    let masks = |text: String| {
        let masks = text.lines().map(|line| u64::from_str_radix(&line[8..], 16).unwrap());
        masks.collect::<Vec<_>>()
    };
    let bit = |signal: Signal| 1_u64 << (signal.number() - 1);
    let [blocked, ignored, caught] = masks(said(&command)).try_into().unwrap();
    assert_eq!(blocked & bit(Signal::USR2), bit(Signal::USR2), "held back here, so there");
    assert_eq!((ignored & bit(Signal::USR1), ignored & bit(Signal::PIPE)), (bit(Signal::USR1), 0));
    assert_eq!(caught & bit(Signal::WINCH), 0);
    let masks = masks(said(command.mask(SignalSet::of(&[Signal::HUP]))));
    assert_eq!(masks[0], bit(Signal::HUP));
    // This process is as before.
    assert!(matches!(action(Signal::WINCH).unwrap().handler, linux::signal::Handler::Call(_)));
    assert_eq!(sigprocmask(MaskHow::Set, Some(former)).unwrap(), former.with(Signal::USR2));
}

#[test]
fn namespaces_and_identities() {
    if is_emulated() {
        return skipped("the emulator makes a copy where memory should be shared");
    }
    let (user, group) = (linux::process::geteuid(), linux::process::getegid());
    let mut command = shell("echo $$; id -u; id -g; hostname inside; hostname");
    command.variable("PATH", "/bin:/usr/bin");
    command.namespaces(CloneFlags::NEW_USER | CloneFlags::NEW_PID | CloneFlags::NEW_UTS);
    command.write("/proc/self/setgroups", "deny").write("/proc/self/uid_map", format!("0 {user} 1"));
    command.write("/proc/self/gid_map", format!("0 {group} 1")).leave(Namespaces::IPC);
    match command.output() {
        Err(error) => assert!(matches!(error.errno, Errno::PERM | Errno::NOSPC), "{error}"),
        Ok(output) => assert_eq!(output.stdout, b"1\n0\n0\ninside\n", "{output:?}"),
    }
    if user == 0 {
        let mut command = shell("id -u; id -g; id -G");
        command.variable("PATH", "/bin:/usr/bin").identity(1234, 5678, &[5678, 99]);
        assert_eq!(said(&command), "1234\n5678\n5678 99\n");
    } else {
        let mut command = shell("");
        let error = command.identity(0, 0, &[]).start().unwrap_err();
        assert_eq!((error.doing, error.errno), ("set the further groups", Errno::PERM));
    }
}

#[test]
fn many_threads_start_programs_at_once() {
    let before = getpid();
    let threads: Vec<_> = (0..4)
        .map(|number| {
            std::thread::spawn(move || {
                for round in 0..25 {
                    let mut child = shell(&format!("exit {}", number * 25 + round)).start().unwrap();
                    assert_eq!(child.wait(), Ok(Ended::Exited(number * 25 + round)));
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(getpid(), before);
}

#[test]
fn rules_for_files_hold_for_a_program() {
    let files = Handled::EVERYTHING.files;
    let made = || Rules::new(Handled { files, ..Handled::NOTHING }, Need::Version(1));
    let rules = match made() {
        Ok(rules) => Rc::new(rules),
        Err(errno) => return skipped(&format!("this kernel has no landlock: {errno}")),
    };
    let scratch = Scratch::new();
    let (mine, other) = (scratch.at("mine"), scratch.at("other"));
    for folder in [&mine, &other] {
        std::fs::create_dir(folder).unwrap();
    }
    let mut command = shell(
        "echo a > $0/a && cat $0/a; cat /etc/passwd > /dev/null && echo read; echo b 2> /dev/null > $1/b || echo kept",
    );
    command.arguments([&mine, &other]);
    let read = FileAccess::READ;
    for (path, access) in [("/", read), ("/dev/null", files), (mine.as_str(), files)] {
        command.confine(Allow(Rc::clone(&rules), CString::new(path).unwrap(), access));
    }
    command.no_new_privileges().confine(Obey(rules));
    let output = command.output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "a\nread\nkept\n");
    command.confine(Allow(Rc::new(made().unwrap()), c"/nowhere", read));
    let error = command.start().unwrap_err();
    assert_eq!((error.doing, error.errno), ("allow a path (landlock)", Errno::NOENT));
}
