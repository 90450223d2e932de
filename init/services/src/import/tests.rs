//! Unit files, and what comes of them.

use super::*;

/// Gives the text of the first service, and what is said.
fn import(units: &[(&str, &str)]) -> (String, Vec<String>) {
    let units: Vec<_> = units.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect();
    let Conversion { services, problems, is_whole } = convert(&units, &["db".into()]);
    assert!(!is_whole || problems.iter().all(|problem| problem.message.contains("nearly")), "{problems:?}");
    for Imported { name, text } in &services {
        crate::file::parse(&format!("{name}.toml"), text, &[]).unwrap();
    }
    let text = services.into_iter().next().map(|service| service.text).unwrap_or_default();
    (text, problems.iter().map(ToString::to_string).collect())
}

/// Gives what comes of lines of `[Service]` beside a command.
fn service(lines: &str) -> (Vec<String>, Vec<String>) {
    let text = format!("[Service]\nExecStart=/bin/a\n{lines}\n[Install]\nWantedBy=multi-user.target\n");
    let (text, said) = import(&[("a.service", &text)]);
    let usual = ["command = [\"/bin/a\"]", "restart.when = \"never\"", "stop.timeout = 90"];
    (text.lines().filter(|line| !usual.contains(line)).map(String::from).collect(), said)
}

#[test]
fn a_service_with_its_socket() {
    let (text, said) = import(&[
        (
            "d/web.socket",
            "[Socket]\nListenStream=80\nListenStream=/run/web\n[Install]\nWantedBy=sockets.target\n",
        ),
        (
            "d/web.service",
            "[Unit]\nDescription=Pages\nAfter=network.target\n[Service]\nExecStart=/bin/web -n\nUser=www\n",
        ),
    ]);
    assert_eq!(said, [""; 0]);
    assert_eq!(
        text,
        "description = \"Pages\"\ncommand = [\"/bin/web\", \"-n\"]\nuser = \"www\"\nafter = [\"network\"]\n\
         restart.when = \"never\"\nstop.timeout = 90\nsockets.\"web\" = \"tcp:80\"\n\
         sockets.\"web-2\" = \"stream:/run/web\"\n"
    );
}

#[test]
fn a_service_with_its_timer() {
    let (text, said) = import(&[
        ("t.service", "[Service]\nType=oneshot\nExecStart=/bin/t\n"),
        (
            "t.timer",
            "[Unit]\nDescription=x\n[Timer]\nOnCalendar=Mon..Fri 03:30\nRandomizedDelaySec=5min\n[Install]\nWantedBy=timers.target\n",
        ),
    ]);
    assert_eq!(said, [""; 0]);
    assert_eq!(
        text,
        "kind = \"timer\"\ncommand = [\"/bin/t\"]\nstop.timeout = 90\ntimer.at = \"30 3 * * mon-fri\"\ntimer.spread = 300\n"
    );
}

#[test]
fn what_no_service_comes_of() {
    for (path, text, expected) in [
        ("a.mount", "", "a.mount:1: expected a unit whose name ends with .service, .socket or .timer"),
        (
            "a.socket",
            "[Socket]\nListenStream=80\n",
            "a.socket:1: no service comes of it: there is no `command`",
        ),
        ("a.service", "", "a.service:1: no service comes of it: there is no `command`"),
        (
            "a b.service",
            "[Service]\nExecStart=/bin/a\n",
            "a b.service:1: no service comes of it: the file's name is no name",
        ),
        (
            "a.timer",
            "[Timer]\nOnCalendar=daily\n",
            "a.timer:1: no service comes of it: there is no `command`",
        ),
    ] {
        let (text, said) = import(&[(path, text)]);
        assert!(text.is_empty() && said.len() == 1 && said[0].starts_with(expected), "{said:?}");
    }
}

