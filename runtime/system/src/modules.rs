//! Modules of the kernel: those that are loaded, and what the folder of modules and /etc/modprobe.d say of the others
//! (`modprobe.d(5)`).

use alloc::vec::Vec;

use formats::proc::modules::{self, Module};
use linux::fs::{FileKind, Mode, OpenFlags};
use linux::system::{ModuleFlags, finit_module};

use crate::{Result, file, folder};

/// Where settings of modules are; a name in one folder hides the same name in those behind it.
const SETTINGS: [&[u8]; 4] =
    [b"/etc/modprobe.d", b"/run/modprobe.d", b"/usr/lib/modprobe.d", b"/lib/modprobe.d"];

/// Gives the loaded modules, in the kernel's order.
///
/// # Errors
/// What the kernel says of /proc/modules.
pub fn loaded() -> Result<Vec<u8>> {
    file::read(b"/proc/modules")
}

/// Says whether a module is loaded.
pub fn is_loaded(name: &[u8]) -> bool {
    let text = loaded().unwrap_or_default();
    modules::parse(&text).any(|module: Module<'_>| is_same(module.name, name))
}

/// Says whether two names are of one module: `-` and `_` are the same.
pub fn is_same(left: &[u8], right: &[u8]) -> bool {
    let plain = |byte: &u8| if *byte == b'-' { b'_' } else { *byte };
    left.iter().map(plain).eq(right.iter().map(plain))
}

/// Says whether a module is in the kernel, as its own folder shows: cheaper than to look through all of them.
pub fn is_present(name: &[u8]) -> bool {
    let mut path = b"/sys/module/".to_vec();
    path.extend(name.iter().map(|byte| if *byte == b'-' { b'_' } else { *byte }));
    linux::fs::stat(path.as_slice()).is_ok()
}

/// Gives the module's name that a path ends with.
pub fn name_of(path: &[u8]) -> &[u8] {
    let last = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    let end = (0..last.len()).find(|at| last.get(*at..).is_some_and(|rest| rest.starts_with(b".ko")));
    last.get(..end.unwrap_or(last.len())).unwrap_or(last)
}

/// Loads a module from its file; one that is compressed the kernel decompresses itself.
///
/// # Errors
/// Those of open and [`finit_module`].
pub fn load(path: &[u8], parameters: &[u8], flags: ModuleFlags) -> linux::Result<()> {
    let file = linux::fs::open(path, OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC, Mode::empty())?;
    let compressed = [&b".xz"[..], b".zst", b".gz"].iter().any(|end| path.ends_with(end));
    let more = if compressed { ModuleFlags::COMPRESSED } else { ModuleFlags::empty() };
    finit_module(&file, parameters, flags | more)
}

/// What a folder of modules has, and how they are set.
pub struct Library {
    /// The folder, with a slash at its end.
    folder: Vec<u8>,
    dependencies: Vec<u8>,
    builtin: Vec<u8>,
    aliases: Vec<u8>,
    soft: Vec<u8>,
    settings: Vec<u8>,
}

/// One module to be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its file.
    pub path: Vec<u8>,
    /// Its parameters.
    pub parameters: Vec<u8>,
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It is part of the kernel.
    Builtin,
    /// A line of the settings says what is run in its place.
    Command(Vec<u8>),
    /// These modules, the one that is meant last.
    Steps(Vec<Step>),
}

impl Library {
    /// Reads the folder of a kernel's modules below a root, and the settings: of these files or folders, else the system's.
    /// What is missing is empty. The kernel's command line has settings, too.
    pub fn read(root: &[u8], release: &[u8], settings: &[&[u8]]) -> Self {
        let folder = [root, b"/lib/modules/", release, b"/"].concat();
        let read = |name: &[u8]| file::read(&[&folder, name].concat()).unwrap_or_default();
        let mut text = settings_text(if settings.is_empty() { &SETTINGS } else { settings });
        text.extend(of_command_line(&file::read(b"/proc/cmdline").unwrap_or_default()));
        Self {
            dependencies: read(b"modules.dep"),
            builtin: read(b"modules.builtin"),
            aliases: read(b"modules.alias"),
            soft: read(b"modules.softdep"),
            settings: text,
            folder,
        }
    }

