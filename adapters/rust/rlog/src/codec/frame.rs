//! Frames, as they are written.

use crate::Bytes;

/// How each frame begins (FRM-1).
pub const MAGIC: [u8; 4] = [0x66, 0x33, 0x93, 0x36];

/// Bytes of a frame before its payload: the magic and the payload's length (FRM-1).
pub const HEADER: usize = 8;

/// The longest payload of a frame (FRM-2).
pub const MAX_PAYLOAD: usize = 1 << 20;

/// A payload that is longer than a frame's may be (FRM-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

/// The frame of a payload (FRM-1), or that it is too long for one (FRM-2).
pub fn encode(payload: &[u8]) -> Result<Bytes, TooLong> {
    if payload.len() > MAX_PAYLOAD {
        return Err(TooLong);
    }
    let mut frame = Vec::with_capacity(HEADER + payload.len());
    frame.extend(MAGIC);
    frame.extend((payload.len() as u32).to_le_bytes());
    frame.extend(payload);
    Ok(frame)
}
