//! Words that a user got wrong, and what was meant.

/// How alike two words must be to be taken for each other, from 0 to 1.
const ALIKE: f64 = 0.6;

/// Says that a name is not known, with the one that may be meant, and all that are.
pub(crate) fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<_> = known.into_iter().collect();
    let alike = known.iter().map(|one| (strsim::jaro_winkler(name, one), *one));
    let nearest = alike.filter(|(alike, _)| *alike >= ALIKE).max_by(|a, b| a.0.total_cmp(&b.0));
    let guess = nearest.map(|(_, one)| format!("did you mean {one}? ")).unwrap_or_default();
    format!("no {what} {name}; {guess}there is {}", known.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_guessed_if_one_is_near() {
        let known = ["late-server", "lease", "no-nic"];
        assert_eq!(
            unknown("scenario", "leas", known),
            "no scenario leas; did you mean lease? there is late-server, lease, no-nic"
        );
        assert_eq!(unknown("scenario", "xyz", known), "no scenario xyz; there is late-server, lease, no-nic");
    }
}