    /// Gives the files that `modules.dep` has for a name: the module's own, then those that it needs.
    fn line(&self, name: &[u8]) -> Option<(&[u8], &[u8])> {
        self.lines().find(|(path, _)| is_same(name_of(path), name))
    }

    /// Gives what the lines of `modules.dep` say: a module's file, and those that it needs.
    fn lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.dependencies.split(|byte| *byte == b'\n').filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            Some((line.get(..colon)?, line.get(colon + 1..)?))
        })
    }

    /// Gives the files of all modules whose name a pattern with `*`, `?` and `[...]` matches, as `modules.dep` has them.
    pub fn files<'l>(&'l self, pattern: &'l [u8]) -> impl Iterator<Item = &'l [u8]> {
        self.lines().map(|(path, _)| path).filter(move |path| fits(pattern, name_of(path)))
    }

    /// Says whether a module is part of the kernel.
    pub fn is_builtin(&self, name: &[u8]) -> bool {
        self.builtin.split(|byte| *byte == b'\n').any(|path| !path.is_empty() && is_same(name_of(path), name))
    }

    /// Gives the path of a module's file.
    pub fn path(&self, name: &[u8]) -> Option<Vec<u8>> {
        self.line(name).map(|line| self.whole(line.0))
    }

    fn whole(&self, path: &[u8]) -> Vec<u8> {
        if path.starts_with(b"/") { path.to_vec() } else { [&self.folder, path].concat() }
    }

    /// Gives the rest of each line of the settings that begins with a keyword and a name that fits.
    fn of<'s>(&'s self, keyword: &'s [u8], name: &'s [u8]) -> impl Iterator<Item = &'s [u8]> {
        fitting(&self.settings, keyword, name)
    }

    /// Says whether a module is not to be loaded by an alias.
    pub fn is_blacklisted(&self, name: &[u8]) -> bool {
        self.of(b"blacklist", name).next().is_some()
    }

    /// Gives the modules that a name stands for: itself, else those of which it is an alias.
    pub fn modules(&self, name: &[u8]) -> Vec<Vec<u8>> {
        // The settings come before the folder's own aliases, and these before none.
        let first = |text: &[u8]| words_of(fitting(text, b"alias", name));
        let chosen = first(&self.settings);
        if !chosen.is_empty() {
            return chosen;
        }
        let is_known =
            self.line(name).is_some() || self.is_builtin(name) || self.of(b"install", name).next().is_some();
        if is_known { Vec::from([name.to_vec()]) } else { first(&self.aliases) }
    }

    /// Gives for each of several names the modules that it is an alias of, in one pass over the folder's many.
    pub fn modules_of(&self, names: &[&[u8]]) -> Vec<Vec<Vec<u8>>> {
        let plain = |name: &[u8]| -> Vec<u8> {
            name.iter().map(|byte| if *byte == b'-' { b'_' } else { *byte }).collect()
        };
        let mut found: Vec<Vec<Vec<u8>>> =
            names.iter().map(|name| words_of(fitting(&self.settings, b"alias", name))).collect();
        let mut sorted: Vec<(Vec<u8>, usize)> = names
            .iter()
            .enumerate()
            .filter(|(at, _)| found.get(*at).is_some_and(Vec::is_empty))
            .map(|(at, name)| (plain(name), at))
            .collect();
        query::sort::sort(&mut sorted);
        for line in self.aliases.split(|byte| *byte == b'\n') {
            let Some(line) = line.strip_prefix(b"alias ") else { continue };
            let mut words = line.splitn(2, |byte| *byte == b' ');
            let (Some(pattern), Some(module)) = (words.next(), words.next()) else { continue };
            // Only names that begin as the pattern does can fit it.
            let fixed = pattern.iter().position(|byte| b"*?[".contains(byte)).unwrap_or(pattern.len());
            let begin = plain(pattern.get(..fixed).unwrap_or_default());
            let first = sorted.partition_point(|(name, _)| *name < begin);
            let candidates = sorted.get(first..).unwrap_or_default();
            for (name, at) in candidates.iter().take_while(|(name, _)| name.starts_with(&begin)) {
                if let Some(modules) = found.get_mut(*at)
                    && fits(pattern, name)
                    && !modules.iter().any(|known| known == module)
                {
                    modules.push(module.to_vec());
                }
            }
        }
        found
    }

    /// Gives the nodes whose opening loads a module (`devname:` beside `char-major-`): their names below `/dev`, their kind and number.
    pub fn nodes(&self) -> Vec<(&[u8], FileKind, (u32, u32))> {
        let lines =
            || self.aliases.split(|byte| *byte == b'\n').filter_map(|line| line.strip_prefix(b"alias "));
        let named = lines().filter_map(|line| line.strip_prefix(b"devname:"));
        named
            .filter_map(|line| {
                let at = line.iter().position(|byte| *byte == b' ')?;
                let (name, module) = line.split_at_checked(at)?;
                let (kind, number) = lines().find_map(|line| {
                    let (kind, rest) = match line.strip_prefix(b"char-major-") {
                        Some(rest) => (FileKind::CharacterDevice, rest),
                        None => (FileKind::BlockDevice, line.strip_prefix(b"block-major-")?),
                    };
                    let mut parts = rest.strip_suffix(module)?.split(|byte| *byte == b'-');
                    let mut number = || query::text::parse_decimal(parts.next()?)?.try_into().ok();
                    Some((kind, (number()?, number()?)))
                })?;
                let is_below =
                    name.split(|byte| *byte == b'/').all(|part| !matches!(part, b"" | b"." | b".."));
                is_below.then_some((name, kind, number))
            })
            .collect()
    }

    /// Says what is to be done for a module, with these parameters for it; nothing if there is none. With `plain`, `install`
    /// lines and soft dependencies do not count.
    pub fn plan(&self, name: &[u8], parameters: &[u8], plain: bool) -> Option<Meaning> {
        if let Some(command) = self.of(b"install", name).next().filter(|_| !plain) {
            return Some(Meaning::Command(command.to_vec()));
        }
        let mut steps = Vec::new();
        if !self.add(name, parameters, plain, 0, &mut steps) {
            return self.is_builtin(name).then_some(Meaning::Builtin);
        }
        Some(Meaning::Steps(steps))
    }

    /// Adds a module behind all that it needs; false if there is none.
    fn add(&self, name: &[u8], parameters: &[u8], plain: bool, depth: u32, steps: &mut Vec<Step>) -> bool {
        /// Soft dependencies may go in a circle.
        const DEEPEST: u32 = 16;
        let Some((path, needs)) = self.line(name) else { return false };
        if depth > DEEPEST || steps.iter().any(|step| step.path == self.whole(path)) {
            return true;
        }
        let (before, behind) = if plain { Default::default() } else { self.soft(name) };
        for other in &before {
            self.add_any(other, plain, depth, steps);
        }
        // The line has all of them, the one that is needed first last.
        for need in needs.split(|byte| *byte == b' ').rev().filter(|need| !need.is_empty()) {
            self.add(name_of(need), b"", plain, depth + 1, steps);
        }
        let mut all: Vec<u8> = self.of(b"options", name).collect::<Vec<_>>().join(&b' ');
        if !parameters.is_empty() {
            all.extend_from_slice(if all.is_empty() { b"" } else { b" " });
            all.extend_from_slice(parameters);
        }
        steps.push(Step { path: self.whole(path), parameters: all });
        for other in &behind {
            self.add_any(other, plain, depth, steps);
        }
        true
    }

    fn add_any(&self, name: &[u8], plain: bool, depth: u32, steps: &mut Vec<Step>) {
        for module in self.modules(name) {
            self.add(&module, b"", plain, depth + 1, steps);
        }
    }

    /// Gives what is to be loaded before a module, and behind it.
    fn soft(&self, name: &[u8]) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        let (mut before, mut behind) = (Vec::new(), Vec::new());
        let folder = fitting(&self.soft, b"softdep", name);
        for line in self.of(b"softdep", name).chain(folder) {
            let mut is_before = true;
            for word in line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()) {
                match word {
                    b"pre:" => is_before = true,
                    b"post:" => is_before = false,
                    word if is_before => before.push(word.to_vec()),
                    word => behind.push(word.to_vec()),
                }
            }
        }
        (before, behind)
    }
}

