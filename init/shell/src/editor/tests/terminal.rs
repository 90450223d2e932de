//! A terminal in memory: what the editor writes, as a person would see it.

use unicode_width::UnicodeWidthChar;

/// A terminal of some lines and columns; the cells behind a wide character are empty.
pub(super) struct Terminal {
    rows: Vec<Vec<String>>,
    columns: usize,
    row: usize,
    column: usize,
    /// Lines that have left at the top.
    pub(super) gone: Vec<String>,
}

impl Terminal {
    pub(super) fn new(lines: usize, columns: usize) -> Self {
        let rows = vec![vec![" ".into(); columns]; lines];
        Self { rows, columns, row: 0, column: 0, gone: Vec::new() }
    }

    /// Gives the lines that are not empty at the end, joined by `|`, with `^` before the character that the cursor is on.
    pub(super) fn shown(&self) -> String {
        let line = |(index, row): (usize, &Vec<String>)| {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                if (index, column) == (self.row, self.column) {
                    line.push('^');
                }
                line.push_str(cell);
            }
            line.trim_end().to_owned()
        };
        let lines: Vec<String> = self.rows.iter().enumerate().map(line).collect();
        lines.join("|").trim_end_matches('|').to_owned()
    }

    /// Obeys what is written; what the editor has no business to write is a panic.
    pub(super) fn write(&mut self, bytes: &[u8]) {
        let text = str::from_utf8(bytes).expect("UTF-8");
        let mut rest = text.chars();
        while let Some(character) = rest.next() {
            match character {
                '\r' => self.column = 0,
                '\n' => self.down(),
                '\x08' => self.column -= 1,
                '\x07' => {}
                '\x1b' => {
                    assert_eq!(rest.next(), Some('['));
                    let parameter: String =
                        rest.clone().take_while(|next| !next.is_ascii_alphabetic()).collect();
                    let last = rest.nth(parameter.len()).expect("an end");
                    self.obey(last, &parameter);
                }
                character => self.put(character),
            }
        }
    }

    fn down(&mut self) {
        if self.row + 1 < self.rows.len() {
            self.row += 1;
            return;
        }
        self.gone.push(self.rows.remove(0).concat().trim_end().to_owned());
        self.rows.push(vec![" ".into(); self.columns]);
    }

    fn put(&mut self, character: char) {
        let width = character.width().expect("no control");
        if width == 0 {
            self.rows[self.row][self.column - 1].push(character);
            return;
        }
        assert!(self.column + width <= self.columns, "{character} passes the last column");
        for cell in &mut self.rows[self.row][self.column..self.column + width] {
            cell.clear();
        }
        self.rows[self.row][self.column].push(character);
        self.column += width;
    }

    fn obey(&mut self, last: char, parameter: &str) {
        let count = parameter.parse::<usize>();
        let clear = |row: &mut [String]| row.fill(" ".into());
        match (last, parameter) {
            ('A', _) => self.row -= count.expect("a count"),
            ('C', _) => self.column += count.expect("a count"),
            ('H', "") => (self.row, self.column) = (0, 0),
            ('K', "") => clear(&mut self.rows[self.row][self.column..]),
            ('J', "") => {
                clear(&mut self.rows[self.row][self.column..]);
                self.rows[self.row + 1..].iter_mut().for_each(|row| clear(row));
            }
            ('J', "2") => self.rows.iter_mut().for_each(|row| clear(row)),
            ('m', _) => {}
            _ => panic!("ESC [ {parameter}{last}"),
        }
        assert!(self.column < self.columns);
    }
}
