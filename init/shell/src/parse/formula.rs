//! Formulas: their text to steps of a machine with a stack.

use alloc::string::String;
use alloc::vec::Vec;

use crate::names::{Names, Symbol, begins_name, continues_name};
use crate::syntax::{Binary, Change, Operation, Part, Program, Unary};

/// Stands for a part in the text of a formula; no text holds it.
const PART: u8 = 0;

/// The deepest nesting of a formula.
const DEEPEST: u32 = 1000;

/// Parses a formula with parts in it, if it is one whatever numbers they are.
pub(crate) fn of_parts(parts: &[Part], names: &mut Names) -> Option<Program> {
    let mut text = Vec::new();
    for part in parts {
        match part {
            Part::Text(bytes) | Part::Quoted(bytes) => text.extend_from_slice(bytes),
            Part::Parameter(parameter, _) if matches!(parameter.change, Change::None | Change::Length) => {
                text.push(PART);
            }
            _ => return None,
        }
    }
    // What touches a part would become one word with its value.
    let touches = |byte: &u8| continues_name(*byte) || *byte == PART || *byte == b'#';
    let is_apart = text.windows(2).all(|pair| match pair {
        [first, second] => !(*first == PART && touches(second) || *second == PART && touches(first)),
        _ => true,
    });
    if is_apart { parse(&text, names).ok() } else { None }
}

