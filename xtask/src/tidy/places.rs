//! What lies where: the top level, the three places of an applet, and how much a processor may take.

use std::path::Path;

use crate::applets::Applet;

/// All that the top of the checkout holds.
const TOP: &[&str] = &[
    ".cargo",
    ".ci",
    ".clippy.toml",
    ".gitignore",
    ".licenses",
    ".rustfmt.toml",
    "Cargo.lock",
    "Cargo.toml",
    "README.md",
    "arch",
    "init",
    "qemu",
    "runtime",
    "tests",
    "xtask",
];

/// Lines of code in the folder of a processor that a port owes.
const PORT: usize = 900;

/// Files of such a folder that only make something faster: a port may take `portable`'s in their place.
const EXTRA: &[&str] = &["digest.rs"];

/// Finds files that make the top level longer.
pub(super) fn top_level<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut names: Vec<_> = paths.map(|path| path.split('/').next().unwrap_or(path)).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| !TOP.contains(name));
    names
        .iter()
        .map(|name| format!("{name} has no place at the top; the list is in xtask/src/tidy/places.rs"))
        .collect()
}

/// Checks that an applet has its row in the group's table, and a table of tests.
pub(super) fn applet(applet: &Applet, group: &str, tested: bool) -> Vec<String> {
    let Applet { name, path, .. } = applet;
    let mut faults = Vec::new();
    // `dhcp/mod.rs` is module `dhcp`, `ls.rs` is `ls`.
    let own = path.file_stem().filter(|stem| *stem != "mod").or_else(|| path.parent()?.file_name());
    let module = own.unwrap_or_default().to_string_lossy();
    let row = format!("\"{name}\" => {module},");
    if !group.replace("r#", "").contains(&row) {
        faults.push(format!("{name} has no row ({row}) in the table of its group"));
    }
    if !tested {
        faults.push(format!("{name} has no tests/applets/{name}.test"));
    }
    faults
}

/// Checks that the features of commands stand in the order of their names, once each: the list of all, and what each shares.
pub(super) fn features(manifest: &str) -> Vec<String> {
    let lists = manifest.split_once("all = [").and_then(|(_, rest)| rest.split_once(']'));
    let Some((all, shared)) = lists else { return vec!["there is no list of all features".to_owned()] };
    let all: Vec<_> = all.split('"').skip(1).step_by(2).collect();
    let rows =
        shared.lines().filter_map(|line| line.split_once(" = [").map(|(name, _)| name.trim_matches('"')));
    let rows: Vec<_> = rows.filter(|name| all.contains(name)).collect();
    let unsorted = |names: &[&str]| {
        let pair = names.windows(2).find(|pair| pair[0] >= pair[1]);
        pair.map(|pair| format!("feature {} stands in front of {}", pair[0], pair[1]))
    };
    let missing =
        all.iter().find(|name| !rows.contains(name)).map(|name| format!("feature {name} has no row"));
    [unsorted(&all), unsorted(&rows), missing].into_iter().flatten().collect()
}

/// Says whether a port could do without a file of a processor's folder.
pub(super) fn is_extra(path: &Path) -> bool {
    path.file_name().is_some_and(|name| EXTRA.iter().any(|extra| name == *extra))
}

/// Checks that the folder of a processor stays small: so many lines of code are what a port may cost.
pub(super) fn architecture(name: &str, sources: &[String]) -> Vec<String> {
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with("//");
    let lines: usize = sources.iter().map(|text| text.lines().filter(is_code).count()).sum();
    let fault = format!("arch/src/{name}: {lines} lines of code; at most {PORT}, comments not counted");
    (lines > PORT).then_some(fault).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_small() {
        let folder = |lines| ["// a comment\n\n".repeat(2000), "let code;\n".repeat(lines)];
        assert!(architecture("pdp11", &folder(900)).is_empty());
        assert_eq!(architecture("pdp11", &folder(901)).len(), 1);
    }

    #[test]
    fn features_stand_in_order() {
        let manifest = |all: &str, rows: &str| format!("all = [{all}]\n{rows}files = []\n");
        let rows = "cat = []\nls = []\n";
        assert!(features(&manifest("\"cat\", \"ls\",", rows)).is_empty());
        assert_eq!(features(&manifest("\"ls\", \"cat\",", rows)).len(), 1);
        assert_eq!(features(&manifest("\"cat\", \"ls\",", "ls = []\ncat = []\n")).len(), 1);
        assert_eq!(features(&manifest("\"cat\", \"ls\", \"ps\"", rows)), ["feature ps has no row"]);
        assert_eq!(features(&manifest("\"cat\", \"ls\",", "cat = []\ncat = []\nls = []\n")).len(), 1);
        assert_eq!(features("[features]\n").len(), 1);
    }

    #[test]
    fn strangers_at_the_top_are_named_once() {
        let paths = ["Cargo.toml", "arch/src/lib.rs", "notes/a", "notes/b", "TODO.txt"];
        let faults = top_level(paths.into_iter());
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults[0].starts_with("TODO.txt") && faults[1].starts_with("notes"));
    }

    #[test]
    fn an_applet_needs_a_row_and_a_test() {
        let at = |path: &str| Applet { name: "ls".into(), group: "file".into(), path: path.into() };
        assert!(applet(&at("file/ls.rs"), "\"ls\" => ls,", true).is_empty());
        assert!(applet(&at("file/ls/mod.rs"), "\"ls\" => ls,", true).is_empty());
        assert_eq!(applet(&at("file/ls.rs"), "\"cat\" => cat,", false).len(), 2);
    }
}
