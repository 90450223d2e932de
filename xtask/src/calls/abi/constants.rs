//! The constants that runtime/linux has from the kernel, read from its sources as text: names of linux-raw-sys, whose values are
//! there for each processor, and numbers of its own, of which a comment says first which constant of the kernel's they are.
//!
//! A number whose comment begins otherwise is ours; one without a comment is a fault.

use std::collections::BTreeSet;

use anyhow::Result;

use super::Facts;
use crate::calls::codegen;
use crate::workspace;

/// Where the kernel's constants are used.
const PLACES: [&str; 3] = ["arch/src", "runtime/linux/src", "runtime/rt/src"];

/// Where numbers of its own are read.
const OWN: &str = "runtime/linux/src";

/// Gives the constants for a processor, by linux-raw-sys's name of it.
pub(super) fn of(processor: &str) -> Result<Facts> {
    let mut known = Facts::new();
    for path in workspace::sources(&codegen::raw_sys()?.join(processor))? {
        known.extend(values(&workspace::read(&path)?));
    }
    let mut facts = Facts::new();
    for place in PLACES {
        for path in workspace::sources(&workspace::root().join(place))? {
            let text = workspace::read(&path)?;
            for name in words(without_tests(&text)) {
                if let Some(value) = known.get(name) {
                    facts.insert(name.to_owned(), *value);
                }
            }
        }
    }
    for path in workspace::sources(&workspace::root().join(OWN))? {
        let text = workspace::read(&path)?;
        let named = numbers(without_tests(&text)).filter_map(|number| Some((number.kernel?, number.value)));
        facts.extend(named.map(|(name, value)| (name.to_owned(), value)));
    }
    Ok(facts)
}

/// Says which structures and numbers of runtime/linux do not say where they are from.
pub(crate) fn check() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for path in workspace::sources(&workspace::root().join(OWN))? {
        let text = workspace::read(&path)?;
        let shown = path.strip_prefix(workspace::root()).unwrap_or(&path).display().to_string();
        faults.extend(silent(&text).into_iter().map(|fault| format!("{shown}: {fault}")));
    }
    Ok(faults)
}

/// Gives the faults of a source.
fn silent(text: &str) -> Vec<String> {
    let text = without_tests(text);
    let structures = structures(text)
        .filter(|name| !text.contains(&format!("abi!({name} ")) && !text.contains(&format!("abi!({name}:")));
    let mut faults: Vec<_> = structures
        .map(|name| format!("struct {name} is laid out as C would, and no abi! says as what"))
        .collect();
    faults.extend(numbers(text).filter(|number| !number.has_comment).map(|number| {
        format!("no comment says which constant of the kernel's {} is, or what it is for", number.name)
    }));
    faults
}

fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text)
}

/// Gives the structures that are laid out as C would, but those of the macro's own.
fn structures(text: &str) -> impl Iterator<Item = &str> {
    let laid_out = text.split("#[repr(C").skip(1);
    let names = laid_out.filter_map(|rest| {
        let declared =
            rest.lines().find(|line| line.contains("struct ") && !line.trim().starts_with("//"))?;
        declared.split("struct ").nth(1)?.split(|letter: char| !letter.is_alphanumeric()).next()
    });
    names.filter(|name| *name != "Fact")
}

/// A constant that is a number.
#[derive(Debug, PartialEq, Eq)]
struct Number<'a> {
    name: &'a str,
    value: u64,
    /// What its comment says first, if that is a name of C's.
    kernel: Option<&'a str>,
    has_comment: bool,
}

/// Reads `const NAME: TYPE = NUMBER;`, and the same without a type, as flags are declared.
fn numbers(text: &str) -> impl Iterator<Item = Number<'_>> {
    let mut comment: Option<&str> = None;
    text.lines().filter_map(move |line| {
        let line = line.trim();
        if line.starts_with("//") {
            comment = comment.or(Some(line.trim_start_matches('/').trim_start_matches('!').trim()));
            return None;
        }
        if line.starts_with("#[") {
            return None;
        }
        let said = comment.take();
        let (head, value) = line.strip_suffix(';')?.split_once(" = ")?;
        let name = head.split("const ").nth(1)?.split(':').next()?;
        let value = number(value)?;
        let kernel = said.and_then(|said| said.split([':', ',', ' ']).next()).filter(|word| is_kernels(word));
        Some(Number { name, value, kernel, has_comment: said.is_some() })
    })
}

