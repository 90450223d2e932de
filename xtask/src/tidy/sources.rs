//! Rules of a source file: its head, its length, words that must not be in it, and that a module names it.

use std::path::Path;

use anyhow::Result;

use crate::workspace;

/// Folders with sources.
const FOLDERS: &[&str] = &["arch", "init", "runtime", "tests", "xtask"];

/// Lines of a file, tests not counted.
const MAX_LINES: usize = 800;

/// How far above an unsafe block its reason may stand: a statement may begin some lines earlier.
const REASON_WITHIN: usize = 8;

/// Checks every source file.
pub(super) fn check() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for folder in FOLDERS {
        for path in workspace::sources(&workspace::root().join(folder))? {
            let shown = path.strip_prefix(workspace::root()).unwrap_or(&path).to_owned();
            let text = workspace::read(&path)?;
            let found = file(&shown, &text, place(&path)?).into_iter();
            faults.extend(found.map(|fault| format!("{}: {fault}", shown.display())));
        }
    }
    Ok(faults)
}

/// What a file is compiled into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// A module or a target of a manifest.
    Code,
    /// A module of tests alone.
    Tests,
    /// Nothing names it.
    Nowhere,
}

/// Gives all that is wrong with a file; the path is relative to the checkout.
fn file(path: &Path, text: &str, place: Place) -> Vec<String> {
    let mut faults = Vec::new();
    if place == Place::Nowhere {
        faults.push("no module or manifest names it, so nobody compiles it".to_owned());
    }
    if !text.starts_with("//! ") {
        faults.push("the first line does not say what it is for (`//! `)".to_owned());
    }
    let is_test = place == Place::Tests || path.starts_with("tests");
    let code = if is_test { "" } else { before_tests(text) };
    let lines = code.lines().count();
    let generated = text.lines().next().is_some_and(|head| head.contains("generated"));
    if lines > MAX_LINES && !generated {
        faults.push(format!("{lines} lines; at most {MAX_LINES}, tests not counted"));
    }
    faults.extend(words(code));
    let architecture = concat!("target", "_arch");
    if !path.starts_with("arch") && text.contains(architecture) {
        faults.push(format!("{architecture} is spoken of in arch/ only"));
    }
    faults
        .extend(unsafe_blocks(text).map(|line| format!("line {line}: unsafe code without a SAFETY comment")));
    faults
}

/// Cuts off the tests, which end a file.
fn before_tests(text: &str) -> &str {
    text.split_once("\n#[cfg(test)]\nmod tests {").map_or(text, |(code, _)| code)
}

/// Finds words that tell of work left undone, and calls that a process 1 must not make.
fn words(code: &str) -> Vec<String> {
    let refused = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
        concat!("to", "do!("),
        concat!("unimple", "mented!("),
        concat!(".unw", "rap()"),
    ];
    let found = |(index, line): (usize, &str)| {
        let word = refused.iter().find(|word| line.contains(**word))?;
        Some(format!("line {}: {word}", index + 1))
    };
    code.lines().enumerate().filter_map(found).collect()
}

/// Gives the numbers of lines with unsafe code that no SAFETY comment precedes.
fn unsafe_blocks(text: &str) -> impl Iterator<Item = usize> {
    let lines: Vec<_> = text.lines().collect();
    let is_unsafe = |line: &str| {
        let code = line.split("//").next().unwrap_or_default();
        // Not within a text or a macro's pattern.
        let open = [concat!("unsafe", " {"), concat!("unsafe", " impl")];
        open.iter().any(|form| code.contains(form)) && !code.contains('"')
    };
    let reasoned = |index: usize| {
        let above = lines.get(index.saturating_sub(REASON_WITHIN)..=index).unwrap_or_default();
        above.iter().any(|line| line.contains("SAFETY:"))
    };
    let found = (0..lines.len()).filter(|index| lines.get(*index).is_some_and(|line| is_unsafe(line)));
    found.filter(|index| !reasoned(*index)).map(|index| index + 1).collect::<Vec<_>>().into_iter()
}

/// Finds the module above the file, or the manifest of its crate, that names it.
fn place(path: &Path) -> Result<Place> {
    let name = workspace::stem(path);
    let folder = path.parent().unwrap_or(Path::new(""));
    // What benches measure us against is compiled by them.
    if matches!(name, "lib" | "main") || folder.ends_with("bin") || folder.ends_with("bench/peers") {
        return Ok(Place::Code);
    }
    let (module, above) = match name {
        "mod" => (folder.file_name().unwrap_or_default().to_string_lossy().into_owned(), folder.parent()),
        _ => (name.to_owned(), Some(folder)),
    };
    let above = above.unwrap_or(Path::new(""));
    let parents =
        [above.join("mod.rs"), above.join("lib.rs"), above.join("main.rs"), above.with_extension("rs")];
    for parent in parents.iter().filter(|parent| parent.as_path() != path && parent.exists()) {
        match named_in(&workspace::read(parent)?, &module) {
            Place::Nowhere => {}
            found => return Ok(found),
        }
    }
    Ok(if named_by_manifest(path)? { Place::Code } else { Place::Nowhere })
}

