//! The inner loop of automata.

/// Entries of a table from here on are no rows.
pub const SPECIAL: u32 = 1 << 30;

/// Follows an automaton from a state (where its row begins in the table) as far as the entries of the table, one for each class
/// of bytes, lead to others, and no further than to the state `home`; gives how many bytes were taken, and the state then.
pub fn follow(table: &[u32], classes: &[u8; 256], state: &mut u32, text: &[u8], home: u32) -> usize {
    let entry = |row: u32, byte: &u8| {
        table.get(row as usize + usize::from(classes[usize::from(*byte)])).copied().unwrap_or(SPECIAL)
    };
    let mut row = *state;
    let mut rest = text;
    while let Some((byte, behind)) = rest.split_first() {
        let next = entry(row, byte);
        if next == home {
            (row, rest) = (next, behind);
            break;
        } else if next == row {
            // As long as the state stays what it is, no byte has to wait for what comes of the one before.
            let stay = behind.iter().position(|byte| entry(row, byte) != row).unwrap_or(behind.len());
            rest = behind.split_at(stay).1;
        } else if next < SPECIAL {
            row = next;
            rest = behind;
        } else {
            break;
        }
    }
    *state = row;
    text.len() - rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_automaton_is_left_at_what_is_special() {
        let mut classes = [0; 256];
        classes[usize::from(b'a')] = 1;
        // After two `a` in a row there is nothing more.
        let table = [0, 2, 0, SPECIAL];
        let mut state = 0;
        assert_eq!(follow(&table, &classes, &mut state, b"xaxaax", u32::MAX), 4);
        assert_eq!(state, 2);
        assert_eq!(follow(&table, &classes, &mut state, b"xx", u32::MAX), 2);
        assert_eq!(state, 0);
        assert_eq!(follow(&table, &classes, &mut state, b"axa", 0), 2);
        assert_eq!(state, 0);
    }
}