#[test]
fn lines_that_mean_the_same() {
    #[rustfmt::skip]
    let cases = [
        ("Type=notify\nWatchdogSec=30", "ready = \"notify-socket\"|watchdog = 30"),
        ("Type=forking\nPIDFile=/run/a.pid", "ready = \"fork\""),
        ("Type=oneshot\nRemainAfterExit=yes", "kind = \"oneshot\""),
        ("Restart=on-failure", "restart.when = \"failure\""),
        ("[Unit]\nFailureAction=reboot\nSuccessAction=exit", "action.done = \"poweroff\"|action.failed = \"reboot\""),
        ("KillSignal=SIGINT\nTimeoutStopSec=1min", "stop.signal = \"SIGINT\"|stop.timeout = 60"),
        ("TimeoutStartSec=infinity", "ready-timeout = 0"),
        ("ExecReload=/bin/kill -HUP $MAINPID", "reload-signal = \"HUP\""),
        ("Environment=A=1 \"B=2 3\" 'C=\"'\nEnvironment=A=4", "environment.\"B\" = \"2 3\"|environment.\"C\" = \"\\\"\"|environment.\"A\" = \"4\""),
        ("Environment=A=1\nEnvironment=\nEnvironment=B=2", "environment.\"B\" = \"2\""),
        ("User=www\nGroup=web\nSupplementaryGroups=a b\nWorkingDirectory=/srv", "user = \"www\"|group = \"web\"|groups = [\"a\", \"b\"]|directory = \"/srv\""),
        ("MemoryHigh=32M\nMemorySwapMax=0\nCPUWeight=50\nOOMScoreAdjust=-500\nUMask=0027", "cgroup.memory-high = \"32M\"|cgroup.swap = 0|cgroup.cpu-weight = 50|oom-score = -500|umask = \"0027\""),
        ("LimitNOFILE=4096\nLimitCORE=infinity\nTasksMax=64\nMemoryMax=64M\nCPUQuota=50%\nNice=-5", "limits.open-files = 4096|limits.core = \"unlimited\"|cgroup.memory = \"64M\"|cgroup.cpu-percent = 50|cgroup.processes = 64|nice = -5"),
        ("CPUAffinity=0-2\nIOSchedulingClass=idle", "disk-class = \"idle\"|processors = [\"0\", \"1\", \"2\"]"),
        ("StandardOutput=journal\nStandardError=inherit", "log.target = \"ring\""),
        ("NoNewPrivileges=yes\nPrivateTmp=true\nProtectSystem=strict\nReadWritePaths=/srv -/var/a", "confine.private-tmp = true|confine.read-only = true|confine.writable = [\"/srv\", \"/var/a\"]|no-new-privileges = true"),
        ("CapabilityBoundingSet=CAP_NET_RAW CAP_CHOWN", "confine.capabilities = [\"net_raw\", \"chown\"]"),
        ("User=www\nCapabilityBoundingSet=", "user = \"www\"|confine.capabilities = []"),
        ("User=www\nAmbientCapabilities=CAP_NET_BIND_SERVICE", "user = \"www\"|confine.capabilities = [\"net_bind_service\"]"),
        ("PrivateIPC=yes\nProtectHostname=yes", "confine.namespaces = [\"ipc\", \"uts\"]"),
        ("X-Own=1\n[X-Section]\nA=b", ""),
    ];
    for (lines, expected) in cases {
        let (ours, said) = service(lines);
        assert_eq!((ours.join("|").as_str(), said), (expected, Vec::new()), "{lines}");
    }
}

#[test]
fn lines_that_mean_nearly_the_same_or_nothing() {
    #[rustfmt::skip]
    let cases = [
        ("SystemCallFilter=@system-service\nSystemCallFilter=~@privileged", "confine.calls = [\"@system-service\"]|confine.calls-refused = [\"@privileged\"]", "3: SystemCallFilter=@system-service means nearly the same: a call that is refused gives EPERM, and does not end the program"),
        ("SystemCallFilter=~@nonsense", "", "3: SystemCallFilter=~@nonsense is not carried over: ours does not know @nonsense"),
        ("Restart=always\nRestartSec=5", "restart.when = \"always\"|restart.first = 5|restart.longest = 5|restart.attempts = 0", "4: RestartSec=5 means nearly the same: ours starts again at once after the first failure"),
        ("Restart=on-success", "", "3: Restart=on-success is not carried over"),
        ("LimitNOFILE=1024:4096", "limits.open-files = 1024", "3: LimitNOFILE=1024:4096 means nearly the same: ours has one limit, the first"),
        ("StandardError=null", "", "3: StandardError=null is not carried over: it goes where standard output goes"),
        ("ProtectSystem=full", "", "3: ProtectSystem=full is not carried over: ours has `strict` alone, as `confine.read-only`"),
        ("ReadWritePaths=/srv", "", "3: ReadWritePaths= is not carried over: it means something with ProtectSystem=strict alone"),
        ("User=www\nCapabilityBoundingSet=CAP_CHOWN", "user = \"www\"", "1: CapabilityBoundingSet= is not carried over: ours would give them to its user"),
        ("CapabilityBoundingSet=CAP_NONSENSE", "", "3: CapabilityBoundingSet=CAP_NONSENSE is not carried over: there is no capability `nonsense`"),
        ("Type=dbus", "", "3: Type=dbus is not carried over: ours is ready when it runs"),
        ("Type=oneshot\nWatchdogSec=5", "kind = \"oneshot\"", "4: WatchdogSec= is not carried over: ours is for daemons alone"),
        ("Nice=99", "", "3: Nice=99 is not carried over: `nice`: expected a number from -20 to 19"),
        ("LockPersonality=yes", "", "3: LockPersonality= is not carried over"),
        ("Usre=a", "", "3: Usre= is not carried over; the nearest is `User`"),
        ("User=%u", "", "3: User=%u is not carried over: a running machine, or an instance, knows what it stands for"),
        ("nonsense", "", "3: expected KEY=VALUE or [SECTION]"),
    ];
    for (lines, expected, first) in cases {
        let (ours, said) = service(lines);
        assert_eq!(ours.join("|"), expected, "{lines}");
        assert_eq!(said.first(), Some(&format!("a.service:{first}")), "{lines}");
    }
}

