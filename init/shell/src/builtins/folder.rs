//! `cd` and `pwd`: the logical path, with the links one came by, unless `-P` is given.

use alloc::rc::Rc;
use alloc::vec::Vec;

use crate::names::Symbol;
use crate::run::{Leave, Run, Shell};
use crate::syntax::Bytes;

pub(super) fn cd(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let letters = match shell.letters(words, b"LPe", b"") {
        Ok(letters) => letters,
        Err(status) => return Ok(status),
    };
    let physical = letters
        .found
        .iter()
        .rev()
        .find(|(letter, _)| *letter != b'e')
        .is_some_and(|(letter, _)| *letter == b'P');
    let (target, mut is_shown) = match letters.rest {
        [] => match shell.value(Symbol::HOME).filter(|home| !home.is_empty()) {
            Some(home) => (home, false),
            None => return Ok(shell.misuse(words, b"", "HOME is not set")),
        },
        [dash] if &**dash == b"-" => match shell.value(Symbol::OLDPWD).filter(|old| !old.is_empty()) {
            Some(old) => (old, true),
            None => return Ok(shell.misuse(words, b"", "OLDPWD is not set")),
        },
        [target] => (target.clone(), false),
        _ => return Ok(shell.misuse(words, b"", "more than one folder")),
    };
    let current = current(shell);
    for (candidate, by_path) in candidates(shell, &target) {
        let logical = absolute(&current, &candidate);
        let changed = if physical {
            shell.system.change_folder(&candidate)
        } else {
            // A path that leads back over a link is told apart from what the kernel makes of it.
            shell.system.change_folder(&logical).or_else(|errno| match candidate.starts_with(b"/") {
                true => Err(errno),
                false if current.is_empty() => shell.system.change_folder(&candidate),
                false => Err(errno),
            })
        };
        match changed {
            Err(_) if by_path => {}
            Err(errno) => {
                shell.complain(&[b"cd: ", &*target].concat(), &errno);
                return Ok(2);
            }
            Ok(()) => {
                let reached = if physical { shell.system.folder().unwrap_or(logical) } else { logical };
                is_shown |= by_path && !target.starts_with(b"/");
                match arrive(shell, &reached) {
                    // A variable that cannot be changed is no end of the script.
                    Err(Leave::Failed(status)) => return Ok(status),
                    run => run?,
                }
                if is_shown {
                    shell.put(&reached);
                    shell.put(b"\n");
                }
                return Ok(0);
            }
        }
    }
    Ok(2)
}

/// Gives where a folder may be, and whether CDPATH says so.
fn candidates(shell: &Shell<'_>, target: &[u8]) -> Vec<(Vec<u8>, bool)> {
    let mut candidates = Vec::new();
    let is_direct = [&b"/"[..], b"./", b"../"].iter().any(|start| target.starts_with(start))
        || matches!(target, b"." | b"..");
    if !is_direct && let Some(path) = shell.value(Symbol::CDPATH) {
        for folder in path.split(|byte| *byte == b':') {
            candidates.push(match folder {
                b"" => (target.to_vec(), false),
                _ => ([folder, b"/", target].concat(), true),
            });
        }
        candidates.retain(|(_, by_path)| *by_path);
    }
    candidates.push((target.to_vec(), false));
    candidates
}

fn arrive(shell: &mut Shell<'_>, path: &[u8]) -> Run<()> {
    shell.folder = Some(Rc::from(path));
    let former = shell.value(Symbol::PWD);
    if let Some(former) = former {
        shell.set(Symbol::OLDPWD, former)?;
    }
    shell.set(Symbol::PWD, Rc::from(path))
}

/// Gives the logical path of the current folder; PWD may say anything by now.
fn current(shell: &Shell<'_>) -> Vec<u8> {
    match &shell.folder {
        Some(path) => path.to_vec(),
        None => shell.system.folder().unwrap_or_default(),
    }
}

/// Gives a path from the root, without `.` and `..`. Two slashes at its beginning may mean another root, and stay (XBD 4.13).
fn absolute(current: &[u8], path: &[u8]) -> Vec<u8> {
    if current.is_empty() && !path.starts_with(b"/") {
        return path.to_vec();
    }
    let whole = if path.starts_with(b"/") { path.to_vec() } else { [current, b"/", path].concat() };
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in whole.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let root = if path.starts_with(b"/") { path } else { current };
    let is_other = root.starts_with(b"//") && !root.starts_with(b"///");
    let mut done = Vec::new();
    if is_other {
        done.push(b'/');
    }
    for part in &parts {
        done.push(b'/');
        done.extend_from_slice(part);
    }
    if parts.is_empty() {
        done.push(b'/');
    }
    done
}

pub(super) fn pwd(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let letters = match shell.letters(words, b"LP", b"") {
        Ok(letters) => letters,
        Err(status) => return Ok(status),
    };
    let physical = letters.found.last().is_some_and(|(letter, _)| *letter == b'P');
    let path = if physical {
        match shell.system.folder() {
            Ok(path) => path,
            Err(errno) => {
                shell.complain(b"pwd", &errno);
                return Ok(1);
            }
        }
    } else {
        current(shell)
    };
    shell.put(&path);
    shell.put(b"\n");
    Ok(0)
}

impl Shell<'_> {
    /// Sets PWD at the beginning: what was inherited, if it leads here.
    pub(crate) fn find_folder(&mut self) {
        let inherited = self.value(Symbol::PWD).filter(|path| {
            let is_clean = path.starts_with(b"/") && !path.split(|byte| *byte == b'/').any(|part| matches!(part, b"." | b".."));
            let there = self.system.stat(path, true);
            let here = self.system.stat(b".", true);
            is_clean && matches!((there, here), (Ok(there), Ok(here)) if (there.device(), there.inode()) == (here.device(), here.inode()))
        });
        let is_inherited = inherited.is_some();
        self.folder = inherited.or_else(|| self.system.folder().ok().map(Rc::from));
        if let Some(path) = self.folder.clone().filter(|_| !is_inherited) {
            let _ = self.variables.set(Symbol::PWD, path);
        }
    }
}
