//! What becomes of an operation that is offered.

use crate::Bytes;

/// The outcome of an offer (FSM-0 to FSM-8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The next of the branch, and it takes effect (FSM-0).
    Applied,
    /// Not the author of the next hinted segment (FSM-1).
    NotHintedAuthor { expected: u32, actual: u32 },
    /// Not the next sequence number (FSM-2).
    WrongSeqNo { expected: u64, actual: i64 },
    /// Not the checksum of the branch (FSM-3).
    ChecksumMismatch { expected: u32, actual: u32 },
    /// No create, where hints name one (FSM-4).
    ExpectedHintedFnode { fnode: i64 },
    /// A live file is linked at the path (FSM-5).
    LinkExists { path: Bytes, fnode: i64 },
    /// A property is at the path (FSM-6).
    PropertyExists { path: Bytes, content: Bytes },
    /// The next of the branch, of a file that is not tracked (FSM-7).
    FnodeNotTracked { fnode: i64 },
    /// The file is not linked at the path (FSM-8).
    NoSuchLink { fnode: i64, path: Bytes },
}

impl Outcome {
    /// The name that the text gives the outcome.
    pub fn name(&self) -> &'static str {
        match self {
            Outcome::Applied => "Applied",
            Outcome::NotHintedAuthor { .. } => "NotHintedAuthor",
            Outcome::WrongSeqNo { .. } => "WrongSeqNo",
            Outcome::ChecksumMismatch { .. } => "ChecksumMismatch",
            Outcome::ExpectedHintedFnode { .. } => "ExpectedHintedFnode",
            Outcome::LinkExists { .. } => "LinkExists",
            Outcome::PropertyExists { .. } => "PropertyExists",
            Outcome::FnodeNotTracked { .. } => "FnodeNotTracked",
            Outcome::NoSuchLink { .. } => "NoSuchLink",
        }
    }

    /// Whether the operation is of the branch, tracked or not (TRN-5).
    pub fn is_transition(&self) -> bool {
        matches!(self, Outcome::Applied | Outcome::FnodeNotTracked { .. })
    }
}
