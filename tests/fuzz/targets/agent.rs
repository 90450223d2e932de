//! Frames of the agent, over a line that loses nothing but may cut anywhere.

use formats::wire::agent::{Decoder, Kind, MAX_PAYLOAD, emit};

/// Decodes the bytes whole and in pieces (the first byte says how long), which must find the same frames; frames that
/// are written again must be read again.
pub(crate) fn agent(data: &[u8]) {
    let Some((&step, line)) = data.split_first() else { return };
    let whole = decode(line, line.len().max(1));
    let pieces = decode(line, usize::from(step % 17) + 1);
    assert_eq!(whole, pieces, "frames depend on how the line was cut");
    let mut again = Vec::new();
    for (kind, payload) in &whole.0 {
        assert!(payload.len() <= MAX_PAYLOAD);
        emit(*kind, payload, &mut again);
    }
    assert_eq!(decode(&again, 5), (whole.0, 0), "frames do not survive being written");
}

/// Gives the frames and how many bytes belonged to none.
fn decode(line: &[u8], step: usize) -> (Vec<(Kind, Vec<u8>)>, usize) {
    let mut decoder = Decoder::new();
    let mut frames = Vec::new();
    for piece in line.chunks(step) {
        decoder.push(piece);
        while let Some(frame) = decoder.next_frame() {
            assert_eq!(frame.status().is_some(), frame.kind == Kind::Status);
            frames.push((frame.kind, frame.payload.to_vec()));
        }
    }
    (frames, decoder.skipped())
}