#[test]
fn commands() {
    #[rustfmt::skip]
    let cases = [
        ("ExecStart=/bin/a 'b c' $$d", r#"["/bin/a", "b c", "$d"]"#, ""),
        ("ExecStart=/bin/a --x=${B} $C", r#"["/bin/sh", "-c", "set -f; exec /bin/a \"--x=${B}\" $C"]"#, ""),
        ("ExecStart=:/bin/a ${B}", r#"["/bin/a", "${B}"]"#, ""),
        ("ExecStart=-/bin/a", r#"["/bin/a"]"#, "- of ExecStart= is not carried over: its failure is one"),
        ("ExecStart=@/bin/a b c", r#"["/bin/a", "c"]"#, "@ of ExecStart= is not carried over: the program is told its own path in place of another name"),
        ("ExecStart=+/bin/a", r#"["/bin/a"]"#, "+ of ExecStart= is not carried over: its rights are those of the service"),
        ("ExecStart=/bin/b\nExecStart=\nExecStart=/bin/a", r#"["/bin/a"]"#, ""),
        ("ExecStartPre=-/bin/b\nExecStartPre=/bin/c\nExecStart=/bin/a", r#"["/bin/sh", "-c", "{ /bin/b || :; } && /bin/c && exec /bin/a"]"#, ""),
        ("Type=oneshot\nExecStart=-/bin/a\nExecStart=/bin/b", r#"["/bin/sh", "-c", "{ /bin/a || :; } && exec /bin/b"]"#, ""),
        ("EnvironmentFile=-/etc/a\nExecStart=/bin/a", r#"["/bin/sh", "-c", "set -a; [ ! -e /etc/a ] || . /etc/a; exec /bin/a"]"#, "EnvironmentFile=-/etc/a means nearly the same: a shell reads it"),
    ];
    for (lines, expected, said) in cases {
        let (text, all) = import(&[("a@x.service", &format!("[Service]\n{lines}\n"))]);
        let command = text.lines().find_map(|line| line.strip_prefix("command = ")).unwrap();
        let expected = if command.contains("/bin/sh") {
            expected.replace("\"--x=${B}\"", "\\\"--x=${B}\\\"").replace("\\\\", "\\")
        } else {
            expected.into()
        };
        assert_eq!(command, expected, "{lines}");
        assert!(
            all.len() == usize::from(!said.is_empty()) && all.iter().all(|one| one.ends_with(said)),
            "{all:?}"
        );
    }
}

#[test]
fn others_that_are_known_are_named() {
    let text =
        "[Unit]\nAfter=db.service b.service gone.service\nRequires=a.service\n[Service]\nExecStart=/bin/a\n";
    let (text, said) = import(&[("a.service", text), ("b.service", "[Service]\nExecStart=/bin/b\n")]);
    assert!(text.contains("after = [\"db\", \"b\"]\n") && !text.contains("needs"), "{text}");
    assert_eq!(said, ["a.service:2: After=gone.service is not carried over: there is no such service here"]);
}

#[test]
fn every_rule_names_a_key_of_ours() {
    for (section, name, rule) in RULES {
        let key = match rule {
            Rule::Text(key)
            | Rule::Words(key)
            | Rule::Paths(key)
            | Rule::Units(key)
            | Rule::Time(key)
            | Rule::Amount(key)
            | Rule::Limit(key)
            | Rule::Choice(key, _)
            | Rule::If(key, _) => key,
            Rule::Nothing | Rule::Other(_) | Rule::Left(_) => continue,
        };
        let is_there = key.is_empty() || crate::file::KEYS.iter().any(|known| known.name == *key);
        assert!(is_there, "{section} {name}: {key}");
    }
}

#[test]
fn any_text_comes_to_files_that_are_taken() {
    let text = "[Unit]\nAfter=db.service\n[Service]\nType=notify\nExecStart=-@/bin/a 'b ${C}' $D ; e\nEnvironment=\"A=%n\"\nWatchdogSec=5\n\
                SystemCallFilter=~@mount\nReadWritePaths=/a\nCapabilityBoundingSet=~CAP_CHOWN\n[Install]\nWantedBy=a\n";
    let mut seed = 1_u32;
    for _ in 0..2000 {
        let mut letters: Vec<char> = text.chars().collect();
        for _ in 0..4 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (at, to) = (seed as usize >> 8, "=\n\\\"'%$;~ \u{1}[".chars().nth(seed as usize >> 20 & 7));
            let at = at % letters.len();
            letters[at] = to.unwrap();
        }
        let text: String = letters.into_iter().collect();
        // Looks at what comes out, too.
        import(&[("a.service", &text)]);
    }
}