/// Joins the texts of all files of the settings.
fn settings_text(places: &[&[u8]]) -> Vec<u8> {
    let mut seen: Vec<Vec<u8>> = Vec::new();
    let mut text = Vec::new();
    for place in places {
        let Ok(mut names) = folder::names(place) else {
            text.extend(file::read(place).unwrap_or_default());
            text.push(b'\n');
            continue;
        };
        query::sort::sort(&mut names);
        for name in names {
            if name.ends_with(b".conf") && !seen.contains(&name) {
                text.extend(file::read(&[place, &b"/"[..], &name].concat()).unwrap_or_default());
                text.push(b'\n');
                seen.push(name);
            }
        }
    }
    // A line goes on behind a backslash.
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.windows(2).position(|pair| pair == b"\\\n")) {
        at += found;
        text.splice(at..at + 2, [b' ']);
    }
    text
}

/// Gives the settings that the kernel's command line has, as lines: `MODULE.NAME=VALUE` and `modprobe.blacklist=A,B`.
fn of_command_line(line: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for word in line.split(u8::is_ascii_whitespace) {
        if let Some(names) =
            word.strip_prefix(b"modprobe.blacklist=").or(word.strip_prefix(b"module_blacklist="))
        {
            for name in names.split(|byte| *byte == b',') {
                text.extend_from_slice(&[b"\nblacklist ", name].concat());
            }
        } else if let Some(dot) = word.iter().position(|byte| *byte == b'.')
            && !word.get(..dot).is_some_and(|name| name.contains(&b'='))
            && let (Some(module), Some(setting)) = (word.get(..dot), word.get(dot + 1..))
        {
            text.extend_from_slice(&[b"\noptions ", module, b" ", setting].concat());
        }
    }
    text.push(b'\n');
    text
}

