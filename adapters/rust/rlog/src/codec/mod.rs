//! Bytes of a log: frames, operations, hints, and the checksum over them.

pub mod checksum;
pub mod frame;
pub mod messages;
pub mod op;
pub mod reader;
mod wire;

use std::fmt;

/// A payload that is no protobuf message (ENC-10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes are no message")
    }
}

impl std::error::Error for Malformed {}
