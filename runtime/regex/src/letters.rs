//! Letters that are the same but for their case.

/// Gives a character's other forms: its lower, its upper, and that one's lower case, each as far as it is one character.
fn forms(number: u32) -> [u32; 3] {
    let one = |cased: &mut dyn Iterator<Item = char>, other: u32| match (cased.next(), cased.next()) {
        (Some(letter), None) => letter.into(),
        _ => other,
    };
    let Some(letter) = char::from_u32(number) else { return [number; 3] };
    let lower = one(&mut letter.to_lowercase(), number);
    let upper = one(&mut letter.to_uppercase(), number);
    let again = char::from_u32(upper).map_or(number, |upper| one(&mut upper.to_lowercase(), number));
    [lower, upper, again]
}

/// Says whether there is the same letter in another case.
pub(crate) fn has_cases(number: u32) -> bool {
    forms(number).iter().any(|form| *form != number)
}

/// Says whether one of a character's forms is such.
pub(crate) fn any_form(number: u32, is_such: impl Fn(u32) -> bool) -> bool {
    is_such(number) || forms(number).into_iter().any(is_such)
}

/// Says whether two characters are the same letter.
pub(crate) fn are_same(first: u32, second: u32) -> bool {
    first == second || forms(first).iter().any(|form| forms(second).contains(form))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_have_cases() {
        let same = |first: char, second: char| are_same(first.into(), second.into());
        assert!(same('a', 'A') && same('Ä', 'ä') && same('1', '1') && same('\u{3c3}', '\u{3c2}'));
        assert!(!same('a', 'b') && !same('ß', 's'));
        assert!(has_cases('k'.into()) && !has_cases('1'.into()) && !has_cases(0x11_00e4));
    }
}