/// Gives the rest of each line of a text that begins with a keyword and a name, or pattern, that fits.
fn fitting<'t>(text: &'t [u8], keyword: &'t [u8], name: &'t [u8]) -> impl Iterator<Item = &'t [u8]> {
    text.split(|byte| *byte == b'\n').filter_map(move |line| {
        let rest = line.trim_ascii_start().strip_prefix(keyword)?;
        let rest = rest.strip_prefix(b" ").or(rest.strip_prefix(b"\t"))?.trim_ascii_start();
        let end = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
        let (pattern, rest) = rest.split_at_checked(end)?;
        fits(pattern, name).then(|| rest.trim_ascii())
    })
}

fn words_of<'t>(lines: impl Iterator<Item = &'t [u8]>) -> Vec<Vec<u8>> {
    let mut words: Vec<Vec<u8>> = Vec::new();
    for line in lines {
        if !words.iter().any(|word| word == line) {
            words.push(line.to_vec());
        }
    }
    words
}

/// Says whether a pattern with `*`, `?` and `[...]` matches a name, `-` and `_` being the same.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let plain = |byte: u8| if byte == b'-' { b'_' } else { byte };
    match (pattern, name) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => (0..=name.len()).any(|at| fits(rest, name.get(at..).unwrap_or_default())),
        ([b'?', rest @ ..], [_, name @ ..]) => fits(rest, name),
        ([b'[', rest @ ..], [byte, name @ ..]) => {
            let Some(end) = rest.iter().skip(1).position(|byte| *byte == b']') else { return false };
            let (set, rest) = (rest.get(..=end).unwrap_or_default(), rest.get(end + 2..).unwrap_or_default());
            is_in(set, *byte) && fits(rest, name)
        }
        ([first, rest @ ..], [byte, name @ ..]) => plain(*first) == plain(*byte) && fits(rest, name),
        _ => false,
    }
}

