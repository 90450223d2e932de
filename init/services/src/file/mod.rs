//! Service files: TOML, whose keys are those of one table ([`KEYS`]), and drop-ins that override them.

mod keys;
mod reader;
mod value;

use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

pub use keys::{KEYS, Key};
pub use value::{Given, Shape, Words};

use crate::{Kind, Problem, Ready, Service, Start, is_name};
use reader::Reader;

/// How a service file ends.
pub const SUFFIX: &str = ".toml";

/// Reads a service file, and then its drop-ins (`NAME.toml.d/*.toml`, in the order of their names), each a path and a text:
/// what they say overrides what was said before.
///
/// # Errors
/// All that is wrong, file by file.
pub fn parse(path: &str, text: &str, drop_ins: &[(String, String)]) -> Result<Service, Vec<Problem>> {
    let mut service = Service::new(service_name(path));
    let mut problems = Vec::new();
    let drop_ins = drop_ins.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    for (path, text) in [(path, text)].into_iter().chain(drop_ins) {
        Reader::new(path, text, &mut service, &mut problems).read();
    }
    if problems.is_empty() {
        let whole =
            whole(&service).into_iter().map(|message| Problem { file: path.into(), line: 1, message });
        problems.extend(whole);
    }
    if problems.is_empty() { Ok(service) } else { Err(problems) }
}

/// Says why a line by itself would be refused, if it would.
pub(crate) fn refusal(line: &str) -> Option<String> {
    let (mut service, mut problems) = (Service::new(""), Vec::new());
    Reader::new("", line, &mut service, &mut problems).read();
    problems.into_iter().next().map(|problem| problem.message)
}

/// Gives the name of the service that a file describes.
pub fn service_name(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.strip_suffix(SUFFIX).unwrap_or(name)
}

/// Says what is wrong with a service whose keys are right, each by itself.
fn whole(service: &Service) -> Vec<String> {
    let mut wrong = Vec::new();
    if !is_name(&service.name) {
        wrong.push("the file's name is no name of a service: letters, digits and -_@.+: alone".into());
    }
    if service.command.is_empty() && (service.kind != Kind::Oneshot || !service.ready.is_awaited()) {
        let lonely =
            "there is no `command`; only a oneshot that waits for something (`ready`) can be without";
        wrong.push(lonely.into());
    }
    wrong.extend(service.confined.wrong().map(String::from));
    let notifies = matches!(service.ready, Ready::Descriptor(_) | Ready::Socket);
    if notifies && service.command.is_empty() {
        wrong.push("nobody can say that this is ready, for there is no `command`".into());
    }
    if service.kind != Kind::Daemon && !service.command.is_empty() && service.ready.is_awaited() {
        wrong.push("one that ends by itself is ready when it has ended well; `ready` cannot be given".into());
    }
    let (is_timer, has_dates) = (service.kind == Kind::Timer, !service.timer_at.is_empty());
    let has_times = !service.timer_every.is_zero();
    if is_timer && has_times == has_dates {
        wrong.push("a timer needs one of `timer.every` and `timer.at`".into());
    }
    if !is_timer && (has_times || has_dates) {
        wrong.push("`timer` means something to `kind = \"timer\"` alone".into());
    }
    let is_of_the_end = matches!(service.start, Start::Shutdown | Start::Keys);
    if is_of_the_end && (is_timer || !service.sockets.is_empty()) {
        wrong.push("what waits for a time or a connection cannot start at the end".into());
    }
    if !service.watchdog.is_zero() && service.kind != Kind::Daemon {
        wrong.push("`watchdog` means something to a daemon alone".into());
    }
    if let Ready::Descriptor(number) = service.ready
        && usize::from(number) < 3 + service.sockets.len() + service.store as usize
    {
        wrong.push("the descriptor of `ready` lies among those of `sockets` and `store`".into());
    }
    if let Some((key, _)) = service.named().find(|(_, name)| *name == service.name) {
        wrong.push(format!("it names itself in `{key}`"));
    }
    wrong
}

/// Gives the table of keys as text: a line each, with the kind of value and the help.
pub fn documentation() -> Vec<[String; 3]> {
    KEYS.iter().map(|key| [key.name.into(), key.shape.text(), key.help.into()]).collect()
}