/// Says whether a word is a name of C's: capitals, and an underscore among them unless it is long.
fn is_kernels(word: &str) -> bool {
    (word.contains('_') || word.len() >= 6)
        && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Reads a number: of base 16, 8 or 10, negative or shifted, and within `Self(…)`.
fn number(text: &str) -> Option<u64> {
    let text = text.strip_prefix("Self(").map_or(Some(text), |inner| inner.strip_suffix(')'))?;
    if let Some((number_of, by)) = text.split_once(" << ") {
        return number(number_of)?.checked_shl(by.parse().ok()?);
    }
    if let Some(positive) = text.strip_prefix('-') {
        return number(positive).map(u64::wrapping_neg);
    }
    let digits = text.replace('_', "");
    match digits.get(..2) {
        Some("0x") => u64::from_str_radix(digits.get(2..)?, 16).ok(),
        Some("0o") => u64::from_str_radix(digits.get(2..)?, 8).ok(),
        _ => digits.parse().ok(),
    }
}

/// Gives the words of a source that constants may have, but those of its comments.
fn words(text: &str) -> BTreeSet<&str> {
    let lines = text.lines().filter(|line| !line.trim().starts_with("//"));
    let words =
        lines.flat_map(|line| line.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')));
    words
        .filter(|word| word.starts_with(|letter: char| letter.is_ascii_uppercase() || letter == '_'))
        .collect()
}

/// Reads the values of a source of linux-raw-sys: `pub const NAME: TYPE = VALUE;`, and `NAME = VALUE,` of its enumerations.
fn values(text: &str) -> impl Iterator<Item = (String, u64)> {
    text.lines().filter_map(|line| {
        let line = line.trim();
        let (name, value) = match line.strip_prefix("pub const ") {
            Some(rest) => {
                let (name, rest) = rest.split_once(": ")?;
                (name, rest.split_once(" = ")?.1.strip_suffix(';')?)
            }
            None => line.strip_suffix(',')?.split_once(" = ")?,
        };
        Some((name.to_owned(), number(value)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_with_what_is_said_of_them() {
        let source = "
    /// FAN_CLOEXEC: closed by execve.
    const CLOSE_ON_EXEC = 0x1;
    /// The longest.
    pub const MOST: usize = 16 << 10;
    const SILENT: u32 = 5;
    /// EVIOCGKEY, which takes a length.
    #[doc(alias = \"x\")]
    pub const NAMED: Self = Self(-100);
    const OTHER: u32 = kernel::O_RDWR;
";
        let found: Vec<_> =
            numbers(source).map(|number| (number.name, number.value, number.kernel)).collect();
        assert_eq!(
            found,
            [
                ("CLOSE_ON_EXEC", 1, Some("FAN_CLOEXEC")),
                ("MOST", 16384, None),
                ("SILENT", 5, None),
                ("NAMED", 100_u64.wrapping_neg(), Some("EVIOCGKEY")),
            ]
        );
        assert_eq!(
            silent(source),
            ["no comment says which constant of the kernel's SILENT is, or what it is for"]
        );
    }

    #[test]
    fn structures_want_a_word() {
        let source = "#[repr(C)]\npub struct A {\n}\nabi!(A = \"struct a\" {});\n#[repr(C, align(16))]\nstruct B([u8; 3]);\n";
        assert_eq!(silent(source), ["struct B is laid out as C would, and no abi! says as what"]);
        assert_eq!(silent("#[repr(C)]\nstruct B;\nabi!(B: \"ours\");\n"), [""; 0]);
    }

    #[test]
    fn values_of_raw_sys_are_read() {
        let source = "pub const O_RDWR: u32 = 2;\npub const AT_FDCWD: i32 = -100;\npub enum x {\nA_B = 3,\n}\npub const S: &[u8; 2] = b\"a\\0\";";
        let found: Facts = values(source).collect();
        assert_eq!(found.len(), 3);
        assert_eq!(found["AT_FDCWD"], 100_u64.wrapping_neg());
        assert_eq!(found["A_B"], 3);
    }

    #[test]
    fn everything_says_where_it_is_from() {
        assert_eq!(check().unwrap(), [""; 0]);
    }
}
