//! Arithmetic: formulas are run on signed 64-bit numbers, which wrap around.

use alloc::rc::Rc;
use alloc::vec::Vec;

use super::fields::{Fields, Mode};
use crate::names::Symbol;
use crate::parse::formula;
use crate::run::{Leave, Run, Shell, number_text};
use crate::syntax::{Arithmetic, Binary, Bytes, Operation, Part, Unary};

/// How deep values of variables that are formulas themselves may lead.
const DEEPEST: u32 = 32;

impl Shell<'_> {
    /// Evaluates `$((...))`.
    pub(crate) fn arithmetic(&mut self, arithmetic: &Arithmetic) -> Run<i64> {
        if let Some(program) = &arithmetic.program {
            let mut values = Vec::new();
            for part in &arithmetic.parts {
                if let Part::Parameter(parameter, _) = part {
                    let value = match self.plain_parameter(parameter) {
                        Some(value) => number(&value),
                        None => None,
                    };
                    match value {
                        Some(value) => values.push(value),
                        None => return self.arithmetic_text(arithmetic),
                    }
                }
            }
            return self.evaluate(program, &values, 0);
        }
        self.arithmetic_text(arithmetic)
    }

    /// Evaluates one whose text depends on what is in its parameters.
    fn arithmetic_text(&mut self, arithmetic: &Arithmetic) -> Run<i64> {
        let mut none = Vec::new();
        let mut fields = Fields::new(&mut none, Mode::Value);
        self.parts(&arithmetic.parts, false, &mut fields)?;
        let text = fields.text();
        self.evaluate_text(&text)
    }

    /// Evaluates a text as a formula.
    pub(crate) fn evaluate_text(&mut self, text: &[u8]) -> Run<i64> {
        self.evaluate_nested(text, 0)
    }

    fn evaluate_nested(&mut self, text: &[u8], depth: u32) -> Run<i64> {
        if let Some(number) = number(text) {
            return Ok(number);
        }
        match formula::parse(text, &mut self.names) {
            Ok(program) => self.evaluate(&program, &[], depth),
            Err(message) => Err(self.fail_at(self.place, b"", &message)),
        }
    }

    fn variable_number(&mut self, name: Symbol, depth: u32) -> Run<i64> {
        let Some(value) = self.value(name) else {
            if self.options.nounset {
                let name = self.names.name(name).to_vec();
                return Err(self.fail_at(self.place, &name, "parameter not set"));
            }
            return Ok(0);
        };
        match number(&value) {
            Some(number) => Ok(number),
            None if depth >= DEEPEST => {
                Err(self.fail_at(self.place, &value, "arithmetic: variables lead to one another"))
            }
            None => self.evaluate_nested(&value, depth + 1),
        }
    }

    fn set_number(&mut self, name: Symbol, number: i64) -> Run<()> {
        let text: Bytes = number_text(number);
        self.set(name, Rc::clone(&text))
    }

    fn evaluate(&mut self, program: &[Operation], parts: &[i64], depth: u32) -> Run<i64> {
        let mut stack: Vec<i64> = Vec::with_capacity(8);
        let mut at = 0;
        while let Some(operation) = program.get(at) {
            at += 1;
            let mut pop = || stack.pop().unwrap_or(0);
            let result = match *operation {
                Operation::Number(number) => number,
                Operation::Variable(name) => self.variable_number(name, depth)?,
                Operation::Part(index) => parts.get(index as usize).copied().unwrap_or(0),
                Operation::Unary(operator) => match (operator, pop()) {
                    (Unary::Minus, value) => value.wrapping_neg(),
                    (Unary::Not, value) => (value == 0).into(),
                    (Unary::Complement, value) => !value,
                },
                Operation::Binary(operator) => {
                    let (second, first) = (pop(), pop());
                    self.binary(operator, first, second)?
                }
                Operation::Set(name) => {
                    let value = pop();
                    self.set_number(name, value)?;
                    value
                }
                Operation::Change(name, operator) => {
                    let second = pop();
                    let first = self.variable_number(name, depth)?;
                    let value = self.binary(operator, first, second)?;
                    self.set_number(name, value)?;
                    value
                }
                Operation::Before(name, amount) | Operation::After(name, amount) => {
                    let former = self.variable_number(name, depth)?;
                    let value = former.wrapping_add(amount);
                    self.set_number(name, value)?;
                    if matches!(operation, Operation::After(..)) { former } else { value }
                }
                Operation::And(place) => {
                    if pop() != 0 {
                        continue;
                    }
                    at = place as usize;
                    0
                }
                Operation::Or(place) => {
                    if pop() == 0 {
                        continue;
                    }
                    at = place as usize;
                    1
                }
                Operation::Truth => (pop() != 0).into(),
                Operation::Unless(place) => {
                    if pop() == 0 {
                        at = place as usize;
                    }
                    continue;
                }
                Operation::Go(place) => {
                    at = place as usize;
                    continue;
                }
                Operation::Drop => {
                    pop();
                    continue;
                }
            };
            stack.push(result);
        }
        Ok(stack.pop().unwrap_or(0))
    }

    fn binary(&mut self, operator: Binary, first: i64, second: i64) -> Run<i64> {
        Ok(match operator {
            Binary::Multiply => first.wrapping_mul(second),
            Binary::Divide | Binary::Remainder if second == 0 => return Err(self.division()),
            Binary::Divide => first.wrapping_div(second),
            Binary::Remainder => first.wrapping_rem(second),
            Binary::Add => first.wrapping_add(second),
            Binary::Subtract => first.wrapping_sub(second),
            // As processors do: of the second number six bits count.
            Binary::Left => first.wrapping_shl(second as u32),
            Binary::Right => first.wrapping_shr(second as u32),
            Binary::Less => (first < second).into(),
            Binary::LessEqual => (first <= second).into(),
            Binary::Greater => (first > second).into(),
            Binary::GreaterEqual => (first >= second).into(),
            Binary::Equal => (first == second).into(),
            Binary::Unequal => (first != second).into(),
            Binary::And => first & second,
            Binary::ExclusiveOr => first ^ second,
            Binary::Or => first | second,
            Binary::Power => match u32::try_from(second) {
                Ok(exponent) => first.wrapping_pow(exponent),
                Err(_) => {
                    let reason = "arithmetic: an exponent is negative or too large";
                    return Err(self.fail_at(self.place, b"", reason));
                }
            },
        })
    }

    fn division(&mut self) -> Leave {
        self.fail_at(self.place, b"", "arithmetic: division by zero")
    }
}

/// Reads a number with an optional sign; blanks around it do not count. None for what is no plain number.
fn number(text: &[u8]) -> Option<i64> {
    let text = text.trim_ascii();
    let (digits, negative) = match text {
        [b'-', rest @ ..] => (rest, true),
        [b'+', rest @ ..] => (rest, false),
        _ => (text, false),
    };
    if !digits.first()?.is_ascii_digit() {
        return None;
    }
    let value = formula::constant(digits)?;
    Some(if negative { value.wrapping_neg() } else { value })
}
