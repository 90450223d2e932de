//! The program under its own name: its names, links by them, and its catalog (`--list-json`), which must describe the rows
//! that commands print.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::Ours;
use crate::live::Case;

/// Holds what a command printed against the JSON Schema that the catalog has for it.
pub(crate) fn conform(applet: &str, printed: &[u8]) -> Result<()> {
    let catalog: Vec<Value> = serde_json::from_slice(&catalog()?).context("the catalog is no JSON")?;
    let entry = catalog.iter().find(|entry| entry["name"] == applet).context("not in the catalog")?;
    if !entry["options"]
        .as_array()
        .is_some_and(|options| options.iter().any(|option| option["long"] == "json"))
    {
        // `ip` and others whose words are no options: their rows are those of the tool they are named after.
        return Ok(());
    }
    let items = &entry["rows"]["items"];
    let (Some(properties), Some(required)) = (items["properties"].as_object(), items["required"].as_array())
    else {
        bail!("the catalog describes no rows of it");
    };
    let rows: Vec<serde_json::Map<String, Value>> = serde_json::from_slice(printed)?;
    for row in &rows {
        for name in required.iter().filter_map(Value::as_str) {
            ensure!(row.contains_key(name), "a row lacks {name}, which the catalog says all have: {row:?}");
        }
        for (name, value) in row {
            let Some(property) = properties.get(name) else {
                let is_raw = name.strip_suffix("_hex").is_some_and(|plain| properties.contains_key(plain));
                ensure!(is_raw, "the catalog does not know the field {name}");
                continue;
            };
            let kinds = match &property["type"] {
                Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
                kind => Vec::from_iter(kind.as_str()),
            };
            ensure!(kinds.iter().any(|kind| is(value, kind)), "{name} is {value}, in the catalog {kinds:?}");
        }
    }
    Ok(())
}

/// Says whether a value is of a type of JSON Schema.
fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        _ => false,
    }
}

/// Gives the catalog as the program prints it.
fn catalog() -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let (out, err) =
        (applets::Output::memory(&mut bytes), applets::Output::descriptor_stream(linux::fd::STDERR));
    let mut io = applets::Io::new(applets::Input::Memory(b""), out, err, &[]);
    let status = applets::multiplexer::run(&mut io, &[b"--list-json"], &[]);
    ensure!(status == applets::Status::SUCCESS, "the catalog ended with status {}", status.0);
    drop(io);
    Ok(bytes)
}

/// What holds of all commands.
pub(crate) const CASES: [Case; 3] = [
    ("--list-json: describes the rows of all commands", |_, _| all_described()),
    ("--list: names that --install makes links by", installed),
    ("--install: leaves what is there", leaves_others),
];

/// Calls the program as BusyBox.
fn busybox(ours: &Ours, words: &[&OsStr]) -> Result<(String, String, bool)> {
    let output = ours.command(OsStr::new("busybox")).args(words).output()?;
    let text = |bytes: Vec<u8>| Ok::<_, anyhow::Error>(String::from_utf8(bytes)?);
    Ok((text(output.stdout)?, text(output.stderr)?, output.status.success()))
}

fn installed(ours: &Ours, folder: &Path) -> Result<()> {
    let (list, ..) = busybox(ours, &["--list".as_ref()])?;
    ensure!(list.lines().any(|name| name == "cat") && list.lines().any(|name| name == "["), "{list}");
    let (full, ..) = busybox(ours, &["--list-full".as_ref()])?;
    ensure!(
        full.lines().any(|path| path == "bin/cat") && full.lines().count() == list.lines().count(),
        "{full}"
    );
    let (long, ..) = busybox(ours, &["--list-long".as_ref()])?;
    ensure!(long == full, "{long}");
    let (_, complaint, is_done) = busybox(ours, &["--install".as_ref(), "-s".as_ref(), folder.as_ref()])?;
    ensure!(is_done && complaint.is_empty(), "{complaint}");
    for name in list.lines() {
        let target = fs::read_link(folder.join(name)).with_context(|| name.to_owned())?;
        ensure!(target == ours.program, "{name} is a link to {}", target.display());
    }
    ensure!(fs::read_dir(folder)?.count() == list.lines().count(), "other names than those of the list");
    let (_, complaint, is_done) = busybox(ours, &["--install".as_ref(), folder.join("none").as_ref()])?;
    ensure!(!is_done && complaint.contains("none/"), "{complaint}");
    Ok(())
}

fn leaves_others(ours: &Ours, folder: &Path) -> Result<()> {
    fs::write(folder.join("cat"), "mine")?;
    let (_, complaint, is_done) = busybox(ours, &["--install".as_ref(), "-s".as_ref(), folder.as_ref()])?;
    ensure!(is_done && complaint.is_empty(), "{complaint}");
    ensure!(fs::read(folder.join("cat"))? == b"mine" && fs::read_link(folder.join("ls"))? == ours.program);
    Ok(())
}

fn all_described() -> Result<()> {
    let catalog: Vec<Value> = serde_json::from_slice(&catalog()?)?;
    ensure!(catalog.len() == applets::names().count(), "the catalog has {} commands", catalog.len());
    for entry in &catalog {
        let has_rows = entry["options"].as_array().is_some_and(|options| {
            options
                .iter()
                .any(|option| option["long"] == "json" && !option["help"].as_str().unwrap_or("").is_empty())
        });
        ensure!(has_rows != entry["rows"].is_null(), "{}: rows without a description", entry["name"]);
    }
    Ok(())
}