/// Looks for a module's line, and for what stands above it.
fn named_in(text: &str, module: &str) -> Place {
    let forms = [format!("mod {module};"), format!("mod r#{module};")];
    let mut above = "";
    for line in text.lines().map(str::trim) {
        if forms.iter().any(|form| line == form || line.ends_with(&format!(" {form}"))) {
            return if above == "#[cfg(test)]" { Place::Tests } else { Place::Code };
        }
        above = line;
    }
    Place::Nowhere
}

/// Looks for the file in the manifests above it: one crate's targets may lie in another's folder.
fn named_by_manifest(path: &Path) -> Result<bool> {
    for folder in path.ancestors().skip(1).take_while(|folder| folder.starts_with(workspace::root())) {
        let manifest = folder.join("Cargo.toml");
        let inside = path.strip_prefix(folder).unwrap_or(path);
        if manifest.exists() && workspace::read(&manifest)?.contains(&format!("\"{}\"", inside.display())) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(path: &str, text: &str) -> Vec<String> {
        file(Path::new(path), text, Place::Code)
    }

    #[test]
    fn a_plain_file_has_no_faults() {
        assert_eq!(faults("runtime/x/src/a.rs", "//! What it is.\n\nfn f() {}\n"), [""; 0]);
    }

    #[test]
    fn each_fault_of_a_file_is_found() {
        let unwrap = concat!("//! A.\nfn f() { g().unw", "rap(); }\n");
        let work = concat!("//! A.\n// TO", "DO: more\n");
        let architecture = concat!("//! A.\n#[cfg(target", "_arch = \"x\")]\nfn f() {}\n");
        let hidden = concat!("//! A.\nmacro_rules! m { () => {\n    unsafe", " { f() }\n} }\n");
        let long = format!("//! A.\n{}", "\n".repeat(MAX_LINES + 1));
        let cases = [
            ("fn f() {}\n", "first line"),
            (unwrap, "line 2"),
            (work, "line 2"),
            (architecture, "in arch/ only"),
            (hidden, "line 3: unsafe"),
            (&long, "at most 800"),
        ];
        for (text, expected) in cases {
            let found = faults("runtime/x/src/a.rs", text);
            assert!(found.len() == 1 && found[0].contains(expected), "{expected}: {found:?}");
        }
        assert_eq!(faults("arch/src/a.rs", architecture).len(), 0);
    }

    #[test]
    fn tests_may_be_long_and_may_unwrap() {
        let inside =
            concat!("//! A.\nfn f() {}\n\n#[cfg(test)]\nmod tests {\n    fn g() { f().unw", "rap() }\n}\n");
        assert_eq!(faults("runtime/x/src/a.rs", inside), [""; 0]);
        let alone = concat!("//! A.\nfn g() { f().unw", "rap() }\n");
        assert_eq!(faults("tests/host/a.rs", alone), [""; 0]);
        assert_eq!(file(Path::new("runtime/x/src/samples.rs"), alone, Place::Tests), [""; 0]);
    }

    #[test]
    fn a_reason_above_the_statement_counts() {
        let text = concat!("//! A.\n// SAFETY: it is so.\nlet x =\n    unsafe", " { f() };\n");
        assert_eq!(faults("runtime/x/src/a.rs", text), [""; 0]);
    }

    #[test]
    fn modules_are_named_in_full() {
        assert_eq!(named_in("pub(crate) mod wire;\n", "wire"), Place::Code);
        assert_eq!(named_in("mod r#true;\n", "true"), Place::Code);
        assert_eq!(named_in("mod a;\n#[cfg(test)]\nmod samples;\n", "samples"), Place::Tests);
        assert_eq!(named_in("mod wires;\nmod wire { }\n", "wire"), Place::Nowhere);
        assert_eq!(place(&workspace::root().join("xtask/src/tidy/mod.rs")).unwrap(), Place::Code);
        assert_eq!(place(&workspace::root().join("xtask/src/tidy/stray.rs")).unwrap(), Place::Nowhere);
        let lost = file(Path::new("a.rs"), "//! A.\n", Place::Nowhere);
        assert!(lost.len() == 1 && lost[0].contains("nobody compiles"), "{lost:?}");
    }
}
