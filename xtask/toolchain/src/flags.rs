//! The flags of rustc that make a program of ours: `runtime/rt/program.flags`.
//!
//! A flag a line; `#` begins a remark. A line of names in brackets, `[arm x86]`, begins a section for these
//! architectures alone; what stands before the first section is for all.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The forms in which programs are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As they ship.
    Shipped,
    /// With the names of functions, for measures of who takes how much.
    Named,
    /// The same, and with frame pointers, for traces of crashes.
    Traced,
    /// At a fixed address.
    Fixed,
    /// Optimised a little and in half the time, as [`Form::Traced`] else: for processors that are looked at beside others.
    Sampled,
    /// Without optimisation, and so without the flags that tune it.
    Unoptimised,
}

/// Reads the flags for an architecture.
pub(crate) fn read(root: &Path, architecture: &str, form: Form) -> Result<Vec<String>> {
    let path = root.join("runtime/rt/program.flags");
    let text = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cargo")));
    let home = home.context("neither CARGO_HOME nor HOME is set")?;
    Ok(parse(&text, architecture, form, &root.display().to_string(), &home.display().to_string()))
}

fn parse(text: &str, architecture: &str, form: Form, workspace: &str, cargo: &str) -> Vec<String> {
    let mut flags = Vec::new();
    let mut applies = true;
    for line in text.lines().map(str::trim) {
        if let Some(names) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            applies = names.split_whitespace().any(|name| name == architecture);
        } else if applies && !line.is_empty() && !line.starts_with('#') {
            flags.push(line.replace("{workspace}", workspace).replace("{cargo}", cargo));
        }
    }
    match form {
        Form::Shipped => {}
        Form::Named => flags.retain(|flag| !flag.ends_with("-znosectionheader")),
        Form::Traced | Form::Sampled => {
            flags.retain(|flag| !flag.ends_with("-znosectionheader"));
            flags.push("-Cforce-frame-pointers=yes".to_owned());
            if form == Form::Sampled {
                flags.retain(|flag| !flag.starts_with("-Cllvm-args="));
            }
        }
        Form::Unoptimised => flags.retain(|flag| !flag.starts_with("-Cllvm-args=")),
        Form::Fixed => {
            flags.retain(|flag| flag != "-Clink-arg=-pie");
            flags
                .iter_mut()
                .for_each(|flag| *flag = flag.replace("relocation-model=pie", "relocation-model=static"));
        }
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# why\n-Ca=b\n\n-Tx={workspace}/a b\n-Crelocation-model=pie\n-Clink-arg=-znosectionheader\n\
                        [arm x86]\n-Cx\n[arm]\n# thumb\n-Clink-arg=-pie\n\
                        [riscv64]\n-Cllvm-args=-e\n-Cy\n";

    #[test]
    fn flags_are_read_line_by_line_with_places_filled_in() {
        let read = |form| parse(TEXT, "x86_64", form, "/w", "/c");
        let plain = ["-Ca=b", "-Tx=/w/a b", "-Crelocation-model=pie", "-Clink-arg=-znosectionheader"];
        assert_eq!(read(Form::Shipped), plain);
        assert_eq!(read(Form::Named), plain[..3]);
        assert_eq!(read(Form::Fixed)[2], "-Crelocation-model=static");
    }

    #[test]
    fn sections_are_for_those_that_they_name() {
        let last = |name| parse(TEXT, name, Form::Shipped, "/w", "/c")[4..].to_vec();
        assert_eq!(last("arm"), ["-Cx", "-Clink-arg=-pie"]);
        assert_eq!(last("x86"), ["-Cx"]);
        assert!(last("aarch64").is_empty());
        assert_eq!(parse(TEXT, "arm", Form::Fixed, "/w", "/c")[4..], ["-Cx"]);
        assert_eq!(last("riscv64"), ["-Cllvm-args=-e", "-Cy"]);
        assert_eq!(parse(TEXT, "riscv64", Form::Unoptimised, "/w", "/c")[4..], ["-Cy"]);
        assert_eq!(
            parse(TEXT, "riscv64", Form::Sampled, "/w", "/c")[3..],
            ["-Cy", "-Cforce-frame-pointers=yes"]
        );
    }
}
