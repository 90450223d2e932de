//! Tokens: operators, ends of lines, numbers before redirections, words.

use alloc::string::String;

use super::error::SyntaxError;
use super::word::{Context, Until};
use super::{Parse, Parser};
use crate::syntax::{Position, Word};

/// A token.
#[derive(Debug)]
pub(super) enum Token {
    /// The end of the script.
    End,
    Newline,
    Operator(Operator),
    /// A number that a redirection follows.
    Number(i32),
    Word(Word),
}

macro_rules! operators {
    ($($name:ident $text:literal)*) => {
        /// An operator.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Operator { $($name),* }

        impl Operator {
            pub(super) const fn text(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

operators! {
    And "&&" Or "||" Ampersand "&" Semicolon ";" DoubleSemicolon ";;" SemicolonAnd ";&" Pipe "|" Open "(" Close ")"
    Less "<" Great ">" DoubleLess "<<" DoubleLessDash "<<-" DoubleGreat ">>" LessAnd "<&" GreatAnd ">&" LessGreat "<>"
    Clobber ">|"
}

impl Parser<'_, '_> {
    /// Looks at the next token.
    pub(super) fn token(&mut self) -> Parse<&Token> {
        if self.next.is_none() {
            let token = self.read_token()?;
            self.next = Some(token);
        }
        Ok(self.next.as_ref().unwrap_or(&Token::End))
    }

    /// Takes the token that was looked at.
    pub(super) fn take(&mut self) -> Token {
        if matches!(self.next, Some(Token::End)) {
            Token::End
        } else {
            self.next.take().unwrap_or(Token::End)
        }
    }

    fn read_token(&mut self) -> Parse<Token> {
        self.input.alias_follows = false;
        self.skip_blanks()?;
        self.input.leave_aliases();
        self.skip_blanks()?;
        self.may_be_alias = self.input.alias_follows;
        self.open_aliases = self.input.open_aliases();
        self.token_position = self.input.position();
        self.token_offset = self.input.offset();
        let Some(first) = self.input.peek()? else { return Ok(Token::End) };
        match first {
            b'\n' => {
                self.input.skip();
                self.read_here_documents()?;
                Ok(Token::Newline)
            }
            b'&' | b'|' | b';' | b'(' | b')' | b'<' | b'>' => Ok(Token::Operator(self.operator(first)?)),
            _ => self.word_token(),
        }
    }

    fn word_token(&mut self) -> Parse<Token> {
        let position = self.token_position;
        let parts = self.parts(Context { quoted: false, until: Until::Word })?;
        let word = Word::new(parts, position);
        if let Some(digits) = word.bare()
            && digits.iter().all(u8::is_ascii_digit)
            && matches!(self.input.peek()?, Some(b'<' | b'>'))
            && let Some(number) = str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok())
        {
            return Ok(Token::Number(number));
        }
        Ok(Token::Word(word))
    }

    pub(super) fn skip_blanks(&mut self) -> Parse<()> {
        while let Some(byte) = self.input.peek()? {
            match byte {
                b' ' | b'\t' => self.input.skip(),
                b'#' => {
                    // A backslash does not continue a comment.
                    while self.input.peek_raw()?.is_some_and(|byte| byte != b'\n') {
                        self.input.skip();
                    }
                }
                _ => break,
            }
        }
        Ok(())
    }

    fn operator(&mut self, first: u8) -> Parse<Operator> {
        self.input.skip();
        let second = self.input.peek()?;
        let operator = match (first, second) {
            (b'&', Some(b'&')) => Operator::And,
            (b'|', Some(b'|')) => Operator::Or,
            (b';', Some(b';')) => Operator::DoubleSemicolon,
            (b';', Some(b'&')) => Operator::SemicolonAnd,
            (b'<', Some(b'<')) => Operator::DoubleLess,
            (b'<', Some(b'&')) => Operator::LessAnd,
            (b'<', Some(b'>')) => Operator::LessGreat,
            (b'>', Some(b'>')) => Operator::DoubleGreat,
            (b'>', Some(b'&')) => Operator::GreatAnd,
            (b'>', Some(b'|')) => Operator::Clobber,
            (b'&', _) => return Ok(Operator::Ampersand),
            (b'|', _) => return Ok(Operator::Pipe),
            (b';', _) => return Ok(Operator::Semicolon),
            (b'(', _) => return Ok(Operator::Open),
            (b')', _) => return Ok(Operator::Close),
            (b'<', _) => return Ok(Operator::Less),
            _ => return Ok(Operator::Great),
        };
        self.input.skip();
        if operator == Operator::DoubleLess && self.input.peek()? == Some(b'-') {
            self.input.skip();
            return Ok(Operator::DoubleLessDash);
        }
        Ok(operator)
    }

    /// Says whether the next token is this operator.
    pub(super) fn is_operator(&mut self, operator: Operator) -> Parse<bool> {
        Ok(matches!(self.token()?, Token::Operator(found) if *found == operator))
    }

    /// Takes this operator, if it is next.
    pub(super) fn accept(&mut self, operator: Operator) -> Parse<bool> {
        let is_next = self.is_operator(operator)?;
        if is_next {
            self.take();
        }
        Ok(is_next)
    }

    /// Says whether the next token is this word, bare.
    pub(super) fn is_word(&mut self, text: &str) -> Parse<bool> {
        Ok(matches!(self.token()?, Token::Word(word) if word.bare() == Some(text.as_bytes())))
    }

    /// Takes ends of lines.
    pub(super) fn skip_newlines(&mut self) -> Parse<()> {
        while matches!(self.token()?, Token::Newline) {
            self.take();
        }
        Ok(())
    }

    /// Makes the error that the next token is not what belongs here.
    pub(super) fn unexpected(&mut self, expected: &str) -> SyntaxError {
        let at = self.token_position;
        let (found, is_end) = match self.token() {
            Err(error) => return error,
            Ok(Token::End) => (String::from("end of script"), true),
            Ok(Token::Newline) => (String::from("end of line"), false),
            Ok(Token::Operator(operator)) => (alloc::format!("\"{}\"", operator.text()), false),
            Ok(Token::Number(number)) => (alloc::format!("\"{number}\""), false),
            Ok(Token::Word(word)) => {
                let text = word.bare().or(word.plain.as_deref()).map(String::from_utf8_lossy);
                (text.map_or_else(|| "word".into(), |text| alloc::format!("\"{text}\"")), false)
            }
        };
        let at = if self.next.is_some() { self.token_position } else { at };
        let message = if expected.is_empty() {
            alloc::format!("syntax error: {found} unexpected")
        } else {
            alloc::format!("syntax error: {found} unexpected, expected {expected}")
        };
        self.input.error(message, at, is_end)
    }

    /// Makes an error about a place.
    pub(super) fn error(&self, message: &str, position: Position) -> SyntaxError {
        self.input.error(alloc::format!("syntax error: {message}"), position, false)
    }
}
