//! What an adapter shows: observations, and the values within them.

use crate::fields::to_hex;
use crate::implementation::Failure;
use crate::Bytes;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::fmt::Display;

/// A segment (ENC-7).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Segment {
    pub author: u32,
    pub first_seq_no: i64,
    pub first_offset: i64,
    pub first_checksum: u32,
    pub last_seq_no: i64,
    pub last_offset: i64,
    pub log: Bytes,
}

/// Copies a segment, field by field, into a struct that names its fields as the text does:
/// `copy_segment!(own => rlog_kit::Segment)`, and the other way round.
#[macro_export]
macro_rules! copy_segment {
    ($from:expr => $($to:ident)::+) => {{
        let from = $from;
        $($to)::+ {
            author: from.author,
            first_seq_no: from.first_seq_no,
            first_offset: from.first_offset,
            first_checksum: from.first_checksum,
            last_seq_no: from.last_seq_no,
            last_offset: from.last_offset,
            log: from.log.clone(),
        }
    }};
}

/// Hints (ENC-7).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    pub log: Bytes,
    /// Fnodes and their segments.
    pub live_nodes: Vec<(i64, Vec<Segment>)>,
    /// Paths and their content.
    pub properties: Vec<(Bytes, Bytes)>,
}

/// A frame of a log, or a range that was skipped, which has no payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub first_offset: u64,
    pub last_offset: u64,
    pub payload: Option<Bytes>,
}

impl Found {
    /// A frame.
    pub fn frame(first_offset: u64, last_offset: u64, payload: Bytes) -> Self {
        Found { first_offset, last_offset, payload: Some(payload) }
    }

    /// A range that was skipped.
    pub fn skipped(first_offset: u64, last_offset: u64) -> Self {
        Found { first_offset, last_offset, payload: None }
    }
}

/// A file of a tree, with all its paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeFile {
    pub(crate) links: Vec<Bytes>,
    pub(crate) size: u64,
    pub(crate) sha256: String,
}

impl TreeFile {
    /// A file whose content is at hand.
    pub fn of_bytes(links: Vec<Bytes>, content: &[u8]) -> Self {
        Self::of_parts(links, |sink| sink(content))
    }

    /// A file whose content is given in parts.
    pub fn of_parts(mut links: Vec<Bytes>, content: impl FnOnce(&mut dyn FnMut(&[u8]))) -> Self {
        let mut size = 0;
        let mut digest = Sha256::new();
        content(&mut |part| {
            size += part.len() as u64;
            digest.update(part);
        });
        links.sort();
        TreeFile { links, size, sha256: to_hex(&digest.finalize()) }
    }
}

/// What is told of one step: its outcome, and what it shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    pub members: Map<String, Value>,
}

impl Observation {
    /// An observation that shows nothing but an outcome (ADP-10).
    pub fn new(outcome: impl Into<String>) -> Self {
        let mut members = Map::new();
        members.insert("outcome".into(), Value::String(outcome.into()));
        Observation { members }
    }

    pub fn done() -> Self {
        Self::new("done")
    }

    pub fn impossible() -> Self {
        Self::new("impossible")
    }

    pub fn refused(error: &str) -> Self {
        Self::new(format!("refused: {error}"))
    }

    #[must_use]
    pub fn show(mut self, name: &str, value: Value) -> Self {
        self.members.insert(name.into(), value);
        self
    }

    /// Shows where the branch goes on.
    #[must_use]
    pub fn show_next(self, (next_seq_no, next_checksum): (u64, u32)) -> Self {
        self.show("next_seq_no", number(next_seq_no)).show("next_checksum", number(next_checksum))
    }
}

/// The error of a refusal; whatever is unsupported ends the run.
pub fn refusal(failure: Failure) -> Result<String, Failure> {
    match failure {
        Failure::Refused(error) => Ok(error),
        unsupported => Err(unsupported),
    }
}

pub fn number(value: impl Display) -> Value {
    Value::String(value.to_string())
}

pub fn hex(bytes: &[u8]) -> Value {
    Value::String(to_hex(bytes))
}

/// An object of some members.
#[derive(Default)]
pub struct Object(Map<String, Value>);

impl Object {
    pub fn member(mut self, name: &str, value: Value) -> Self {
        self.0.insert(name.into(), value);
        self
    }

    /// Bytes that are text, or hex where they are no UTF-8 (HNT-14).
    pub fn bytes(self, name: &str, value: &[u8]) -> Self {
        match std::str::from_utf8(value) {
            Ok(text) => self.member(name, text.into()),
            Err(_) => self.member(&format!("{name}_hex"), hex(value)),
        }
    }

    pub fn value(self) -> Value {
        Value::Object(self.0)
    }
}

pub fn path(path: &[u8]) -> Value {
    Object::default().bytes("path", path).value()
}

fn property((path, content): &(Bytes, Bytes)) -> Value {
    let object = Object::default().bytes("path", path);
    object.bytes("content", content).value()
}

pub fn properties(properties: &[(Bytes, Bytes)]) -> Value {
    properties.iter().map(property).collect()
}

pub fn segments(segments: &[Segment]) -> Value {
    segments.iter().map(segment).collect()
}

fn segment(segment: &Segment) -> Value {
    Object::default()
        .member("author", number(segment.author))
        .member("first_seq_no", number(segment.first_seq_no))
        .member("first_offset", number(segment.first_offset))
        .member("first_checksum", number(segment.first_checksum))
        .member("last_seq_no", number(segment.last_seq_no))
        .member("last_offset", number(segment.last_offset))
        .bytes("log", &segment.log)
        .value()
}

pub fn hints(hints: &Hints) -> Value {
    let nodes = hints.live_nodes.iter().map(|(fnode, of_node)| {
        let object = Object::default().member("fnode", number(fnode));
        object.member("segments", segments(of_node)).value()
    });
    Object::default()
        .bytes("log", &hints.log)
        .member("live_nodes", nodes.collect())
        .member("properties", properties(&hints.properties))
        .value()
}

pub fn found(found: &Found) -> Value {
    let object = Object::default()
        .member("first_offset", number(found.first_offset))
        .member("last_offset", number(found.last_offset));
    match &found.payload {
        Some(payload) => object.member("payload", hex(payload)).value(),
        None => object.value(),
    }
}
