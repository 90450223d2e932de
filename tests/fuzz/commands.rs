//! Commands against those of GNU (hexdump: util-linux's), with options and operands at random: they print the same and agree
//! whether they succeed.
//!
//! By hand, longer: `SPELUNK_CALLS=2000 SPELUNK_SEED=7 cargo test -p spelunk-tests --test fuzz commands`.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use spelunk_tests::skip::skipped;

use crate::grammar::{self, TOOLS, Tool};
use crate::mutation::Mutator;

/// How many calls of each command are tried.
const CALLS: u64 = 60;

/// What the commands may read.
const FILES: [(&str, &[u8]); 7] = [
    ("text", b"the quick brown fox\njumps over\n\n\nthe lazy dog\nThe End\nfoo:bar:baz\n  two  blanks\ttab\n"),
    ("numbers", b"10\n9\n2\n33\n1.5\n-4\n+5\n010\n9\n 7\n2K\n1M\n"),
    ("bytes", b"\x00\x01\xff\xfea\nb\r\n\x80\x7f\x1b[0m\n\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00end"),
    ("short", b"no line feed"),
    ("empty", b""),
    ("sorted", b"apple\napple\nBanana\nbanana\ncherry 3\ncherry 12\ndate\n"),
    ("tree/a.c", b"int main;\n"),
];

/// What a command has made of it: its output, and its status.
#[derive(Clone, PartialEq, Eq)]
struct Outcome {
    out: Vec<u8>,
    status: Option<i32>,
}

#[test]
fn commands_agree_on_calls_at_random() {
    let number = |name: &str| std::env::var(name).ok().map(|value| value.parse::<u64>().unwrap());
    let seed = number("SPELUNK_SEED").unwrap_or(1);
    let calls = number("SPELUNK_CALLS").unwrap_or(CALLS);
    let folder = std::env::temp_dir().join(format!("spelunk-calls-{}", std::process::id()));
    prepare(&folder);
    let mut differing = Vec::new();
    for tool in TOOLS {
        let Some(peer) = peer(tool.name) else {
            skipped(&format!("{} of another implementation is not installed", tool.name));
            continue;
        };
        for index in 0..calls {
            let words = grammar::call(tool, &mut Mutator::new(seed << 32 | index | 1 << 63));
            let pair = Pair { folder: &folder, peer: &peer, tool };
            if pair.differs(&words).is_some() {
                differing.push(pair.report(&words));
            }
        }
    }
    fs::remove_dir_all(&folder).unwrap();
    assert!(differing.is_empty(), "{}\n{} calls differ", differing.join("\n"), differing.len());
}

fn prepare(folder: &Path) {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder.join("tree/deep/er")).unwrap();
    for (name, bytes) in FILES {
        fs::write(folder.join(name), bytes).unwrap();
    }
    fs::write(folder.join("tree/deep/b.txt"), "b\n").unwrap();
    symlink("../text", folder.join("tree/link")).unwrap();
    for tool in TOOLS {
        symlink(env!("CARGO_BIN_EXE_applet"), folder.join(format!(".{}", tool.name))).unwrap();
    }
}

/// Finds the other implementation; some systems have BusyBox under these names.
fn peer(name: &str) -> Option<PathBuf> {
    let path =
        ["/usr/bin", "/bin"].iter().map(|folder| Path::new(folder).join(name)).find(|path| path.exists())?;
    (!fs::canonicalize(&path).ok()?.ends_with("busybox")).then_some(path)
}

/// Ours and the other one.
struct Pair<'a> {
    folder: &'a Path,
    peer: &'a Path,
    tool: &'a Tool,
}

impl Pair<'_> {
    /// Gives both outcomes, if they are not the same.
    fn differs(&self, words: &[String]) -> Option<(Outcome, Outcome)> {
        let ours = self
            .run(Path::new(env!("CARGO_BIN_EXE_applet")), &[&[self.tool.name.to_owned()], words].concat());
        let theirs = self.run(self.peer, words);
        let is_same = match (ours.status, theirs.status) {
            (Some(0), Some(0)) => ours.out == theirs.out,
            (Some(left), Some(right)) if self.tool.is_exact => {
                left == right && (left > 1 || ours.out == theirs.out)
            }
            (Some(left), Some(right)) => left != 0 && right != 0,
            _ => false,
        };
        (!is_same).then_some((ours, theirs))
    }

    fn run(&self, program: &Path, words: &[String]) -> Outcome {
        let input = fs::File::open(self.folder.join(self.tool.input)).unwrap();
        let output = Command::new("timeout")
            .arg("10")
            .arg(program)
            .args(words)
            .current_dir(self.folder)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .stdin(input)
            .stderr(Stdio::null())
            .output()
            .unwrap();
        Outcome { out: output.stdout, status: output.status.code() }
    }

    /// Says what differs, after leaving out words for as long as what is left still shows it.
    fn report(&self, words: &[String]) -> String {
        let mut words = words.to_vec();
        let mut index = 0;
        while index < words.len() {
            let mut fewer = words.clone();
            fewer.remove(index);
            match self.differs(&fewer) {
                Some(_) => words = fewer,
                None => index += 1,
            }
        }
        let Some((ours, theirs)) = self.differs(&words) else {
            return format!("{} {words:?}: differs only now and then", self.tool.name);
        };
        let shown = |outcome: &Outcome| {
            let out = &outcome.out[..outcome.out.len().min(400)];
            format!("{:?} \"{}\"", outcome.status, std::ffi::OsStr::from_bytes(out).as_bytes().escape_ascii())
        };
        let words: Vec<_> = words.iter().map(|word| format!("'{}'", word.replace('\'', "'\\''"))).collect();
        let (name, words, input) = (self.tool.name, words.join(" "), self.tool.input);
        format!("{name} {words} < {input}\n-- ours:   {}\n-- theirs: {}\n", shown(&ours), shown(&theirs))
    }
}
