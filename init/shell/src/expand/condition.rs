//! The conditions of `[[`: comparisons of values, with patterns, regular expressions and numbers.

use alloc::rc::Rc;

use regex::{Regex, Syntax};

use super::fields::Mode;
use crate::run::{Run, Shell};
use crate::syntax::{Bytes, Condition, Word};

/// Whether a condition holds; none if it is no condition, which was said.
type Decision = Run<Option<bool>>;

impl Shell<'_> {
    /// Decides a condition of `[[`.
    pub(crate) fn condition(&mut self, condition: &Condition) -> Decision {
        match condition {
            Condition::Word(word) => Ok(Some(!self.expand_value(word)?.is_empty())),
            Condition::Not(inner) => Ok(self.condition(inner)?.map(|holds| !holds)),
            Condition::And(first, second) => match self.condition(first)? {
                Some(true) => self.condition(second),
                decided => Ok(decided),
            },
            Condition::Or(first, second) => match self.condition(first)? {
                Some(false) => self.condition(second),
                decided => Ok(decided),
            },
            Condition::Unary(operator, word) => {
                let value = self.expand_value(word)?;
                self.test_words(&[Rc::clone(operator), value])
            }
            Condition::Binary(first, operator, second) => {
                let first = self.expand_value(first)?;
                self.comparison(first, operator, second)
            }
        }
    }

    fn comparison(&mut self, first: Bytes, operator: &Bytes, second: &Word) -> Decision {
        match &**operator {
            b"=" | b"==" | b"!=" => {
                let pattern = self.expand_pattern(second)?;
                Ok(Some(self.matcher().matches(&pattern, &first) == (&**operator != b"!=")))
            }
            b"=~" => self.match_regex(&first, second),
            b"-eq" | b"-ne" | b"-lt" | b"-le" | b"-gt" | b"-ge" => {
                let second = self.expand_value(second)?;
                let (first, second) = (self.evaluate_text(&first)?, self.evaluate_text(&second)?);
                Ok(Some(system::condition::compare(operator, first, second)))
            }
            _ => {
                let second = self.expand_value(second)?;
                self.test_words(&[first, Rc::clone(operator), second])
            }
        }
    }

    fn match_regex(&mut self, value: &[u8], word: &Word) -> Decision {
        let pattern = self.expand_bytes(word, Mode::Regex)?;
        match Regex::new(&pattern, Syntax::Extended, self.is_utf8()) {
            Ok(regex) => Ok(Some(regex.is_match(value))),
            Err(error) => {
                self.complain_at(word.position, &pattern, &error);
                Ok(None)
            }
        }
    }

    fn test_words(&mut self, words: &[Bytes]) -> Decision {
        match crate::builtins::test(self, words) {
            Ok(holds) => Ok(Some(holds)),
            Err(message) => {
                self.complain_here(b"[[", &message);
                Ok(None)
            }
        }
    }
}
