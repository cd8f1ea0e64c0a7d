//! Why a play fails.

use crate::segments::Segment;
use crate::Bytes;

/// Why a play fails. Each is named as in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlayError {
    /// Hints name an offset at or beyond the head (PLAY-2).
    HintsBeyondHead { log: Bytes, segment: Segment, head: u64 },
    /// A write before its file's first byte or beyond 2^63 - 1 (PLAY-4), or one that makes a file
    /// too long to be laid out (PLAY-12).
    UnplayableWrite { log: Bytes, log_offset: u64, fnode: i64, file_offset: i64 },
    /// The branch may have gone on in bytes that are deleted (PLAY-5).
    HoleInLog { log: Bytes, first_offset: u64, last_offset: u64, next_seq_no: u64 },
    /// The log was read, and hinted segments remain (PLAY-6).
    HintsRemain { log: Bytes, segment: Segment, next_seq_no: u64, next_checksum: u32, head: u64 },
    /// The log ends before a head that it named (PLAY-6).
    LogEndsEarly { log: Bytes, end: u64, head: u64 },
    /// A path that no directory holds (PLAY-9).
    UnplayablePath { log: Bytes, path: Bytes },
    /// Two paths that no directory holds both (PLAY-9).
    UnplayableTree { log: Bytes, upper: Bytes, lower: Bytes },
    /// The branch is full, so that no handoff can go on in it (SEQ-5).
    BranchFull { log: Bytes },
}

impl PlayError {
    /// The name that the text gives the error.
    pub fn name(&self) -> &'static str {
        match self {
            PlayError::HintsBeyondHead { .. } => "HintsBeyondHead",
            PlayError::UnplayableWrite { .. } => "UnplayableWrite",
            PlayError::HoleInLog { .. } => "HoleInLog",
            PlayError::HintsRemain { .. } => "HintsRemain",
            PlayError::LogEndsEarly { .. } => "LogEndsEarly",
            PlayError::UnplayablePath { .. } => "UnplayablePath",
            PlayError::UnplayableTree { .. } => "UnplayableTree",
            PlayError::BranchFull { .. } => "BranchFull",
        }
    }
}
