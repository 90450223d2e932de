//! What a message says to a question.

use alloc::vec::Vec;

use formats::wire::dns::{Data, Flags, Kind, Message, Name, Question, Record, ResponseCode, Section};

use super::{Answer, Failure};

/// Aliases followed within one message.
const MOST_ALIASES: usize = 16;

/// What a message is to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is no reply to it: nothing follows from it.
    Foreign,
    /// It answers it.
    Answer(Answer),
    /// It says that there is nothing, or that aliases do not end.
    Nothing(Failure),
    /// It was cut: the rest must be fetched over a stream.
    Cut,
    /// The name is an alias of this one, of which the server says nothing.
    Alias(Name),
    /// The server does not understand the extension.
    Plain,
    /// The server is of no use for this question.
    Useless(ResponseCode),
}

/// Judges a message. What is wrong within it counts as a server of no use, not as foreign: it had the question's number.
pub(super) fn judge(bytes: &[u8], id: u16, question: &Question, extended: bool) -> Verdict {
    let Ok(message) = Message::parse(bytes) else { return Verdict::Foreign };
    if message.id != id || !message.flags.contains(Flags::REPLY) || message.opcode() != 0 {
        return Verdict::Foreign;
    }
    let code = message.code();
    let mut asked = message.questions();
    match (asked.next(), asked.next()) {
        (Some(Ok(first)), None) if first == *question => {}
        // Who refuses may not repeat the question; who answers it must.
        (None, None) if code != ResponseCode::NO_ERROR && code != ResponseCode::NO_SUCH_NAME => {}
        _ => return Verdict::Foreign,
    }
    match code {
        ResponseCode::NO_ERROR | ResponseCode::NO_SUCH_NAME => {}
        ResponseCode::FORMAT_ERROR | ResponseCode::NOT_IMPLEMENTED | ResponseCode::BAD_VERSION
            if extended =>
        {
            return Verdict::Plain;
        }
        code => return Verdict::Useless(code),
    }
    if message.flags.contains(Flags::TRUNCATED) {
        return Verdict::Cut;
    }
    let mut records = Vec::new();
    for record in message.records() {
        match record {
            Ok(record) => records.push(record),
            Err(_) => return Verdict::Useless(ResponseCode::FORMAT_ERROR),
        }
    }
    content(&message, bytes, question, code, &records)
}

fn content(
    message: &Message<'_>,
    bytes: &[u8],
    question: &Question,
    code: ResponseCode,
    records: &[(Section, Record<'_>)],
) -> Verdict {
    let Some((name, mut ttl_s)) = follow(question, records) else {
        return Verdict::Nothing(Failure::Aliases);
    };
    let mut found = false;
    for record in answers(records).filter(|record| record.answers(&name, question.kind)) {
        ttl_s = ttl_s.min(record.ttl_s);
        found = true;
    }
    if found {
        return Verdict::Answer(Answer { name, kind: question.kind, ttl_s, message: bytes.to_vec() });
    }
    let in_part =
        |part| records.iter().filter(move |(section, _)| *section == part).map(|(_, record)| record);
    let negative = in_part(Section::Authority).find_map(|record| match &record.data {
        // RFC 2308 section 5.
        Data::Start(soa) => Some(soa.negative_s.min(record.ttl_s)),
        _ => None,
    });
    if code == ResponseCode::NO_SUCH_NAME {
        return Verdict::Nothing(Failure::NoName(negative));
    }
    if name != question.name && negative.is_none() {
        return Verdict::Alias(name);
    }
    // A server that refers to others instead of asking them.
    let refers = in_part(Section::Authority).any(|record| record.kind == Kind::NS);
    let knows = message.flags.intersects(Flags::AUTHORITATIVE | Flags::RECURSION_AVAILABLE);
    if negative.is_none() && refers && !knows {
        return Verdict::Useless(ResponseCode::REFUSED);
    }
    Verdict::Nothing(Failure::NoRecords(negative))
}

fn answers<'a, 'b>(records: &'a [(Section, Record<'b>)]) -> impl Iterator<Item = &'a Record<'b>> {
    records.iter().filter(|(section, _)| *section == Section::Answer).map(|(_, record)| record)
}

/// Follows aliases from the name that was asked; gives the last name and the least time on the way.
fn follow(question: &Question, records: &[(Section, Record<'_>)]) -> Option<(Name, u32)> {
    let (mut name, mut ttl_s) = (question.name.clone(), u32::MAX);
    if question.kind == Kind::CNAME {
        return Some((name, ttl_s));
    }
    for _ in 0..MOST_ALIASES {
        let alias = answers(records).find_map(|record| match &record.data {
            Data::Alias(target) if record.name == name => Some((target, record.ttl_s)),
            _ => None,
        });
        let Some((target, seconds)) = alias else { return Some((name, ttl_s)) };
        (name, ttl_s) = (target.clone(), ttl_s.min(seconds));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found by fuzzing: an address of the class of Chaos is none of the internet's.
    #[test]
    fn records_of_other_classes_are_no_answers() {
        let question = Question { name: Name::parse("a").unwrap(), kind: Kind::A };
        let mut bytes = b"\0\x07\x81\x80\0\x01\0\x01\0\0\0\0\x01a\0\0\x01\0\x01".to_vec();
        let record = bytes.len();
        bytes.extend(b"\xc0\x0c\0\x01\0\x03\0\0\0\x09\0\x04\x0a\0\0\x01");
        assert_eq!(judge(&bytes, 7, &question, true), Verdict::Nothing(Failure::NoRecords(None)));
        bytes[record + 5] = 1;
        let Verdict::Answer(answer) = judge(&bytes, 7, &question, true) else { panic!("no answer") };
        assert_eq!((answer.ttl_s, answer.addresses().count()), (9, 1));
        assert_eq!(judge(&bytes, 8, &question, true), Verdict::Foreign);
    }
}
