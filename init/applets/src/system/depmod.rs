//! `depmod` (kmod's and BusyBox's): writes `modules.dep`, `modules.alias`, `modules.symbols` and `modules.softdep` from what modules say of
//! themselves. The binary copies that kmod's own `modprobe` reads are not written. Of compressed modules only the names are known.

use alloc::vec::Vec;

use formats::file::elf::{Elf, section_kind};
use io::replace::{Durability, replace};
use io::{Folder, Step};
use linux::Errno;
use system::modules::{is_same, name_of};

use crate::{Applet, Failure, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "depmod",
    summary: "Find out which modules of a kernel need which others",
    usage: "[OPTION]... [RELEASE]",
    flags: flags![
        Flag::new(b'a', "all", "look at all modules (usual)"),
        Flag::new(b'A', "quick", "only if there is a module that is newer than the last time"),
        Flag::with(b'b', "basedir", "FOLDER", "the modules below FOLDER"),
        Flag::with(b'o', "outdir", "FOLDER", "write below FOLDER"),
        Flag::new(b'n', "dry-run", "print it, write nothing"),
        Flag::new(b'n', "show", ""),
        Flag::new(b'w', "warn", ""),
        Flag::new(b'v', "verbose", "say what is needed by what"),
        Flag::new(b'e', "errsyms", ""),
        Flag::with(b'F', "filesyms", "FILE", ""),
        Flag::with(b'E', "symvers", "FILE", ""),
        Flag::new(b'u', "unresolved-error", ""),
        Flag::new(b'q', "quiet", ""),
    ],
    run: Run::Parsed(run),
};

/// A module, and what it says of itself.
#[derive(Default)]
struct Module {
    /// Below the folder of the kernel's modules.
    path: Vec<u8>,
    name: Vec<u8>,
    /// The names of those it needs.
    needs: Vec<Vec<u8>>,
    aliases: Vec<Vec<u8>>,
    soft: Vec<Vec<u8>>,
    symbols: Vec<Vec<u8>>,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let own = linux::system::uname().map_err(|errno| io.complain(b"", &errno))?;
    let release = match parsed.operands.as_slice() {
        [] => own.release(),
        [release] => release,
        _ => return Ok(parsed.usage(io)),
    };
    let below = |root: Option<&[u8]>| [root.unwrap_or_default(), b"/lib/modules/", release, b"/"].concat();
    let folder = below(parsed.value(b'b'));
    let out = below(parsed.value(b'o').or(parsed.value(b'b')));
    let (mut paths, newest) = find(io, &folder)?;
    let former = linux::fs::stat([&out, &b"modules.dep"[..]].concat().as_slice());
    if parsed.has(b'A') && former.is_ok_and(|former| former.modified().seconds > newest) {
        return Ok(Status::SUCCESS);
    }
    // As the kernel was built: of two that claim a device the first is taken.
    let order = system::file::read(&[&folder, &b"modules.order"[..]].concat()).unwrap_or_default();
    let order: Vec<&[u8]> = order.split(|byte| *byte == b'\n').map(name_of).collect();
    let place = |path: &[u8]| order.iter().position(|name| *name == name_of(path)).unwrap_or(usize::MAX);
    paths.sort_by(|left, right| (place(left), left).cmp(&(place(right), right)));
    let mut status = Status::SUCCESS;
    let mut modules = Vec::new();
    for path in paths {
        let (module, fault) = read(&folder, path);
        if let Some(fault) = fault {
            status = io.complain(&module.path, &fault);
        }
        modules.push(module);
    }
    let needed: Vec<Vec<usize>> = (0..modules.len()).map(|index| needed(&modules, index)).collect();
    if parsed.has(b'v') {
        for (module, needed) in modules.iter().zip(&needed) {
            for other in needed.iter().filter_map(|other| modules.get(*other)) {
                io.out.put(&[&module.path, &b" needs "[..], &other.path, b"\n"].concat());
            }
        }
    }
    for (name, text) in texts(&modules, &needed) {
        if parsed.has(b'n') {
            io.out.put(&text);
            continue;
        }
        let path = [&out, name.as_bytes()].concat();
        status = status.and(io.report(&path, replace(&path, &text, Durability::Cache)));
    }
    Ok(status)
}

/// Gives the paths of all modules below a folder, and when the newest was written.
fn find(io: &mut Io<'_>, folder: &[u8]) -> Result<(Vec<Vec<u8>>, i64), Failure> {
    let walk = Folder::open(folder).and_then(|folder| folder.walk());
    let mut walk = walk.map_err(|errno| io.complain(folder, &errno))?;
    let (mut paths, mut newest) = (Vec::new(), i64::MIN);
    while let Some(visit) = walk.next() {
        let visit = visit.map_err(|failure| io.complain(&failure.path, &failure.errno))?;
        let is_module =
            [&b".ko"[..], b".ko.gz", b".ko.xz", b".ko.zst"].iter().any(|end| visit.path.ends_with(end));
        if visit.step == Step::Entry && is_module {
            newest = newest.max(visit.metadata().map_or(i64::MAX, |data| data.modified().seconds));
            paths.push(visit.path.to_vec());
        }
    }
    Ok((paths, newest))
}

