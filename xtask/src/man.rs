//! `cargo xtask man`: a manual page for each command, from the table that its `--help` comes from: the program for this host's
//! processor is built and asked for its catalog.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

use crate::machine::Architecture;
use crate::output::say;
use crate::selection::Selection;
use crate::{build, command, workspace};

/// A command, as `spelunk --list-json` describes it.
#[derive(Deserialize)]
struct Entry {
    name: String,
    group: String,
    summary: String,
    usage: String,
    options: Vec<Choice>,
    /// The JSON Schema of its rows.
    rows: Value,
}

/// An option.
#[derive(Deserialize)]
struct Choice {
    short: Option<String>,
    long: Option<String>,
    value: Option<String>,
    #[serde(default)]
    value_is_optional: bool,
    help: String,
}

/// Runs `man`.
pub(crate) fn run(folder: Option<&Path>) -> Result<()> {
    let pages = write(folder)?;
    let shown = pages.first().and_then(|page| page.parent()).unwrap_or(Path::new("."));
    say!("{} pages in {}", pages.len(), shown.display());
    Ok(())
}

/// Writes all pages into the folder `man1` of a folder, `target/man` without one, and gives their paths.
pub(crate) fn write(folder: Option<&Path>) -> Result<Vec<PathBuf>> {
    let architecture = Architecture::load(std::env::consts::ARCH)?;
    let program = build::spelunk(&architecture, &Selection::FULL.parse()?)?;
    let catalog = command::output(command::new(program).arg("--list-json"))?;
    let entries: Vec<Entry> = serde_json::from_str(&catalog).context("read the program's catalog")?;
    let folder = folder.map_or_else(|| workspace::target().join("man"), Path::to_owned).join("man1");
    fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
    let mut pages = vec![("spelunk".to_owned(), overview(&entries))];
    pages.extend(entries.iter().map(|entry| (entry.name.clone(), page(entry))));
    let mut paths = Vec::new();
    for (name, text) in pages {
        let path = folder.join(format!("{name}.1"));
        fs::write(&path, text).with_context(|| format!("write {}", path.display()))?;
        paths.push(path);
    }
    Ok(paths)
}

/// Gives the page of a command, in the language of man(7).
fn page(entry: &Entry) -> String {
    let mut page = head(&entry.name, &entry.summary);
    for (index, form) in entry.usage.split('\n').enumerate() {
        let mark = if index > 0 { ".br\n" } else { "" };
        let _ = write!(page, "{mark}.B {}\n{}\n", escaped(&entry.name), escaped(form));
    }
    let shown: Vec<_> = entry.options.iter().filter(|option| !option.help.is_empty()).collect();
    if !shown.is_empty() {
        page.push_str(".SH OPTIONS\n");
        shown.iter().for_each(|option| option.describe(&mut page));
    }
    if let Some(properties) = entry.rows["items"]["properties"].as_object() {
        page.push_str(".SH ROWS\nWith \\fB\\-\\-json\\fR it prints an array of objects with these fields.\n");
        for (name, property) in properties {
            let kind = match &property["type"] {
                Value::Array(kinds) => {
                    kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or ")
                }
                kind => kind.as_str().unwrap_or_default().to_owned(),
            };
            let _ = write!(page, ".TP\n.B {}\n{}\n", escaped(name), escaped(&kind));
        }
    }
    page.push_str(".SH SEE ALSO\n.BR spelunk (1)\n");
    page
}

/// Gives the page of the program: its commands by group.
fn overview(entries: &[Entry]) -> String {
    let mut page = head("spelunk", "Many commands in one file");
    page.push_str(
        ".B spelunk\nCOMMAND [ARGUMENT]...\n.br\n.B spelunk\n\\-\\-list|\\-\\-list\\-full|\\-\\-list\\-json\n.br\n\
         .B spelunk\n\\-\\-install [\\-s] [FOLDER]\n.SH COMMANDS\n",
    );
    let mut group = "";
    for entry in entries {
        if group != entry.group {
            group = &entry.group;
            let _ = writeln!(page, ".SS {}", escaped(group));
        }
        let _ = write!(page, ".TP\n.BR {} (1)\n{}\n", escaped(&entry.name), escaped(&entry.summary));
    }
    page
}

/// Gives the beginning of a page, up to where the forms of its words follow.
fn head(name: &str, summary: &str) -> String {
    format!(
        ".TH {} 1 \"\" \"Spelunk {}\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n",
        escaped(&name.to_uppercase()),
        env!("CARGO_PKG_VERSION"),
        escaped(name),
        escaped(summary)
    )
}

impl Choice {
    fn describe(&self, page: &mut String) {
        let bold = |dashes: &str, name: &String| format!("\\fB{dashes}{}\\fR", escaped(name));
        let names = [
            self.short.as_ref().map(|name| bold("", &format!("-{name}"))),
            self.long.as_ref().map(|name| bold("", &format!("--{name}"))),
        ];
        let mut term = names.into_iter().flatten().collect::<Vec<_>>().join(", ");
        if term.is_empty() {
            term = bold("", &"-NUMBER".to_owned());
        }
        if let Some(value) = &self.value {
            let (open, between, close) = match (self.value_is_optional, self.long.is_some()) {
                (true, true) => ("[", "=", "]"),
                (true, false) => ("[", "", "]"),
                (false, true) => ("", "=", ""),
                (false, false) => ("", " ", ""),
            };
            let _ = write!(term, "{open}{between}\\fI{}\\fR{close}", escaped(value));
        }
        let _ = write!(page, ".TP\n{term}\n{}\n", escaped(&self.help));
    }
}

/// Writes text so that the formatter takes no character of it for its own.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_what_the_table_has() {
        let entry = r#"{"name":"demo","group":"file","summary":"Show it","usage":"[FILE]...\n-x .DIR","options":[
            {"short":"a","long":"all","help":".all"},{"long":"json","help":"rows"},{"short":"q","help":""},
            {"short":"n","value":"N","value_is_optional":false,"help":"N \\ lines"},
            {"long":"color","value":"WHEN","value_is_optional":true,"help":"when"}],
            "rows":{"items":{"properties":{"size":{"type":["integer","null"]}}}}}"#;
        let page = page(&serde_json::from_str(entry).unwrap());
        for part in [
            ".TH DEMO 1",
            "demo \\- Show it",
            ".B demo\n[FILE]...\n.br\n.B demo\n\\-x .DIR\n",
            ".TP\n\\fB\\-a\\fR, \\fB\\-\\-all\\fR\n\\&.all\n",
            "\\fB\\-n\\fR \\fIN\\fR\nN \\e lines\n",
            "\\fB\\-\\-color\\fR[=\\fIWHEN\\fR]\n",
            ".B size\ninteger or null\n",
        ] {
            assert!(page.contains(part), "{part}\n{page}");
        }
        assert!(!page.contains("-q"), "what usage text leaves out, the page does");
    }
}
