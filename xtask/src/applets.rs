//! The commands of the program, as their source files tell: each declares one `const APPLET` with its name.

use std::path::PathBuf;

use anyhow::Result;

use crate::workspace;

/// A command's source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Applet {
    /// The word that calls it.
    pub name: String,
    /// The folder of its group.
    pub group: String,
    /// Its file.
    pub path: PathBuf,
}

/// Gives the names of all commands, sorted.
pub(crate) fn names() -> Result<Vec<String>> {
    let mut names: Vec<_> = all()?.into_iter().map(|applet| applet.name).collect();
    names.sort();
    Ok(names)
}

/// Finds all commands.
pub(crate) fn all() -> Result<Vec<Applet>> {
    let top = workspace::root().join("init/applets/src");
    let mut found = Vec::new();
    for path in workspace::sources(&top)? {
        let Ok(inside) = path.strip_prefix(&top) else { continue };
        let mut parts = inside.components();
        let (Some(group), Some(_)) = (parts.next(), parts.next()) else { continue };
        let group = group.as_os_str().to_string_lossy().into_owned();
        let text = workspace::read(&path)?;
        found.extend(declared(&text).map(|name| Applet { name, group: group.clone(), path: path.clone() }));
    }
    Ok(found)
}

/// Gives the names that a source file declares: the first `name:` after each `const APPLET...: Applet`.
fn declared(text: &str) -> impl Iterator<Item = String> {
    let declarations = text.split("const ").skip(1).filter(|rest| {
        rest.split_once('=')
            .is_some_and(|(head, _)| head.contains("Applet") && !head.contains(['(', ';', '[']))
    });
    declarations.filter_map(|rest| {
        let quoted = rest.split_once("name: \"")?.1;
        Some(quoted.split_once('"')?.0.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_stands_in_the_declaration() {
        let text = "const LIMIT: usize = 3;\npub(crate) const APPLET: Applet = Applet {\n    name: \"cat\",\n\
                    summary: \"joins files\",\n};\nfn name() { let name: \"x\"; }\n";
        assert_eq!(declared(text).collect::<Vec<_>>(), ["cat"]);
        assert_eq!(declared("const NAMES: &[&Applet] = &[];").count(), 0);
    }
}
