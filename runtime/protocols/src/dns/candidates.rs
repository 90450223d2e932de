//! The names that a short name may stand for, in the order in which they are tried (resolv.conf(5), `search`, `ndots`).

use alloc::vec::Vec;

use formats::Error;
use formats::wire::dns::Name;

/// Makes the list of a name. One with a dot at the end stands for itself only; else, with as many dots as `dots` says, it is
/// tried as it is first, and last otherwise.
///
/// # Errors
/// What is no domain name.
pub(super) fn of(text: &str, search: &[Name], dots: u8) -> Result<Vec<Name>, Error> {
    let name = Name::parse(text)?;
    let labels = name.labels().count();
    // A dot that is escaped ends nothing.
    let absolute = text.ends_with('.') && !text.ends_with("\\.");
    if absolute || labels == 0 {
        return Ok(Vec::from([name]));
    }
    let first = labels > usize::from(dots);
    let mut list = Vec::with_capacity(search.len() + 1);
    if first {
        list.push(name.clone());
    }
    list.extend(search.iter().filter_map(|domain| name.join(domain).ok()));
    if !first {
        list.push(name);
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_names() {
        let search = ["one.example", "two.example"].map(|name| Name::parse(name).unwrap());
        let list = |text: &str, dots| -> Vec<String> {
            of(text, &search, dots).unwrap().iter().map(ToString::to_string).collect()
        };
        assert_eq!(list("cave", 1), ["cave.one.example", "cave.two.example", "cave"]);
        assert_eq!(list("a.cave", 1), ["a.cave", "a.cave.one.example", "a.cave.two.example"]);
        assert_eq!(list("a.cave", 2), ["a.cave.one.example", "a.cave.two.example", "a.cave"]);
        assert_eq!(list("cave", 0), ["cave", "cave.one.example", "cave.two.example"]);
        assert_eq!((list("cave.", 1), list(".", 1)), (vec!["cave".to_owned()], vec![".".to_owned()]));
        assert_eq!(list("cave\\.", 1).len(), 3);
        assert!(of("a..b", &search, 1).is_err() && of("", &search, 1).is_err());
        // With the domain it would be too long.
        assert_eq!(list("a.".repeat(120).strip_suffix('.').unwrap(), 1).len(), 3);
        assert_eq!(list("ab.".repeat(83).strip_suffix('.').unwrap(), 1).len(), 1);
    }
}
