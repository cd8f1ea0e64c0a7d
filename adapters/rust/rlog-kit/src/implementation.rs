//! What the kit asks of an implementation.

use crate::shown::{Found, Hints, Segment, TreeFile};
use crate::Bytes;

/// What an adapter says of itself (ADP-3).
#[derive(Clone, Debug)]
pub struct Info {
    pub implementation: String,
    pub version: String,
    pub revision: String,
    pub capabilities: Vec<String>,
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// An error of the text: its name, with the rule where it has rules (ADP-10), as in
    /// `InvalidSegment LAST_OFFSET`.
    Refused(String),
    /// The implementation lacks it (ADP-5).
    Unsupported(String),
}

impl Failure {
    /// The refusal of a rule, by its name in the text: with the error that it is of (ADP-15,
    /// ADP-17).
    pub fn rule(rule: &str) -> Self {
        let error = match rule {
            "AUTHOR" | "FIRST_SEQ_NO" | "FIRST_OFFSET" | "LAST_SEQ_NO" | "LAST_OFFSET" | "LOG" => {
                "InvalidSegment"
            }
            "FIRST_OFFSETS_FALL"
            | "KNOWN_AFTER_UNKNOWN"
            | "OTHER_LOG_AFTER_UNKNOWN"
            | "LAST_OFFSETS_DISAGREE"
            | "FIRST_CHECKSUMS_DIFFER"
            | "AUTHORS_DIFFER"
            | "LOGS_DIFFER" => "SegmentConflict",
            _ => "InvalidHints",
        };
        Failure::Refused(format!("{error} {rule}"))
    }
}

/// What an implementation answers.
pub type Reply<T> = Result<T, Failure>;

fn unsupported<T>(what: &str) -> Reply<T> {
    Err(Failure::Unsupported(what.to_string()))
}

/// An implementation. Whatever it leaves out is unsupported. Hints go in and out as bytes.
pub trait Implementation {
    /// What the adapter says of itself.
    fn info(&self) -> Info;

    /// A run of a scenario begins, in a revision.
    fn begin(&mut self, revision: &str) -> Reply<()> {
        if revision == self.info().revision {
            Ok(())
        } else {
            unsupported("the revision")
        }
    }

    /// Decodes an operation and encodes it again, with meta-fields if it has any (ADP-12).
    fn decode(&self, _payload: &[u8]) -> Reply<Bytes> {
        unsupported("decode")
    }

    /// Decodes hints, and encodes them again (ADP-13).
    fn decode_hints(&self, _encoded: &[u8]) -> Reply<(Hints, Bytes)> {
        unsupported("decode_hints")
    }

    /// Frames and skipped ranges of a log that is fed in these pieces (ADP-14).
    fn unframe(&self, _pieces: &mut dyn Iterator<Item = &[u8]>) -> Reply<Vec<Found>> {
        unsupported("unframe")
    }

    /// An empty set of segments.
    fn new_set(&self) -> Reply<Box<dyn SegmentSet>> {
        unsupported("sets of segments")
    }

    /// An FSM that begins with hints (ADP-17).
    fn new_fsm(&self, _hints: &[u8]) -> Reply<Box<dyn Fsm>> {
        unsupported("new_fsm")
    }

    /// A player that begins with hints (ADP-23).
    fn new_player(&self, _hints: &[u8]) -> Reply<Box<dyn Player>> {
        unsupported("play")
    }

    /// The bytes of hints that hold nothing but the name of a log: tag 1 (ENC-7).
    fn hints_of_log(&self, log: &[u8]) -> Bytes {
        if log.is_empty() {
            return Vec::new();
        }
        let mut encoded = vec![0x0a];
        let mut length = log.len();
        while length >= 0x80 {
            encoded.push(length as u8 | 0x80);
            length >>= 7;
        }
        encoded.push(length as u8);
        encoded.extend_from_slice(log);
        encoded
    }
}

/// A set of segments.
pub trait SegmentSet {
    /// Adds a segment, or refuses it and changes nothing (ADP-15).
    fn add(&mut self, segment: &Segment) -> Reply<()>;
    /// All segments, in order.
    fn segments(&self) -> Vec<Segment>;
    /// The segments around a range that ends no earlier than it begins (ADP-16).
    fn intersect(&self, log: &[u8], first: i64, last: i64) -> Reply<Vec<Segment>>;
}

/// A file of an FSM (ADP-31).
#[derive(Clone, Debug, Default)]
pub struct Node {
    pub fnode: i64,
    pub links: Vec<Bytes>,
    pub segments: Vec<Segment>,
}

/// The state of an FSM (ADP-31). The kit sorts what has to be in order.
#[derive(Clone, Debug, Default)]
pub struct FsmState {
    pub log: Bytes,
    pub links: Vec<(Bytes, i64)>,
    pub nodes: Vec<Node>,
    pub properties: Vec<(Bytes, Bytes)>,
    pub hints_remain: bool,
}

/// An FSM.
pub trait Fsm {
    /// next_seq_no and next_checksum.
    fn next(&self) -> (u64, u32);
    /// Decodes a payload, attaches its meta-fields, and offers it (ADP-18). Gives the name of the
    /// outcome in the text: `Applied`, `FnodeNotTracked`, `WrongSeqNo` and so on.
    fn apply(&mut self, payload: &[u8], log: &[u8], first: i64, last: i64) -> Reply<&'static str>;
    /// Hints of the FSM's log, not lasting ones, encoded (ADP-19).
    fn build_hints(&self) -> Reply<Bytes>;
    /// All of the state.
    fn state(&self) -> FsmState;
}

/// What a player asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The head of a log.
    Head { log: Bytes },
    /// Bytes of a log. Where `waits`, they need not be there yet (PLAY-18, case 5).
    Read { log: Bytes, offset: u64, waits: bool },
    /// To append the frame of a handoff, with a union of the register `author`.
    Append { log: Bytes, frame: Bytes, fence: String },
    /// Nothing: it has ended.
    Nothing,
}

/// What it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer<'a> {
    Head(u64),
    /// Bytes from an offset on, which is a later one behind a hole.
    Bytes {
        offset: u64,
        bytes: &'a [u8],
    },
    NoBytes,
    Appended {
        end: u64,
    },
}

/// What a player is wished to do at the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    FinishAtWriteHead,
    InjectHandoff(u32),
}

/// How a play has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    Complete,
    /// The name of the error in the text.
    Failed(String),
}

/// A player, as a machine that asks for one thing at a time.
pub trait Player {
    /// next_seq_no and next_checksum of its FSM.
    fn next(&self) -> (u64, u32);
    /// How it has ended, if it has.
    fn ended(&self) -> Option<Ended>;
    /// Whether it tails (PLAY-13).
    fn tails(&self) -> bool;
    /// Wishes something, or says that it can't be wished now: it has ended, there is a wish
    /// already, or the author is 0.
    fn wish(&mut self, wish: Wish) -> bool;
    /// What it asks for next.
    fn ask(&mut self) -> Ask;
    /// Takes the answer to that.
    fn answer(&mut self, answer: Answer<'_>);
    /// Lasting hints, encoded (ADP-28). Asked only if it is complete or tails.
    fn hints(&self) -> Reply<Bytes>;
    /// The files and properties of a complete play.
    fn tree(&self) -> Vec<TreeFile>;
}