/// Says whether a byte is in a set such as `0-9a`.
fn is_in(mut set: &[u8], byte: u8) -> bool {
    while let [first, rest @ ..] = set {
        set = match rest {
            [b'-', last, rest @ ..] => {
                if (*first..=*last).contains(&byte) {
                    return true;
                }
                rest
            }
            rest => rest,
        };
        if *first == byte {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library() -> Library {
        Library {
            folder: b"/m/".to_vec(),
            dependencies:
                b"a/low.ko:\na/mid_dle.ko.xz: a/low.ko\na/top.ko: a/mid_dle.ko.xz a/low.ko\na/side.ko:\n"
                    .to_vec(),
            builtin: b"kernel/fs/ext4.ko\n".to_vec(),
            aliases: b"alias pci:v00001AF4d*sv* top\nalias usb:v[0-9]* side\nalias fs-x ext4\n\
                alias devname:net/low low\nalias devname:odd side\nalias char-major-10-237 low\n"
                .to_vec(),
            soft: b"softdep low pre: side\n".to_vec(),
            settings:
                b"options top b=2\nblacklist side\ninstall odd /bin/true $CMDLINE_OPTS\nalias nick top\n"
                    .to_vec(),
        }
    }

    fn steps(library: &Library, name: &str, plain: bool) -> Vec<String> {
        match library.plan(name.as_bytes(), b"c=3", plain) {
            Some(Meaning::Steps(steps)) => {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                steps.iter().map(|step| text(&[&step.path, &b" "[..], &step.parameters].concat())).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    use std::string::String;

    #[test]
    fn a_module_comes_behind_what_it_needs() {
        let library = library();
        let expected = ["/m/a/side.ko ", "/m/a/low.ko ", "/m/a/mid_dle.ko.xz ", "/m/a/top.ko b=2 c=3"];
        assert_eq!(steps(&library, "top", false), expected);
        assert_eq!(steps(&library, "top", true), expected[1..]);
        assert_eq!(steps(&library, "mid-dle", true).len(), 2);
        assert_eq!(library.plan(b"ext4", b"", false), Some(Meaning::Builtin));
        assert_eq!(
            library.plan(b"odd", b"", false),
            Some(Meaning::Command(b"/bin/true $CMDLINE_OPTS".to_vec()))
        );
        assert_eq!((library.plan(b"odd", b"", true), library.plan(b"none", b"", false)), (None, None));
    }

    #[test]
    fn aliases_are_patterns() {
        let library = library();
        assert_eq!(library.modules(b"pci:v00001AF4d00001000sv0"), [b"top"]);
        assert_eq!(library.modules(b"usb:v5"), [b"side"]);
        assert_eq!(
            (library.modules(b"nick"), library.modules(b"fs-x")),
            (vec![b"top".to_vec()], vec![b"ext4".to_vec()])
        );
        let names: [&[u8]; 4] = [b"usb:v5", b"pci:v00001AF4d00001000sv0", b"nick", b"usb:vx"];
        let found = library.modules_of(&names);
        assert_eq!(found, names.map(|name| library.modules(name)));
        assert!(library.modules(b"usb:vx").is_empty() && library.modules(b"nobody").is_empty());
        assert!(library.is_blacklisted(b"side") && !library.is_blacklisted(b"top"));
    }

    #[test]
    fn nodes_of_modules_have_numbers() {
        assert_eq!(library().nodes(), [(&b"net/low"[..], FileKind::CharacterDevice, (10, 237))]);
    }

    #[test]
    fn the_command_line_has_settings() {
        let text = of_command_line(b"quiet usbcore.x=1 modprobe.blacklist=a,b root=/dev/x.y\n");
        assert_eq!(text, b"\noptions usbcore x=1\nblacklist a\nblacklist b\n");
    }
}
