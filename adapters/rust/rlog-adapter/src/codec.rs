//! Bytes of operations, hints and logs.

use rlog::codec::op::Op;
use rlog::codec::reader::{Event, FrameReader};
use rlog::hints::Hints;
use rlog_kit::{Failure, Found, Reply};

pub fn op(payload: &[u8]) -> Reply<Op> {
    Op::decode(payload).map_err(|_| Failure::Refused("MalformedOp".into()))
}

pub fn hints(encoded: &[u8]) -> Reply<Hints> {
    Hints::decode(encoded).map_err(|_| Failure::Refused("MalformedHints".into()))
}

pub fn unframe(pieces: &mut dyn Iterator<Item = &[u8]>) -> Vec<Found> {
    let mut reader = FrameReader::new(0);
    let mut all = Vec::new();
    for piece in pieces {
        reader.feed(piece);
        while let Some(event) = reader.next_event() {
            if let Event::Frame { begin, end, payload, skipped } = event {
                all.extend(skipped.map(|range| Found::skipped(range.begin, range.end)));
                all.push(Found::frame(begin, end, payload));
            }
        }
    }
    all
}