/// Gives a problem alone.
fn problem(file: &str, line: usize, message: String) -> Vec<Problem> {
    vec![Problem { file: file.into(), line, message }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Consequence, DiskBounds, Listen, Transport};
    use formats::time::Duration;

    fn read(text: &str) -> Result<Service, String> {
        parse("a.toml", text, &[])
            .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }

    fn refused(text: &str) -> String {
        read(text).unwrap_err()
    }

    #[test]
    fn the_least_is_a_command() {
        let service = read("command = 'sleep 5'\n").unwrap();
        let expected = Service { command: vec!["sleep".into(), "5".into()], ..Service::new("a") };
        assert_eq!(service, expected);
    }

    #[test]
    fn every_key_sets_something() {
        let everything = include_str!("../../../../tests/samples/fuzz/services/everything.toml");
        let service = parse("etc/everything.toml", everything, &[]).unwrap();
        assert_eq!(service.name, "everything");
        assert_eq!(service.environment, ["PATH=/bin", "LANG=C"]);
        assert_eq!(service.ready, Ready::Port(80));
        assert_eq!(service.rest_first, Duration::from_millis(250));
        assert_eq!(service.resources.memory, Some(64 << 20));
        assert_eq!(service.limits[0].most, Some(1024));
        assert_eq!(service.limits[1].most, None);
        assert_eq!((service.nice, service.oom_score, service.umask), (-5, -500, Some(0o027)));
        let consequences = (service.when_done, service.when_failed);
        assert_eq!(consequences, (Consequence::PowerOff, Consequence::Reboot));
        let bounds = DiskBounds {
            path: "/dev/vda".into(),
            read: Some(1 << 20),
            writes: Some(9),
            ..Default::default()
        };
        assert_eq!(service.resources.disks, [bounds]);
        assert_eq!(service.confined.capabilities, Some(1 << 10 | 1 << 40));
        assert_eq!(service.confined.writable, ["/srv"]);
        let timer = include_str!("../../../../tests/samples/fuzz/services/timer.toml");
        let service = parse("timer.toml", timer, &[]).unwrap();
        assert_eq!(
            (service.timer_at.as_str(), service.timer_spread),
            ("30 3 * * sun", Duration::from_secs(300))
        );
        // A key without a line in the samples would be a key without a test.
        for key in KEYS {
            let line = format!("{} =", key.name.rsplit('.').next().unwrap());
            let is_there = everything.contains(&line) || timer.contains(&line);
            assert!(key.shape.is_table() || is_there, "{}", key.name);
        }
    }

    #[test]
    fn unknown_keys_are_named_with_line_and_nearest() {
        assert_eq!(
            refused("command = 'x'\n\ncomand = 'y'\n"),
            "a.toml:3: there is no key `comand`; the nearest is `command`"
        );
        assert_eq!(
            refused("command = 'x'\n[restart]\nwenn = 'always'\n"),
            "a.toml:3: there is no key `restart.wenn`; the nearest is `restart.when`"
        );
        assert_eq!(refused("command = 'x'\nzzz = 1\n"), "a.toml:2: there is no key `zzz`");
    }

    #[test]
    fn values_are_checked() {
        #[rustfmt::skip]
        let cases = [
            ("kind = 'demon'", "`kind`: expected daemon, oneshot or timer; the nearest is `daemon`"),
            ("nice = 20", "`nice`: expected a number from -20 to 19"),
            ("nice = 'x'", "`nice`: expected a number from -20 to 19"),
            ("nice = 1.5", "`nice`: expected a number from -20 to 19"),
            ("[stop]\ntimeout = '5 parsecs'", "`stop.timeout`: expected a time, as in 5 (seconds), \"500ms\", \"2m\", \"1h\""),
            ("[sockets]\nweb = '80'", "`sockets.web`: expected stream:/PATH, dgram:/PATH, tcp:[ADDRESS:]PORT or udp:[ADDRESS:]PORT"),
            ("[sockets]\nweb = 'tcp:0'", "`sockets.web`: expected stream:/PATH, dgram:/PATH, tcp:[ADDRESS:]PORT or udp:[ADDRESS:]PORT"),
            ("[sockets]\n'a:b' = 'tcp:80'", "`sockets.a:b`: expected stream:/PATH, dgram:/PATH, tcp:[ADDRESS:]PORT or udp:[ADDRESS:]PORT"),
            ("[confine]\ncapabilities = ['root', 'net_bind_servise']", "`confine.capabilities`: expected a list of capabilities, as in [\"net_bind_service\"]"),
            ("[confine]\ncapabilities = ['net_bind_servise']", "`confine.capabilities`: expected a list of capabilities, as in [\"net_bind_service\"]; the nearest is `net_bind_service`"),
            ("[confine]\nnamespaces = ['user']", "`confine.namespaces`: expected a list of some of ipc, mount, net, pid, uts"),
            ("[confine]\ncalls = ['read', '@network_io']", "`confine.calls`: expected a list of system calls and sets of them, as in [\"@system-service\"]; the nearest is `@network-io`"),
            ("[confine]\ncalls-refused = ['@mount', 'conect']", "`confine.calls-refused`: expected a list of system calls and sets of them, as in [\"@system-service\"]; the nearest is `connect`"),
            ("[confine]\nwritable = ['srv']", "`confine.writable`: expected a list of absolute paths"),
            ("[confine]\noptional = ['file']", "`confine.optional`: expected a list of some of calls, files; the nearest is `files`"),
            ("[timer]\nat = '61 * * * *'", "`timer.at`: expected dates as a crontab has them, as in \"30 3 * * *\", \"*/5 * * * *\", \"@daily\""),
            ("[stop]\nsignal = 'TREM'", "`stop.signal`: expected the name of a signal; the nearest is `TERM`"),
            ("[cgroup]\nmemory = '64 elephants'", "`cgroup.memory`: expected a number of bytes, as in 4096, \"64M\", \"1G\", or \"unlimited\""),
            ("[cgroup.disks]\nvda = 'read 1'", "`cgroup.disks.vda`: expected limits of a second, as in \"read 10M write 512K reads 100 writes 50\", under the path of a device"),
            ("[cgroup.disks]\n'/dev/vda' = 'read 0'", "`cgroup.disks./dev/vda`: expected limits of a second, as in \"read 10M write 512K reads 100 writes 50\", under the path of a device"),
            ("[cgroup.disks]\n'/dev/vda' = 'read 1 read 2'", "`cgroup.disks./dev/vda`: expected limits of a second, as in \"read 10M write 512K reads 100 writes 50\", under the path of a device"),
            ("umask = '888'", "`umask`: expected permissions in octal, as in \"027\""),
            ("needs = 'b'", "`needs`: expected a list of names of services"),
            ("needs = ['a b']", "`needs`: expected a list of names of services"),
            ("needs = ['a']", "it names itself in `needs`"),
            ("directory = 'tmp'", "`directory`: expected an absolute path"),
            ("no-new-privileges = 1", "`no-new-privileges`: expected true or false"),
            ("ready = 'port:99999'", "`ready`: expected start, fork, notify-fd:NUMBER, notify-socket, port:NUMBER or file:/PATH"),
            ("ready = 'notify-fd:2'", "`ready`: expected start, fork, notify-fd:NUMBER, notify-socket, port:NUMBER or file:/PATH"),
            ("[environment]\n'A=B' = 'x'", "`environment.A=B`: expected text, under a name without ="),
            ("environment = { A = 1 }", "`environment.A`: expected text, under a name without ="),
            ("description = \"a\\u0000b\"", "`description`: expected text without a zero byte"),
        ];
        for (line, complaint) in cases {
            let text = format!("command = 'x'\n{line}\n");
            let line = if complaint.starts_with("it") { 1 } else { text.lines().count() };
            assert_eq!(refused(&text), format!("a.toml:{line}: {complaint}"));
        }
    }

    #[test]
    fn commands_are_words_without_a_shell() {
        assert_eq!(read("command = ['a b', '']").unwrap().command, ["a b", ""]);
        for text in
            ["command = 'a | b'", "command = 'a \"b c\"'", "command = ''", "command = []", "command = ['']"]
        {
            assert!(refused(text).contains("a list of words, or a text"), "{text}");
        }
    }

    #[test]
    fn what_makes_no_sense_together_is_refused() {
        assert!(refused("description = 'x'").contains("there is no `command`"));
        assert!(refused("kind = 'oneshot'").contains("there is no `command`"));
        assert!(refused("kind = 'oneshot'\nready = 'notify-socket'").contains("nobody can say"));
        assert!(refused("kind = 'oneshot'\ncommand = 'x'\nready = 'port:1'").contains("cannot be given"));
        assert!(refused("kind = 'timer'\ncommand = 'x'").contains("`timer.every` and `timer.at`"));
        assert!(refused("timer.every = 5\ncommand = 'x'").contains("alone"));
        assert!(refused("kind = 'oneshot'\nwatchdog = 5\ncommand = 'x'").contains("a daemon alone"));
        assert!(refused("ready = 'notify-fd:5'\ncommand = 'x'\nstore = 3").contains("lies among"));
        assert!(refused("command = 'x'\nconfine.writable = ['/x']").contains("`confine.read-only` alone"));
        assert!(refused("command = 'x'\nprocessors = ['0-3']").contains("no number of a processor"));
        assert!(read("kind = 'timer'\ncommand = 'x'\ntimer.at = '@daily'").is_ok());
        assert!(read("kind = 'oneshot'\nready = 'file:/run/x'").is_ok());
        assert!(parse("a b.toml", "command = 'x'", &[]).is_err());
    }

    #[test]
    fn the_same_key_twice_and_broken_syntax_are_refused() {
        assert_eq!(refused("command = 'x'\ncommand = 'y'\n"), "a.toml:2: `command` is given twice");
        assert!(
            refused("command = 'x'\n[stop\n").starts_with("a.toml:2: "),
            "{}",
            refused("command = 'x'\n[stop\n")
        );
        assert!(refused("command = 'x\n").starts_with("a.toml:1: "));
        assert!(refused("[[command]]\n").starts_with("a.toml:1: "));
        assert!(refused("command = [['x']]\n").starts_with("a.toml:1: "));
        assert!(
            refused(&format!("needs = {}{}", "[".repeat(5000), "]".repeat(5000))).starts_with("a.toml:1: ")
        );
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let said = refused("nise = 1\nkind = 'x'\n");
        assert!(said.contains("a.toml:1: ") && said.contains("a.toml:2: "), "{said}");
    }

    #[test]
    fn sockets_have_names_and_addresses() {
        let text = "command = 'x'\nsockets = { web = 'tcp:[::1]:80', log = 'dgram:/run/log' }\n";
        let service = read(text).unwrap();
        let listen = |name: &str, transport, address: &str| Listen {
            name: name.into(),
            transport,
            address: address.into(),
        };
        let expected =
            [listen("web", Transport::Stream, "[::1]:80"), listen("log", Transport::Datagram, "/run/log")];
        assert_eq!(service.sockets, expected);
        let drop_in = [("a.toml.d/1.toml".into(), "sockets.web = 'tcp:8080'".into())];
        let service = parse("a.toml", text, &drop_in).unwrap();
        assert_eq!(service.sockets[0].address, "8080");
    }

    #[test]
    fn drop_ins_override() {
        let drop_in = |name: &str, text: &str| (format!("a.toml.d/{name}"), String::from(text));
        let base = "command = 'x'\nnice = 1\n[environment]\nA = '1'\nB = '2'\n";
        let drop_ins =
            [drop_in("1.toml", "nice = 2\n"), drop_in("2.toml", "nice = 3\nenvironment = { A = '9' }\n")];
        let service = parse("a.toml", base, &drop_ins).unwrap();
        assert_eq!((service.nice, service.environment), (3, vec!["A=9".into(), "B=2".into()]));
        let problems = parse("a.toml", base, &[drop_in("1.toml", "\nnise = 2\n")]).unwrap_err();
        assert_eq!(problems[0].file, "a.toml.d/1.toml");
        assert_eq!(problems[0].line, 2);
    }

    #[test]
    fn any_bytes_are_read_or_refused() {
        let text = include_str!("../../../../tests/samples/fuzz/services/everything.toml");
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            let _ = parse("a.toml", &text[..end], &[]);
        }
        let mut seed = 1_u32;
        for _ in 0..3000 {
            let mut bytes = text.as_bytes().to_vec();
            for _ in 0..4 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = seed as usize % bytes.len();
                bytes[at] = b"[]{}='\".\n#x0"[(seed >> 28) as usize % 12];
            }
            let _ = parse("a.toml", core::str::from_utf8(&bytes).unwrap(), &[]);
        }
    }

    #[test]
    fn the_documentation_has_every_key() {
        let rows = documentation();
        assert_eq!(rows.len(), KEYS.len());
        assert!(rows.iter().all(|row| row.iter().all(|text| !text.is_empty() && text.len() <= 100)));
    }
}
