//! The steps of the tier *codec*.

use crate::convert;
use rlog::codec::op::Op;
use rlog::codec::reader::{Event, FrameReader};
use rlog_kit::{Bytes, Failure, Found, Hints, Reply};

pub fn op(payload: &[u8]) -> Reply<Op> {
    Op::decode(payload).map_err(|_| Failure::Refused("MalformedOp".into()))
}

pub fn decode(payload: &[u8]) -> Reply<Bytes> {
    op(payload).map(|op| op.encode_with_meta())
}

pub fn hints(encoded: &[u8]) -> Reply<rlog::hints::Hints> {
    let decoded = rlog::hints::Hints::decode(encoded);
    decoded.map_err(|_| Failure::Refused("MalformedHints".into()))
}

pub fn decode_hints(encoded: &[u8]) -> Reply<(Hints, Bytes)> {
    let hints = hints(encoded)?;
    Ok((convert::hints(&hints), hints.encode()))
}

pub fn unframe(pieces: &mut dyn Iterator<Item = &[u8]>) -> Vec<Found> {
    let mut reader = FrameReader::new(0);
    let mut all = Vec::new();
    for piece in pieces {
        reader.feed(piece);
        while let Some(event) = reader.next_event() {
            let Event::Frame {
                begin,
                end,
                payload,
                skipped,
            } = event
            else {
                continue;
            };
            all.extend(skipped.map(|range| Found {
                first_offset: range.begin,
                last_offset: range.end,
                payload: None,
            }));
            all.push(Found {
                first_offset: begin,
                last_offset: end,
                payload: Some(payload),
            });
        }
    }
    all
}
