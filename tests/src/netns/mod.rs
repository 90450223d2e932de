//! Runs a test in private user, network, mount, process and host name namespaces, so that it may own a network,
//! start real servers and break things, without being root and without leaving anything behind.
//!
//! A test calls [`isolated`] with its body. The first call starts the same test program once more, inside new
//! namespaces and for this one test; that second program runs the body. It is process 1 of its process namespace,
//! so when it ends, by success, panic or time limit, the kernel kills every server and client it started and removes
//! its links.

pub mod servers;
pub mod simulated;

use std::ffi::OsStr;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

/// Names the test that the inner program runs.
const INNER: &str = "SPELUNK_NETNS_TEST";

/// The private folder of a test: a memory file system that only its namespace sees.
pub const WORK: &str = "/run/work";

/// Runs `body` in fresh namespaces and fails the test when it fails, panics or takes longer than `limit`.
///
/// Where the machine refuses unprivileged namespaces, the test says so on stderr and passes: a developer's container
/// may not have them.
#[track_caller]
pub fn isolated<F: FnOnce() -> Result<()>>(limit: Duration, body: F) {
    let path = std::any::type_name::<F>().trim_end_matches("::{{closure}}");
    let test = path.split_once("::").map_or(path, |(_crate, test)| test);
    if std::env::var_os(INNER).is_some_and(|name| name == test) {
        if let Err(error) = prepare().and_then(|()| body()) {
            // The message goes out first: the panic of a test prints no error chain.
            println!("failed: {error:?}");
            print_logs();
            std::process::exit(1);
        }
        return;
    }
    if let Some(reason) = refused() {
        say(&format!("skipped: {test}: {reason}"));
        return;
    }
    let started = Instant::now();
    let output = inner(test, limit).output();
    let output = match output {
        Ok(output) => output,
        Err(error) => {
            say(&format!("skipped: {test}: unshare: {error}"));
            return;
        }
    };
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    for line in text.lines().filter(|line| line.starts_with("skipped:")) {
        say(&format!("{line} ({test})"));
    }
    print!("{text}");
    assert!(
        output.status.success(),
        "{test} failed in its namespaces after {:.1} s ({}), limit {} s",
        started.elapsed().as_secs_f32(),
        output.status,
        limit.as_secs()
    );
    // A body that is no closure of its test has another name, and the inner program finds no such test.
    assert!(text.contains("running 1 test"), "{test} ran nothing: {text}");
}

/// Prints the end of what each process of the test said.
fn print_logs() {
    const LINES: usize = 60;
    let Ok(folder) = std::fs::read_dir(WORK) else { return };
    for path in folder
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "log"))
    {
        let text = std::fs::read(&path).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<_> = text.lines().collect();
        println!("--- {}", path.display());
        lines.iter().skip(lines.len().saturating_sub(LINES)).for_each(|line| println!("{line}"));
    }
}

/// Makes the command line of a program in new namespaces, killed when it takes longer than `limit`; its arguments follow.
pub fn enter(limit: Duration, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("timeout");
    // `timeout` and not a watch in this process: it also ends the test when this process is killed.
    command.args(["--signal=KILL", &limit.as_secs().to_string(), "unshare"]).args(NAMESPACES).arg(program);
    command
}

/// Makes the command line of the inner program.
fn inner(test: &str, limit: Duration) -> Command {
    let mut command = enter(limit, std::env::current_exe().unwrap_or_default());
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]);
    // The chain of causes says more than a backtrace of the harness.
    command.env(INNER, test).env("RUST_LIB_BACKTRACE", "0").stdin(Stdio::null());
    command
}

/// The namespaces of a test, as arguments of unshare(1).
const NAMESPACES: &[&str] = &[
    "--user",
    "--map-root-user",
    "--net",
    "--mount",
    "--propagation=private",
    "--pid",
    "--fork",
    "--kill-child=KILL",
    "--mount-proc",
    "--uts",
];

/// Says why this machine cannot run such tests, if it cannot.
fn refused() -> Option<String> {
    static REFUSED: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
    REFUSED
        .get_or_init(|| match Command::new("unshare").args(NAMESPACES).arg("true").output() {
            Ok(output) if output.status.success() => missing_tools(),
            Ok(output) => Some(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
            Err(error) => Some(format!("unshare: {error}")),
        })
        .clone()
}

/// Names the programs of the machine that the harness itself needs and that are not installed.
fn missing_tools() -> Option<String> {
    let missing: Vec<_> =
        ["ip", "nsenter", "timeout"].into_iter().filter(|tool| program(tool).is_none()).collect();
    (!missing.is_empty()).then(|| format!("not installed: {}", missing.join(", ")))
}

/// Prints past the capture of the test harness: a skipped test must be seen.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Prepares the inner side, which [`isolated`] does by itself: a private /run, the network's own /sys, loopback.
pub fn prepare() -> Result<()> {
    run(["mount", "-t", "tmpfs", "spelunk", "/run"])?;
    // Not every kernel gives an unprivileged user a new sysfs; only tests that read it care.
    let _ = run(["mount", "-t", "sysfs", "spelunk", "/sys"]);
    std::fs::create_dir_all(WORK)?;
    std::env::set_current_dir(WORK)?;
    run(["ip", "link", "set", "lo", "up"])
}

/// Runs a command to its end and gives an error that holds what it printed.
pub fn run<S: AsRef<OsStr>>(words: impl IntoIterator<Item = S>) -> Result<()> {
    text(words).map(drop)
}

/// Runs a command to its end and gives what it printed on stdout.
pub fn text<S: AsRef<OsStr>>(words: impl IntoIterator<Item = S>) -> Result<String> {
    let mut words = words.into_iter();
    let name = words.next().context("a command without a name")?;
    let output = Command::new(&name).args(words).stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("start {}", name.as_ref().display()))?;
    checked(&output)
}

