//! The shell against dash, on scripts at random: they print the same and end with the same status.
//!
//! By hand, longer: `SPELUNK_SCRIPTS=20000 SPELUNK_SEED=7 cargo test -p spelunk-tests --test fuzz shells`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use spelunk_tests::skip::skipped;

use crate::scripts::Writer;

/// Which shell ours is compared with.
const PEER: &str = "/usr/bin/dash";

/// How many scripts are tried.
const SCRIPTS: u64 = 150;

/// What all scripts begin with.
const HEAD: &str = "ulimit -t 5\na=x b='p q' c= n=3 m=4\nset -- one 'two three' ''\nf0() { printf '0:%s;' \"$*\"; }\nf1() { f0 \"$1\" 1; }\nf2() { return 2; }";

/// What a shell has made of a script: its output, and its status or signal.
type Outcome = (String, String);

/// What ours and dash have made of it.
type Pair = (Outcome, Outcome);

#[test]
fn shells_agree_on_scripts_at_random() {
    if !Path::new(PEER).exists() {
        return skipped("dash is not installed");
    }
    let number = |name: &str| std::env::var(name).ok().map(|value| value.parse::<u64>().unwrap());
    let seed = number("SPELUNK_SEED").unwrap_or(1);
    let folder = std::env::temp_dir().join(format!("spelunk-scripts-{}", std::process::id()));
    let mut differing = Vec::new();
    for index in 0..number("SPELUNK_SCRIPTS").unwrap_or(SCRIPTS) {
        let start = seed << 32 | index;
        let commands = Writer::new(start).script();
        if let Some(outcomes) = differs(&folder, &commands) {
            let (commands, (ours, theirs)) = smallest(&folder, commands, outcomes);
            let script = commands.join("\n");
            differing.push(format!(
                "script {index} of {seed}:\n{script}\n-- ours: {ours:?}\n-- dash: {theirs:?}\n"
            ));
        }
    }
    fs::remove_dir_all(&folder).unwrap();
    assert!(differing.is_empty(), "{}\n{} differ", differing.join("\n"), differing.len());
}

/// Leaves commands out for as long as what is left still shows a difference.
fn smallest(folder: &Path, mut commands: Vec<String>, mut outcomes: Pair) -> (Vec<String>, Pair) {
    let mut index = 0;
    while index < commands.len() {
        let mut fewer = commands.clone();
        fewer.remove(index);
        match differs(folder, &fewer) {
            Some(found) => (commands, outcomes) = (fewer, found),
            None => index += 1,
        }
    }
    (commands, outcomes)
}

/// Gives both outcomes, if they are not the same.
fn differs(folder: &Path, commands: &[String]) -> Option<Pair> {
    let script = format!("{HEAD}\n{}\nprintf '%s,' last \"$?\" \"$a\" \"$n\"\n", commands.join("\n"));
    let ours = outcome(folder, Path::new(env!("CARGO_BIN_EXE_sh")), &script);
    let theirs = outcome(folder, Path::new(PEER), &script);
    (ours != theirs).then_some((ours, theirs))
}

/// Runs a script in a folder that is the same each time.
fn outcome(folder: &Path, shell: &Path, script: &str) -> Outcome {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder.join("d")).unwrap();
    for (name, text) in [("a.c", "one\n"), ("b.c", "two words\n"), ("d/e", ""), (".h", ""), ("o1", "1\n")] {
        fs::write(folder.join(name), text).unwrap();
    }
    let file: PathBuf = folder.join("d/script");
    fs::write(&file, script).unwrap();
    let output = Command::new(shell)
        .arg("d/script")
        .current_dir(folder)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.to_string())
}
