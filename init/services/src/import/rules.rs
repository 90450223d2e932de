//! The keys of unit files, and what becomes of each: one table.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use formats::file::calls::sets;
use linux::process::CAPABILITY_NAMES;

use super::command;
use super::draft::Draft;
use super::unit::words;
use super::values::{amount, dates, of_time, processors, quoted, switch, time};

/// What becomes of a key. Where a key of ours is named, it is set.
#[derive(Debug)]
pub(super) enum Rule {
    /// Nothing, for ours is so anyway, or it is for people.
    Nothing,
    /// A text.
    Text(&'static str),
    /// Words, added to those that are there.
    Words(&'static str),
    /// Paths, added so.
    Paths(&'static str),
    /// Units, added so.
    Units(&'static str),
    /// A time.
    Time(&'static str),
    /// Bytes, or a number of something.
    Amount(&'static str),
    /// A limit: the soft one.
    Limit(&'static str),
    /// A word of theirs and what it is with us; empty: nothing needs to be said.
    Choice(&'static str, &'static [(&'static str, &'static str)]),
    /// If it is so, a key of ours is true; or its list gets this word.
    If(&'static str, &'static str),
    /// Anything else; gives the reason why not.
    Other(fn(&mut Draft, &str) -> Result<(), String>),
    /// Ours has none, for this reason.
    Left(&'static str),
}

use Rule::{Amount, Choice, If, Left as No, Limit, Nothing, Other, Paths, Text, Time, Units, Words};

/// Keys of theirs that ours has nothing for: that none of them is taken for a mistake.
pub(super) const STRANGE: &str = "AllowIsolate AssertPathExists BusName CacheDirectory ConditionACPower \
    ConditionCapability ConditionDirectoryNotEmpty ConditionFileIsExecutable ConditionFileNotEmpty ConditionFirstBoot ConditionHost \
    ConditionNeedsUpdate ConditionPathExistsGlob ConditionPathIsDirectory ConditionPathIsMountPoint ConditionPathIsReadWrite \
    ConditionPathIsSymbolicLink ConditionSecurity ConditionUser ConditionVirtualization ConfigurationDirectory \
    DefaultInstance Delegate DeviceAllow DevicePolicy ExecCondition ExecStopPost IOWeight IPAddressAllow IPAddressDeny \
    IgnoreOnIsolate ImportCredential InaccessiblePaths JobTimeoutSec KeyringMode ListenFIFO ListenNetlink ListenSequentialPacket \
    LoadCredential LockPersonality LogsDirectory MemoryDenyWriteExecute MemoryLow MemoryMin NetworkNamespacePath \
    OOMPolicy OnFailure OnSuccess OnUnitInactiveSec PAMName PartOf PassEnvironment PrivateDevices PrivateUsers ProcSubset \
    ProtectControlGroups ProtectHome ProtectKernelLogs ProtectKernelTunables ProtectProc PropagatesReloadTo ReadOnlyPaths \
    RefuseManualStart RefuseManualStop RemoveIPC RemoveOnStop RequiresMountsFor RestrictAddressFamilies RestrictNamespaces \
    RestrictRealtime RestrictSUIDSGID RootDirectory RuntimeDirectory RuntimeDirectoryMode RuntimeDirectoryPreserve RuntimeMaxSec \
    SendSIGHUP SendSIGKILL SetCredential Slice SocketGroup SocketMode SocketUser StartLimitAction StateDirectory StateDirectoryMode \
    StopWhenUnneeded SuccessExitStatus SyslogFacility SyslogIdentifier SyslogLevel TTYReset TTYVHangup TTYVTDisallocate \
    TemporaryFileSystem UnsetEnvironment UpheldBy Upholds UtmpIdentifier WakeSystem";

/// What becomes of the machine: theirs and ours. To exit is what process 1 of a container does when it switches off.
const ACTIONS: &[(&str, &str)] = &[
    ("none", "none"),
    ("reboot", "reboot"),
    ("poweroff", "poweroff"),
    ("halt", "halt"),
    ("exit", "poweroff"),
];

/// Sections, keys, and what becomes of them.
#[rustfmt::skip]
pub(super) const RULES: &[(&str, &str, Rule)] = &[
    ("Unit", "Description", Text("description")),
    ("Unit", "Documentation", Nothing),
    ("Unit", "After", Units("after")),
    ("Unit", "Requires", Units("needs")),
    ("Unit", "BindsTo", Units("needs")),
    ("Unit", "Requisite", Units("needs")),
    ("Unit", "Wants", Units("wants")),
    ("Unit", "Conflicts", Units("conflicts")),
    ("Unit", "Before", No("name this one in `after` of the other")),
    ("Unit", "DefaultDependencies", Nothing),
    ("Unit", "ConditionPathExists", Other(|draft, value| condition(draft, "condition.paths", value))),
    ("Unit", "ConditionKernelCommandLine", Other(|draft, value| condition(draft, "condition.kernel-arguments", value))),
    ("Unit", "ConditionArchitecture", Other(architecture)),
    ("Unit", "StartLimitBurst", Other(|draft, value| { draft.burst = Some(value.parse().map_err(|_| "no number")?); Ok(()) })),
    ("Unit", "StartLimitIntervalSec", Other(interval)),
    ("Unit", "StartLimitInterval", Other(interval)),
    ("Unit", "SuccessAction", Choice("action.done", ACTIONS)),
    ("Unit", "FailureAction", Choice("action.failed", ACTIONS)),
    ("Install", "WantedBy", Other(wanted)),
    ("Install", "RequiredBy", Other(wanted)),
    ("Install", "Alias", No("ours has one name")),
    ("Install", "Also", Nothing),
    ("Service", "Type", Other(kind)),
    ("Service", "DynamicUser", Other(|_, value| if switch(value) == Some(false) { Ok(()) } else { Err("make a user, and name it in `user`".into()) })),
    ("Service", "ExecStart", Other(command::take)),
    ("Service", "ExecStartPre", Other(command::take)),
    ("Service", "ExecStartPost", No("make it a oneshot of its own, which needs this one")),
    ("Service", "ExecStop", No("ours is told by `stop.signal` alone")),
    ("Service", "ExecReload", Other(reload)),
    ("Service", "Restart", Choice("restart.when", &[("always", "always"), ("on-failure", "failure"), ("no", "never")])),
    ("Service", "RestartSec", Other(rest)),
    ("Service", "RemainAfterExit", Other(remain)),
    ("Service", "PIDFile", Nothing),
    ("Service", "GuessMainPID", Nothing),
    ("Service", "NotifyAccess", Nothing),
    ("Service", "KillSignal", Text("stop.signal")),
    ("Service", "KillMode", Choice("", &[("control-group", ""), ("mixed", "")])),
    ("Service", "TimeoutStopSec", Other(stop_timeout)),
    ("Service", "TimeoutStartSec", Time("ready-timeout")),
    ("Service", "TimeoutSec", Other(|draft, value| { draft.time("ready-timeout", value)?; stop_timeout(draft, value) })),
    ("Service", "WatchdogSec", Time("watchdog")),
    ("Service", "FileDescriptorStoreMax", Amount("store")),
    ("Service", "User", Text("user")),
    ("Service", "Group", Text("group")),
    ("Service", "SupplementaryGroups", Words("groups")),
    ("Service", "WorkingDirectory", Text("directory")),
    ("Service", "Environment", Other(environment)),
    ("Service", "EnvironmentFile", Other(environment_file)),
    ("Service", "TTYPath", Text("terminal")),
    ("Service", "StandardInput", Choice("", &[("null", ""), ("tty", ""), ("tty-force", "")])),
    ("Service", "StandardOutput", Other(output)),
    ("Service", "StandardError", Other(errors)),
    ("Service", "Nice", Amount("nice")),
    ("Service", "IOSchedulingClass", Choice("disk-class", &[("realtime", "realtime"), ("best-effort", "best-effort"), ("idle", "idle"), ("0", "none"), ("1", "realtime"), ("2", "best-effort"), ("3", "idle")])),
    ("Service", "CPUAffinity", Other(|draft, value| { let list = processors(value).ok_or("")?; draft.add("processors", list) })),
    ("Service", "LimitNOFILE", Limit("limits.open-files")),
    ("Service", "LimitNPROC", Limit("limits.processes")),
    ("Service", "LimitCPU", Limit("limits.cpu-seconds")),
    ("Service", "LimitAS", Limit("limits.address-space")),
    ("Service", "LimitDATA", Limit("limits.data")),
    ("Service", "LimitSTACK", Limit("limits.stack")),
    ("Service", "LimitCORE", Limit("limits.core")),
    ("Service", "LimitFSIZE", Limit("limits.file-size")),
    ("Service", "LimitMEMLOCK", Limit("limits.locked-memory")),
    ("Service", "MemoryMax", Amount("cgroup.memory")),
    ("Service", "MemoryHigh", Amount("cgroup.memory-high")),
    ("Service", "MemorySwapMax", Amount("cgroup.swap")),
    ("Service", "CPUWeight", Amount("cgroup.cpu-weight")),
    ("Service", "OOMScoreAdjust", Amount("oom-score")),
    ("Service", "UMask", Text("umask")),
    ("Service", "TasksMax", Amount("cgroup.processes")),
    ("Service", "CPUQuota", Other(|draft, value| { let value = value.strip_suffix('%').and_then(amount).ok_or("")?; draft.set("cgroup.cpu-percent", value) })),
    ("Service", "NoNewPrivileges", If("no-new-privileges", "")),
    ("Service", "CapabilityBoundingSet", Other(|draft, value| capabilities(draft, value, false))),
    ("Service", "AmbientCapabilities", Other(|draft, value| capabilities(draft, value, true))),
    ("Service", "PrivateTmp", Other(private_tmp)),
    ("Service", "ProtectSystem", Other(protect_system)),
    ("Service", "ReadWritePaths", Paths("confine.writable")),
    ("Service", "PrivateNetwork", Other(private_network)),
    ("Service", "PrivateIPC", If("confine.namespaces", "ipc")),
    ("Service", "PrivatePIDs", If("confine.namespaces", "pid")),
    ("Service", "PrivateMounts", If("confine.namespaces", "mount")),
    ("Service", "ProtectHostname", If("confine.namespaces", "uts")),
    ("Service", "ProtectClock", If("confine.calls-refused", "@clock")),
    ("Service", "ProtectKernelModules", If("confine.calls-refused", "@module")),
    ("Service", "SystemCallFilter", Other(calls)),
    ("Service", "SystemCallErrorNumber", Choice("", &[("EPERM", "")])),
    ("Service", "SystemCallArchitectures", Choice("", &[("native", "")])),
    ("Socket", "ListenStream", Other(|draft, value| socket(draft, value, "stream", "tcp"))),
    ("Socket", "ListenDatagram", Other(|draft, value| socket(draft, value, "dgram", "udp"))),
    ("Socket", "FileDescriptorName", Other(|draft, value| { draft.socket_name = value.into(); Ok(()) })),
    ("Socket", "Accept", Other(accept)),
    ("Socket", "Service", Nothing),
    ("Timer", "OnBootSec", Time("timer.first")),
    ("Timer", "OnStartupSec", Time("timer.first")),
    ("Timer", "OnActiveSec", Time("timer.first")),
    ("Timer", "OnUnitActiveSec", Time("timer.every")),
    ("Timer", "OnCalendar", Other(calendar)),
    ("Timer", "RandomizedDelaySec", Time("timer.spread")),
    ("Timer", "AccuracySec", Nothing),
    ("Timer", "Persistent", Other(|_, value| if switch(value) == Some(false) { Ok(()) } else { Err("a time that was missed is not made up for".into()) })),
    ("Timer", "Unit", Nothing),
];

impl Rule {
    /// Does to a draft what is to be done with a value; gives the reason why not.
    pub(super) fn apply(&self, draft: &mut Draft, value: &str) -> Result<(), String> {
        match *self {
            Nothing => Ok(()),
            Text(key) => draft.set(key, quoted(value)),
            Words(key) => draft.add(key, words(value).ok_or("a quote is open")?),
            Paths(key) => {
                let paths = words(value).ok_or("a quote is open")?;
                draft.add(key, paths.iter().map(|path| path.trim_start_matches(['-', '+']).into()).collect())
            }
            Units(key) => units(draft, key, value),
            Time(key) => draft.time(key, value),
            Amount(key) => {
                let number = value.strip_prefix('-').filter(|number| amount(number).is_some());
                let text = number.map(|_| value.to_string()).or_else(|| amount(value));
                draft.set(key, text.ok_or("")?)
            }
            Limit(key) => {
                let (soft, hard) = value.split_once(':').unwrap_or((value, value));
                draft.set(key, amount(soft).ok_or("")?)?;
                if soft != hard {
                    draft.nearly("ours has one limit, the first");
                }
                Ok(())
            }
            Choice(key, words) => match words.iter().find(|(theirs, _)| *theirs == value).ok_or("")? {
                (_, "") => Ok(()),
                (_, ours) => draft.set(key, quoted(ours)),
            },
            If(key, word) => match switch(value) {
                Some(true) if word.is_empty() => draft.set(key, "true".into()),
                Some(true) => draft.add(key, [word.into()].into()),
                Some(false) => Ok(()),
                None => Err(String::new()),
            },
            Other(act) => act(draft, value),
            No(reason) => Err(reason.into()),
        }
    }
}

/// Names services without their ends; the network is one, other targets are none.
fn units(draft: &mut Draft, key: &str, value: &str) -> Result<(), String> {
    let mut left = Ok(());
    for unit in value.split_ascii_whitespace() {
        match unit.rsplit_once('.') {
            // A socket, and a timer, may name its own service.
            Some((name, "service" | "socket" | "timer")) if name == draft.name => {}
            Some((name, "service" | "socket" | "timer")) => draft.add(key, [name.into()].into())?,
            Some(("network" | "network-online", "target")) => draft.add(key, ["network".into()].into())?,
            // What is there before any service of ours, and what ours stops for anyway.
            Some((name, "target")) if TARGETS.contains(&name) => {}
            _ => left = Err("ours knows services alone".into()),
        }
    }
    left
}

/// Targets that mean nothing to a service of ours.
const TARGETS: [&str; 16] = [
    "basic",
    "sysinit",
    "local-fs",
    "remote-fs",
    "multi-user",
    "default",
    "sockets",
    "paths",
    "timers",
    "nss-lookup",
    "nss-user-lookup",
    "time-sync",
    "shutdown",
    "syslog",
    "network-pre",
    "local-fs-pre",
];

fn wanted(draft: &mut Draft, _: &str) -> Result<(), String> {
    draft.is_wanted = true;
    Ok(())
}

fn condition(draft: &mut Draft, key: &str, value: &str) -> Result<(), String> {
    if value.starts_with('|') {
        return Err("all of ours must be met".into());
    }
    draft.add(key, [value.into()].into())
}

fn architecture(draft: &mut Draft, value: &str) -> Result<(), String> {
    let ours = match value {
        "x86-64" => "x86_64",
        "x86" => "i686",
        "arm64" => "aarch64",
        "arm" => "armv7l",
        "riscv64" => "riscv64",
        _ => return Err(String::new()),
    };
    draft.add("condition.architectures", [ours.into()].into())
}

fn interval(draft: &mut Draft, value: &str) -> Result<(), String> {
    draft.interval_ms = Some(time(value).ok_or("")?);
    Ok(())
}

fn kind(draft: &mut Draft, value: &str) -> Result<(), String> {
    match value {
        "simple" | "exec" => Ok(()),
        "idle" => {
            draft.nearly("ours does not wait for the others");
            Ok(())
        }
        "oneshot" => draft.set("kind", quoted(value)),
        "forking" => draft.set("ready", quoted("fork")),
        "notify" | "notify-reload" => draft.set("ready", quoted("notify-socket")),
        _ => Err("ours is ready when it runs".into()),
    }
}

/// A oneshot of ours has done its work, and is not done again.
fn remain(draft: &mut Draft, value: &str) -> Result<(), String> {
    if switch(value) == Some(true) && !draft.is("kind", "oneshot") {
        return Err("ours knows that of `Type=oneshot` alone, which must stand before it".into());
    }
    Ok(())
}

fn rest(draft: &mut Draft, value: &str) -> Result<(), String> {
    draft.rest_ms = Some(time(value).ok_or("")?);
    draft.nearly("ours starts again at once after the first failure");
    Ok(())
}

fn stop_timeout(draft: &mut Draft, value: &str) -> Result<(), String> {
    match time(value).ok_or("")? {
        0 => Err("ours waits for a time".into()),
        _ => draft.time("stop.timeout", value),
    }
}

fn reload(draft: &mut Draft, value: &str) -> Result<(), String> {
    let words = words(value).unwrap_or_default();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [program, "-s", signal, "$MAINPID"] if program.ends_with("kill") => {
            draft.set("reload-signal", quoted(signal))
        }
        [program, signal, "$MAINPID"] if program.ends_with("kill") && signal.starts_with('-') => {
            draft.set("reload-signal", quoted(signal.trim_start_matches('-')))
        }
        _ => Err("ours sends `reload-signal` alone".into()),
    }
}

fn environment(draft: &mut Draft, value: &str) -> Result<(), String> {
    for word in words(value).ok_or("a quote is open")? {
        let (name, value) = word.split_once('=').ok_or("there is no =")?;
        draft.set(&format!("environment.{}", quoted(name)), quoted(value))?;
    }
    Ok(())
}

fn environment_file(draft: &mut Draft, value: &str) -> Result<(), String> {
    if !value.trim_start_matches('-').starts_with('/') {
        return Err("expected an absolute path".into());
    }
    draft.command.add_file(value);
    draft.nearly("a shell reads it");
    Ok(())
}

fn output(draft: &mut Draft, value: &str) -> Result<(), String> {
    let (kind, file) = value.split_once(':').unwrap_or((value, ""));
    let target = match kind {
        "journal" | "syslog" => "ring",
        "journal+console" | "syslog+console" | "kmsg+console" | "tty" => "console",
        "null" => kind,
        "file" | "append" | "truncate" => {
            draft.set("log.file", quoted(file))?;
            draft.nearly("ours begins a new file where one is full, `log.size`");
            "file"
        }
        _ => return Err(String::new()),
    };
    draft.set("log.target", quoted(target))
}

/// Both go to the same place.
fn errors(draft: &mut Draft, value: &str) -> Result<(), String> {
    let is_same = match value {
        "inherit" => true,
        "journal" | "syslog" => !draft.has("log.target") || draft.is("log.target", "ring"),
        "null" => draft.is("log.target", "null"),
        _ => {
            let file = value.split_once(':').map_or("", |(_, file)| file);
            !file.is_empty() && draft.is("log.file", file)
        }
    };
    if is_same { Ok(()) } else { Err("it goes where standard output goes".into()) }
}

fn private_tmp(draft: &mut Draft, value: &str) -> Result<(), String> {
    match switch(value) {
        Some(false) => Ok(()),
        None if value != "disconnected" => Err(String::new()),
        _ => draft.set("confine.private-tmp", "true".into()),
    }
}

fn protect_system(draft: &mut Draft, value: &str) -> Result<(), String> {
    match value {
        "strict" => draft.set("confine.read-only", "true".into()),
        _ if switch(value) == Some(false) => Ok(()),
        _ => Err("ours has `strict` alone, as `confine.read-only`".into()),
    }
}

fn private_network(draft: &mut Draft, value: &str) -> Result<(), String> {
    If("confine.namespaces", "net").apply(draft, value)
}

/// Takes names of capabilities, or all but those.
fn capabilities(draft: &mut Draft, value: &str, is_ambient: bool) -> Result<(), String> {
    let (value, is_refused) = value.strip_prefix('~').map_or((value, false), |rest| (rest, true));
    let named = value.split_ascii_whitespace().map(str::to_ascii_lowercase);
    let named: Vec<String> = named.map(|name| name.trim_start_matches("cap_").into()).collect();
    let is_known = |name: &String| CAPABILITY_NAMES.split_ascii_whitespace().any(|known| known == name);
    if let Some(name) = named.iter().find(|name| !is_known(name)) {
        return Err(format!("there is no capability `{name}`"));
    }
    let which = if is_ambient { &mut draft.ambient } else { &mut draft.bounding };
    if is_refused {
        let all = || CAPABILITY_NAMES.split_ascii_whitespace().map(String::from).collect();
        which.get_or_insert_with(all).retain(|name| !named.contains(name));
    } else {
        which.get_or_insert_default().extend(named);
    }
    Ok(())
}

fn calls(draft: &mut Draft, value: &str) -> Result<(), String> {
    let (key, rest) = match value.strip_prefix('~') {
        Some(rest) => ("confine.calls-refused", rest),
        None => ("confine.calls", value),
    };
    if key == "confine.calls" && draft.has("confine.calls-refused") && !draft.has("confine.calls") {
        return Err("ours takes no refusal back".into());
    }
    let names = rest.split_ascii_whitespace().map(|name| name.split(':').next().unwrap_or_default());
    let (known, strange): (Vec<&str>, Vec<&str>) = names.partition(|name| sets::is_known(name));
    if !known.is_empty() {
        draft.add(key, known.into_iter().map(String::from).collect())?;
        draft.nearly("a call that is refused gives EPERM, and does not end the program");
    }
    if strange.is_empty() { Ok(()) } else { Err(format!("ours does not know {}", strange.join(", "))) }
}

fn accept(draft: &mut Draft, value: &str) -> Result<(), String> {
    if switch(value) == Some(false) {
        return Ok(());
    }
    draft.accepts = true;
    Err("ours hands the listening socket over, once".into())
}

fn socket(draft: &mut Draft, value: &str, unix: &str, internet: &str) -> Result<(), String> {
    let kind = match value.as_bytes() {
        [b'/', ..] => unix,
        [b'0'..=b'9' | b'[', ..] => internet,
        _ => return Err("ours has paths and ports alone".into()),
    };
    let socket = format!("{kind}:{value}");
    if let Some(reason) = crate::file::refusal(&format!("sockets.a = {}", quoted(&socket))) {
        return Err(reason);
    }
    draft.sockets.push(socket);
    Ok(())
}

fn calendar(draft: &mut Draft, value: &str) -> Result<(), String> {
    if draft.has("timer.at") {
        return Err("ours has one such line".into());
    }
    draft.set("timer.at", quoted(&dates(value).ok_or("a crontab cannot say it")?))
}

impl Draft {
    fn time(&mut self, key: &str, value: &str) -> Result<(), String> {
        self.set(key, of_time(time(value).ok_or("no time that ours knows")?))
    }
}
