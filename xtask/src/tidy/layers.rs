//! Layers: which crate may depend on which, and which may hold unsafe code.

use anyhow::{Context, Result};
use toml::{Table, Value};

use crate::workspace;

/// What a crate may do.
struct Crate {
    name: &'static str,
    /// Its folder.
    folder: &'static str,
    /// It depends on crates of lower layers only.
    layer: u8,
    /// Whether it forbids unsafe code.
    safe: bool,
}

const fn safe(layer: u8, name: &'static str, folder: &'static str) -> Crate {
    Crate { name, folder, layer, safe: true }
}

const fn not_safe(layer: u8, name: &'static str, folder: &'static str) -> Crate {
    Crate { name, folder, layer, safe: false }
}

/// Libraries of the host's side.
const TOOLS: u8 = 8;

/// The host's side: may depend on everything, and nothing on it.
const HOST: u8 = 9;

/// All crates, from the ground up.
const CRATES: &[Crate] = &[
    not_safe(0, "spelunk-arch", "arch"),
    safe(0, "spelunk-formats", "runtime/formats"),
    safe(0, "spelunk-query", "runtime/query"),
    safe(0, "spelunk-text", "runtime/text"),
    // It asks arch for the instructions of digests.
    safe(1, "spelunk-bulk", "runtime/bulk"),
    not_safe(1, "spelunk-linux", "runtime/linux"),
    safe(1, "spelunk-protocols", "runtime/protocols"),
    safe(2, "spelunk-io", "runtime/io"),
    safe(2, "spelunk-regex", "runtime/regex"),
    not_safe(2, "spelunk-rt", "runtime/rt"),
    not_safe(2, "spelunk-tasks", "runtime/tasks"),
    // It takes the names of signals and limits from linux.
    safe(2, "spelunk-services", "init/services"),
    // Sockets have the traits of io.
    safe(3, "spelunk-net", "runtime/net"),
    // Zones are read through files.
    safe(3, "spelunk-time", "runtime/time"),
    safe(3, "spelunk-system", "runtime/system"),
    // What build scripts of programs use.
    safe(0, "spelunk-build", "runtime/build"),
    // The face re-exports layers 0 to 3; it stands apart, since programs beyond init use it.
    not_safe(4, "spelunk", "runtime"),
    safe(4, "spelunk-applets", "init/applets"),
    safe(4, "spelunk-boot", "init/boot"),
    safe(4, "spelunk-shell", "init/shell"),
    not_safe(5, "spelunk-init", "init"),
    not_safe(6, "spelunk-examples", "runtime/examples"),
    not_safe(6, "spelunk-programs", "tests/programs"),
    not_safe(6, "spelunk-bench", "tests/bench"),
    // Tests of any layer may have it.
    not_safe(TOOLS, "spelunk-simulation", "runtime/simulation"),
    not_safe(TOOLS, "spelunk-dhcp-server", "tests/dhcp-server"),
    not_safe(TOOLS, "spelunk-toolchain", "xtask/toolchain"),
    not_safe(HOST, "spelunk-host", "tests/host"),
    not_safe(HOST, "spelunk-tests", "tests"),
    not_safe(HOST, "xtask", "xtask"),
];

/// Checks the manifest of every member of the workspace.
pub(super) fn check() -> Result<Vec<String>> {
    let root = manifest("")?;
    let members =
        root.get("workspace").and_then(|workspace| workspace.get("members")).and_then(Value::as_array);
    let members: Vec<_> =
        members.context("no members in Cargo.toml")?.iter().filter_map(Value::as_str).collect();
    let mut faults = members_known(&members);
    for one in CRATES.iter().filter(|one| members.contains(&one.folder)) {
        faults.extend(dependencies(one, &manifest(one.folder)?));
        if one.safe {
            let top = workspace::root().join(one.folder).join("src/lib.rs");
            faults.extend(forbids_unsafe(one, &workspace::read(&top)?));
        }
    }
    Ok(faults)
}

fn manifest(folder: &str) -> Result<Table> {
    let path = workspace::root().join(folder).join("Cargo.toml");
    workspace::read(&path)?.parse().with_context(|| format!("read {}", path.display()))
}

fn members_known(members: &[&str]) -> Vec<String> {
    let unknown = members.iter().filter(|member| !CRATES.iter().any(|one| one.folder == **member));
    unknown.map(|member| format!("{member} has no layer; the table is in xtask/src/tidy/layers.rs")).collect()
}

/// Finds dependencies that do not lie lower. Tests may use what they like, but for crates that hold `_start`.
fn dependencies(one: &Crate, manifest: &Table) -> Vec<String> {
    let Some(listed) = manifest.get("dependencies").and_then(Value::as_table) else { return Vec::new() };
    let ours = listed.iter().filter_map(|(key, value)| {
        let package = value.get("package").and_then(Value::as_str).map(str::to_owned);
        let name = package.unwrap_or_else(|| format!("spelunk-{key}"));
        CRATES.iter().find(|other| other.name == name || other.name == key)
    });
    let wrong = ours.filter(|other| other.layer >= one.layer);
    wrong
        .map(|other| {
            format!("{} (layer {}) depends on {} (layer {})", one.name, one.layer, other.name, other.layer)
        })
        .collect()
}

fn forbids_unsafe(one: &Crate, top: &str) -> Option<String> {
    (!top.contains("#![forbid(unsafe_code)]")).then(|| format!("{} does not forbid unsafe code", one.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(name: &str) -> &'static Crate {
        CRATES.iter().find(|one| one.name == name).unwrap()
    }

    fn faults(name: &str, manifest: &str) -> usize {
        dependencies(find(name), &manifest.parse().unwrap()).len()
    }

    #[test]
    fn dependencies_point_down() {
        let down = "[dependencies]\nformats.workspace = true\nbitflags.workspace = true\n";
        assert_eq!(faults("spelunk-linux", down), 0);
        assert_eq!(faults("spelunk-formats", "[dependencies]\nlinux.workspace = true\n"), 1);
        assert_eq!(faults("spelunk-boot", "[dependencies]\napplets.workspace = true\n"), 1);
        assert_eq!(
            faults("spelunk-rt", "[dependencies]\nx = { package = \"spelunk-init\", path = \"..\" }\n"),
            1
        );
        assert_eq!(faults("spelunk-formats", "[dev-dependencies]\nlinux.workspace = true\n"), 0);
    }

    #[test]
    fn strangers_and_unsafe_crates_are_named() {
        assert_eq!(members_known(&["arch", "runtime/extra"]).len(), 1);
        assert!(forbids_unsafe(find("spelunk-formats"), "//! Formats.\n").is_some());
        assert!(forbids_unsafe(find("spelunk-formats"), "#![forbid(unsafe_code)]\n").is_none());
    }
}