/// Reads a module; one that says nothing is one all the same.
fn read(folder: &[u8], path: Vec<u8>) -> (Module, Option<&'static str>) {
    let name: Vec<u8> = name_of(&path).iter().map(|byte| if *byte == b'-' { b'_' } else { *byte }).collect();
    let mut module = Module { path, name, ..Module::default() };
    if !module.path.ends_with(b".ko") {
        return (module, None);
    }
    let mut bytes = Vec::new();
    let whole = [folder, &module.path].concat();
    let read = system::file::read_into(whole.as_slice(), &mut bytes);
    let parsed = read.map_err(|_: Errno| ()).and_then(|()| look(&bytes, &mut module).map_err(|_| ()));
    let fault = parsed.is_err().then_some("no module that can be read");
    (module, fault)
}

fn look(bytes: &[u8], module: &mut Module) -> Result<(), formats::Error> {
    let elf = Elf::parse(bytes)?;
    if let Some(section) = elf.sections()?.find_name(b".modinfo")? {
        for field in elf.section_bytes(&section)?.split(|byte| *byte == 0) {
            let at = field.iter().position(|byte| *byte == b'=').unwrap_or(field.len());
            let (key, value) = field.split_at(at);
            let value = value.get(1..).unwrap_or_default();
            match key {
                b"depends" => {
                    let names = value.split(|byte| *byte == b',').filter(|name| !name.is_empty());
                    module.needs.extend(names.map(<[u8]>::to_vec));
                }
                b"alias" => module.aliases.push(value.to_vec()),
                b"softdep" => module.soft.push(value.to_vec()),
                _ => {}
            }
        }
    }
    if let Some(symbols) = elf.sections()?.symbols(section_kind::SYMTAB)? {
        for symbol in symbols.iter() {
            if let Some(name) = symbols.name(&symbol)?.strip_prefix(b"__ksymtab_") {
                module.symbols.push(name.to_vec());
            }
        }
    }
    Ok(())
}

/// Gives all that a module needs, such that each comes before those that it needs itself.
fn needed(modules: &[Module], index: usize) -> Vec<usize> {
    fn visit(modules: &[Module], index: usize, done: &mut Vec<usize>, open: &mut Vec<usize>) {
        // In a ring somebody must be first.
        if done.contains(&index) || open.contains(&index) {
            return;
        }
        open.push(index);
        let needs = modules.get(index).map(|module| module.needs.as_slice()).unwrap_or_default();
        for name in needs.iter().rev() {
            if let Some(other) = modules.iter().position(|module| is_same(&module.name, name)) {
                visit(modules, other, done, open);
            }
        }
        open.pop();
        done.push(index);
    }
    let mut done = Vec::new();
    visit(modules, index, &mut done, &mut Vec::new());
    done.pop();
    done.reverse();
    done
}

fn texts(modules: &[Module], needed: &[Vec<usize>]) -> [(&'static str, Vec<u8>); 4] {
    let mut dependencies = Vec::new();
    let mut aliases = b"# Aliases extracted from modules themselves.\n".to_vec();
    let mut soft = b"# Soft dependencies extracted from modules themselves.\n".to_vec();
    let mut symbols = b"# Aliases for symbols, used by symbol_request().\n".to_vec();
    for (module, needed) in modules.iter().zip(needed) {
        dependencies.extend_from_slice(&module.path);
        dependencies.push(b':');
        for other in needed.iter().filter_map(|other| modules.get(*other)) {
            dependencies.push(b' ');
            dependencies.extend_from_slice(&other.path);
        }
        dependencies.push(b'\n');
        let line = |text: &mut Vec<u8>, words: &[&[u8]]| text.extend(words.concat());
        for alias in &module.aliases {
            line(&mut aliases, &[b"alias ", alias, b" ", &module.name, b"\n"]);
        }
        for words in &module.soft {
            line(&mut soft, &[b"softdep ", &module.name, b" ", words, b"\n"]);
        }
        for symbol in &module.symbols {
            line(&mut symbols, &[b"alias symbol:", symbol, b" ", &module.name, b"\n"]);
        }
    }
    [
        ("modules.dep", dependencies),
        ("modules.alias", aliases),
        ("modules.softdep", soft),
        ("modules.symbols", symbols),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(name: &str, needs: &[&str]) -> Module {
        let needs = needs.iter().map(|name| name.as_bytes().to_vec()).collect();
        let path = [name.as_bytes(), b".ko"].concat();
        Module { path, name: name.as_bytes().to_vec(), needs, ..Module::default() }
    }

    #[test]
    fn who_is_needed_comes_behind_who_needs_it() {
        let modules = [
            module("top", &["left", "right"]),
            module("left", &["low-est"]),
            module("right", &["left", "missing"]),
            module("low_est", &[]),
            module("ring_a", &["ring_b"]),
            module("ring_b", &["ring_a"]),
        ];
        let needed: Vec<Vec<usize>> = (0..modules.len()).map(|index| needed(&modules, index)).collect();
        assert_eq!(needed[0], [2, 1, 3]);
        assert_eq!((needed[2].as_slice(), needed[3].as_slice()), (&[1, 3][..], &[][..]));
        assert_eq!((needed[4].as_slice(), needed[5].as_slice()), (&[5][..], &[4][..]));
        let text = &texts(&modules, &needed)[0].1;
        assert!(text.starts_with(b"top.ko: right.ko left.ko low_est.ko\nleft.ko: low_est.ko\n"));
    }
}
