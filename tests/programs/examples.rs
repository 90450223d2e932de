//! The examples do what their heads say: each head has a transcript, which is played and compared.
//!
//! A transcript is the block of text in the head of `runtime/examples/NAME.rs`. A line after `$ ` is given to a shell, in which
//! the example has its name, and the lines up to the next one must come out of it, from either stream. `...` stands for anything
//! within a line. All commands of a transcript run in one folder.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use spelunk_tests::programs::{Kind, command, emulator_lacks, scratch, target};
use spelunk_tests::skip::skipped;

/// What an example needs that emulators lack.
const NEEDS: [(&str, &str); 4] = [
    ("dhcp_query", "the options of links"),
    ("netlink_monitor", "notifications of netlink"),
    ("spawn", "memory shared by vfork"),
    ("strace", "ptrace"),
];

/// Examples that make networks of their own, which not every machine allows.
const NETWORKS: [&str; 2] = ["dhcp_query", "netlink_monitor"];

/// Examples whose transcripts start another one, beside themselves.
const OTHERS: [(&str, &str); 1] = [("fetch", "http_server")];

/// A command, and what comes out of it.
#[derive(Debug, PartialEq)]
struct Step {
    command: String,
    output: Vec<String>,
}

/// Reads the transcript in a head.
fn transcript(source: &str) -> Vec<Step> {
    let head = source.lines().map_while(|line| line.strip_prefix("//!"));
    let text = head.map(|line| line.strip_prefix(' ').unwrap_or(line));
    let block = text.skip_while(|line| *line != "```text").skip(1).take_while(|line| *line != "```");
    let mut steps: Vec<Step> = Vec::new();
    for line in block {
        match line.strip_prefix("$ ") {
            Some(command) => steps.push(Step { command: command.to_owned(), output: Vec::new() }),
            None => {
                steps.last_mut().expect("a command comes before its output").output.push(line.to_owned());
            }
        }
    }
    steps
}

/// Says whether a line is as the transcript has it.
fn fits(pattern: &str, line: &str) -> bool {
    match pattern.split_once("...") {
        None => pattern == line,
        Some((before, after)) => line.strip_prefix(before).is_some_and(|rest| {
            let mut ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            ends.any(|at| fits(after, &rest[at..]))
        }),
    }
}

fn play(name: &str, source: &str) {
    let others = OTHERS.iter().filter(|(example, _)| *example == name).map(|(_, other)| *other);
    let names: String = others.chain([name]).map(named).collect();
    play_with(name, name, &names, source);
}

/// Plays a transcript in a folder of its own, in which a shell knows these names.
fn play_with(name: &str, folder: &str, names: &str, source: &str) {
    let folder = scratch().join(format!("example-{folder}-{}", target().name));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder is made");
    let steps = transcript(source);
    assert!(!steps.is_empty(), "{name}: its head has no transcript");
    for step in steps {
        let script = format!("{names}{}\n", step.command);
        let run = |script: &str| {
            Command::new("sh")
                .current_dir(&folder)
                .args(["-c", "exec 2>&1; eval \"$1\"", "sh", script])
                .output()
        };
        let output = run(&script).expect("a shell runs");
        let said = String::from_utf8_lossy(&output.stdout);
        if is_missing(&said) {
            skipped(said.trim_end());
            continue;
        }
        let lines: Vec<_> = said.lines().collect();
        let right = lines.len() == step.output.len()
            && step.output.iter().zip(&lines).all(|(pattern, line)| fits(pattern, line));
        assert!(
            right,
            "{name}: $ {}\nexpected\n{}\nbut there came\n{said}",
            step.command,
            step.output.join("\n")
        );
    }
    std::fs::remove_dir_all(&folder).expect("it is removed");
}

/// Has a shell know an example by its name.
///
/// A function would be a shell of its own where it runs beside others: an alias is the program itself. Programs that a transcript
/// starts know it by a variable.
fn named(name: &str) -> String {
    let kind = if name == "flight_recorder" { Kind::Recorded } else { Kind::Shipped };
    let program = command(kind, name);
    let mut called = program.get_program().to_string_lossy().into_owned();
    for word in program.get_args() {
        write!(called, " {}", word.to_string_lossy()).expect("memory takes it");
    }
    format!("alias {name}='{called}'\nexport {name}='{called}'\n")
}

#[test]
fn examples_do_what_their_heads_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/examples");
    let files = folder.read_dir().expect("the examples are there").map(|file| file.expect("an entry").path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|kind| kind == "rs")).collect();
    files.sort_unstable();
    for path in files {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let lacking = NEEDS.iter().find(|(example, _)| *example == name);
        if NETWORKS.contains(&name.as_str()) && !makes_networks() {
            skipped(&format!("{name}: unshare -rn is refused here"));
            continue;
        }
        if lacking.is_none_or(|(_, thing)| !emulator_lacks(thing)) {
            play(&name, &std::fs::read_to_string(&path).expect("it can be read"));
        }
    }
}

/// What `calls` shows that emulators of programs do otherwise, or not at all.
const CALLS_LACKING: [&str; 9] =
    ["bpf", "counters", "dispatch", "ptrace", "queue", "remote", "seccomp", "uring", "vmsplice"];

#[test]
fn each_call_is_shown_as_its_head_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/examples/calls");
    let files = folder.read_dir().expect("they are there").map(|file| file.expect("an entry").path());
    let mut files: Vec<_> = files.filter(|path| !path.ends_with("main.rs")).collect();
    files.sort_unstable();
    assert_eq!(files.len(), 28);
    let names = named("calls");
    for path in files {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if CALLS_LACKING.contains(&name.as_str()) && emulator_lacks(&format!("the call of calls/{name}")) {
            continue;
        }
        let source = std::fs::read_to_string(&path).expect("it can be read");
        play_with("calls", &format!("calls-{name}"), &names, &source);
    }
}

/// Says whether this is what `calls` says of a call that the kernel has not, or keeps from us.
fn is_missing(said: &str) -> bool {
    said.lines().any(|line| line.starts_with("calls: ") && line.contains(": not here: "))
}

fn makes_networks() -> bool {
    Command::new("unshare").args(["-rn", "true"]).status().is_ok_and(|status| status.success())
}

#[test]
fn transcripts_are_read_and_compared() {
    let source =
        "//! What.\n//!\n//! ```text\n//! $ one\n//! a\n//! \n//! $ two\n//! ```\n//! more\n\n//! late\n";
    let step = |command: &str, output: &[&str]| Step {
        command: command.to_owned(),
        output: output.iter().map(ToString::to_string).collect(),
    };
    assert_eq!(transcript(source), [step("one", &["a", ""]), step("two", &[])]);
    assert!(fits("pid ... of ...", "pid 12 of x") && fits("a...", "a") && fits("...", ""));
    assert!(!fits("pid ...!", "pid 12") && !fits("a", "ab"));
}