/// Gives the stdout of a finished command, or its failure.
pub fn checked(output: &Output) -> Result<String> {
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "{}: {printed}{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(printed)
}

/// Runs a command line whose words are separated by spaces, e.g. `ip("link set vs down")` of iproute2.
pub fn ip(words: &str) -> Result<String> {
    text(std::iter::once("ip").chain(words.split_whitespace()))
}

/// Asks `attempt` until it has an answer.
pub fn eventually<T>(what: &str, limit: Duration, mut attempt: impl FnMut() -> Option<T>) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(answer) = attempt() {
            return Ok(answer);
        }
        if started.elapsed() >= limit {
            bail!("{what}: not within {:.1} s", limit.as_secs_f32());
        }
        std::thread::sleep(Duration::from_millis(3));
    }
}

/// Finds a program in the usual folders; those of the administrator are not in everyone's PATH.
pub fn program(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders)
        .chain(["/usr/sbin", "/sbin", "/usr/bin", "/bin"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// The server's end of the wire: it stays in the network namespace of the test itself.
pub const SERVER_LINK: &str = "vs";
/// The client's end of the wire.
pub const CLIENT_LINK: &str = "vc";

/// A client's network namespace, joined to the test's own by a pair of virtual Ethernet links.
pub struct Client {
    name: String,
}

impl Client {
    /// Makes the namespace with one link in it; both ends of the wire are still down and without an address.
    pub fn wired() -> Result<Self> {
        let client = Self { name: "cli".to_owned() };
        ip(&format!("netns add {}", client.name))?;
        client.wire(SERVER_LINK, CLIENT_LINK)?;
        Ok(client)
    }

    /// Adds a wire between the link `here` in the test's namespace and the link `there` in the client's.
    pub fn wire(&self, here: &str, there: &str) -> Result<()> {
        ip(&format!("link add {here} type veth peer name {there} netns {}", self.name)).map(drop)
    }

    /// Gives the path that opens the namespace, for setns(2).
    pub fn path(&self) -> PathBuf {
        Path::new("/run/netns").join(&self.name)
    }

    /// Makes a command that will run inside.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("nsenter");
        command.arg(format!("--net={}", self.path().display())).arg(program);
        command.stdin(Stdio::null()).process_group(0);
        command
    }

    /// Runs iproute2 inside.
    pub fn ip(&self, words: &str) -> Result<String> {
        ip(&format!("-n {} {words}", self.name))
    }

    /// Gives the IPv4 addresses of a link inside, with their prefix lengths.
    pub fn addresses(&self, link: &str) -> Vec<String> {
        let listed = self.ip(&format!("-4 -o address show dev {link}")).unwrap_or_default();
        let address =
            |line: &str| line.split_whitespace().skip_while(|&word| word != "inet").nth(1).map(str::to_owned);
        listed.lines().filter_map(address).collect()
    }

    /// Gives the IPv4 routes of the main table, a line each, as `ip route` prints them.
    pub fn routes(&self) -> String {
        self.ip("-4 route").unwrap_or_default()
    }
}

/// A process of the test, killed and reaped when it goes out of scope.
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a command with everything it prints in the file `WORK/<name>.log`.
    pub fn start(name: &str, mut command: Command) -> Result<Self> {
        let log = Path::new(WORK).join(format!("{name}.log"));
        let file = std::fs::File::create(&log)?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let child = command.spawn().with_context(|| format!("start {name}"))?;
        Ok(Self { child, log })
    }

    /// Gives what it printed so far.
    pub fn log(&self) -> String {
        std::fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Waits until it has printed `marker`.
    pub fn printed(&mut self, marker: &str, limit: Duration) -> Result<()> {
        let waited = eventually(marker, limit, || {
            let done = self.child.try_wait().ok().flatten();
            self.log().contains(marker).then_some(true).or(done.map(|_| false))
        });
        match waited {
            Ok(true) => Ok(()),
            Ok(false) => bail!("ended before it printed {marker:?}: {}", self.log()),
            Err(error) => Err(error.context(self.log())),
        }
    }

    /// Gives its process number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its name, e.g. `TERM`.
    pub fn signal(&self, name: &str) -> Result<()> {
        run(["kill", "-s", name, &self.id().to_string()])
    }

    /// Waits for its end and gives whether it was successful.
    pub fn finish(&mut self, limit: Duration) -> Result<bool> {
        let status = eventually("the end of the process", limit, || self.child.try_wait().ok().flatten());
        Ok(status.with_context(|| self.log())?.success())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