/// Parses a formula; says what is wrong with one that is none.
pub(crate) fn parse(text: &[u8], names: &mut Names) -> Result<Program, String> {
    let mut reader = Reader { text, at: 0, names, steps: Vec::new(), parts: 0, depth: 0 };
    if reader.peek().is_none() {
        return Ok([Operation::Number(0)].into());
    }
    reader.comma()?;
    match reader.peek() {
        None => Ok(reader.steps.into()),
        Some(_) => Err(reader.unexpected()),
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    names: &'a mut Names,
    steps: Vec<Operation>,
    parts: u32,
    depth: u32,
}

/// Operators between two values, longest first, with how strongly they bind.
const BINARY: &[(&[u8], Binary, u8)] = &[
    (b"<<", Binary::Left, 8),
    (b">>", Binary::Right, 8),
    (b"<=", Binary::LessEqual, 7),
    (b">=", Binary::GreaterEqual, 7),
    (b"==", Binary::Equal, 6),
    (b"!=", Binary::Unequal, 6),
    (b"**", Binary::Power, 11),
    (b"*", Binary::Multiply, 10),
    (b"/", Binary::Divide, 10),
    (b"%", Binary::Remainder, 10),
    (b"+", Binary::Add, 9),
    (b"-", Binary::Subtract, 9),
    (b"<", Binary::Less, 7),
    (b">", Binary::Greater, 7),
    (b"&", Binary::And, 5),
    (b"^", Binary::ExclusiveOr, 4),
    (b"|", Binary::Or, 3),
];

/// How strongly `&&` and `||` bind.
const AND: u8 = 2;
const OR: u8 = 1;

impl Reader<'_> {
    fn peek(&mut self) -> Option<u8> {
        while matches!(self.text.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn accept(&mut self, operator: &[u8]) -> bool {
        self.peek();
        let found = self.rest().starts_with(operator);
        if found {
            self.at += operator.len();
        }
        found
    }

    fn unexpected(&mut self) -> String {
        match self.peek() {
            None => "arithmetic: a value is missing at the end".into(),
            Some(_) => {
                let rest = String::from_utf8_lossy(self.rest().get(..20).unwrap_or(self.rest())).into_owned();
                alloc::format!("arithmetic: unexpected \"{rest}\"")
            }
        }
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, String>) -> Result<T, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("arithmetic: nested too deep".into());
        }
        let done = read(self);
        self.depth -= 1;
        done
    }

    fn here(&self) -> u32 {
        self.steps.len() as u32
    }

    /// Lets a step go to where the next one will be.
    fn land(&mut self, step: u32, make: fn(u32) -> Operation) {
        let here = self.here();
        if let Some(step) = self.steps.get_mut(step as usize) {
            *step = make(here);
        }
    }

    fn comma(&mut self) -> Result<(), String> {
        self.assignment()?;
        while self.accept(b",") {
            self.steps.push(Operation::Drop);
            self.assignment()?;
        }
        Ok(())
    }

    /// `name = value` and its like, else `a ? b : c`.
    fn assignment(&mut self) -> Result<(), String> {
        self.nested(|reader| {
            let start = reader.at;
            if let Some(symbol) = reader.variable() {
                if let Some(operator) = reader.assigning() {
                    reader.assignment()?;
                    reader.steps.push(match operator {
                        None => Operation::Set(symbol),
                        Some(binary) => Operation::Change(symbol, binary),
                    });
                    return Ok(());
                }
                reader.at = start;
            }
            reader.choice()
        })
    }

    /// Reads `=`, `+=` and its like.
    fn assigning(&mut self) -> Option<Option<Binary>> {
        self.peek();
        if self.rest().starts_with(b"=") && !self.rest().starts_with(b"==") {
            self.at += 1;
            return Some(None);
        }
        let rest = self.rest();
        let (text, binary, _) = BINARY.iter().find(|(text, _, strength)| {
            !matches!(strength, 6 | 7) && rest.strip_prefix(*text).is_some_and(|rest| rest.starts_with(b"="))
        })?;
        self.at += text.len() + 1;
        Some(Some(*binary))
    }

    fn choice(&mut self) -> Result<(), String> {
        self.binary(OR)?;
        if !self.accept(b"?") {
            return Ok(());
        }
        let unless = self.here();
        self.steps.push(Operation::Unless(0));
        self.nested(Self::comma)?;
        let go = self.here();
        self.steps.push(Operation::Go(0));
        self.land(unless, Operation::Unless);
        if !self.accept(b":") {
            return Err("arithmetic: a \"?\" has no \":\"".into());
        }
        self.assignment()?;
        self.land(go, Operation::Go);
        Ok(())
    }

    /// Reads operators that bind at least so strongly.
    fn binary(&mut self, least: u8) -> Result<(), String> {
        self.unary()?;
        loop {
            self.peek();
            let rest = self.rest();
            if rest.starts_with(b"&&") || rest.starts_with(b"||") {
                let is_and = rest.starts_with(b"&&");
                let strength = if is_and { AND } else { OR };
                if strength < least {
                    return Ok(());
                }
                self.at += 2;
                let make = if is_and { Operation::And } else { Operation::Or };
                let step = self.here();
                self.steps.push(make(0));
                self.nested(|reader| reader.binary(strength + 1))?;
                self.steps.push(Operation::Truth);
                self.land(step, make);
                continue;
            }
            let found = BINARY.iter().find(|(text, ..)| rest.starts_with(text));
            let Some((text, binary, strength)) = found.filter(|(.., strength)| *strength >= least) else {
                return Ok(());
            };
            // `a += 1` where a is no variable; a value must come first.
            if !matches!(strength, 6 | 7) && rest.get(text.len()) == Some(&b'=') && *binary != Binary::And {
                return Err(self.unexpected());
            }
            self.at += text.len();
            // Powers bind from the right.
            let next = if *binary == Binary::Power { *strength } else { strength + 1 };
            self.nested(|reader| reader.binary(next))?;
            self.steps.push(Operation::Binary(*binary));
        }
    }

    fn unary(&mut self) -> Result<(), String> {
        self.nested(|reader| {
            for (text, amount) in [(b"++", 1), (b"--", -1)] {
                let start = reader.at;
                if reader.accept(text) {
                    if let Some(symbol) = reader.variable() {
                        reader.steps.push(Operation::Before(symbol, amount));
                        return Ok(());
                    }
                    reader.at = start;
                }
            }
            let operator = match reader.peek() {
                Some(b'-') => Some(Unary::Minus),
                Some(b'!') => Some(Unary::Not),
                Some(b'~') => Some(Unary::Complement),
                Some(b'+') => None,
                _ => return reader.value(),
            };
            reader.at += 1;
            reader.unary()?;
            reader.steps.extend(operator.map(Operation::Unary));
            Ok(())
        })
    }

    fn value(&mut self) -> Result<(), String> {
        match self.peek() {
            Some(b'(') => {
                self.at += 1;
                self.nested(Self::comma)?;
                if self.accept(b")") { Ok(()) } else { Err("arithmetic: a \"(\" has no \")\"".into()) }
            }
            Some(PART) => {
                self.at += 1;
                self.steps.push(Operation::Part(self.parts));
                self.parts += 1;
                Ok(())
            }
            Some(byte) if byte.is_ascii_digit() => {
                let digits = self.rest().iter().take_while(|byte| continues_name(**byte) || **byte == b'#');
                let count = digits.count();
                let digits = self.rest().get(..count).unwrap_or_default();
                let Some(number) = constant(digits) else {
                    let digits = String::from_utf8_lossy(digits);
                    return Err(alloc::format!("arithmetic: \"{digits}\" is no number"));
                };
                self.at += count;
                self.steps.push(Operation::Number(number));
                Ok(())
            }
            _ => {
                let Some(symbol) = self.variable() else { return Err(self.unexpected()) };
                let step = match self.peek() {
                    Some(b'+') if self.rest().starts_with(b"++") => Operation::After(symbol, 1),
                    Some(b'-') if self.rest().starts_with(b"--") => Operation::After(symbol, -1),
                    _ => Operation::Variable(symbol),
                };
                if matches!(step, Operation::After(..)) {
                    self.at += 2;
                }
                self.steps.push(step);
                Ok(())
            }
        }
    }

    fn variable(&mut self) -> Option<Symbol> {
        self.peek().filter(|byte| begins_name(*byte))?;
        let count = self.rest().iter().take_while(|byte| continues_name(**byte)).count();
        let start = self.at;
        self.at += count;
        self.text.get(start..self.at).map(|name| self.names.symbol(name))
    }
}

/// Reads a number: decimal, 0x and hexadecimal, 0 and octal, base#digits.
pub(crate) fn constant(text: &[u8]) -> Option<i64> {
    let (digits, base) = match text {
        [b'0', b'x' | b'X', rest @ ..] => (rest, 16),
        [b'0', rest @ ..] if !rest.is_empty() => (rest, 8),
        _ => match text.iter().position(|byte| *byte == b'#') {
            Some(at) => {
                let base = str::from_utf8(text.get(..at)?).ok()?.parse().ok()?;
                (text.get(at + 1..)?, base)
            }
            None => (text, 10),
        },
    };
    if !(2..=64).contains(&base) || digits.is_empty() {
        return None;
    }
    let mut value = 0_i64;
    for byte in digits {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'z' => byte - b'a' + 10,
            b'A'..=b'Z' if base <= 36 => byte - b'A' + 10,
            b'A'..=b'Z' => byte - b'A' + 36,
            b'@' => 62,
            b'_' => 63,
            _ => return None,
        };
        if u32::from(digit) >= base {
            return None;
        }
        value = value.wrapping_mul(base.into()).wrapping_add(digit.into());
    }
    Some(value)
}
